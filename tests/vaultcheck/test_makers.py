"""Tests of what a cell's own outputs tell of the text that made them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.builders import START
from vault_magic.canonical import VERSION
from vault_magic.digest import digest_cell
from vault_magic.mark import Mark
from vault_magic.record import ArchiveRef, CellRef, Record
from vaultcheck.cell import Cell
from vaultcheck.makers import Fit, compare_makers, list_makers


def _mark(source: str, version: int = VERSION) -> Mark:
    digest = digest_cell(source)
    return Mark("s", digest.source, digest.code, version)


def _record(source: str | None) -> Record:
    digest = digest_cell(source or "")
    cell = CellRef(digest.source, digest.code, VERSION) if source else None
    return Record("store", "store x in m", (), ArchiveRef("v", "a.zip"), START, START, "s", cell=cell)


def _cell(*, records: tuple[str | None, ...] = (), marks: tuple[str, ...] = ()) -> Cell:
    made = tuple(_record(one) for one in records)
    return Cell(1, is_code=True, source="x = 1", records=made, marks=tuple(_mark(one) for one in marks))


@pytest.mark.parametrize(
    ("cell", "fit"),
    [
        pytest.param(_cell(), None, id="no-outputs-of-its-own"),
        pytest.param(_cell(records=(None,)), None, id="record-that-tells-no-cell"),
        pytest.param(_cell(records=("x = 1",)), Fit.SAME, id="record-of-this-text"),
        pytest.param(_cell(marks=("x = 1",)), Fit.SAME, id="mark-of-this-text"),
        pytest.param(_cell(records=("x=1",)), Fit.REFORMATTED, id="other-layout"),
        pytest.param(_cell(records=("x = 2",)), Fit.EDITED, id="record-of-other-code"),
        pytest.param(_cell(marks=("x = 2",)), Fit.EDITED, id="mark-of-other-code"),
        pytest.param(_cell(marks=("x = 2", "x = 1")), Fit.SAME, id="one-output-is-enough"),
        pytest.param(_cell(marks=("x = 2", "x=1")), Fit.REFORMATTED, id="one-output-of-this-code-is-enough"),
        pytest.param(_cell(records=("x = 2",), marks=("x = 1",)), Fit.SAME, id="mark-beside-a-record"),
    ],
)
def test_cell_is_compared_with_what_made_its_outputs(cell: Cell, fit: Fit | None) -> None:
    assert compare_makers(cell) is fit


def test_code_digests_of_another_version_are_not_compared() -> None:
    cell = replace(_cell(), marks=(_mark("x = 2", VERSION + 1),))
    assert compare_makers(cell) is None
    assert compare_makers(replace(cell, marks=(_mark("x = 1", VERSION + 1),))) is Fit.SAME


def test_what_names_no_cell_is_no_maker() -> None:
    assert list_makers(_cell(records=(None,))) == []
    assert len(list_makers(_cell(records=("x = 1",), marks=("x = 2",)))) == 2
