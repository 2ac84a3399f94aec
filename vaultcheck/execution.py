"""How a notebook ran, as far as it can be told: its runs, which cell is which of them, and what was edited since."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from vault_magic.canonical import VERSION
from vault_magic.digest import compact, is_sha256, source_digest
from vault_magic.errors import FormatError
from vault_magic.ledger import Ledger, Row, Status, compact_id, parse_rows
from vault_magic.record import CellRef
from vault_magic.session_id import read_start
from vaultcheck.cell import Cell
from vaultcheck.dataflow import find_newer
from vaultcheck.makers import Fit, compare_makers, list_makers
from vaultcheck.matching import Matching, has_count_of, match_cells
from vaultcheck.notebook import Notebook
from vaultcheck.regrouping import find_merged, find_split, list_stretches, remember_code
from vaultcheck.straight_run import fit_straight

_COMPACT = re.compile(r"[\w-]{22}", re.ASCII)


@dataclass(frozen=True)
class Execution:
    """What is known of how a notebook ran: its runs with their cells, and how each cell fits what ran as it.

    The runs are those of the last session that stored or sealed something. A cell of which nothing can be told has no
    fit. `is_straight` tells that each run is a cell's only one, in the order of the cells and as they stand; then they
    are matched only where somebody asks.
    """

    fits: Mapping[int, Fit] = field(default_factory=dict)
    has_evidence: bool = False
    is_straight: bool = False
    match: Callable[[], Matching] = field(default=Matching, compare=False, repr=False)

    @cached_property
    def matching(self) -> Matching:
        """The runs with their cells."""
        return self.match()

    @property
    def runs(self) -> tuple[Row, ...]:
        """The runs, in order."""
        return self.matching.rows

    def has_run(self, cell: Cell) -> bool:
        """Tell whether a cell ran, in this shape or another."""
        return cell.count is not None or cell.has_outputs or cell.number in self.matching.by_cell

    @cached_property
    def edited(self) -> tuple[int, ...]:
        """The numbers of the cells that have other code now than when they ran."""
        return tuple(number for number, fit in self.fits.items() if fit is Fit.EDITED)

    def is_edited(self, cell: Cell) -> bool:
        """Tell whether a cell is one of these."""
        return self.fits.get(cell.number) is Fit.EDITED


def reconstruct(notebook: Notebook, ledgers: Sequence[Ledger], importers: Sequence[CellRef]) -> Execution:
    """Match the saved cells of a notebook to what ran.

    The runs are those of the notebook's own records; where its outputs were stripped, those that the manifest tells:
    `ledgers` of the objects it made and `importers`, its cells that imported. Without a cell of Python nothing can be.
    """
    if not notebook.code_cells:
        return Execution()
    if fits := _fit_straight(notebook, ledgers, importers):
        return Execution(fits, has_evidence=True, is_straight=True, match=lambda: _match(notebook, ledgers, importers))
    judge = _Judge(notebook, _list_sessions(notebook) or _list_manifest_runs(ledgers, importers))
    if not (judge.matching.rows or notebook.records or any(cell.marks for cell in notebook.cells)):
        return Execution()
    return Execution(judge.judge(), has_evidence=True, match=lambda: judge.matching)


def _fit_straight(notebook: Notebook, ledgers: Sequence[Ledger], importers: Sequence[CellRef]) -> dict[int, Fit]:
    """Return the fits of the cells of a notebook that ran straight, as most do; none of any other."""
    stored = [one for one in notebook.records if one.ledger]
    last = max(reversed(stored), key=lambda one: one.finished, default=None)
    if last is None or last.ledger is None:
        longest = max(ledgers, key=lambda one: one.rows.count("\n"), default=None)
        return fit_straight(notebook.code_cells, longest, importers) if longest and not notebook.records else {}
    own = (one for one in notebook.records if one.session == last.session and one.finished > last.finished)
    fits = fit_straight(notebook.code_cells, last.ledger, [one.cell for one in own if one.cell])
    is_only = all(one.session == last.session for one in stored)  # else an older one may tell of the other cells
    return fits if is_only or len(fits) == len(notebook.code_cells) else {}


def _match(notebook: Notebook, ledgers: Iterable[Ledger], importers: Iterable[CellRef]) -> Matching:
    return _Judge(notebook, _list_sessions(notebook) or _list_manifest_runs(ledgers, importers)).matching


@dataclass(frozen=True, slots=True)
class _Session:
    """The runs of one session, as far as its records tell."""

    id: str | None
    rows: tuple[Row, ...]


def _list_sessions(notebook: Notebook) -> list[_Session]:
    """Return the sessions that stored or sealed something, the latest last; without any, what the records tell."""
    stored = [one for one in notebook.records if one.ledger]
    if not stored:
        rows = _add_cells((), (one.cell for one in notebook.records if one.cell))
        return [_Session(None, rows)] if rows else []
    latest = {one.session: one for one in sorted(stored, key=lambda one: one.finished)}
    sessions = []
    for record in sorted(latest.values(), key=lambda one: one.finished):
        later = [one for one in notebook.records if one.session == record.session and one.finished > record.finished]
        rows = read_rows(record.ledger) if record.ledger else ()
        sessions.append(_Session(record.session, _add_cells(rows, (one.cell for one in later if one.cell))))
    return sessions


def _list_manifest_runs(ledgers: Iterable[Ledger], importers: Iterable[CellRef]) -> list[_Session]:
    """Return the runs of the longest ledger: the one of the notebook's last store."""
    rows = _add_cells(max((read_rows(ledger) for ledger in ledgers), key=len, default=()), importers)
    return [_Session(None, rows)] if rows else []


