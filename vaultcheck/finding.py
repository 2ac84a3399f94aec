"""A finding: what is wrong, how badly, where, why, and what mends it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad: the evidence contradicts itself, something is very likely wrong, or it is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Stake(Enum):
    """What is wrong: stored data (or what was computed from them), or only what is written down about them."""

    DATA = "data"
    BOOKKEEPING = "bookkeeping"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a notebook or another file.

    `file` is relative to the working directory, with forward slashes. `cell` counts all cells from 1, `line` counts
    from 1 within the cell, `file_line` from 1 within the file as it lies on the disk.
    """

    file: str
    cell: int | None = None
    cell_id: str | None = None
    line: int | None = None
    file_line: int | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is wrong elsewhere for the same reason as a finding, and needs no finding of its own."""

    location: Location
    message: str
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule; `object` is the path of the stored object concerned, `vault` that of its vault.

    `story` tells in lines how it came to be, `commands` are what to type at a shell to mend it, in order: they run the
    notebooks `runs` again. `anchor` is a
    short digest of the cell's text, so that the finding is known again when the cell stands elsewhere. `last_store`
    tells where and when the object was stored last.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hint: str
    location: Location
    object: str | None = None
    vault: str | None = None
    stake: Stake = Stake.BOOKKEEPING
    story: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    last_store: str | None = None
    runs: tuple[str, ...] = ()
    anchor: str | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Findings are listed by place, then by code."""
        where = self.location
        return (where.file, where.cell or 0, where.line or 0, self.code, self.message)

    @property
    def fingerprint(self) -> str:
        """What stays the same while the finding does, whatever is added above it: 32 hex digits.

        Of code, file, and the object or else the text of the cell.
        """
        about = self.object or self.anchor or ""
        return hashlib.sha256(
            "\0".join((self.code, self.location.file, about)).encode("utf-8", "backslashreplace")
        ).hexdigest()[:32]
