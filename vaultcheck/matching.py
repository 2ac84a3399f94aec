"""Which saved cell is which executed one: the rows of one ledger against the cells of a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from vault_magic.digest import compact, source_digest
from vault_magic.ledger import Row, Status, compact_id
from vaultcheck.cell import Cell
from vaultcheck.dataflow import name_digest, read_cached
from vaultcheck.makers import Fit
from vaultcheck.metadata import INJECTED
from vaultcheck.regrouping import MOST_CELLS, find_merged, find_split, list_stretches, remember_code


@dataclass(frozen=True, slots=True)
class Link:
    """A cell, by its number, and a run that it is taken for, by its place among the rows."""

    cell: int
    run: int
    fit: Fit


@dataclass(frozen=True)
class Matching:
    """The links between the cells of a notebook and the rows of a ledger; the first link of a cell or row is its own.

    A cell has several runs where it was merged or ran again, and a run several cells where it was split or copied.
    """

    rows: tuple[Row, ...] = ()
    links: tuple[Link, ...] = ()

    @cached_property
    def by_cell(self) -> Mapping[int, Link]:
        """The own link of each cell."""
        return {link.cell: link for link in reversed(self.links)}

    @cached_property
    def by_run(self) -> Mapping[int, Link]:
        """The own link of each row."""
        return {link.run: link for link in reversed(self.links)}

    @cached_property
    def is_plain(self) -> bool:
        """Whether every row is one cell as it ran, in the order of the cells."""
        cells = [link.cell for link in self.links if link.fit is Fit.SAME]
        return len(cells) == len(self.rows) == len(self.links) == len(self.by_run) and cells == sorted(set(cells))

    def find_row(self, cell: Cell) -> Row | None:
        """Return the run that a cell is taken for."""
        link = self.by_cell.get(cell.number)
        return self.rows[link.run] if link else None


def match_cells(cells: Sequence[Cell], rows: Sequence[Row]) -> Matching:
    """Match cells to rows by equal source, then equal code, then as parts of each other, then by id and place.

    Never by id alone while the text tells: ids are copied, split and renumbered. Where every trace of a run was
    stripped the ids may be new, so that the place tells more than they do.
    """
    is_stripped = all(cell.count is None for cell in cells)
    finder = _Finder(cells, rows, is_stripped=is_stripped)
    finder.take(finder.find_equal(lambda cell: cell.compact_digest, lambda row: row.source), Fit.SAME)
    if not finder.has_free_rows:
        return Matching(tuple(rows), tuple(finder.links))
    finder.take(finder.find_equal(_digest_as_history, _source_in_history), Fit.SAME)
    for digest in (
        lambda cell: compact(cell.code_digest),
        lambda cell: cell.turned_digest and compact(cell.turned_digest),
    ):
        finder.take(finder.find_equal(digest, lambda row: row.code), Fit.REFORMATTED)
    finder.take(finder.find_regrouped(), Fit.REGROUPED)
    steps = (finder.find_by_id, finder.find_by_place)
    for find in reversed(steps) if is_stripped else steps:
        finder.take(find(), Fit.EDITED)
    finder.take(finder.find_repeated(), Fit.SAME)
    return Matching(tuple(rows), tuple(finder.links))


def _digest_as_history(cell: Cell) -> str:
    """Return the digest of a cell's text without the line ends at its end, which IPython's history drops."""
    return compact(source_digest(cell.source.rstrip("\r\n")))


def _source_in_history(row: Row) -> str | None:
    return row.source if row.status is Status.EARLIER else None


_Pairs = Iterable[tuple[int, int]]
"""Numbers of cells and places of rows."""


class _Finder:
    """Finds links step by step among the cells and rows that have none yet."""

    def __init__(self, cells: Sequence[Cell], rows: Sequence[Row], *, is_stripped: bool) -> None:
        self.links: list[Link] = []
        self._cells = cells
        self._rows = rows
        self._is_stripped = is_stripped
        self._linked: dict[int, int] = {}
        self._taken: set[int] = set()

    def take(self, pairs: _Pairs, fit: Fit) -> None:
        """Keep what a step has found."""
        for cell, run in [*pairs]:
            self.links.append(Link(cell, run, fit))
            self._linked.setdefault(cell, run)
            self._taken.add(run)

    def find_equal(self, of_cell: Callable[[Cell], str | None], of_row: Callable[[Row], str | None]) -> _Pairs:
        """Pair what has an equal key; the last of several equal runs serves all copies of a cell."""
        free: dict[str, list[int]] = {}
        for place in self._free_rows:
            if (key := of_row(self._rows[place])) is not None:
                free.setdefault(key, []).append(place)
        for cell in self._free_cells if free else ():
            if same := free.get(of_cell(cell) or ""):
                yield cell.number, self._choose(same, cell)

    def _choose(self, same: list[int], cell: Cell) -> int:
        """Take one of several equal runs: that of the cell's count, or the next."""
        run = next((one for one in same if cell.count is not None and self._rows[one].count == cell.count), same[0])
        if len(same) > 1:
            same.remove(run)
        return run

    def find_regrouped(self) -> _Pairs:
        """Pair the parts of what was split with the run of the whole, and what was merged with the runs of parts."""
        sources = {self._rows[place].source: place for place in self._free_rows}
        codes = {self._rows[place].code: place for place in self._free_rows}
        if not sources:
            return

        def find_run(text: str) -> int | None:
            place = sources.get(compact(source_digest(text)))
            return place if place is not None else codes.get(remember_code(text))

        for stretch in list_stretches(self._cells, self._list_likely_parts()):
            for cells, place in find_split(stretch, find_run):
                yield from ((cell.number, place) for cell in cells)
        for cell in self._free_cells:
            yield from ((cell.number, sources[part]) for part in find_merged(cell, sources))

    def _list_likely_parts(self) -> list[Cell]:
        """Return the free cells near one that changes a name that a free run changed, as parts of a run do."""
        likely = [place for place, cell in enumerate(self._cells) if self._may_be_part(cell)]
        near = {place + step for place in likely for step in range(1 - MOST_CELLS, MOST_CELLS)}
        return [cell for at, cell in enumerate(self._cells) if cell.number not in self._linked and at in near]

    def _may_be_part(self, cell: Cell) -> bool:
        """Tell whether a cell changes a name that a free run changed; it may where either is not known."""
        if cell.number in self._linked:
            return False
        names = read_cached(cell.source) if self._changed else None
        return names is None or any(name_digest(one) in self._changed for one in names.changes)

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The names that the free runs before regrouping changed; empty where that is not known of all."""
        found = [self._rows[place].names for place in self._free_rows]
        return frozenset(name for names in found for name in names or ()) if all(found) else frozenset()

    def find_by_id(self) -> _Pairs:
        """Pair what has the same id."""
        return self.find_equal(lambda cell: compact_id(cell.id) if cell.id else None, lambda row: row.id)

    def find_by_place(self) -> _Pairs:
        """Pair the cells and the runs that lie between two links, where there are as many of one as of the other.

        A cell that shows no trace of a run is left out, unless every trace was stripped from the notebook; so is one
        that ran with the original tool, which tells of no run. Where the front end has sent ids, a run of a cell that
        is still there was matched by its own.
        """
        start, waiting = 0, list[Cell]()
        for cell in (*self._cells, None):
            if cell is not None and cell.number not in self._linked:
                waiting += [cell] if self._may_have_run(cell) else []
                continue
            end = len(self._rows) if cell is None else self._linked[cell.number]
            free = [place for place in range(start, end) if self._may_be_another(place)]
            if len(free) == len(waiting):
                yield from ((one.number, place) for one, place in zip(waiting, free, strict=True))
            start, waiting = max(start, end + 1), []  # what moved up is before the last link, and its gap was looked at

    def find_repeated(self) -> _Pairs:
        """Pair the other runs of some code with the cell that still has it; those of another id were another cell."""
        own = {self._rows[link.run].code: link for link in self.links if link.fit is Fit.SAME}
        for place in self._free_rows:
            row = self._rows[place]
            if (link := own.get(row.code)) and (row.id is None or row.id == self._rows[link.run].id):
                yield link.cell, place

    @property
    def has_free_rows(self) -> bool:
        """Whether some row has no link yet: without one no step finds anything more."""
        return len(self._taken) < len(self._rows)

    @property
    def _free_cells(self) -> list[Cell]:
        return [cell for cell in self._cells if cell.number not in self._linked]

    @property
    def _free_rows(self) -> list[int]:
        return [place for place in range(len(self._rows)) if place not in self._taken]

    def _may_have_run(self, cell: Cell) -> bool:
        """Tell whether a cell may be one of the runs; a run that sends ids leaves out what papermill has put in."""
        has_run = self._is_stripped or cell.count is not None
        is_left_out = INJECTED in cell.tags and any(row.id for row in self._rows)
        return has_run and not _ran_elsewhere(cell) and not is_left_out

    def _may_be_another(self, place: int) -> bool:
        row = self._rows[place]
        is_free = self._is_stripped or row.id is None or not self._has_ids
        return place not in self._taken and is_free and row.status is not Status.REPLACED

    @cached_property
    def _has_ids(self) -> bool:
        """Tell whether the saved ids are those of the runs: of the cells that are as they ran, some have theirs."""
        same = {link.cell: self._rows[link.run] for link in self.links if link.fit is Fit.SAME}
        pairs = ((cell.id, same[cell.number].id) for cell in self._cells if cell.number in same)
        return not same or any(saved and sent and compact_id(saved) == sent for saved, sent in pairs)


def has_count_of(cell: Cell, run: Row) -> bool:
    """Tell whether a cell has the execution count of a run; another one says that it ran again, as is not known."""
    return cell.count is None or run.count is None or cell.count == run.count


def _ran_elsewhere(cell: Cell) -> bool:
    """Tell whether the outputs of a cell are those of the original tool alone."""
    return bool(cell.records) and all(one.is_legacy for one in cell.records) and not cell.marks
