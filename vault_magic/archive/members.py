"""The members of an open archive, read in pieces within the bounds that their entries declare.

What is not encrypted needs no pyzipper: the checker lists and reads with this alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from vault_magic.archive.directory import Directory
from vault_magic.archive.headers import (
    LOCAL,
    LOCAL_SIGNATURE,
    STRONG,
    Entry,
    Method,
    build_descriptor,
)
from vault_magic.archive.inflating import choose_reader, inflate
from vault_magic.errors import ArchiveError, PasswordError

LARGEST_MEMBER = 2**36
"""Plain bytes of a member at most."""

_PIECE = 2**20
_MOST_EXPANSION = 1032  # of deflate, by its construction (https://zlib.net/zlib_tech.html)
_SLACK = 2**10
_KNOWN = (Method.STORED, Method.DEFLATED)


def read_member(file: BinaryIO, directory: Directory, name: str, *, password: bytes | None) -> bytes:
    """Return the plain bytes of a member, as `read_pieces` gives them.

    Raises:
        KeyError: there is no such member.
    """
    whole = io.BytesIO()  # gives its bytes away as they are, where joined pieces would be there twice
    for piece in read_pieces(file, directory, directory[name], password=password):
        whole.write(piece)
    return whole.getvalue()


def read_pieces(file: BinaryIO, directory: Directory, entry: Entry, *, password: bytes | None) -> Iterator[bytes]:
    """Yield the plain bytes of a member; only the end proves that they are those which were written.

    Raises:
        PasswordError: it is encrypted, and the password is missing or does not open it.
        ArchiveError: it is damaged, declares another size than it has, or is not encrypted where a password is given.
    """
    _check_entry(entry, password=password)
    if entry.method not in _KNOWN or (entry.is_encrypted and entry.aes is None):
        from vault_magic.archive.encryption import read_foreign  # pyzipper is heavy, and few archives need it

        raw = b"".join(read_raw(file, directory, entry))
        return _check_size(read_foreign(raw, entry, password=password), entry)
    packed = read_packed(file, directory, entry, password=password)
    plain = inflate(packed, entry) if entry.method == Method.DEFLATED else packed
    return _check_size(_check_sum(plain, entry), entry)


def read_packed(file: BinaryIO, directory: Directory, entry: Entry, *, password: bytes | None) -> Iterator[bytes]:
    """Yield the bytes of a member as they were compressed, decrypted where they are encrypted with AES."""
    source = _Source(file, _find_data(file, directory, entry), entry)
    if entry.aes is None:
        return source.read_all()
    from vault_magic.archive.encryption import decrypt  # pyzipper is heavy, and plain archives do without it

    return decrypt(source.read, entry, password=password or b"")


def read_raw(file: BinaryIO, directory: Directory, entry: Entry) -> Iterator[bytes]:
    """Yield a member as it lies in the file: local header, data, and the descriptor behind it where there is one."""
    start = _find_data(file, directory, entry)
    header = directory.end.shift + entry.offset
    file.seek(header)
    yield file.read(start - header)
    yield from _Source(file, start, entry).read_all()
    if entry.has_descriptor:
        yield build_descriptor(entry)


@dataclass(slots=True)
class _Source:
    """The data of a member; several may be read from one file in turn."""

    file: BinaryIO
    position: int
    entry: Entry

    def read(self, count: int) -> bytes:
        self.file.seek(self.position)
        data = self.file.read(count)
        self.position += len(data)
        if len(data) != count:
            raise ArchiveError(f"{self.entry.name!r} is cut short; restore the archive from a copy")
        return data

    def read_all(self) -> Iterator[bytes]:
        left = self.entry.compressed
        while left:
            piece = self.read(min(left, _PIECE))
            left -= len(piece)
            yield piece


def _check_entry(entry: Entry, *, password: bytes | None) -> None:
    """Refuse what cannot be read before anything is read of it."""
    if entry.is_encrypted and password is None:
        raise PasswordError(f"{entry.name!r} is encrypted; name the variable that holds the password: -e NAME")
    if password is not None and not entry.is_encrypted:
        raise ArchiveError(
            f"{entry.name!r} is not encrypted, in an archive that is: somebody without the password put it there; "
            "delete it, or restore the archive from a copy"
        )
    if entry.flags & STRONG:
        raise ArchiveError(f"{entry.name!r} is encrypted in a way that is not known; write it again with AES-256")
    most = entry.compressed * _MOST_EXPANSION + _SLACK
    if entry.size > (most if entry.method in _KNOWN else LARGEST_MEMBER) or entry.size > LARGEST_MEMBER:
        raise ArchiveError(f"{entry.name!r} claims {entry.size:,} bytes, which it cannot hold")


def _find_data(file: BinaryIO, directory: Directory, entry: Entry) -> int:
    """Return where the data of a member begins, behind a local header that is the one of this member."""
    position = directory.end.shift + entry.offset
    file.seek(position)
    header = file.read(LOCAL.size + len(entry.raw_name))
    if len(header) < LOCAL.size or not header.startswith(LOCAL_SIGNATURE):
        raise ArchiveError(f"{entry.name!r} is not where the directory says; restore the archive from a copy")
    *_, name, extra = LOCAL.unpack_from(header)
    if header[LOCAL.size :] != entry.raw_name or name != len(entry.raw_name):
        raise ArchiveError(f"{entry.name!r} has another name in the directory; restore the archive from a copy")
    start = position + LOCAL.size + int(name) + int(extra)
    if start + entry.compressed > directory.end.start:
        raise ArchiveError(f"{entry.name!r} is cut short; restore the archive from a copy")
    return start


def _check_sum(pieces: Iterable[bytes], entry: Entry) -> Iterator[bytes]:
    crc, library = 0, choose_reader(entry)
    for piece in pieces:
        crc = library.crc32(piece, crc)
        yield piece
    if crc != entry.crc and not (entry.aes and entry.crc == 0):  # AE-2 has none: the HMAC speaks for it
        raise ArchiveError(f"{entry.name!r} is damaged (its checksum is another); restore the archive from a copy")


def _check_size(pieces: Iterable[bytes], entry: Entry) -> Iterator[bytes]:
    """Stop where more comes than was declared, and where less came."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > entry.size:
            break
        yield piece
    if size != entry.size:
        raise ArchiveError(f"{entry.name!r} does not have the size its entry declares; restore the archive from a copy")


Reader = Callable[[str], bytes]
"""What returns the plain bytes of a member by its name."""
