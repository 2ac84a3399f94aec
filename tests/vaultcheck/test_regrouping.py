"""Tests of finding the same code in other cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.digest import compact, source_digest
from vaultcheck.cell import Cell
from vaultcheck.regrouping import find_merged, find_split


def _cells(*sources: str) -> list[Cell]:
    return [Cell(number, is_code=True, source=source) for number, source in enumerate(sources, start=1)]


def _split(*sources: str, ran: tuple[str, ...]) -> list[tuple[list[int], int]]:
    found = find_split(_cells(*sources), lambda text: ran.index(text) if text in ran else None)
    return [([cell.number for cell in cells], run) for cells, run in found]


def _merged(source: str, *ran: str) -> list[str]:
    digests = {compact(source_digest(one)): one for one in ran}
    return [digests[one] for one in find_merged(_cells(source)[0], digests)]


@pytest.mark.parametrize(
    ("sources", "ran", "found"),
    [
        pytest.param(("a", "b"), ("a\nb",), [([1, 2], 0)], id="two"),
        pytest.param(("a", "b"), ("a\n\nb",), [([1, 2], 0)], id="two-with-a-blank-line"),
        pytest.param(("a", "b", "c"), ("a\nb\nc",), [([1, 2, 3], 0)], id="three"),
        pytest.param(("x", "a", "b", "y"), ("a\nb",), [([2, 3], 0)], id="between-others"),
        pytest.param(("a", "b", "c", "d"), ("c\nd", "a\nb"), [([1, 2], 1), ([3, 4], 0)], id="two-pairs"),
        pytest.param(("a\n", "\nb"), ("a\nb",), [([1, 2], 0)], id="line-ends-at-the-cut"),
        pytest.param(("a", "B"), ("a\nb",), [], id="edited-part"),
        pytest.param(("b", "a"), ("a\nb",), [], id="other-order"),
        pytest.param(("a", "x", "b"), ("a\nb",), [], id="something-between"),
        pytest.param(("a\nb",), ("a\nb",), [], id="one-cell-is-no-split"),
        pytest.param((), ("a",), [], id="no-cells"),
    ],
)
def test_cells_that_were_one(
    sources: tuple[str, ...], ran: tuple[str, ...], found: list[tuple[list[int], int]]
) -> None:
    assert _split(*sources, ran=ran) == found


@pytest.mark.parametrize(
    ("source", "ran", "parts"),
    [
        pytest.param("a\n\nb", ("a", "b"), ["a", "b"], id="two"),
        pytest.param("a\nb", ("a", "b"), ["a", "b"], id="without-a-blank-line"),
        pytest.param("a\n\n\nb\n\nc", ("a", "b", "c"), ["a", "b", "c"], id="three"),
        pytest.param("a\nx\n\nb", ("a\nx", "b"), ["a\nx", "b"], id="parts-of-several-lines"),
        pytest.param("b\n\na", ("a", "b"), ["b", "a"], id="other-order"),
        pytest.param("a\n\nB", ("a", "b"), [], id="edited-part"),
        pytest.param("a\n\nb\n\nc", ("a", "b"), [], id="something-added"),
        pytest.param("a", ("a", "b"), [], id="one-part-is-no-merger"),
        pytest.param("a\n\nb", ("a\n\nb",), [], id="one-run"),
        pytest.param("", ("a", "b"), [], id="empty"),
        pytest.param("\n".join("x" * 300), ("a", "b"), [], id="too-long-to-try"),
    ],
)
def test_cell_that_was_several(source: str, ran: tuple[str, ...], parts: list[str]) -> None:
    assert _merged(source, *ran) == parts


_LINES = st.lists(st.sampled_from(["a", "b", "", "c = 1"]), min_size=1, max_size=4).map("\n".join).filter(str.strip)


@given(st.lists(_LINES, min_size=2, max_size=5))
def test_merged_cells_are_found_with_all_their_lines(parts: list[str]) -> None:
    sources = [part.strip("\n") for part in parts]
    found = _merged("\n\n".join(sources), *sources)
    whole = "\n\n".join(sources)
    if len({*sources}) > 1:
        assert "".join(found).replace("\n", "") == whole.replace("\n", "")


@given(st.lists(_LINES, min_size=2, max_size=4))
def test_split_cell_is_found(parts: list[str]) -> None:
    texts = [part.strip("\n") for part in parts]
    whole = "\n".join(texts)
    assert [numbers for numbers, _ in _split(*parts, ran=(whole,))] == [[*range(1, len(parts) + 1)]]
