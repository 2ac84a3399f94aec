"""Tests of the pairing of commands with records."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as change

from tests.builders import START
from vault_magic.canonical import VERSION
from vault_magic.digest import digest_cell
from vault_magic.mark import Mark
from vault_magic.record import ArchiveRef, CellRef, Record
from vaultcheck.cell import Cell
from vaultcheck.pairing import pair_commands


def _cell(source: str, *executed: str, ran: str | None = None, marks: tuple[str, ...] = ()) -> Cell:
    """Return a cell with records of some commands, made by the text that `ran` (the source itself)."""
    records = tuple(_record(command, source if ran is None else ran) for command in executed)
    made = tuple(Mark("s", digest_cell(one).source, digest_cell(one).code, VERSION) for one in marks)
    return Cell(1, is_code=True, source=source, records=records, marks=made)


def _record(command: str, ran: str) -> Record:
    digest = digest_cell(ran)
    cell = CellRef(digest.source, digest.code, VERSION)
    return Record("store", command, (), ArchiveRef("v", "a.zip"), START, START, "s", cell=cell)


_X, _Y = "store x in m", "store y in m"

# name: source, executed commands, whether another text ran, and the pairs: line, command, differs
_TABLE: dict[str, tuple[str, list[str], bool, list[tuple[int | None, str | None, bool]]]] = {
    "one": (f"%vault {_X}", [_X], False, [(1, _X, False)]),
    "two": (f"%vault {_X}\n%vault {_Y}", [_X, _Y], False, [(1, _X, False), (2, _Y, False)]),
    "the-same-twice": (f"%vault {_X}\n%vault {_X}", [_X, _X], False, [(1, _X, False), (2, _X, False)]),
    "the-same-more-often": (
        f"%vault {_X}\n%vault {_X}",
        [_X, _X, _X],
        False,
        [(1, _X, False), (1, _X, False), (2, _X, False)],
    ),
    "a-line-and-a-loop": (
        f"%vault {_X}\n%vault store x in $m",
        [_X, _X],
        False,
        [(1, _X, False), (2, _X, False)],
    ),
    "a-loop-that-did-not-run-above-the-line": (
        f"%vault store x in $m\n%vault {_X}",
        [_X],
        False,
        [(1, None, False), (2, _X, False)],
    ),
    "two-crosswise": (f"%vault {_X}\n%vault {_Y}", [_Y, _X], False, [(1, _X, False), (2, _Y, False)]),
    "loop": ("%vault store x in $m", [_X, "store x in n"], False, [(1, _X, False), (1, "store x in n", False)]),
    "captured": (f"%vault {_X}", [], False, [(1, None, False)]),
    "run-elsewhere": ("f()", [_X], False, [(None, _X, False)]),
    "hidden-by-a-variable": (
        "%vault store x $rest",
        ["del x from m"],
        False,
        [(None, "del x from m", False), (1, None, False)],
    ),
    "edited": (f"%vault {_X}", [_Y], True, [(1, _Y, True)]),
    "one-of-two-edited": (f"%vault {_X}\n%vault {_Y}", [_X, "list"], True, [(1, _X, False), (2, "list", True)]),
    "one-added": (f"%vault {_X}\n%vault {_Y}", [_X], True, [(1, _X, False), (2, None, False)]),
    "one-removed": (f"%vault {_X}", [_X, _Y], True, [(None, _Y, True), (1, _X, False)]),
    "all-removed": ("x", [_X], True, [(None, _X, True)]),
    "malformed-as-it-failed": ("%vault  store x", ["store x"], False, [(1, "store x", False)]),
    "record-that-no-longer-parses": (f"%vault {_X}", ["conjure x"], True, [(1, "conjure x", True)]),
    "openings-are-no-commands": ("%open_vault -p a.zip", [], False, []),
}


@pytest.mark.parametrize(("source", "executed", "edited", "expected"), _TABLE.values(), ids=_TABLE)
def test_pairs(
    source: str,
    executed: list[str],
    *,
    edited: bool,
    expected: list[tuple[int | None, str | None, bool]],
) -> None:
    cell = _cell(source, *executed, ran="something else" if edited else None)
    assert _list_pairs(cell) == expected


def _list_pairs(cell: Cell) -> list[tuple[int | None, str | None, bool]]:
    return [
        (pair.found.line if pair.found else None, pair.record.command if pair.record else None, pair.differs)
        for pair in pair_commands(cell)
    ]


# The same where no record tells which text ran: source, executed commands, and the pairs
_UNTOLD: dict[str, tuple[str, list[str], list[tuple[int | None, str | None, bool]]]] = {
    "one": (f"%vault {_X}", [_X], [(1, _X, False)]),
    "other-spelling": ("%vault  store x  in m # here", [_X], [(1, _X, False)]),
    "loop": (
        "for m in ms:\n    %vault store x in $m",
        [_X, "store x in n"],
        [(2, _X, False), (2, "store x in n", False)],
    ),
    "captured": (f"%%capture\n%vault {_X}", [], [(2, None, False)]),
    "edited": (f"%vault {_Y}", [_X], [(1, _X, True)]),
    "edited-beside-other-code": (f"f(x)\n%vault {_Y}", [_X], [(2, _X, True)]),
    "one-of-two-edited": (f"%vault {_X}\n%vault {_Y}", [_X, "list"], [(1, _X, False), (2, "list", True)]),
    "one-added": (f"%vault {_X}\n%vault {_Y}", [_X], [(1, _X, False), (2, None, False)]),
    "one-removed": (f"%vault {_X}", [_X, _Y], [(None, _Y, True), (1, _X, False)]),
    "one-removed-or-run-by-a-function": (f"f(x)\n%vault {_X}", [_X, _Y], [(None, _Y, False), (2, _X, False)]),
    "all-removed-or-run-elsewhere": ("x", [_X], [(None, _X, False)]),
    "run-by-a-function": ("f(x)", [_X, _Y], [(None, _X, False), (None, _Y, False)]),
    "included": ("%run setup.ipynb", [_X], [(None, _X, False)]),
    "included-beside-a-line": (f"%run setup.ipynb\n%vault {_X}", [_Y, _X], [(None, _Y, False), (2, _X, False)]),
    "included-beside-a-line-that-failed": (
        f"%run setup.ipynb\n%vault {_X}",
        [_Y],
        [(None, _Y, False), (2, None, False)],
    ),
    "opened-in-the-same-cell": (f"%open_vault -p a.zip\n%vault {_Y}", [_X], [(2, _X, True)]),
}


@pytest.mark.parametrize(("source", "executed", "expected"), _UNTOLD.values(), ids=_UNTOLD)
def test_pairs_where_no_record_tells_its_cell(
    source: str, executed: list[str], expected: list[tuple[int | None, str | None, bool]]
) -> None:
    cell = _forget_cells(_cell(source, *executed))
    assert _list_pairs(cell) == expected


def _forget_cells(cell: Cell) -> Cell:
    return change(cell, records=tuple(replace(one, cell=None) for one in cell.records))


def test_mark_tells_the_text_where_no_record_does() -> None:
    source = f"%vault {_X}"
    assert _list_pairs(_forget_cells(_cell(source, _Y, marks=(source,)))) == [(None, _Y, False), (1, None, False)]
    assert _list_pairs(_forget_cells(_cell(source, _Y, marks=("something else",)))) == [(1, _Y, True)]
