"""What a package offers that brings a codec for values of its own: an entry point of the group `vault_magic.codecs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

GROUP = "vault_magic.codecs"
"""The group of the entry points; the name of each is the format that the entries of the archive have."""

Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Encoding:
    """A value as bytes, and what is needed beside them to read it.

    The `schema` is JSON, and part of the object's identity. `is_stable` promises that an equal value gives the same
    bytes and schema in any process, whatever versions are installed: only then is another digest another value.
    """

    data: bytes
    schema: Schema | None = None
    is_stable: bool = False


class Codec(Protocol):
    """Values of one package to bytes and back.

    What a codec raises never stops a store: the value is pickled then. It is asked for values alone whose type is
    defined in its `package`, and imports that package only in its methods.
    """

    package: str
    """The top-level package of the types, as `xarray`."""

    def encode(self, value: object) -> Encoding | None:
        """Return the value as bytes, None for a value of a type that it does not know."""

    def decode(self, data: bytes, schema: Schema | None) -> object:
        """Return the value that was encoded; nothing that the bytes name may be run."""

    def is_same(self, one: object, other: object) -> bool:
        """Tell whether two values of one type are exactly the same: in values, types, order, names and metadata."""
