"""Tests of the lines found in notebook files: each is looked up in the file."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import build_cell, build_notebook, build_output
from vaultcheck.file_position import FilePositions, locate_sources

_LINE = "%vault store x in m"
_FOUR = "a = 1\nb = [2]\n%vault list\nlast"


def _write(notebook: dict[str, Any], *, indent: int | None = 1, **options: Any) -> str:
    return json.dumps(notebook, indent=indent, **options)


def _open_line(text: str, *, cell: int, line: int) -> str:
    """Return the line of the file that is said to hold a line of a cell."""
    number = locate_sources(text).find_line(cell=cell, line=line)
    assert number is not None
    return text.split("\n")[number - 1]


def _split(source: str) -> list[str]:
    return source.splitlines(keepends=True)


@pytest.mark.parametrize("indent", [0, 1, 2, 4])
def test_each_line_of_a_list_has_its_own(indent: int) -> None:
    text = _write(build_notebook([build_cell("x"), build_cell(_split(_FOUR))]), indent=indent)
    found = [json.loads(_open_line(text, cell=2, line=number).strip().rstrip(",")) for number in (1, 2, 3, 4)]
    assert found == _split(_FOUR)


def test_lines_of_a_string_are_all_where_it_stands() -> None:
    text = _write(build_notebook([build_cell("x"), build_cell(_FOUR)]))
    found = {_open_line(text, cell=2, line=number) for number in (1, 2, 3, 4)}
    assert found == {f'   "source": {json.dumps(_FOUR)},'}


def test_file_of_one_line_has_everything_on_line_1() -> None:
    positions = locate_sources(_write(build_notebook([build_cell("x"), build_cell(_split(_FOUR))]), indent=None))
    assert positions.cells == ((1,), (1, 1, 1, 1))


def test_file_without_a_line_end_at_its_end() -> None:
    text = _write(build_notebook([build_cell(_LINE)])).strip()
    assert _LINE in _open_line(text, cell=1, line=1)


def test_windows_line_ends() -> None:
    text = _write(build_notebook([build_cell("x"), build_cell(_split(_FOUR))])).replace("\n", "\r\n")
    assert "%vault list" in _open_line(text, cell=2, line=3)


_ODD = {
    "quotes": "print(\"a\", 'b')",
    "brackets": "x = {'a': [1, 2], \"]\": '}'}",
    "backslashes": "p = 'C:\\\\dir\\'",
    "backslash-at-the-end": "x = 1 + \\",
    "unicode": "é = '日本 😀'",
    "json-in-a-string": '\'{"source": ["x"], "cells": [{}]}\'',
    "line-separator": "x = '\u2028'",
    "escape": "x = '\x1b[0m'",
}


@pytest.mark.parametrize("ascii_only", [True, False], ids=["escaped", "plain"])
@pytest.mark.parametrize("odd", _ODD.values(), ids=_ODD)
def test_odd_lines_mislead_nobody(odd: str, *, ascii_only: bool) -> None:
    cells = [build_cell([f"{odd}\n", f"{odd}\n", _LINE]), build_cell(f"{odd}\n"), build_cell([_LINE])]
    text = _write(build_notebook(cells), ensure_ascii=ascii_only)
    first = json.dumps(f"{odd}\n", ensure_ascii=ascii_only)
    assert _open_line(text, cell=1, line=1).strip() == f"{first},"
    assert _open_line(text, cell=3, line=1).strip() == json.dumps(_LINE)


def _with_sources_elsewhere() -> list[dict[str, Any]]:
    plain = {"source": "wrong"}
    elsewhere = {"source": ["wrong"], "cells": [{"source": "wrong"}]}
    output = build_output({"vault": elsewhere}) | {"data": {"application/json": elsewhere}, "source": ["wrong"]}
    first = {"metadata": elsewhere, "attachments": {"source": {"source": "wrong"}}, "a": [{"source": ["wrong"]}]}
    return [
        {"attachments": plain, "metadata": plain} | first | build_cell(_LINE, kind="markdown") | {"metadata": plain},
        {"outputs": [output], "cell_type": "code", "source": [_LINE], "metadata": elsewhere},
    ]


@pytest.mark.parametrize("cell", [1, 2])
@pytest.mark.parametrize("first", ["cells", "metadata"])
def test_sources_elsewhere_do_not_count(first: str, cell: int) -> None:
    fields = build_notebook(_with_sources_elsewhere(), metadata={"cells": [{"source": "wrong"}], "source": "wrong"})
    text = _write({first: fields[first]} | fields)
    assert _LINE in _open_line(text, cell=cell, line=1)
    assert len(locate_sources(text).cells) == 2


def test_text_cells_are_counted() -> None:
    cells = [build_cell("# Title", kind="markdown"), build_cell("raw", kind="raw"), build_cell(_LINE)]
    assert _LINE in _open_line(_write(build_notebook(cells)), cell=3, line=1)


_NOWHERE = {
    "cell-0": (0, 1),
    "cell-too-many": (3, 1),
    "empty-source": (2, 1),
}


@pytest.mark.parametrize(("cell", "line"), _NOWHERE.values(), ids=_NOWHERE)
def test_place_that_is_not_there_has_no_line(cell: int, line: int) -> None:
    assert (
        locate_sources(_write(build_notebook([build_cell("x"), build_cell([])]))).find_line(cell=cell, line=line)
        is None
    )


def test_line_beyond_the_cell_is_its_last() -> None:
    assert FilePositions(((4, 5),)).find_line(cell=1, line=9) == 5


_OTHER_TEXTS = [
    "",
    "{",
    "[]",
    "]}",
    '{"cells": 1}',
    '{"cells": ["x"]}',
    '"',
    '{"cells": [{"source": ["x"',
    "{]" * 50,
    "\0",
]


@pytest.mark.parametrize("text", _OTHER_TEXTS, ids=repr)
def test_other_text_is_passed_over(text: str) -> None:
    assert not any(len(cell) > 1 for cell in locate_sources(text).cells)


def test_format_3_has_no_lines() -> None:
    text = json.dumps({"worksheets": [{"cells": [{"input": ["x"], "source": ["x"]}]}]})
    assert locate_sources(text).find_line(cell=1, line=1) is None


_TEXT = st.text(st.sampled_from("ab \\\"'{}[]:,é日\t%\x1b"), max_size=10)
_SOURCES = st.lists(st.lists(_TEXT, min_size=1, max_size=4).map("\n".join), max_size=4)


def _make_cell(kind: str, source: str) -> object:
    if kind == "code":
        return nbformat.v4.new_code_cell(source, metadata={"source": source})
    return nbformat.v4.new_markdown_cell(source, metadata={"source": source})


@given(sources=_SOURCES, kinds=st.lists(st.sampled_from(["code", "markdown"]), min_size=4, max_size=4))
def test_every_line_of_a_written_notebook_is_found(sources: list[str], kinds: list[str]) -> None:
    cells = [_make_cell(kind, source) for kind, source in zip(kinds, sources, strict=False)]
    text = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    for cell, source in enumerate(sources, start=1):
        for line, content in enumerate(source.splitlines(keepends=True), start=1):
            assert json.dumps(content, ensure_ascii=False) in _open_line(text, cell=cell, line=line)


@given(
    st.lists(
        st.sampled_from(['"cells"', '"source"', ":", "[", "]", "{", "}", ",", '"x"', "\n", '"', "\\"]), max_size=30
    )
)
def test_any_text_can_be_read(parts: list[str]) -> None:
    text = "".join(parts)
    lines = [line for cell in locate_sources(text).cells for line in cell]
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
