"""Which saved cell is which executed one, and so which were edited after they ran."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vault_magic.canonical import VERSION
from vault_magic.digest import compact
from vault_magic.errors import FormatError
from vault_magic.ledger import Ledger, Row, Status, compact_id, parse_rows
from vault_magic.record import CellRef
from vaultcheck.notebook import Cell, Notebook
from vaultcheck.pairing import is_edited

_SHA256 = re.compile(r"[0-9a-f]{64}")  # what a record says may have been edited by hand


@dataclass(frozen=True, slots=True)
class Execution:
    """What is known of how a notebook ran: the runs, by cell the run it is taken for, and the cells edited since."""

    runs: tuple[Row, ...] = ()
    matched: Mapping[int, Row] = field(default_factory=dict)
    edited: tuple[Cell, ...] = ()
    has_evidence: bool = False

    def has_run(self, cell: Cell) -> bool:
        """Tell whether a cell ran, in this shape or another."""
        return cell.count is not None or cell.has_outputs or cell.number in self.matched


def reconstruct(notebook: Notebook, ledgers: Iterable[Ledger], importers: Iterable[CellRef]) -> Execution:
    """Match the saved cells of a notebook to what ran.

    The runs are those of the notebook's own records; where its outputs were stripped, those that the manifest tells:
    `ledgers` of the objects it made and `importers`, its cells that imported.
    """
    runs = _list_recorded_runs(notebook) or _list_manifest_runs(ledgers, importers)
    marked = any(cell.marks for cell in notebook.cells)
    if not (runs or marked or notebook.records):
        return Execution()
    matched = _match(notebook, runs)
    known = {} if _ran_again_since(notebook) else matched
    edited = tuple(cell for cell in notebook.code_cells if _was_edited(cell, known.get(cell.number)))
    return Execution(runs=runs, matched=matched, edited=edited, has_evidence=True)


def _list_recorded_runs(notebook: Notebook) -> tuple[Row, ...]:
    """Return the runs of the latest session that stored something, with those of its later records."""
    with_ledger = [(one.finished, one.session, one.ledger) for one in notebook.records if one.ledger]
    if not with_ledger:
        return _add_cells((), (one.cell for one in notebook.records if one.cell))
    finished, session, ledger = max(with_ledger, key=lambda one: one[0])
    later = (one.cell for one in notebook.records if one.cell and one.session == session and one.finished > finished)
    return _add_cells(_read_rows(ledger), later)


def _ran_again_since(notebook: Notebook) -> bool:
    """Tell whether a later session than that of the last ledger ran in the notebook: the counts may be of either."""
    stores = [(one.finished, one.session) for one in notebook.records if one.ledger]
    if not stores:
        return False
    finished, session = max(stores)
    return any(one.session != session and one.finished > finished for one in notebook.records)


def _list_manifest_runs(ledgers: Iterable[Ledger], importers: Iterable[CellRef]) -> tuple[Row, ...]:
    """Return the runs of the longest ledger: the one of the notebook's last store."""
    rows = max((_read_rows(ledger) for ledger in ledgers), key=len, default=())
    return _add_cells(rows, importers)


def _read_rows(ledger: Ledger) -> tuple[Row, ...]:
    """Return the rows of a ledger; of one whose code digests are of another version, none: layout could not be told."""
    try:
        return parse_rows(ledger.rows) if ledger.code_version == VERSION else ()
    except FormatError:
        return ()


def _add_cells(rows: tuple[Row, ...], cells: Iterable[CellRef]) -> tuple[Row, ...]:
    added = {
        compact(cell.sha256): cell for cell in cells if _SHA256.fullmatch(cell.sha256) and _SHA256.fullmatch(cell.code)
    }
    known = {row.source for row in rows}
    fresh = (
        Row(cell.count, Status.OK, source, compact(cell.code), compact_id(cell.id) if cell.id else None)
        for source, cell in added.items()
        if source not in known
    )
    return (*rows, *fresh)


def _was_edited(cell: Cell, run: Row | None) -> bool:
    """Tell whether the code differs from what ran; the cell's own outputs know best, layout does not count.

    A cell that has another execution count than the run has run again since: of that run nothing is known.
    """
    if cell.records or cell.marks:
        return is_edited(cell)
    if run is None or (cell.count is not None and run.count is not None and cell.count != run.count):
        return False
    return run.source != compact(cell.source_digest) and run.code != compact(cell.code_digest)


def _match(notebook: Notebook, runs: Sequence[Row]) -> dict[int, Row]:
    """Match cells to runs by equal source, then equal code, then id, and last by their place between matches."""
    matched: dict[int, Row] = {}
    for of_cell, of_run in _KEYS:
        taken = {id(run) for run in matched.values()}
        free: dict[str, list[Row]] = {}
        for run in runs:
            if id(run) not in taken and (key := of_run(run)) is not None:
                free.setdefault(key, []).append(run)
        for cell in notebook.code_cells if free else ():
            if cell.number not in matched and (same := free.get(of_cell(cell) or "")):
                matched[cell.number] = _take(same, cell)
    return matched | dict(_match_gaps(notebook, runs, matched))


def _take(same: list[Row], cell: Cell) -> Row:
    """Take one of several equal runs: that of the cell's count, or the next; the last serves all copies of a cell."""
    run = next((one for one in same if one.count is not None and one.count == cell.count), same[0])
    if len(same) > 1:
        same.remove(run)
    return run


_KEYS: tuple[tuple[Callable[[Cell], str | None], Callable[[Row], str | None]], ...] = (
    (lambda cell: compact(cell.source_digest), lambda run: run.source),
    (lambda cell: compact(cell.code_digest), lambda run: run.code),
    (lambda cell: compact_id(cell.id) if cell.id else None, lambda run: run.id),
)


def _match_gaps(notebook: Notebook, runs: Sequence[Row], matched: Mapping[int, Row]) -> Iterator[tuple[int, Row]]:
    """Pair the cells and the runs that lie between two matches, where there are as many of one as of the other.

    A cell that shows no trace of a run is left out, unless every trace was stripped from the notebook; so is one that
    ran with the original tool, which tells of no run. Where the front end has sent ids, a run of a cell that is still
    there was matched by its own.
    """
    places = {id(run): place for place, run in enumerate(runs)}
    taken = {id(run) for run in matched.values()}
    stripped = all(cell.count is None for cell in notebook.code_cells)
    start, waiting = 0, list[Cell]()
    for cell in (*notebook.code_cells, None):
        if cell is not None and cell.number not in matched:
            waiting += [cell] if (stripped or cell.count is not None) and not _ran_elsewhere(cell) else []
            continue
        end = len(runs) if cell is None else places[id(matched[cell.number])]
        free = [run for run in runs[start:end] if id(run) not in taken and (stripped or run.id is None)]
        if len(free) == len(waiting):
            yield from ((one.number, run) for one, run in zip(waiting, free, strict=True))
        start, waiting = max(start, end + 1), []  # what moved up is before the last match, and its gap was looked at


def _ran_elsewhere(cell: Cell) -> bool:
    """Tell whether the outputs of a cell are those of the original tool alone."""
    return bool(cell.records) and all(one.is_legacy for one in cell.records) and not cell.marks
