"""The record that a command leaves in the saved notebook, to and from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime

from vault_magic.errors import FormatError
from vault_magic.identity import Identity
from vault_magic.ledger import Ledger
from vault_magic.stored import SCHEMA_VERSION, check_version, convert

METADATA_KEY = "vault"
"""The key of a record in the metadata of an output."""

LEGACY_SESSION = ""
"""The session of what the original tool recorded: it told none."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did to one object; `before` or `after` is missing where there was no object."""

    path: str
    variable: str | None = None
    before: Identity | None = None
    after: Identity | None = None

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        before = self.before.to_json() if self.before else None
        after = self.after.to_json() if self.after else None
        return {"path": self.path, "variable": self.variable, "before": before, "after": after}


@dataclass(frozen=True, slots=True)
class Input:
    """An object that the session had imported before it stored; `vault` is missing as in `ArchiveRef`."""

    path: str
    vault: str | None
    identity: Identity

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        return {"path": self.path, "vault": self.vault, "identity": self.identity.to_json()}


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """The archive of a command.

    `vault` is its id (`None` for that of another tool, which has none before the first write), `path` what was typed
    (the file name alone where that was absolute), `from_notebook` its path from the notebook's folder where that is
    known.
    """

    vault: str | None
    path: str
    from_notebook: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        return {"vault": self.vault, "path": self.path, "from_notebook": self.from_notebook}


@dataclass(frozen=True, slots=True)
class CellRef:
    """The cell that ran: SHA-256 of its source and of its canonical code (of which version), id and count if sent."""

    sha256: str
    code: str
    code_version: int
    id: str | None = None
    count: int | None = None

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        digests: dict[str, object] = {"sha256": self.sha256, "code": self.code, "code_version": self.code_version}
        return {"id": self.id, "count": self.count} | digests


@dataclass(frozen=True, slots=True)
class Environment:
    """What the command ran on; no user, host or absolute path."""

    python: str
    platform: str
    packages: Mapping[str, str]

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        return {"python": self.python, "platform": self.platform, "packages": dict(self.packages)}


@dataclass(frozen=True, slots=True)
class Record:
    """One executed command. `command` is the line as executed, after expansion of `$name` and `{expression}`."""

    action: str
    command: str
    results: tuple[Result, ...]
    archive: ArchiveRef
    started: datetime
    finished: datetime
    session: str
    inputs: tuple[Input, ...] = ()
    notebook: str | None = None
    parameters: Mapping[str, object] | None = None
    cell: CellRef | None = None
    ledger: Ledger | None = None
    environment: Environment | None = None
    unknown: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_legacy(self) -> bool:
        """Whether the original tool left it: then neither archive nor cell are known."""
        return self.session == LEGACY_SESSION

    def to_json(self) -> dict[str, object]:
        """Return the stored form, with the fields that a newer writer of the same version had added."""
        known: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "action": self.action,
            "command": self.command,
            "results": [result.to_json() for result in self.results],
            "inputs": [one.to_json() for one in self.inputs],
            "archive": self.archive.to_json(),
            "notebook": self.notebook,
            "parameters": None if self.parameters is None else dict(self.parameters),
            "started": _write_time(self.started),
            "finished": _write_time(self.finished),
            "cell": self.cell.to_json() if self.cell else None,
            "session": self.session,
            "ledger": self.ledger.to_json() if self.ledger else None,
            "environment": self.environment.to_json() if self.environment else None,
        }
        return known | dict(self.unknown)


_KNOWN = frozenset(one.name for one in fields(Record)) | {"schema_version"}


def read_record(stored: object) -> Record:
    """Return the record in the metadata of an output.

    Raises:
        NewerFormat: it was written by a newer version.
        FormatError: it is not a record.
    """
    content = check_version(stored, what="a record")
    unknown = {key: value for key, value in content.items() if key not in _KNOWN}
    record = convert({**content, "unknown": unknown}, Record, what="a record")
    if record.started.tzinfo is UTC and record.finished.tzinfo is UTC:  # as we write them
        return record
    return replace(record, started=read_time(record.started), finished=read_time(record.finished))


def _write_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def read_time(time: datetime) -> datetime:
    """Return a recorded time in UTC; one without a zone was meant so.

    Raises:
        FormatError: no calendar holds it.
    """
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError as err:
        raise FormatError("a record is damaged: its time is out of range") from err
