"""The listing of an archive: which objects it holds and their identities, read without a password."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from vault_magic.archive.directory import FAULTS, Directory, read_directory
from vault_magic.archive.headers import ENCRYPTED
from vault_magic.archive.layout import (
    SENTINEL,
    is_reserved,
    read_commit_marker,
    read_entry_comment,
    read_sentinel_comment,
)
from vault_magic.errors import ArchiveError, FormatError, NewerFormat, VaultError
from vault_magic.identity import Identity


class Objects(Mapping[str, Identity]):
    """The identities of what an archive holds, by path in order; each is read when it is asked for."""

    def __init__(self, directory: Directory, *, name: str) -> None:
        self._directory = directory
        self._name = name
        self._paths: list[str] | None = None

    def __getitem__(self, path: str) -> Identity:
        if path not in self:
            raise KeyError(path)
        try:
            return _identify(*self._directory.peek(path))
        except FormatError as err:
            raise _name_error(err, self._name) from err

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path in self._directory and not _is_no_object(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._list())

    def __len__(self) -> int:
        return len(self._list())

    def _list(self) -> list[str]:
        if self._paths is None:
            self._paths = sorted(one for one in self._directory.places if not _is_no_object(one))
        return self._paths


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of an archive by path; `vault` is missing where another tool made the archive.

    `generation` counts the writes; it is 0 where another tool has written the whole archive anew. `torn` says how many
    bytes of an unfinished write, or of something else, lie behind what was committed. `damaged` are the objects whose
    entry says something else of their bytes than the directory does, `unencrypted` those that need no password; only
    `read_listing` tells of them.
    """

    vault: str | None = None
    encrypted: bool = False
    generation: int = 0
    objects: Mapping[str, Identity] = field(default_factory=dict)
    torn: int = 0
    damaged: tuple[str, ...] = ()
    unencrypted: tuple[str, ...] = ()


def read_listing(path: Path) -> Listing:
    """List an archive from its directory alone; nothing is decompressed or decrypted.

    Raises:
        FileNotFoundError: there is no such file.
        ArchiveError: it is not a readable ZIP.
        FormatError: it is a vault's, but damaged.
        NewerFormat: a newer version wrote it.
    """
    with path.open("rb") as file:
        directory = load_directory(file, name=path.name)
    listing = list_directory(directory, name=path.name)
    objects = dict(listing.objects)
    has_checksums = not listing.encrypted  # in an encrypted vault digests may be keyed, which no checksum is
    return replace(
        listing,
        objects=objects,
        damaged=tuple(one for one in objects if _is_damaged(directory, one, objects[one], has_checksums=has_checksums)),
        unencrypted=tuple(one for one in objects if not directory.peek(one)[0] & ENCRYPTED),
    )


def load_directory(file: BinaryIO, *, name: str) -> Directory:
    """Return the directory of an open archive."""
    with _Naming(name):
        return read_directory(file)


def list_directory(directory: Directory, *, name: str) -> Listing:
    """List what a directory tells; the identities are read as they are asked for, with the same errors."""
    with _Naming(name):
        return _list(directory, Objects(directory, name=name))


class _Naming:
    """Names the archive in what is raised while it is read, and says what to do."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, err: BaseException | None, _trace: object) -> None:
        if isinstance(err, (FormatError, ArchiveError, *FAULTS)):
            raise _name_error(err, self._name) from err


def _name_error(err: Exception, name: str) -> VaultError:
    if isinstance(err, NewerFormat):
        return NewerFormat(f"{name}: {err}")
    if isinstance(err, FormatError):
        return FormatError(f"{name} is damaged, or another tool wrote it anew: {err}; restore it from a copy")
    return ArchiveError(f"{name} is not a readable ZIP archive ({err}); restore it from a copy")


def _list(directory: Directory, objects: Objects) -> Listing:
    if SENTINEL not in directory:
        encrypted = any(directory[path].is_encrypted for path in objects)
        return Listing(encrypted=encrypted, objects=objects, torn=directory.torn)
    sentinel = directory[SENTINEL]
    vault = read_sentinel_comment(sentinel.comment)
    return Listing(
        vault=vault,
        encrypted=sentinel.is_encrypted,
        generation=_read_generation(directory.end.comment, vault=vault),
        objects=objects,
        torn=directory.torn,
    )


def _read_generation(comment: bytes, *, vault: str) -> int:
    """Return the generation of a vault; some tools drop the comment of an archive that they write anew."""
    if not comment:
        return 0
    marker = read_commit_marker(comment)
    if marker.vault != vault:
        raise FormatError("its comment is that of another vault")
    return marker.generation


def _is_damaged(directory: Directory, path: str, found: Identity, *, has_checksums: bool) -> bool:
    """Tell whether an entry's own comment contradicts what the directory says of its bytes; these are not read."""
    _, _, size, comment = directory.peek(path)
    claimed = found if found.sha256 else read_entry_comment(comment)
    if claimed is None:
        return False
    checksums = {found.crc32, claimed.crc32} - {None} if has_checksums else set()
    return claimed.bytes not in (None, size) or len(checksums) > 1


def _is_no_object(name: str) -> bool:
    return name[-1:] == "/" or (name[:1] == "." and is_reserved(name))


def _identify(flags: int, crc: int, size: int, comment: bytes) -> Identity:
    """Return the identity in an entry's comment, or the checksum alone where another tool has written the entry.

    An encrypted entry has no checksum in the directory (WinZip's AE-2 leaves it 0), so there the comment is believed.
    """
    claimed, encrypted = read_entry_comment(comment), bool(flags & ENCRYPTED)
    checksum = None if encrypted and not crc else f"{crc:08X}"
    if claimed is not None and (encrypted or claimed.crc32 == checksum):
        return claimed
    return Identity(crc32=checksum, bytes=size)
