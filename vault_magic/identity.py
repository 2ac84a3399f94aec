"""What makes two stored objects the same: format, SHA-256 of the bytes, and digest of the schema."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Match(Enum):
    """The answer to "is this the same object?"."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a stored object, as far as it is known.

    `crc32` has 8 upper-case and `sha256` and `schema` have lower-case hexadecimal digits, all of the plain bytes; not
    even the checksum is known where another tool encrypted the entry;
    `format` is `None` where an entry was written by another tool, and then nothing is known of a schema;
    `bytes` is the plain size; `unstable` marks bytes that differ between equal values.
    """

    crc32: str | None
    sha256: str | None = None
    format: str | None = None
    schema: str | None = None
    bytes: int | None = None
    unstable: bool = False

    def compare(self, other: Identity) -> Match:
        """Tell whether two identities are of the same object; by digest alone, never by time."""
        if self.sha256 is None or other.sha256 is None:
            unknown = self.crc32 is None or other.crc32 is None or self.crc32 == other.crc32
            return Match.UNKNOWN if unknown else self._differing(other)
        if self.sha256 != other.sha256:
            return self._differing(other)
        known = self.format is not None and other.format is not None
        if known and (self.format, self.schema) != (other.format, other.schema):
            return Match.DIFFERENT
        return Match.SAME

    def _differing(self, other: Identity) -> Match:
        return Match.UNKNOWN if self.unstable and other.unstable else Match.DIFFERENT

    def to_json(self) -> dict[str, object]:
        """Return the fields that are known, in a fixed order."""
        fields: dict[str, object] = {"format": self.format, "bytes": self.bytes}
        fields |= {"crc32": self.crc32, "sha256": self.sha256, "schema": self.schema}
        return fields | ({"unstable": True} if self.unstable else {})


def compare_objects(before: Identity | None, after: Identity | None) -> Match:
    """Compare where either side may be missing: two absent objects are the same."""
    if before is None or after is None:
        return Match.SAME if before is after else Match.DIFFERENT
    return before.compare(after)
