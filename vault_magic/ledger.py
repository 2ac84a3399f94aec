"""The ledger: one compact row for every cell that ran in a session, as records and manifests carry it.

A row is five words: execution count, status, source digest, code digest, cell id; `-` stands for what is not known.
The digests are the first 128 bits of the SHA-256 in URL-safe base64, the id is the first 48 bits of its SHA-256. A
ledger is repeated in every store's record, so its rows are short; the whole digests of the storing cell stand beside.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from vault_magic.errors import FormatError

LIMIT = 1000
"""Rows kept at most; the oldest are dropped and counted."""

_UNKNOWN = "-"


class Status(Enum):
    """How the latest run of a cell ended."""

    OK = "+"
    FAILED = "!"
    RUNNING = "~"
    EARLIER = "<"  # ran before the extension was loaded; its end was not seen
    UNKNOWN = "?"  # something that a later writer tells and this reader does not know


@dataclass(frozen=True, slots=True)
class Row:
    """The latest run of one cell; `count` is missing where runs are compared, `id` where the front end sent none."""

    count: int | None
    status: Status
    source: str
    code: str
    id: str | None = None

    @property
    def text(self) -> str:
        """The row as it is stored."""
        count = _UNKNOWN if self.count is None else str(self.count)
        return f"{count} {self.status.value} {self.source} {self.code} {self.id or _UNKNOWN}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of a session in the order of their runs, as stored: one text, a row a line."""

    code_version: int
    rows: str = ""
    dropped: int = 0

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        return {"code_version": self.code_version, "dropped": self.dropped, "rows": self.rows}


_STATUSES = {status.value: status for status in Status}


def build_ledger(rows: Iterable[Row], *, code_version: int) -> Ledger:
    """Return the ledger of some rows, bounded to the latest `LIMIT`."""
    lines = [row.text for row in rows]
    return Ledger(code_version=code_version, rows="\n".join(lines[-LIMIT:]), dropped=max(0, len(lines) - LIMIT))


def forget_counts(ledger: Ledger) -> Ledger:
    """Return the ledger without execution counts: the same cells run again give the same text."""
    rows = (f"{_UNKNOWN} {line.partition(' ')[2]}" for line in ledger.rows.splitlines())
    return replace(ledger, rows="\n".join(rows))


def parse_rows(text: str) -> tuple[Row, ...]:
    """Return the rows of a stored ledger.

    Raises:
        FormatError: a line is not a row.
    """
    return tuple(_parse_row(line) for line in text.splitlines())


def compact_id(cell_id: str) -> str:
    """Return the eight characters by which a ledger names a cell id."""
    return urlsafe_b64encode(hashlib.sha256(cell_id.encode("utf-8", "surrogatepass")).digest()[:6]).decode()


def _parse_row(line: str) -> Row:
    try:
        count, status, source, code, cell_id, *_ = line.split(" ")  # a later writer may add words
        if not status:
            raise ValueError("a word is missing")
        return Row(
            count=None if count == _UNKNOWN else int(count),
            status=_STATUSES.get(status, Status.UNKNOWN),
            source=source,
            code=code,
            id=None if cell_id == _UNKNOWN else cell_id,
        )
    except ValueError as err:
        raise FormatError(f"a ledger has a row that cannot be read: {line!r}") from err