def read_rows(ledger: Ledger) -> tuple[Row, ...]:
    """Return the rows of a ledger, or none where one of them does not tell what ran.

    Nor where the code digests are of another version: layout could not be told.
    """
    try:
        rows = parse_rows(ledger.rows) if ledger.code_version == VERSION else ()
    except FormatError:
        return ()
    return rows if all(_COMPACT.fullmatch(one) for row in rows for one in (row.source, row.code)) else ()


def _add_cells(rows: tuple[Row, ...], cells: Iterable[CellRef]) -> tuple[Row, ...]:
    added = {compact(cell.sha256): cell for cell in cells if is_sha256(cell.sha256) and is_sha256(cell.code)}
    known = {row.source for row in rows}
    fresh = (
        Row(cell.count, Status.OK, source, compact(cell.code), compact_id(cell.id) if cell.id else None)
        for source, cell in added.items()
        if source not in known
    )
    return (*rows, *fresh)


class _Judge:
    """Tells how each cell fits what ran: its own outputs know best, then the ledgers, the latest first."""

    def __init__(self, notebook: Notebook, sessions: Sequence[_Session]) -> None:
        self._notebook = notebook
        self._cells = notebook.code_cells
        self._older = sessions[:-1]
        self._session = sessions[-1] if sessions else _Session(None, ())
        self.matching = match_cells(self._cells, self._session.rows)

    def judge(self) -> dict[int, Fit]:
        """Return the fit of each cell, by its number, where it can be told."""
        fits = {cell.number: fit for cell in self._cells if (fit := self._compare(cell))}
        as_it_ran = (Fit.SAME, Fit.REFORMATTED)
        doubtful = [cell for cell in self._cells if fits.get(cell.number) not in as_it_ran]
        if Fit.EDITED in fits.values():
            fits |= dict.fromkeys(self._find_regrouped(doubtful), Fit.REGROUPED)
        if Fit.EDITED not in fits.values():
            return fits
        newer = find_newer(self._notebook)
        return {number: fit for number, fit in fits.items() if fit is not Fit.EDITED or number not in newer}

    def _compare(self, cell: Cell) -> Fit | None:
        if cell.records or cell.marks:
            return compare_makers(cell)
        if link := self.matching.by_cell.get(cell.number):
            is_of_it = has_count_of(cell, self._session.rows[link.run]) and not self._ran_again_since
            return link.fit if link.fit is Fit.SAME or is_of_it else None
        return self._compare_older(cell) if self._older and cell.count is not None else None

    def _compare_older(self, cell: Cell) -> Fit | None:
        """Compare a cell that the last session did not run: its count is another cell's there."""
        for matching in self._older_matchings:
            if link := matching.by_cell.get(cell.number):
                is_of_it = has_count_of(cell, matching.rows[link.run]) and cell.count in self._counts
                return link.fit if link.fit is Fit.SAME or (is_of_it and not self._ran_again_since) else None
        return None

    @cached_property
    def _older_matchings(self) -> list[Matching]:
        return [match_cells(self._cells, session.rows) for session in reversed(self._older)]

    @cached_property
    def _counts(self) -> set[int | None]:
        return {row.count for row in self._session.rows}

    @cached_property
    def _ran_again_since(self) -> bool:
        """Tell whether a later session than that of the last ledger ran here: the counts may be of either."""
        known = {self._session.id, *(session.id for session in self._older)}
        start = read_start(self._session.id or "")
        own = [one.finished for one in self._notebook.records if one.ledger]
        last = max(own, default=None)
        if any(last and one.session not in known and one.finished > last for one in self._notebook.records):
            return True
        if any(cell.has_error and self._has_failed_since(cell) for cell in self._cells):
            return True
        others = {mark.session for cell in self._cells for mark in cell.marks} - known
        starts = [read_start(session) for session in others]
        return self._session.id is not None and any(None in (one, start) or one > start for one in starts)  # type: ignore[operator]

    def _has_failed_since(self, cell: Cell) -> bool:
        """Tell whether an error that a cell shows is not that of its run: this ended well, or left a record by then."""
        row = self.matching.find_row(cell)
        if row is None or not has_count_of(cell, row):
            return False
        return row.status is Status.OK or (row.status is Status.RUNNING and not cell.records)

    def _find_regrouped(self, doubtful: Sequence[Cell]) -> Iterator[int]:
        """Yield the cells that are parts of what ran, or made of parts."""
        makers = [one for cell in self._cells for one in list_makers(cell)]
        sources = {row.source for row in self._session.rows} | {compact(one.sha256) for one in makers}
        codes = {row.code for row in self._session.rows}
        codes |= {compact(one.code) for one in makers if is_sha256(one.code)}

        def find_run(text: str) -> bool | None:
            is_known = compact(source_digest(text)) in sources or remember_code(text) in codes
            return is_known or None

        for stretch in list_stretches(self._cells, doubtful):
            for cells, _ in find_split(stretch, find_run):
                yield from (cell.number for cell in cells)
        yield from (cell.number for cell in doubtful if find_merged(cell, sources))
