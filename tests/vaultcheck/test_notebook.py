"""Tests of the reading of notebooks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Lab, build_cell, build_notebook, build_output, write_notebook
from vault_magic.mark import Mark
from vault_magic.output_data import digest_bundle
from vaultcheck import notebook as module
from vaultcheck.metadata import is_python, read_python
from vaultcheck.notebook import Notebook, UnreadableNotebook, read_notebook
from vaultcheck.saved_cells import build_cells


def _read(path: Path, content: bytes | str | dict[str, Any]) -> Notebook:
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_notebook(path, path="a.ipynb")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.ipynb"


def test_cell_is_read_with_all_that_the_rules_need(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in m", shows=True)
    lab.save()
    opening, cell = read_notebook(lab.folder / "a.ipynb", path="a.ipynb").cells
    assert (opening.number, cell.number, cell.id, cell.count, cell.has_outputs) == (1, 2, "cell-2", 2, True)
    assert [record.command for record in cell.records] == ["store x in m"]
    assert [mark.sha256 for mark in cell.marks] == [cell.source_digest]
    assert [found.line for found in cell.found] == [1]


@pytest.mark.parametrize(("language", "is_python"), [("python", True), ("R", False)])
def test_only_python_cells_are_code(path: Path, language: str, *, is_python: bool) -> None:
    metadata = {"kernelspec": {"language": language}}
    read = _read(path, build_notebook([build_cell("%vault list")], metadata=metadata))
    assert read.cells[0].is_code is is_python


def test_metadata_are_read_as_far_as_the_rules_need_them(path: Path) -> None:
    metadata = {"language_info": {"name": "python", "version": "3.12.4"}}
    tagged = build_cell("alpha = 1") | {"metadata": {"tags": ["parameters"]}}
    read = _read(path, build_notebook([tagged, build_cell("x")], metadata=metadata))
    assert read.python == (3, 12)
    assert [cell.tags for cell in read.cells] == [{"parameters"}, set()]


def test_metadata_that_say_nothing_leave_nothing(path: Path) -> None:
    read = _read(path, build_notebook([build_cell("x")]))
    assert read.python is None


_MARK = Mark("session", "a" * 64, "b" * 64, code_version=1, data=digest_bundle({"text/html": "<b>1</b>"}))


@pytest.mark.parametrize("beside", ["1", "NaN", '"\\ud800"'], ids=["fast", "upgraded-nan", "upgraded-half-a-character"])
@pytest.mark.parametrize(("text", "altered"), [("<b>1</b>", ()), ("<b>2</b>", ("text/html",))], ids=["same", "other"])
def test_altered_data_are_found_by_either_decoder(path: Path, text: str, altered: tuple[str, ...], beside: str) -> None:
    output = build_output({"vault_cell": _MARK.to_json()}) | {"data": {"text/html": text, "application/json": "odd"}}
    content = json.dumps(build_notebook([build_cell("x", id="a") | {"outputs": [output]}])).replace('"odd"', beside)
    assert _read(path, content).cells[0].altered == altered


_SOURCES: dict[str, tuple[object, str]] = {
    "string": ("a\nb", "a\nb"),
    "list": (["a\n", "b"], "a\nb"),
    "empty-list": ([], ""),
    "list-without-line-ends": (["a", "b"], "ab"),
    "escapes": ('\u2028 \\ " é 😀', '\u2028 \\ " é 😀'),
}


@pytest.mark.parametrize(("source", "text"), _SOURCES.values(), ids=_SOURCES)
def test_source_is_one_text(path: Path, source: Any, text: str) -> None:
    assert _read(path, build_notebook([build_cell(source)])).cells[0].source == text


_ODD_COUNTS = [None, True, 1.5, "1", [1]]


@pytest.mark.parametrize("count", _ODD_COUNTS, ids=str)
def test_only_a_number_is_a_count(path: Path, count: object) -> None:
    assert _read(path, build_notebook([build_cell("x") | {"execution_count": count}])).cells[0].count is None


@pytest.mark.parametrize("identifier", [None, 1, ["a"]], ids=str)
def test_only_a_text_is_an_id(path: Path, identifier: object) -> None:
    assert _read(path, build_notebook([build_cell("x") | {"id": identifier}])).cells[0].id is None


_LEGACY_IN_PART = {"text/markdown": {"action": "store", "command": "store x in m"}}


@pytest.mark.parametrize(
    "metadata", [None, [], "x", {"vault": None}, {"vault": {"a": 1}}, {"vault_cell": []}, _LEGACY_IN_PART], ids=str
)
def test_metadata_of_others_is_no_record_and_no_fault(path: Path, metadata: Any) -> None:
    output = build_output() | {"metadata": metadata}
    (cell,) = _read(path, build_notebook([build_cell("x") | {"outputs": [output]}])).cells
    assert (cell.records, cell.marks, cell.faults) == ((), (), ())


_LEGACY = {
    "action": "store",
    "command": "store x in m",
    "result": [{"new_file": {"crc32": "6DE33062"}, "subject": "x"}],
    "started": "2019-12-08T11:58:01",
    "finished": "2019-12-08T11:58:02",
    "finished_human_readable": "Sunday, 08. Dec 2019 11:58",
}


@pytest.mark.parametrize("metadata", [_LEGACY, {"text/markdown": _LEGACY}], ids=["early", "late"])
def test_record_of_the_original_tool_is_read(path: Path, metadata: dict[str, Any]) -> None:
    (cell,) = _read(path, build_notebook([build_cell("x") | {"outputs": [build_output(metadata)]}])).cells
    assert [(record.command, record.is_legacy) for record in cell.records] == [("store x in m", True)]


def test_damaged_record_of_the_original_tool_is_a_fault(path: Path) -> None:
    outputs = [build_output(_LEGACY | {"started": "then"}), build_output({"text/markdown": _LEGACY})]
    (cell,) = _read(path, build_notebook([build_cell("x") | {"outputs": outputs}])).cells
    assert len(cell.records) == 1
    assert [fault.partition(":")[0] for fault in cell.faults] == ["a record of the original tool is damaged"]


def test_records_of_both_tools_stay_in_their_order(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store y in m")
    outputs = author.cells[1]["outputs"]
    author.cells[1]["outputs"] = [build_output(_LEGACY), *outputs, build_output({"text/markdown": _LEGACY})]
    author.save()
    cell = read_notebook(author.path, path="a.ipynb").cells[1]
    assert [record.is_legacy for record in cell.records] == [True, False, True]


def test_unknown_fields_are_passed_over(path: Path) -> None:
    read = _read(path, build_notebook([build_cell("x") | {"mood": "good"}], mood="good"))
    assert read.cells[0].source == "x"


_VALID = json.dumps(build_notebook([]))

_BROKEN: dict[str, tuple[bytes, str]] = {
    "merge": (
        b'{\n<<<<<<< HEAD\n"cells": []\n=======\n>>>>>>> b\n}',
        "holds an unresolved merge; resolve it, for instance with nbdime",
    ),
    "byte-order-mark": (
        b"\xef\xbb\xbf" + _VALID.encode(),
        "starts with a byte order mark; save it as UTF-8 without one",
    ),
    "utf-16": (_VALID.encode("utf-16"), "is not UTF-8 (byte 0); save it as UTF-8"),
    "latin-1": (b'{"cells": "\xe9"}', "is not UTF-8 (byte 11); save it as UTF-8"),
    "empty": (b"", "is not JSON (Expecting value: line 1 column 1 (char 0)); restore it from a copy"),
    "blank": (b" \n", "is not JSON (Expecting value: line 2 column 1 (char 2)); restore it from a copy"),
    "text": (b"hello", "is not JSON (Expecting value: line 1 column 1 (char 0)); restore it from a copy"),
    "cut": (
        b'{"cells": [',
        "is not JSON (Expecting value: line 1 column 12 (char 11)); restore it from a copy",
    ),
    "nul-bytes": (b"\0" * 8, "is not JSON (Expecting value: line 1 column 1 (char 0)); restore it from a copy"),
    "deep": (b"[" * 100_000, "is nested too deeply; restore it from a copy"),
    "deep-inside": (
        b'{"nbformat": 4, "metadata": ' + b'{"a":' * 100_000,
        "is nested too deeply; restore it from a copy",
    ),
}


@pytest.mark.parametrize(("content", "reason"), _BROKEN.values(), ids=_BROKEN)
def test_broken_file_says_why(path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableNotebook) as caught:
        _read(path, content)
    assert str(caught.value) == reason


_NO_NOTEBOOKS = {
    "list": "[]",
    "number": "1",
    "null": "null",
    "other-object": '{"a": 1}',
    "cells-are-no-list": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 1}',
    "cell-without-a-type": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"source": ""}]}',
    "source-is-a-number": (
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": 1}]}'
    ),
    "source-holds-a-number": (
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": [1]}]}'
    ),
    "format-99": '{"nbformat": 99, "metadata": {}, "cells": []}',
    "format-is-text": '{"nbformat": "4", "metadata": {}, "cells": []}',
}


@pytest.mark.parametrize("text", _NO_NOTEBOOKS.values(), ids=_NO_NOTEBOOKS)
def test_json_that_is_no_notebook_says_so(path: Path, text: str) -> None:
    with pytest.raises(UnreadableNotebook, match=r"^is not valid \(.*\); restore it from a copy$"):
        _read(path, text)


def test_folder_in_place_of_a_file_says_so(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UnreadableNotebook) as caught:
        read_notebook(path, path="a.ipynb")
    assert str(caught.value) == "is not a file; remove it, or leave it out"


def test_reason_is_one_short_line(path: Path) -> None:
    cell = {"cell_type": "code", "source": 1, "outputs": ["x" * 9999]}
    with pytest.raises(UnreadableNotebook) as caught:
        _read(path, build_notebook([cell]))
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_format_3_is_upgraded(path: Path) -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": ["Title"], "metadata": {}},
                    {
                        "cell_type": "code",
                        "input": ["%vault list\n", "x"],
                        "prompt_number": 7,
                        "language": "python",
                        "collapsed": False,
                        "metadata": {},
                        "outputs": [],
                    },
                ],
                "metadata": {},
            }
        ],
    }
    title, cell = _read(path, old).cells
    assert (title.is_code, cell.source, cell.count) == (False, "%vault list\nx", 7)


_NUMBERS = {"nan": "NaN", "infinity": "-Infinity", "surrogate": '"\\ud800"', "huge": "1e999", "long": "9" * 400}


@pytest.mark.parametrize("value", _NUMBERS.values(), ids=_NUMBERS)
def test_odd_values_in_metadata_are_read(path: Path, value: str) -> None:
    text = json.dumps(build_notebook([build_cell("x", id="a")], metadata={"odd": 0})).replace(
        '"odd": 0', f'"odd": {value}'
    )
    assert _read(path, text).cells[0].source == "x"


def test_half_a_character_in_a_source_is_kept(path: Path) -> None:
    text = json.dumps(build_notebook([build_cell("x = '\ud800'\n%vault list", id="a")]))
    (cell,) = _read(path, text).cells
    assert cell.source == "x = '\ud800'\n%vault list"
    assert [found.line for found in cell.found] == [2]
    assert len(cell.source_digest) == 64


_LINES = st.text(st.sampled_from("ab \\\"'{}[]:,é\u2028\ud800\t%"), max_size=8)
_SOURCE = st.lists(_LINES, max_size=4).flatmap(
    lambda lines: st.sampled_from(["\n".join(lines), [*"\n".join(lines).splitlines(keepends=True)]])
)
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _LINES,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "source", "name"]), inner, max_size=2)
    ),
    max_leaves=4,
)
_KEYS = ["a", "tags", "source", "vault", "vault_cell", "text/markdown", "execution", "papermill", "language_info"]
_RUN = {"executed": "now"} | _MARK.to_json() | {"count": 1}
_KNOWN: list[dict[str, Any]] = [
    {"text/markdown": _LEGACY},
    {"vault_cell": _MARK.to_json()},
    {"vault": _RUN, "execution": {"iopub.execute_input": "now"}},
    {"tags": ["a", 1]},
    {"papermill": {"parameters": {"a": [1, None, {"b": 0.5}]}}, "language_info": {"version": "3.12.4"}},
]
_METADATA = st.builds(
    lambda free, known: free | known,
    st.dictionaries(st.sampled_from(_KEYS), _VALUE, max_size=3),
    st.sampled_from([{}, *_KNOWN]),
)
_HTML = st.sampled_from(["<b>1</b>", "<b>2</b>", ["<b>", "1</b>"]]) | _SOURCE | _VALUE
_OUTPUT = st.builds(
    lambda metadata, data: {"output_type": "display_data", "metadata": metadata, "data": data},
    _METADATA,
    st.fixed_dictionaries({"text/plain": _SOURCE}, optional={"text/html": _HTML, "application/json": _VALUE}),
)
_CELL = st.builds(
    lambda kind, source, metadata, outputs, count: (
        {
            "cell_type": kind,
            "id": "a",
            "source": source,
            "metadata": metadata,
        }
        | ({"outputs": outputs, "execution_count": count} if kind == "code" else {})
    ),
    st.sampled_from(["code", "markdown", "raw"]),
    _SOURCE,
    _METADATA,
    st.lists(_OUTPUT, max_size=2),
    st.none() | st.integers(0, 9),
)
_KERNELS = st.sampled_from(
    [{}, {"kernelspec": "python3"}, {"kernelspec": {"language": "R"}}, {"language_info": {"name": "python"}}]
)
_NOTEBOOKS = st.builds(
    lambda cells, metadata, kernel: build_notebook(
        [cell | {"id": f"id{number}"} for number, cell in enumerate(cells)], metadata=metadata | kernel
    ),
    st.lists(_CELL, max_size=3),
    _METADATA,
    _KERNELS,
)


@given(_NOTEBOOKS)
def test_both_decoders_read_the_same(content: dict[str, Any]) -> None:
    data = json.dumps(content).encode()
    try:
        fast = module._DECODER.decode(data)
    except msgspec.DecodeError:
        return  # the slow decoder is the only one then
    assert _describe(fast) == _describe(module._decode_slowly(data))


def _describe(decoded: module._Notebook[Any]) -> list[object]:
    """Return what becomes of a decoded notebook, as far as the rules can see it."""
    of_notebook = [read_python(decoded.metadata)]
    return [*build_cells(decoded.cells, is_python=is_python(decoded.metadata)), *of_notebook]


@given(_NOTEBOOKS)
def test_any_notebook_can_be_read(tmp_path_factory: pytest.TempPathFactory, content: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.ipynb"
    sources = ["".join(cell["source"]) for cell in content["cells"]]
    assert [cell.source for cell in _read(path, content).cells] == sources


_ANY = _VALUE | _METADATA


@given(_ANY, _ANY, _ANY, _ANY)
def test_any_json_in_metadata_and_data_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, notebook: object, cell: object, output: object, data: object
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.ipynb"
    outputs = [{"output_type": "display_data", "metadata": output, "data": data}]
    cells = [build_cell("x", id="a") | {"metadata": cell, "outputs": outputs, "execution_count": 1}]
    try:
        read = _read(path, build_notebook(cells, metadata=notebook))
    except UnreadableNotebook:
        assert not _is_plain([notebook, cell, output, data])  # nbformat is stricter, where it is needed
    else:
        assert [one.source for one in read.cells] == ["x"]


def _is_plain(value: object) -> bool:
    """Tell whether the fast decoder takes a value."""
    try:
        msgspec.json.decode(json.dumps(value))
    except msgspec.DecodeError:
        return False
    return True


def test_large_notebook_of_many_lines_is_read(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", build_notebook([build_cell("x = 1\n" * 1000)]))
    assert len(read_notebook(path, path="a").cells[0].source) == 6000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
def test_pipe_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(UnreadableNotebook, match=r"^is not a file; "):
        read_notebook(path, path="a.ipynb")
