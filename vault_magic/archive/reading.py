"""An archive opened for reading: one descriptor, the state that was committed last, and its members."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from vault_magic.archive.directory import Directory
from vault_magic.archive.layout import name_sidecar
from vault_magic.archive.listing import Listing, list_directory, load_directory
from vault_magic.archive.members import read_member, read_pieces
from vault_magic.archive.recent import Recent
from vault_magic.archive.sidecar import Sidecar, parse_sidecar
from vault_magic.errors import ArchiveError
from vault_magic.identity import Identity


class Readable(Protocol):
    """What can be read as an archive at one moment."""

    @property
    def listing(self) -> Listing:
        """The objects that it holds."""

    def read(self, name: str) -> bytes:
        """Return the plain bytes of an object."""

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the plain bytes of an object."""

    def read_sidecar(self, path: str, identity: Identity) -> Sidecar:
        """Return the sidecar of an object."""


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """An archive as it was at one moment, whatever is written into it or in its place meanwhile."""

    file: BinaryIO
    directory: Directory
    listing: Listing
    password: bytes | None = field(default=None, repr=False)

    def read(self, name: str) -> bytes:
        """Return the plain bytes of a member.

        Raises:
            KeyError: there is no such member.
            PasswordError: the password does not open it.
            ArchiveError: it is damaged.
        """
        return read_member(self.file, self.directory, name, password=self.password)

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the plain bytes of a member, as `read` does; only the end proves them."""
        return read_pieces(self.file, self.directory, self.directory[name], password=self.password)

    def read_sidecar(self, path: str, identity: Identity) -> Sidecar:
        """Return the sidecar of an object, proved to speak of this path and these bytes.

        Raises:
            ArchiveError: there is none, or it speaks of something else.
            FormatError: it is damaged.
        """
        if name_sidecar(path) not in self.directory:
            raise ArchiveError(f"{path!r} has lost its schema; store it again, or restore the archive")
        sidecar = parse_sidecar(self.read(name_sidecar(path)))
        if sidecar.path != path or sidecar.identity != identity:
            raise ArchiveError(f"{path!r} and its schema do not belong together; store it again")
        return sidecar


@contextmanager
def read_archive(
    path: Path, *, password: bytes | None = None, writable: bool = False, recent: Recent | None = None
) -> Iterator[OpenArchive]:
    """Open an archive for reading, or for writing as well by whoever holds its lock.

    What is `recent` saves the reading of its directory, where nobody has written since.

    Raises:
        FileNotFoundError: there is no such file.
        ArchiveError, FormatError: as of `list_directory`.
    """
    with path.open("r+b", buffering=0) if writable else path.open("rb") as file:
        directory = recent.recall(file) if recent else None
        if directory is None:
            directory = load_directory(file, name=path.name)
            if recent:
                recent.remember(file, directory)
        yield OpenArchive(file, directory, list_directory(directory, name=path.name), password)
