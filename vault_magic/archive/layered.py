"""Several archives read as one: what a layer holds, or hides, comes before what lies below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vault_magic.archive.listing import Listing
from vault_magic.archive.reading import OpenArchive, read_archive
from vault_magic.archive.sidecar import Sidecar
from vault_magic.identity import Identity


@dataclass(frozen=True, slots=True)
class Layer:
    """An archive, and the objects that it hides in those below it."""

    path: Path
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LayeredArchive:
    """Archives as they were at one moment, read as one; `holders` tells which of them has an object."""

    listing: Listing
    holders: Mapping[str, OpenArchive]

    def read(self, name: str) -> bytes:
        """Return the plain bytes of an object, as `OpenArchive.read` does."""
        return self.holders[name].read(name)

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the plain bytes of an object, as `OpenArchive.stream` does."""
        return self.holders[name].stream(name)

    def read_sidecar(self, path: str, identity: Identity) -> Sidecar:
        """Return the sidecar of an object, as `OpenArchive.read_sidecar` does."""
        return self.holders[path].read_sidecar(path, identity)


@contextmanager
def read_layers(layers: Sequence[Layer], *, password: bytes | None = None) -> Iterator[LayeredArchive]:
    """Open archives, the uppermost first, to be read as one that is the uppermost by its id and its state.

    Raises:
        FileNotFoundError: one is not there.
        ArchiveError, FormatError: as of `read_archive`.
    """
    holders: dict[str, OpenArchive] = {}
    with ExitStack() as files:
        opened = [files.enter_context(read_archive(layer.path, password=password)) for layer in layers]
        for layer, archive in zip(reversed(layers), reversed(opened), strict=True):
            for path in layer.hidden:
                holders.pop(path, None)
            holders |= dict.fromkeys(archive.listing.objects, archive)
        objects = {path: holders[path].listing.objects[path] for path in sorted(holders)}
        yield LayeredArchive(replace(opened[0].listing, objects=objects), holders)
