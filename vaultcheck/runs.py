"""The runs of a ledger with what each of them did to names, in the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from vault_magic.ledger import Status, compact_name
from vault_magic.names import CellNames
from vaultcheck.accumulation import find_accumulated
from vaultcheck.cell import Cell
from vaultcheck.dataflow import Bonds, Effect, find_newer, read_cached
from vaultcheck.makers import Fit
from vaultcheck.matching import Matching
from vaultcheck.metadata import INJECTED
from vaultcheck.notebook import Notebook

_PARAMETERS = frozenset({"parameters", INJECTED})

_OPAQUE = CellNames(is_opaque=True)
_ENDED_WELL = frozenset({Status.OK, Status.RUNNING, Status.EARLIER, Status.REPLACED})
_AS_THEY_RAN = frozenset({Fit.SAME, Fit.REFORMATTED})


def read_cell(cell: Cell) -> CellNames:
    """Return what a cell does to names; one that cannot be read may do anything."""
    return read_cached(cell.source) or _OPAQUE


@dataclass(frozen=True)
class Runs:
    """The rows of a ledger beside the cells of the notebook that ran."""

    notebook: Notebook
    matching: Matching

    @cached_property
    def bonds(self) -> Bonds:
        """What ties the names of the notebook to each other."""
        bonds = Bonds()
        for cell in self.notebook.code_cells:
            bonds.add(read_cell(cell))
        return bonds

    @cached_property
    def turns(self) -> tuple[int, ...]:
        """The places of the rows in the order in which they ran, those twice whose cell is known to have run before."""
        rows = self.matching.rows
        if any(row.count is None for row in rows):
            return tuple(range(len(rows)))
        times = [(row.count or 0, place) for place, row in enumerate(rows)]
        times += [(row.previous, place) for place, row in enumerate(rows) if row.previous is not None]
        return tuple(place for _, place in sorted(times))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """What each row did to names."""
        return tuple(self._read_row(place) for place in range(len(self.matching.rows)))

    @cached_property
    def vanished(self) -> tuple[int, ...]:
        """The places of the rows that changed names and are no cell of the notebook any more.

        What only binds the parameters of the notebook was put in by whoever ran it.
        """
        parameters = {
            compact_name(name)
            for cell in self.notebook.code_cells
            if _PARAMETERS & cell.tags
            for name in read_cell(cell).binds
        }
        rows = enumerate(self.matching.rows)
        return tuple(at for at, row in rows if at not in self.matching.by_run and {*(row.names or ())} - parameters)

    @cached_property
    def unreplaced(self) -> tuple[int, ...]:
        """The vanished rows that changed a name which no later cell bound anew."""
        if not self.vanished:  # most notebooks: then no cell is read for it
            return ()
        last = {name: at for at in self.matching.by_run for name in map(compact_name, self.effects[at].settles)}
        rows = self.matching.rows
        return tuple(at for at in self.vanished if any(last.get(name, -1) < at for name in rows[at].names or ()))

    @cached_property
    def repeated(self) -> Mapping[int, frozenset[str]]:
        """The cells, by number, that ran twice with nothing between that bound anew what they add to, and that."""
        times: dict[int, list[int]] = {}
        for turn, place in enumerate(self.turns):
            if self.get_fit(place) in _AS_THEY_RAN:
                times.setdefault(self.matching.by_run[place].cell, []).append(turn)
        found = {number: self._find_added(number, turns) for number, turns in times.items() if len(turns) > 1}
        return {number: names for number, names in found.items() if names}

    def find_cell(self, place: int) -> int | None:
        """Return the number of the cell that a row is."""
        link = self.matching.by_run.get(place)
        return link.cell if link else None

    def is_copy(self, cell: Cell) -> bool:
        """Tell whether the run of a cell is that of another one with the same text."""
        link = self.matching.by_cell.get(cell.number)
        return link is not None and link.fit is Fit.SAME and self.find_cell(link.run) != cell.number

    def get_fit(self, place: int) -> Fit | None:
        """Return how the cell that a row is fits it; none is taken for edited of which only a newer Python can tell."""
        link = self.matching.by_run.get(place)
        is_newer = link is not None and link.fit is Fit.EDITED and link.cell in self._newer
        return Fit.REFORMATTED if is_newer else link.fit if link else None

    def read_linked(self, cell: Cell) -> Effect:
        """Return what a cell does as it stands, or as it ran where it was edited since or cannot be read."""
        link, names = self.matching.by_cell.get(cell.number), read_cell(cell)
        if link and (link.fit is Fit.EDITED or names is _OPAQUE):
            return self.effects[link.run]
        return Effect(names)

    def _read_row(self, place: int) -> Effect:
        row, fit = self.matching.rows[place], self.get_fit(place)
        digests = None if row.names is None else frozenset(row.names)
        is_whole = row.status in _ENDED_WELL
        if fit is None:
            return Effect(digests=digests or frozenset(), is_whole=is_whole)
        names = self._read_cells(place)
        is_told = fit in _AS_THEY_RAN and names is not _OPAQUE
        return Effect(names, None if is_told else digests, is_whole=is_whole)

    def _read_cells(self, place: int) -> CellNames:
        """Return what the text of a row does: of one that was split, that of all its cells."""
        numbers = self._regrouped.get(place, ())
        if len(numbers) < 2:
            return read_cell(self._cells[self.matching.by_run[place].cell])
        return read_cached("\n".join(self._cells[number].source for number in numbers)) or _OPAQUE

    def _find_added(self, number: int, turns: Sequence[int]) -> frozenset[str]:
        added = find_accumulated(self._cells[number].source)
        return frozenset(
            name
            for first, second in pairwise(turns)
            for name in added
            if not any(name in self.effects[self.turns[turn]].binds for turn in range(first + 1, second))
        )

    @cached_property
    def _regrouped(self) -> Mapping[int, Sequence[int]]:
        """The numbers of the cells that are parts of a row, by its place."""
        found: dict[int, list[int]] = {}
        for link in self.matching.links:
            if link.fit is Fit.REGROUPED:
                found.setdefault(link.run, []).append(link.cell)
        return found

    @cached_property
    def _newer(self) -> frozenset[int]:
        return find_newer(self.notebook)

    @cached_property
    def _cells(self) -> Mapping[int, Cell]:
        return {cell.number: cell for cell in self.notebook.code_cells}
