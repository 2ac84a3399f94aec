"""Tests of notebooks that ran straight: what is told at once is what matching every cell to every run would tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as change

from tests.builders import START
from vault_magic.canonical import VERSION
from vault_magic.digest import digest_cell
from vault_magic.ledger import Ledger
from vault_magic.mark import Mark
from vault_magic.record import ArchiveRef, CellRef, Record
from vault_magic.session import Session, build_run
from vaultcheck import execution
from vaultcheck.cell import Cell
from vaultcheck.execution import Execution, reconstruct
from vaultcheck.makers import Fit
from vaultcheck.notebook import Notebook
from vaultcheck.straight_run import count_straight


def _run(*sources: str, failed: str = "", code: str = "") -> Ledger:
    session = Session("s")
    for count, source in enumerate(sources, start=1):
        session = session.start(build_run(source, sent_id=None, count=count)).finish(succeeded=source != failed)
    return replace(session.ledger, rows=session.ledger.rows + code)


def _save(*sources: str) -> tuple[Cell, ...]:
    return tuple(Cell(at, is_code=True, source=source, count=at) for at, source in enumerate(sources, start=1))


_COUNTS = {
    "all": (_run("a", "b"), "ab", 2),
    "more-cells-below": (_run("a", "b"), "abc", 2),
    "edited": (_run("a", "b"), "aB", None),
    "in-another-order": (_run("a", "b"), "ba", None),
    "fewer-cells": (_run("a", "b"), "a", None),
    "new-cell-above": (_run("a", "b"), "xab", None),
    "failed": (_run("a", "b", failed="b"), "ab", None),
    "ran-again": (_run("a", "b", "a"), "ab", None),
    "nothing-ran": (_run(), "ab", None),
    "row-of-a-later-writer": (_run("a", code=" - 1 more"), "a", None),
    "damaged-row": (_run("a", code="\n2 + x y -"), "a", None),
    "code-of-another-version": (replace(_run("a"), code_version=VERSION + 1), "a", None),
    "rows-dropped": (replace(_run("a"), dropped=1), "a", None),
}


@pytest.mark.parametrize(("ledger", "saved", "count"), _COUNTS.values(), ids=_COUNTS)
def test_cells_that_ran_straight(ledger: Ledger, saved: str, count: int | None) -> None:
    assert count_straight(_save(*saved), ledger) == count


def test_whole_notebook_is_matched_only_when_asked() -> None:
    found = reconstruct(Notebook("a.ipynb", Path("a.ipynb"), _save("a", "b", "new")), [_run("a", "b")], [])
    assert (found.is_straight, found.fits) == (True, {1: Fit.SAME, 2: Fit.SAME})
    assert [link.cell for link in found.matching.links] == [1, 2]


def test_cell_below_that_an_earlier_session_ran_is_matched_to_that() -> None:
    a, b, c = _save("a", "b", "c")
    earlier = _record(_refer("a"), 1, "t", _run("a", "b", "c"))
    latest = _record(_refer("b"), 2, "s", _run("a", "b"))
    cells = (change(a, records=(earlier,)), change(b, records=(latest,)), c)
    found = reconstruct(Notebook("a.ipynb", Path("a.ipynb"), cells), [], [])
    assert found.fits == dict.fromkeys((1, 2, 3), Fit.SAME)


_SOURCES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=5)


@st.composite
def _notebooks(draw: st.DrawFn) -> tuple[Notebook, list[Ledger], list[CellRef]]:
    """Draw a notebook that was edited or not after it ran, with records and marks or none, and what a manifest says."""
    ran, saved = draw(_SOURCES), draw(_SOURCES)
    saved = draw(st.sampled_from([ran, ran, [*ran, *saved], saved]))
    cells = [_draw_cell(draw, at, source, ran) for at, source in enumerate(saved, start=1)]
    is_told = draw(st.booleans())
    ledgers = [_run(*ran, failed=draw(st.sampled_from(["", "a"])))] if is_told else []
    importers = [_refer(one) for one in draw(_SOURCES)[:1]] if is_told else []
    return Notebook("a.ipynb", Path("a.ipynb"), tuple(cells)), ledgers, importers


def _draw_cell(draw: st.DrawFn, at: int, source: str, ran: list[str]) -> Cell:
    kind = draw(st.sampled_from(["plain", "plain", "plain", "mark", "store", "import"]))
    made = draw(st.sampled_from([source, source, source, "other"]))
    session = draw(st.sampled_from(["s", "s", "s", "t"]))
    ref, count = _refer(made, at), draw(st.sampled_from([at, at, at, None, at + 1]))
    marks = (Mark(session, ref.sha256, ref.code, VERSION, at),) if kind == "mark" else ()
    ledger = _run(*ran[: draw(st.integers(0, len(ran)))]) if kind == "store" else None
    records = (_record(ref, at, session, ledger),) if kind in ("store", "import") else ()
    return Cell(at, is_code=True, source=source, count=count, marks=marks, records=records)


def _refer(source: str, count: int | None = None) -> CellRef:
    digest = digest_cell(source)
    return CellRef(digest.source, digest.code, VERSION, count=count)


def _record(ref: CellRef, at: int, session: str, ledger: Ledger | None) -> Record:
    time = START.replace(second=at)
    return Record("store", "list", (), ArchiveRef("v", "a.zip"), time, time, session, cell=ref, ledger=ledger)


@given(_notebooks())
def test_tells_what_matching_tells(drawn: tuple[Notebook, list[Ledger], list[CellRef]]) -> None:
    found = reconstruct(*drawn)
    with mock.patch.object(execution, "_fit_straight", return_value={}):
        matched = reconstruct(*drawn)
    assert _describe(found) == _describe(matched)
    assert not found.is_straight or matched.matching.is_plain


def _describe(found: Execution) -> tuple[object, ...]:
    return dict(found.fits), found.has_evidence, found.runs, found.matching.links
