"""Names that cells use and that no cell above them defines any more, though one did when they ran."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vault_magic.ledger import Status, compact_name
from vaultcheck.cell import Cell
from vaultcheck.dataflow import Bonds
from vaultcheck.execution import Execution
from vaultcheck.makers import Fit
from vaultcheck.making import Making
from vaultcheck.matching import Matching
from vaultcheck.notebook import Notebook
from vaultcheck.runs import read_cell

_GIVEN = frozenset(dir(builtins)) | {"In", "Out", "exit", "quit", "get_ipython", "display", "_", "__", "___"}
"""Names that are there without any cell."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """A cell and the names that it misses; `below` is the next cell that defines them all, if there is one.

    `objects` are those stored that go back to one of the names.
    """

    cell: Cell
    names: tuple[str, ...]
    below: int | None = None
    objects: tuple[str, ...] = ()


def find_undefined(notebook: Notebook, execution: Execution, makings: Sequence[Making]) -> tuple[Undefined, ...]:
    """Return the first cell that misses each name.

    A name counts as defined once only where a ledger tells of a run that changed it: a kernel may bring names along.
    Nothing is told below a cell that may bind what its text does not tell.
    """
    if not makings and (execution.is_straight or execution.matching.is_plain):
        return ()
    changers = _list_changers([execution.matching, *(one.runs.matching for one in makings)])
    if not changers:
        return ()
    definers: dict[str, list[int]] = {}
    for cell in notebook.code_cells:
        for name in read_cell(cell).binds:
            definers.setdefault(name, []).append(cell.number)
    return tuple(_complete(one, definers, makings) for one in _find(notebook, execution, changers))


_Changers = Mapping[str, Collection[int | None]]
"""By the digest of a name the cells whose runs have changed it; `None` stands for those that are there no more."""


def _list_changers(matchings: Iterable[Matching]) -> _Changers:
    found: dict[str, set[int | None]] = {}
    for matching in matchings:
        for place, row in enumerate(matching.rows):
            link = matching.by_run.get(place)
            for name in row.names or ():
                found.setdefault(name, set()).add(link.cell if link and link.fit is not Fit.EDITED else None)
    return found


def _find(notebook: Notebook, execution: Execution, changers: _Changers) -> Iterator[Undefined]:
    bound, told, bonds = set(_GIVEN), set[str](), Bonds()
    for cell in notebook.code_cells:
        names = read_cell(cell)
        if names.is_opaque:
            return
        bonds.add(names)
        inside = bonds.expand(names.uses) - names.uses - names.binds
        used = (names.uses | inside) - names.may_define - bound - told
        missing = sorted(one for one in used if {*changers.get(compact_name(one), ())} - {cell.number})
        if missing and _ran_well(execution, cell):
            told |= {*missing}
            yield Undefined(cell, tuple(missing))
        bound |= names.binds


def _ran_well(execution: Execution, cell: Cell) -> bool:
    """Tell whether a cell ran to its end as it stands; of one that failed or was edited, its names tell nothing."""
    if cell.has_error or execution.fits.get(cell.number) in (None, Fit.EDITED):
        return False
    row = execution.matching.find_row(cell)
    return row is None or row.status is not Status.FAILED


def _complete(found: Undefined, definers: Mapping[str, Sequence[int]], makings: Iterable[Making]) -> Undefined:
    below = ({number for number in definers.get(name, ()) if number > found.cell.number} for name in found.names)
    definer = min(set.intersection(*below), default=None)
    reached = (one for one in makings if not one.trace_above.needed.isdisjoint(found.names))
    objects = tuple(path for one in reached for path in one.objects)
    return Undefined(found.cell, found.names, definer, objects)
