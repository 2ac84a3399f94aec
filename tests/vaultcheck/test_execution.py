"""Tests of how a notebook ran: which saved cell is which executed one, and which was edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace as change

from tests.builders import START, Lab
from vault_magic.canonical import VERSION
from vault_magic.digest import digest_cell
from vault_magic.ledger import Ledger
from vault_magic.mark import Mark
from vault_magic.record import ArchiveRef, CellRef, Record
from vault_magic.session import Session, build_run
from vaultcheck.cell import Cell
from vaultcheck.execution import Execution, reconstruct
from vaultcheck.makers import Fit
from vaultcheck.notebook import Notebook


def _run_cells(sources: list[str], ids: list[str] | None = None) -> Ledger:
    session = Session("s")
    for number, source in enumerate(sources):
        run = build_run(source, sent_id=ids[number] if ids else None, count=number + 1)
        session = session.start(run).finish(succeeded=True)
    return session.ledger


def _save_cells(
    sources: list[str], executed: list[str] | None = None, *, ids: list[str] | None = None, stripped: bool = False
) -> Notebook:
    """Return a notebook as saved: a cell keeps the count of its run, an edited one is the capital of what it was.

    Without `executed`, every cell ran at its place, except those whose source starts with `#new`.
    """
    ran = [source.lower() for source in sources] if executed is None else executed
    counts = {source: count for count, source in enumerate(ran, start=1) if source != "#new"}
    cells = tuple(
        Cell(
            number,
            is_code=True,
            source=source,
            id=ids[number - 1] if ids else None,
            count=None if stripped else counts.get(source.lower()),
        )
        for number, source in enumerate(sources, start=1)
    )
    return Notebook("a.ipynb", Path("a.ipynb"), cells)


def _find_edited(executed: list[str], notebook: Notebook, *, ids: list[str] | None = None) -> list[int]:
    execution = reconstruct(notebook, [_run_cells(executed, ids)], [])
    return [*execution.edited]


# name: executed cells, saved cells, the numbers of the edited ones
_TABLE: dict[str, tuple[str, str, list[int]]] = {
    "nothing": ("a b c", "a b c", []),
    "edit-first": ("a b c", "A b c", [1]),
    "edit-middle": ("a b c", "a B c", [2]),
    "edit-last": ("a b c", "a b C", [3]),
    "edit-only": ("a", "A", [1]),
    "edit-two-neighbours": ("a b c d", "a B C d", [2, 3]),
    "edit-two-apart": ("a b c d", "A b C d", [1, 3]),
    "edit-all": ("a b", "A B", [1, 2]),
    "insert-first": ("a b", "#new a b", []),
    "insert-between": ("a b", "a #new b", []),
    "insert-last": ("a b", "a b #new", []),
    "insert-and-edit-elsewhere": ("a b c", "a #new b C", [4]),
    "insert-beside-an-edit": ("a b c", "a B #new c", [2]),
    "delete-first": ("a b c", "b c", []),
    "delete-middle": ("a b c", "a c", []),
    "delete-last": ("a b c", "a b", []),
    "delete-and-edit-elsewhere": ("a b c d", "a c D", [3]),
    "duplicate": ("a b", "a a b", []),
    "duplicate-and-edit-original": ("a b c", "a B c c", [2]),
    "reorder": ("a b c", "c b a", []),
    "reorder-two-in-a-longer-one": ("a b c d", "a c b d", []),
    "run-in-another-order": ("c a b", "a b c", []),
    "same-text-twice": ("a a b", "a a b", []),
    "cell-that-never-ran-at-the-end": ("a b", "a b #new", []),
}


@pytest.mark.parametrize(("executed", "saved", "edited"), _TABLE.values(), ids=_TABLE)
def test_edited_cells_without_ids(executed: str, saved: str, edited: list[int]) -> None:
    assert _find_edited(executed.split(), _save_cells(saved.split(), executed.split())) == edited


_STRIPPED = {name: row for name, row in _TABLE.items() if name != "insert-beside-an-edit"}


@pytest.mark.parametrize(("executed", "saved", "edited"), _STRIPPED.values(), ids=_STRIPPED)
def test_edited_cells_of_a_stripped_notebook(executed: str, saved: str, edited: list[int]) -> None:
    notebook = _save_cells(
        saved.split(), executed.split(), ids=[str(number) for number in range(len(saved.split()))], stripped=True
    )
    assert _find_edited(executed.split(), notebook, ids=[f"id-{one}" for one in executed.split()]) == edited


# name: (source, id) of executed and saved cells
_WITH_IDS: dict[str, tuple[str, str, list[int]]] = {
    "edited-and-moved": ("a:1 b:2 c:3", "b:2 A:1 c:3", [2]),
    "edited-beside-a-new-one": ("a:1 b:2", "a:1 #new:9 B:2", [3]),
    "edited-beside-a-deleted-one": ("a:1 b:2 c:3 d:4", "a:1 C:3 d:4", [2]),
    "id-copied-to-another-text": ("a:1 b:2", "a:1 b:1", []),
    "ids-swapped": ("a:1 b:2", "a:2 b:1", []),
    "ids-renumbered": ("a:x b:y c:z", "a:0 b:1 c:2", []),
    "ids-renumbered-over-one-another": ("a:0 b:1 c:2", "b:0 c:1", []),
    "beside-a-new-one-with-its-id": ("b;c:1 d:2", "#new:9 B;C:1 d:2", [2]),
}


@pytest.mark.parametrize(("executed", "saved", "edited"), _WITH_IDS.values(), ids=_WITH_IDS)
def test_edited_cells_with_ids(executed: str, saved: str, edited: list[int]) -> None:
    (sources, ids), (texts, names) = _part(executed), _part(saved)
    assert _find_edited(sources, _save_cells(texts, sources, ids=names), ids=ids) == edited


def test_place_tells_more_than_ids_where_the_notebook_was_stripped() -> None:
    notebook = _save_cells(["A", "B", "c"], ids=["0", "1", "2"], stripped=True)
    execution = reconstruct(notebook, [_run_cells(["a", "b", "c"], ["1", "2", "3"])], [])
    assert [execution.matching.by_cell[number].run for number in (1, 2, 3)] == [0, 1, 2]


def _part(cells: str) -> tuple[list[str], list[str]]:
    pairs = [cell.split(":") for cell in cells.split()]
    return [source for source, _ in pairs], [name for _, name in pairs]


_LAYOUT = {
    "comment": ("x = 1", "x = 1  # one"),
    "spaces": ("x = 1", "x=1"),
    "line-ends": ("x = 1\ny = 2", "x = 1\r\ny = 2"),
    "blank-lines": ("x = 1\ny = 2", "x = 1\n\n\ny = 2"),
}


@pytest.mark.parametrize(("ran", "saved"), _LAYOUT.values(), ids=_LAYOUT)
def test_layout_is_no_edit(ran: str, saved: str) -> None:
    assert _find_edited([ran, "z"], _save_cells([saved, "z"], [ran, "z"])) == []


_NAMES = st.lists(st.sampled_from("abcdef"), max_size=6)


@given(executed=_NAMES, order=st.permutations(range(6)), stripped=st.booleans())
def test_cells_whose_text_ran_are_never_edited(executed: list[str], order: list[int], *, stripped: bool) -> None:
    saved = [executed[place] for place in order if place < len(executed)]
    assert _find_edited(executed, _save_cells(saved, executed, stripped=stripped)) == []


@example(executed=["b", "b", "c"], saved=["a", "c", "b", "a"], stripped=True)
@given(executed=_NAMES, saved=_NAMES, stripped=st.booleans())
def test_no_cell_whose_text_ran_is_called_edited_and_no_run_is_matched_twice(
    executed: list[str], saved: list[str], *, stripped: bool
) -> None:
    notebook = _save_cells(saved, executed, stripped=stripped)
    execution = reconstruct(notebook, [_run_cells(executed)], [])
    assert not {notebook.cells[number - 1].source for number in execution.edited} & {*executed}
    runs = [execution.matching.by_cell[number].run for number in execution.edited]
    assert len(runs) == len(set(runs)) <= len(executed)


def test_empty_cells_and_text_are_left_out() -> None:
    cells = (Cell(1, is_code=False, source="a"), Cell(2, is_code=True, source="  "), Cell(3, is_code=True, source="a"))
    execution = reconstruct(Notebook("a", Path("a"), cells), [_run_cells(["a"])], [])
    assert [*execution.matching.by_cell] == [3]


def test_longest_ledger_counts() -> None:
    notebook = _save_cells(["a", "X"])
    execution = reconstruct(notebook, [_run_cells(["a"]), _run_cells(["a", "b"])], [])
    assert [*execution.edited] == [2]


def test_damaged_ledger_is_passed_over() -> None:
    execution = reconstruct(_save_cells(["X"]), [Ledger(VERSION, rows="no row")], [])
    assert execution == Execution()


def test_nothing_known_is_no_evidence() -> None:
    assert not reconstruct(_save_cells(["a"]), [], []).has_evidence


def _record(source: str, *, session: str, seconds: int, ledger: Ledger | None) -> Record:
    digest = digest_cell(source)
    time = START.replace(second=seconds)
    cell = CellRef(digest.source, digest.code, VERSION)
    place = ArchiveRef("v", "storage.zip")
    return Record("store", "list", (), place, time, time, session, cell=cell, ledger=ledger)


def _with_records(notebook: Notebook, *records: Record) -> Notebook:
    last = Cell(9, is_code=True, source="store", count=9, records=records)
    return Notebook(notebook.path, notebook.file, (*notebook.cells, last))


def test_own_records_count_before_the_manifest() -> None:
    ours = _record("store", session="s", seconds=1, ledger=_run_cells(["a", "store"]))
    notebook = _with_records(_save_cells(["X"]), ours)
    assert [*reconstruct(notebook, [_run_cells(["X"])], []).edited] == [1]


def test_latest_session_counts() -> None:
    old = _record("store", session="old", seconds=1, ledger=_run_cells(["a", "store"]))
    new = _record("store", session="new", seconds=2, ledger=_run_cells(["b", "store"]))
    for records in ((old, new), (new, old)):
        assert reconstruct(_with_records(_save_cells(["b"]), *records), [], []).edited == ()


def test_later_records_of_the_session_are_runs_too() -> None:
    store = _record("store", session="s", seconds=1, ledger=_run_cells(["a", "store"]))
    later = _record("import", session="s", seconds=2, ledger=None)
    other = _record("elsewhere", session="t", seconds=2, ledger=None)
    runs = reconstruct(_with_records(_save_cells(["a"]), store, later, other), [], []).runs
    assert len(runs) == 3


def test_cell_that_neither_ran_nor_is_known_has_not_run() -> None:
    execution = reconstruct(_save_cells(["a", "#new"]), [_run_cells(["a"])], [])
    assert [execution.has_run(cell) for cell in _save_cells(["a", "#new"]).cells] == [True, False]


def test_stripped_cell_that_is_known_has_run() -> None:
    notebook = _save_cells(["a", "b"], stripped=True)
    execution = reconstruct(notebook, [_run_cells(["a"])], [])
    assert [execution.has_run(cell) for cell in notebook.cells] == [True, False]


def test_cell_that_ran_again_since_is_not_known_to_be_edited() -> None:
    notebook = _save_cells(["a", "B"], ["a", "b"])
    again = replace(notebook, cells=(notebook.cells[0], change(notebook.cells[1], count=7)))
    assert reconstruct(notebook, [_run_cells(["a", "b"])], []).edited == (2,)
    assert reconstruct(again, [_run_cells(["a", "b"])], []).edited == ()


@pytest.mark.parametrize("digest", ["", "z" * 64, "A" * 64, "\n" + "a" * 63])
def test_cell_with_a_digest_that_is_none_is_no_run(digest: str) -> None:
    assert reconstruct(_save_cells(["a"]), [], [CellRef(digest, "a" * 64, VERSION)]).runs == ()
    assert reconstruct(_save_cells(["a"]), [], [CellRef("a" * 64, digest, VERSION)]).runs == ()


def test_ledger_of_another_code_version_calls_nothing_edited() -> None:
    ledger = replace(_run_cells(["a", "b"]), code_version=VERSION + 1)
    assert reconstruct(_save_cells(["a", "B"], ["a", "b"]), [ledger], []).edited == ()


def test_cell_is_not_aligned_with_a_run_whose_cell_had_another_id() -> None:
    notebook = _save_cells(["a", "C"], ["a", "c"], ids=["id-a", "id-c"])
    assert _find_edited(["a", "scratch"], notebook, ids=["id-a", "id-gone"]) == []


def test_equal_cells_are_matched_to_runs_of_their_own() -> None:
    notebook = _save_cells(["a", "x", "a"], ["a", "x", "b"])
    cells = (change(notebook.cells[0], count=1), notebook.cells[1], change(notebook.cells[2], count=3))
    execution = reconstruct(replace(notebook, cells=cells), [_run_cells(["a", "x", "a"])], [])
    assert [execution.matching.by_cell[number].run for number in (1, 2, 3)] == [0, 1, 2]


def _legacy(notebook: Notebook, *numbers: int, seconds: int = 0) -> Notebook:
    """Return the notebook with records of the original tool in some cells."""
    record = _record("", session="", seconds=seconds, ledger=None)
    records = (replace(record, cell=None),)
    cells = (change(one, records=records if one.number in numbers else one.records) for one in notebook.cells)
    return replace(notebook, cells=tuple(cells))


def test_notebook_of_the_original_tool_has_evidence_and_no_edited_cell() -> None:
    execution = reconstruct(_legacy(_save_cells(["a", "B", "c"]), 1, 2), [], [])
    assert execution == Execution(has_evidence=True)


def test_cell_of_the_original_tool_has_run_and_one_without_a_trace_has_not() -> None:
    notebook = _legacy(_save_cells(["a", "#new"]), 1)
    assert [reconstruct(notebook, [], []).has_run(cell) for cell in notebook.cells] == [True, False]


@pytest.mark.parametrize("ids", [None, ["1", "2", "3"]], ids=["by-place", "by-id"])
def test_cell_of_the_original_tool_is_not_taken_for_edited(ids: list[str] | None) -> None:
    store = _record("store", session="s", seconds=9, ledger=_run_cells(["a", "scratch", "c"], ids))
    notebook = _legacy(_with_records(_save_cells(["a", "B", "c"], ids=ids), store), 2)
    assert reconstruct(notebook, [], []).edited == ()


def test_cell_edited_beside_one_of_the_original_tool_is_found() -> None:
    store = _record("store", session="s", seconds=9, ledger=_run_cells(["a", "b", "store"]))
    notebook = _legacy(_with_records(_save_cells(["a", "Old", "B"], ["a", "b", "old"]), store), 2)
    assert [*reconstruct(notebook, [], []).edited] == [3]


def test_later_run_with_the_original_tool_leaves_it_open_what_was_edited() -> None:
    store = _record("store", session="s", seconds=5, ledger=_run_cells(["a", "b", "store"]))
    notebook = _with_records(_save_cells(["A", "b", "x"], ["a", "b", "x"]), store)
    for seconds, edited in ((4, [1]), (6, [])):
        execution = reconstruct(_legacy(notebook, 3, seconds=seconds), [], [])
        assert [*execution.edited] == edited


def test_line_end_that_the_history_drops_is_no_change_of_layout() -> None:
    ledger = Session("s").recall({1: "# Parameters\nyear = 2"}).ledger
    execution = reconstruct(_save_cells(["# Parameters\nyear = 2\n"]), [ledger], [])
    assert execution.fits == {1: Fit.SAME}


def _session(milliseconds: int) -> str:
    return f"{milliseconds:012x}7{'0' * 3}8{'0' * 15}"


@pytest.mark.parametrize(("began", "edited"), [(1, (1,)), (3, ())], ids=["earlier", "later"])
def test_output_of_a_later_session_alone_leaves_it_open_what_was_edited(began: int, edited: tuple[int, ...]) -> None:
    store = _record("store", session=_session(2), seconds=5, ledger=_run_cells(["a", "b", "store"]))
    shown = digest_cell("shown")
    mark = Mark(_session(began), shown.source, shown.code, VERSION, count=3)
    cells = (*_save_cells(["A", "b"]).cells, Cell(3, is_code=True, source="shown", count=3, marks=(mark,)))
    assert reconstruct(_with_records(replace(_save_cells([]), cells=cells), store), [], []).edited == edited


@pytest.mark.parametrize(("source", "edited"), [("B", (2,)), ("B = ?!", ())], ids=["readable", "unreadable"])
def test_cell_of_a_newer_python_is_edited_only_if_it_can_be_read(source: str, edited: tuple[int, ...]) -> None:
    notebook = replace(_save_cells(["a", source], ["a", source.lower()]), python=(99, 0))
    assert reconstruct(notebook, [_run_cells(["a", "b"])], []).edited == edited


_BOOM = "ValueError: boom"


def _list_edited(lab: Lab) -> tuple[int, ...]:
    lab.save()
    return lab.load().executions["a.ipynb"].edited


def test_error_of_a_cell_that_had_ended_well_tells_of_a_later_session(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "f(x)", "%vault store x in m")
    author.edit(2, "x = 2")
    assert _list_edited(lab) == (2,)
    author.restart()
    author.run_again(2)
    author.run_again(3, error=_BOOM)
    assert _list_edited(lab) == ()


def test_error_of_a_later_run_in_the_same_session_tells_nothing_of_the_others(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "f(x)", "%vault store x in m")
    author.run_again(3, error=_BOOM)
    author.edit(2, "x = 2")
    assert _list_edited(lab) == (2,)


def test_error_below_a_store_is_that_of_its_run(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1")
    author.run("%vault store x in m\nf(x)", did=["store x in m"], error=_BOOM)
    author.edit(2, "x = 2")
    assert _list_edited(lab) == (2,)
