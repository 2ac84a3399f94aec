"""The ledger: one compact row for every cell that ran in a session, as records and manifests carry it.

A row is up to seven words: execution count, status, source digest, code digest, cell id, the names that the cell
changes, the count of the run before of the same cell; `-` stands for what is not known, and the last two may be
missing. The digests are the first 128 bits of the SHA-256 in URL-safe base64, the id is the first 48 bits of its
SHA-256, a name the first 24. A ledger is repeated in every store's record, so its rows are short; the whole digests of
the storing cell stand beside.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property, lru_cache

from vault_magic.errors import FormatError

LIMIT = 1000
"""Rows kept at most; the oldest are dropped and counted."""

MOST_NAMES = 24
"""Names kept of a row at most; a cell that changes more is one of which nothing is known."""

_UNKNOWN = "-"
_NONE = "."
_NAME_LENGTH = 4  # characters
_BEFORE_PREVIOUS = 5  # words between the count of a run and that of the run before it


class Status(Enum):
    """How the latest run of a cell ended."""

    OK = "+"
    FAILED = "!"
    RUNNING = "~"
    EARLIER = "<"  # ran before the extension was loaded; its end was not seen
    REPLACED = "^"  # its cell has run with another text since
    UNKNOWN = "?"  # something that a later writer tells and this reader does not know


@dataclass(frozen=True)  # without slots, because the text is kept
class Row:
    """The latest run of one cell; `count` is missing where runs are compared, `id` where the front end sent none.

    `names` are what the cell may have bound, deleted or changed in place, each as `compact_name` writes it; `None`
    where that is not known. `previous` is the count of the run before of the same cell in the same session.
    """

    count: int | None
    status: Status
    source: str
    code: str
    id: str | None = None
    names: tuple[str, ...] | None = None
    previous: int | None = None

    @cached_property
    def text(self) -> str:
        """The row as it is stored; every later store of the session writes it again."""
        count = _UNKNOWN if self.count is None else str(self.count)
        text = f"{count} {self.status.value} {self.source} {self.code} {self.id or _UNKNOWN}"
        if self.previous is not None:
            return f"{text} {_write_names(self.names)} {self.previous}"
        return text if self.names is None else f"{text} {_write_names(self.names)}"


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
    return replace(ledger, rows="\n".join(_forget_counts(line) for line in ledger.rows.splitlines()))


@lru_cache(maxsize=4 * LIMIT)
def _forget_counts(line: str) -> str:
    _, *words = line.split(" ")
    if len(words) == _BEFORE_PREVIOUS + 1:
        words = words[: -2 if words[-2] == _UNKNOWN else -1]  # as a first run is written
    elif len(words) > _BEFORE_PREVIOUS:  # a later writer has added words
        words[_BEFORE_PREVIOUS] = _UNKNOWN
    return " ".join([_UNKNOWN, *words])


def parse_rows(text: str) -> tuple[Row, ...]:
    """Return the rows of a stored ledger.

    Raises:
        FormatError: a line is not a row.
    """
    return tuple(_parse_row(line) for line in text.splitlines())


def compact_name(name: str) -> str:
    """Return the four characters by which a ledger tells a name: enough to recognise it, and not the name itself."""
    return urlsafe_b64encode(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:3]).decode()


def compact_names(names: Iterable[str]) -> tuple[str, ...] | None:
    """Return names as a row keeps them, in the order of their digests; `None` where there are too many."""
    found = sorted({compact_name(name) for name in names})
    return tuple(found) if len(found) <= MOST_NAMES else None


def compact_id(cell_id: str) -> str:
    """Return the eight characters by which a ledger names a cell id."""
    return urlsafe_b64encode(hashlib.sha256(cell_id.encode("utf-8", "surrogatepass")).digest()[:6]).decode()


def _parse_row(line: str) -> Row:
    try:
        count, status, source, code, cell_id, *more = line.split(" ")
        names, previous, *_ = (*more, _UNKNOWN, _UNKNOWN)  # a later writer may add words
        if not status:
            raise ValueError("a word is missing")
        return Row(
            count=None if count == _UNKNOWN else int(count),
            status=_STATUSES.get(status, Status.UNKNOWN),
            source=source,
            code=code,
            id=None if cell_id == _UNKNOWN else cell_id,
            names=_read_names(names),
            previous=None if previous == _UNKNOWN else int(previous),
        )
    except ValueError as err:
        raise FormatError(f"a ledger has a row that cannot be read: {line!r}") from err


def _write_names(names: tuple[str, ...] | None) -> str:
    return _UNKNOWN if names is None else "".join(names) or _NONE


def _read_names(word: str) -> tuple[str, ...] | None:
    if word == _NONE:
        return ()
    is_known = len(word) % _NAME_LENGTH == 0
    return tuple(word[at : at + _NAME_LENGTH] for at in range(0, len(word), _NAME_LENGTH)) if is_known else None
