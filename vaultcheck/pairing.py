"""Which command in a cell's text is which recorded one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vault_magic.calls import is_expression
from vault_magic.record import Record
from vaultcheck.cell import Cell
from vaultcheck.cell_source import FoundCommand
from vaultcheck.makers import Fit, compare_makers, list_makers

_INCLUDE = re.compile(r"%run\b")
_OTHER_CODE = re.compile(rf"{_INCLUDE.pattern}|\w\(")  # a function may run commands as well


@dataclass(frozen=True, slots=True)
class Pair:
    """A command as saved and as recorded; either may be missing. `differs` tells that they do not say the same."""

    found: FoundCommand | None
    record: Record | None
    differs: bool = False


def pair_commands(cell: Cell) -> tuple[Pair, ...]:
    """Pair the commands of a cell with its records.

    First come those that say the same, then lines whose variables were filled in, several records for one line where
    it ran in a loop. What is left over in a cell whose text is as it ran belongs to it somehow (a `%run`, a function);
    in an edited cell the leftovers are paired in their order, as commands that were edited. Records of the original
    tool do not tell which text ran: then leftovers count as edited where nothing else in the cell can have made them.
    """
    found = [one for one in cell.found if isinstance(one, FoundCommand)]
    if len(found) == len(cell.records) == 1 and found[0].text == cell.records[0].command and not found[0].is_template:
        return (Pair(found[0], cell.records[0]),)  # as most are
    asked = [one for one in cell.records if is_expression(one.command)]  # by no command: the whole cell tells of it
    pairs, records = _pair_equal(found, [one for one in cell.records if one not in asked])
    lines = [one for one in found if not any(pair.found is one for pair in pairs)]
    told = bool(list_makers(cell))
    differs = compare_makers(cell) is Fit.EDITED if told else not _INCLUDE.search(cell.source)
    edited = list(zip(lines, records, strict=False)) if differs else []
    gone = differs if told else bool(found) and not _OTHER_CODE.search(cell.source)
    pairs += [Pair(line, record, differs=True) for line, record in edited]
    pairs += [Pair(line, None) for line in lines[len(edited) :]]
    pairs += [Pair(None, record, differs=gone) for record in records[len(edited) :]]
    pairs += [Pair(None, record) for record in asked]
    return tuple(sorted(pairs, key=lambda pair: pair.found.line if pair.found else 0))


def _pair_equal(found: Sequence[FoundCommand], records: list[Record]) -> tuple[list[Pair], list[Record]]:
    """Pair lines with the records of the same command, and lines with variables with what they can have become.

    A line that has no record yet comes before one that would have run twice.
    """
    pairs: list[Pair] = []
    left = []
    likeliest = sorted(found, key=lambda one: one.is_template)
    for record in records:
        same = [one for one in likeliest if one.says_same(record.command)]
        fresh = [one for one in same if not any(pair.found is one for pair in pairs)]
        if line := next(iter(fresh or same), None):
            pairs.append(Pair(line, record))
        else:
            left.append(record)
    return pairs, left
