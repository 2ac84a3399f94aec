"""What a kernel session has done so far: the cells that ran and the objects that were imported, as values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from vault_magic.canonical import VERSION
from vault_magic.digest import CellDigest, compact, digest_cell
from vault_magic.identity import Identity
from vault_magic.ledger import Ledger, Row, Status, build_ledger, compact_id
from vault_magic.record import CellRef, Input

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""The cell ids of nbformat 4.5. Some front ends send the address of a document instead: that is never written down."""


@dataclass(frozen=True, slots=True)
class Run:
    """The run of one cell; `key` tells cells apart within the session and is never stored."""

    key: str
    digest: CellDigest
    count: int | None = None
    id: str | None = None
    status: Status = Status.RUNNING

    @property
    def row(self) -> Row:
        """The run as a row of a ledger."""
        short = compact_id(self.id) if self.id else None
        return Row(self.count, self.status, compact(self.digest.source), compact(self.digest.code), short)

    @property
    def cell(self) -> CellRef:
        """The run as a record names it."""
        return CellRef(self.digest.source, self.digest.code, VERSION, id=self.id, count=self.count)


def build_run(source: str, *, sent_id: str | None = None, count: int | None = None) -> Run:
    """Return the run of a cell that begins; without an id from the front end, every execution is a cell of its own."""
    digest = digest_cell(source)
    valid = sent_id if sent_id and _CELL_ID.fullmatch(sent_id) else None
    return Run(key=sent_id or f"run {count} {digest.source}", digest=digest, count=count, id=valid)


@dataclass(frozen=True, slots=True)
class Binding:
    """Which object a variable was stored as or imported from, and what the object was then; never stored."""

    variable: str
    path: str
    archive: Path
    identity: Identity


@dataclass(frozen=True, slots=True)
class Session:
    """A kernel session: the latest run of each cell in order, what was imported, and which variables are objects."""

    id: str
    runs: tuple[Run, ...] = ()
    inputs: tuple[Input, ...] = ()
    bindings: tuple[Binding, ...] = ()

    @property
    def current(self) -> Run | None:
        """The cell that is running now."""
        return self.runs[-1] if self.runs and self.runs[-1].status is Status.RUNNING else None

    @property
    def ledger(self) -> Ledger:
        """Every cell run so far, the latest run of each."""
        return build_ledger((run.row for run in self.runs), code_version=VERSION)

    def start(self, run: Run) -> Session:
        """Return the session with a cell begun; an earlier run of the same cell gives way."""
        return replace(self, runs=(*(old for old in self.runs if old.key != run.key), run))

    def finish(self, *, succeeded: bool) -> Session:
        """Return the session with the running cell ended."""
        if self.current is None:
            return self
        status = Status.OK if succeeded else Status.FAILED
        return replace(self, runs=(*self.runs[:-1], replace(self.current, status=status)))

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
