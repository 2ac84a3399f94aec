"""The mark that a rich output carries: which code made it, so that an edited cell shows from the file alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vault_magic.stored import SCHEMA_VERSION, check_version, convert

METADATA_KEY = "vault_cell"
"""The key of a mark in the metadata of an output."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The cell that made an output: digests of its source and code, and of the output's data by MIME type."""

    session: str
    sha256: str
    code: str
    code_version: int
    count: int | None = None
    data: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        return {
            "schema_version": SCHEMA_VERSION,
            "session": self.session,
            "count": self.count,
            "sha256": self.sha256,
            "code": self.code,
            "code_version": self.code_version,
            "data": dict(self.data),
        }


def read_mark(stored: object) -> Mark:
    """Return the mark in the metadata of an output.

    Raises:
        NewerFormat: it was written by a newer version.
        FormatError: it is not a mark.
    """
    return convert(check_version(stored, what="a mark"), Mark, what="a mark")
