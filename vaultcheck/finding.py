"""A finding: what is wrong, how badly, and where."""

from __future__ import annotations

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
class Finding:
    """One finding of one rule; `object` is the path of the stored object concerned."""

    code: str
    name: str
    severity: Severity
    message: str
    hint: str
    location: Location
    object: str | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Findings are listed by place, then by code."""
        where = self.location
        return (where.file, where.cell or 0, where.line or 0, self.code, self.message)
