"""Where the runs of a notebook did not go from the top to the bottom in one session."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vault_magic.masking import parse_cell
from vault_magic.names import CellNames
from vault_magic.session_id import read_start
from vaultcheck.cell import Cell
from vaultcheck.dataflow import Bonds
from vaultcheck.execution import Execution
from vaultcheck.makers import Fit, list_sessions
from vaultcheck.making import Making
from vaultcheck.notebook import Notebook
from vaultcheck.runs import read_cell

_SOMETHING = frozenset({""})


@dataclass(frozen=True, slots=True)
class Late:
    """A cell that ran after one below it that uses names which it defines."""

    definer: Cell
    user: Cell
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disorder:
    """The cells that a stored object goes back to as they ran, and as they `stand`; of these those that ran `after`."""

    ran: tuple[int, ...]
    stand: tuple[int, ...] = ()
    after: tuple[int, ...] = ()


def find_disorder(making: Making, *, undefined: Collection[str]) -> Disorder | None:
    """Return what is out of order behind a stored object; `None` where its cells ran as they stand.

    A run that only binds `undefined` names is told elsewhere, and so are edited cells and those of other sessions.
    """
    own = [cell for cell in making.cells_above if _ran_in_session(making, cell)]
    links = making.runs.matching.by_cell
    stand = making.trace_cells(own).changed
    expected = {links[number].run for number in stand if number in links}
    after = tuple(sorted(number for number in stand if number not in links))
    ran = [
        one for one in _list_turns(making) if one in expected or not making.sure.get(one, _SOMETHING) <= {*undefined}
    ]
    is_as_it_stands = {*ran} == {place for place in expected if making.runs.get_fit(place) is not Fit.EDITED}
    if is_as_it_stands and not after and not _is_inverted(making, ran):
        return None
    numbers = tuple(number for place in ran if (number := making.runs.find_cell(place)))
    return Disorder(numbers, tuple(sorted(stand)), after)


def _list_turns(making: Making) -> list[int]:
    """Return the runs that a stored object goes back to, each at its last turn, if their cells are as they were.

    Of several runs of one cell, the cell's own stands for all.
    """
    runs, links = making.runs, making.runs.matching.by_cell
    turns = [runs.turns[turn] for turn in sorted(making.sure_turns.changed) if turn < len(runs.turns)]
    linked = [(runs.find_cell(place), runs.get_fit(place)) for place in turns]
    places = [links[number].run for number, fit in linked if number and fit is not Fit.EDITED]
    return list(dict.fromkeys(reversed(places)))[::-1]


def _ran_in_session(making: Making, cell: Cell) -> bool:
    """Tell whether a cell ran in the session that stored, before or after the store.

    A cell that tells no session is of this one where no other is known and it has a later count than the store.
    """
    if cell.number in making.runs.matching.by_cell:
        return True
    if sessions := list_sessions(cell):
        return making.session in sessions
    is_later = cell.count is not None and cell.count > (making.cell.count or cell.count)
    return is_later and making.sessions == {making.session}


def _is_inverted(making: Making, ran: Sequence[int]) -> bool:
    """Tell whether of two runs the later one is the upper cell and one uses or changes what the other does."""
    runs = making.runs
    changed, touched = dict[str, int](), dict[str, int]()  # by name the lowest cell so far that did so to it
    for place in ran:
        number, names = runs.find_cell(place) or 0, runs.effects[place].names or CellNames()
        uses = runs.bonds.expand(names.uses)
        lowest = [touched.get(name, 0) for name in names.changes] + [changed.get(name, 0) for name in uses]
        if max(lowest, default=0) > number:
            return True
        for name in names.changes | uses:
            touched[name] = max(number, touched.get(name, 0))
        for name in names.changes:
            changed[name] = max(number, changed.get(name, 0))
    return False


def find_foreign(making: Making) -> tuple[int, ...]:
    """Return the cells above a store that ran, in another session than it, and would change what was stored."""
    if making.session is None or not making.is_complete:
        return ()
    foreign = {cell.number for cell in making.cells_above if _is_foreign(making, cell)}
    return tuple(sorted(foreign & making.trace_above.changed.keys())) if foreign else ()


def _is_foreign(making: Making, cell: Cell) -> bool:
    return making.execution.has_run(cell) and not _ran_in_session(making, cell)


def find_late(notebook: Notebook, execution: Execution) -> Late | None:
    """Return the first cell, by its user, that ran after a cell below it that uses what it defines.

    By the execution counts as saved; where outputs are of several sessions, counts tell nothing.
    """
    counted = [cell for cell in notebook.code_cells if cell.count is not None]
    counts = [cell.count or 0 for cell in counted]
    if counts == sorted(counts) or len({one for cell in counted for one in list_sessions(cell)}) > 1:
        return None
    definers, bonds = dict[str, Cell](), Bonds()
    for cell in (cell for cell in counted if not _only_imports(cell)):
        names = read_cell(cell)
        bonds.add(names)
        used = bonds.expand(names.uses) & definers.keys()
        late = sorted(name for name in used if _ran_before(cell, definers[name], execution))
        if late:
            first = definers[late[0]]
            return Late(first, cell, tuple(name for name in late if definers[name] is first))
        definers |= dict.fromkeys(names.binds | names.mutates, cell)
    return None


def _only_imports(cell: Cell) -> bool:
    """Tell whether a cell does nothing but import modules, which comes to the same whenever it runs."""
    tree = parse_cell(cell.source).tree
    return tree is not None and all(isinstance(one, ast.Import | ast.ImportFrom) for one in tree.body)


def _ran_before(user: Cell, definer: Cell, execution: Execution) -> bool:
    """Tell whether a cell ran before one above it, which had not run once before that."""
    row = execution.matching.find_row(definer)
    previous = row.previous if row else None
    return (user.count or 0) < (definer.count or 0) and (previous is None or previous > (user.count or 0))


def list_older(notebook: Notebook) -> tuple[Cell, ...]:
    """Return the cells whose outputs are not of the latest session; none where that cannot be told."""
    times = dict[str, int | None]()
    for cell in notebook.code_cells:
        times |= {mark.session: read_start(mark.session) for mark in cell.marks if mark.session not in times}
    for one in sorted((one for one in notebook.records if one.cell), key=lambda one: one.finished):
        times[one.session] = int(one.finished.timestamp() * 1000)
    if len(times) < 2 or None in times.values():
        return ()
    latest = max(times, key=lambda session: times[session] or 0)
    return tuple(cell for cell in notebook.code_cells if (found := list_sessions(cell)) and latest not in found)
