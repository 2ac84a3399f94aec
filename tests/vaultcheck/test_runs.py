"""Tests of what each run did to names."""

from __future__ import annotations

from pathlib import Path

from vault_magic.ledger import Row, parse_rows
from vault_magic.session import Session, build_run
from vaultcheck.cell import Cell
from vaultcheck.matching import match_cells
from vaultcheck.notebook import Notebook
from vaultcheck.runs import Runs


def _run(*sources: str) -> tuple[Row, ...]:
    session = Session("s")
    for count, source in enumerate(sources, start=1):
        session = session.start(build_run(source, count=count)).finish(succeeded=True)
    return parse_rows(session.ledger.rows)


def _build(saved: tuple[str, ...], ran: tuple[str, ...]) -> Runs:
    cells = tuple(Cell(number, is_code=True, source=source) for number, source in enumerate(saved, start=1))
    return Runs(Notebook("a.ipynb", Path("a.ipynb"), cells), match_cells(cells, _run(*ran)))


def test_run_that_was_split_did_what_all_its_cells_say() -> None:
    runs = _build(("a = 1", "b = 2", "print()", "c = 3", "d = 4"), ("a = 1\nb = 2", "print()", "c = 3\nd = 4"))
    assert [sorted(effect.settles) for effect in runs.effects] == [["a", "b"], [], ["c", "d"]]


def test_run_of_an_edited_cell_did_what_the_ledger_tells() -> None:
    runs = _build(("a = 1", "b = 2"), ("a = 1", "c = 2"))
    assert runs.effects[1].find_changed({"b", "c"}, runs.bonds, surely=True) == {"c"}


def test_cell_as_it_stands_counts_unless_it_was_edited() -> None:
    runs = _build(("a=1", "b = 2"), ("a = 1", "c = 2"))
    first, second = (runs.read_linked(cell) for cell in runs.notebook.cells)
    assert (first.digests, second.digests) == (None, runs.effects[1].digests)
