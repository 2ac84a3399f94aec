"""What a kernel session has done so far: the cells that ran and the objects that were imported, as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from vault_magic.canonical import VERSION
from vault_magic.cell_facts import CellFacts, read_facts
from vault_magic.digest import CellDigest, compact, digest_cell
from vault_magic.identity import Identity
from vault_magic.ledger import LIMIT, Ledger, Row, Status, build_ledger, compact_id, compact_names
from vault_magic.record import CellRef, Input

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""The cell ids of nbformat 4.5. Some front ends send the address of a document instead: that is never written down."""


@dataclass(frozen=True)
class Code:
    """The text of a cell that ran, and what is read out of it once, when a mark or a ledger first asks for it."""

    source: str

    @cached_property
    def digest(self) -> CellDigest:
        """The digests of the source and of the canonical code."""
        return self._facts.digest if "_facts" in vars(self) else digest_cell(self.source)

    @cached_property
    def _facts(self) -> CellFacts:
        return read_facts(self.source)

    @cached_property
    def names(self) -> tuple[str, ...] | None:
        """The names that it changes, as a ledger keeps them; `None` where its text does not tell."""
        found = self._facts.names
        return None if found is None or found.is_opaque else compact_names(found.changes)

    def settles(self, other: Code) -> bool:
        """Tell whether it binds anew, from other names, all that another text changes."""
        own, changed = self._facts.names, other._facts.names
        is_known = own and changed and not own.is_opaque and not changed.is_opaque
        return bool(is_known and own and changed and changed.changes <= own.defines - own.uses)


@dataclass(frozen=True)  # without slots, because the row is kept
class Run:
    """The run of one cell; `key` tells cells apart within the session and is never stored.

    `request` is what asked for the run, where a front end did; `previous` is the count of the run before of that cell.
    """

    key: str
    code: Code
    count: int | None = None
    id: str | None = None
    status: Status = Status.RUNNING
    request: str | None = None
    previous: int | None = None

    @property
    def digest(self) -> CellDigest:
        """The digests of what ran."""
        return self.code.digest

    @cached_property
    def row(self) -> Row:
        """The run as a row of a ledger."""
        names = self.code.names  # first, because the digests come along
        return Row(
            count=self.count,
            status=self.status,
            source=compact(self.digest.source),
            code=compact(self.digest.code),
            id=compact_id(self.id) if self.id else None,
            names=names,
            previous=self.previous,
        )

    @property
    def cell(self) -> CellRef:
        """The run as a record names it."""
        return CellRef(self.digest.source, self.digest.code, VERSION, id=self.id, count=self.count)


def build_run(source: str, *, sent_id: str | None = None, count: int | None = None, request: str | None = None) -> Run:
    """Return the run of a cell that begins; without an id from the front end, every execution is a cell of its own."""
    valid = sent_id if sent_id and _CELL_ID.fullmatch(sent_id) else None
    return Run(key=sent_id or f"run {count} {source}", code=Code(source), count=count, id=valid, request=request)


@dataclass(frozen=True, slots=True)
class Binding:
    """Which object a variable was stored as or imported from, and what the object was then; never stored."""

    variable: str
    path: str
    archive: Path
    identity: Identity


@dataclass(frozen=True, slots=True)
class Session:
    """A kernel session: the latest run of each cell in order, what was imported, and which variables are objects.

    `cells` are the runs by their keys; `serving` is the request that is being served, where a front end asks. `missed`
    tells of how many cells nothing is known: they ran before, or so long ago that a ledger would leave them out.
    """

    id: str
    cells: dict[str, Run] = field(default_factory=dict)  # never changed: its order, from the end, is asked for
    inputs: tuple[Input, ...] = ()
    bindings: tuple[Binding, ...] = ()
    serving: str | None = None
    missed: int = 0

    @property
    def runs(self) -> tuple[Run, ...]:
        """The latest run of each cell, in the order in which they began."""
        return tuple(self.cells.values())

    @property
    def current(self) -> Run | None:
        """The run of the request that is being served, which may go on after its end; without requests, what runs."""
        runs = (run for run in reversed(self.cells.values()) if run.request == self.serving)
        return next((run for run in runs if self.serving or run.status is Status.RUNNING), None)

    @property
    def ledger(self) -> Ledger:
        """Every cell run so far, the latest run of each."""
        ledger = build_ledger((run.row for run in self.runs), code_version=VERSION)
        return replace(ledger, dropped=ledger.dropped + self.missed)

    def serve(self, request: str | None) -> Session:
        """Return the session as the cell of a request sees it."""
        return replace(self, serving=request)

    def recall(self, sources: Mapping[int, str], *, missed: int = 0) -> Session:
        """Return the session with the cells that ran before it was followed; their sources are known by their counts.

        Of equal sources the latest counts: without ids it cannot be told whether they are one cell. Of those `missed`
        nothing is known.
        """
        cells = dict(self.cells)
        for count, source in sources.items():
            run = Run(_recall_key(source), Code(source), count=count, status=Status.EARLIER)
            cells.pop(run.key, None)
            cells[run.key] = run
        return replace(self, cells=cells, missed=missed)

    def start(self, run: Run) -> Session:
        """Return the session with a cell begun; an earlier run of the same cell gives way.

        Where that had another text it stays, as replaced, unless it is surely gone without a trace.
        """
        before = self.cells.get(run.key)
        is_same = before is not None and before.code == run.code
        cells = dict(self._replace_before(run) if before and not is_same else self.cells)
        for key in (_recall_key(run.code.source), run.key):
            cells.pop(key, None)
        previous = before.count if before and is_same and before.count != run.count else None
        cells[run.key] = replace(run, previous=previous)
        ended = (key for key, one in cells.items() if one.status is not Status.RUNNING)
        surplus = [*islice(ended, max(0, len(cells) - LIMIT))]  # so that a cell costs no more in a long session
        for key in surplus:
            del cells[key]
        return replace(self, cells=cells, missed=self.missed + len(surplus))

    def _replace_before(self, run: Run) -> Iterator[tuple[str, Run]]:
        """Yield the cells with the run before of a cell under a key of its own, if it can have left a trace.

        It has left none if it changed nothing, or nothing ran in between and all that it changed is bound anew.
        """
        latest = next(reversed(self.cells))
        for key, old in self.cells.items():
            if key != run.key:
                yield key, old
            elif old.code.names != () and not (key == latest and run.code.settles(old.code)):
                former = f"replaced {old.count} {key}"
                yield former, replace(old, key=former, id=None, status=Status.REPLACED)

    def finish(self, *, succeeded: bool, request: str | None = None) -> Session:
        """Return the session with the run of a request ended."""
        run = self.serve(request).current
        if run is None or run.status is not Status.RUNNING:
            return self
        ended = replace(run, status=Status.OK if succeeded else Status.FAILED)
        return replace(self, cells={**self.cells, run.key: ended})

    def remember(self, inputs: Iterable[Input]) -> Session:
        """Return the session with objects imported; of each object the latest import counts."""
        known = {(one.vault, one.path): one for one in self.inputs} | {(one.vault, one.path): one for one in inputs}
        return replace(self, inputs=tuple(known[key] for key in sorted(known, key=lambda key: (key[0] or "", key[1]))))

    def bind(self, bindings: Iterable[Binding], *, fresh: bool) -> Session:
        """Return the session with variables tied to objects; a `fresh` value of a variable is that object alone."""
        added = tuple(bindings)
        names = {one.variable for one in added} if fresh else set()
        known = [one for one in self.bindings if one.variable not in names]
        latest = {(one.variable, one.archive, one.path): one for one in (*known, *added)}
        return replace(self, bindings=tuple(latest.values()))


def _recall_key(source: str) -> str:
    """Return the key of a cell that is known from the history of IPython, which drops line ends at the end."""
    return "history " + source.rstrip("\n")
