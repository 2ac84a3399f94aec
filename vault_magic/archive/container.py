"""The two ways to change an archive: members appended behind what is committed, or the whole file made anew."""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from vault_magic.archive import durable
from vault_magic.archive.deflating import deflate, deflate_pieces
from vault_magic.archive.directory import Directory, build_directory
from vault_magic.archive.headers import Entry, Method, build_headers, relocate
from vault_magic.archive.members import read_packed, read_pieces, read_raw
from vault_magic.content import Content
from vault_magic.errors import ArchiveError
from vault_magic.zlib_library import choose_library

_LARGE = 2**20
"""Plain bytes up to which a member is compressed as a whole and written at once."""

_NARROWEST = 2**32 - 2**26
"""Plain bytes from which on the compressed ones may need 64 bits: what does not compress grows by a thousandth."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member to be written: its name, its plain bytes, and what its comment says in clear."""

    name: str
    data: bytes | Content
    comment: bytes = b""


@dataclass(frozen=True, slots=True)
class Copied:
    """A member of an open archive, to be copied as it is, compressed and encrypted."""

    file: BinaryIO
    directory: Directory
    entry: Entry


@dataclass(frozen=True, slots=True)
class Recoded:
    """A member of an open archive, to be encrypted or left plain as the new one is; `password` opens the old one."""

    file: BinaryIO
    directory: Directory
    entry: Entry
    password: bytes | None


Part: TypeAlias = Member | Copied | Recoded


@dataclass(frozen=True, slots=True)
class _Packed:
    """A member as it is compressed; `size` is that of its plain bytes."""

    name: str
    data: bytes
    crc: int
    size: int
    comment: bytes


class _Summed:
    """Pieces that are counted and summed as they pass; the checksum is wanted when the last has."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._library = choose_library(content.size)
        self.crc = 0

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._content.pieces():
            self.crc = self._library.crc32(piece, self.crc)
            size += len(piece)
            yield piece
        if size != self._content.size:
            raise ArchiveError("the object changed while it was written; store it again")


def append(
    file: BinaryIO,
    directory: Directory,
    *,
    add: Iterable[Member],
    drop: Collection[str],
    comment: bytes,
    password: bytes | None,
) -> Directory:
    """Write members and then a new directory behind what is committed, and return that directory.

    Whatever stops this, what was committed stays; readers see the new state when its last byte is there. What an
    earlier writer left unfinished is cut off first.
    """
    if directory.torn:
        durable.truncate(file, directory.end.stop)
    try:
        start, records = file.seek(directory.end.stop), {}
        for member in add:
            records[member.name], start = _write_member(file, member, start=start, password=password)
        new = directory.splice(drop=drop, add=records, start=start, comment=comment)
        durable.write(file, new.raw)
        durable.sync(file)  # or a power cut could leave an end whose directory or members are not there
        durable.write(file, new.render_end())
        durable.sync(file)
    except BaseException:
        with suppress(OSError):
            durable.truncate(file, directory.end.stop)
        raise
    return new


def compose(path: Path, parts: Iterable[Part], *, comment: bytes, password: bytes | None) -> None:
    """Make an archive of parts in their order, in place of what is at a path: whole or not at all."""

    def fill(file: BinaryIO) -> None:
        start, records = 0, {}
        for part in parts:
            name = part.name if isinstance(part, Member) else part.entry.name
            records[name], start = _write_part(file, part, start=start, password=password)
        directory = build_directory(records, start=start, comment=comment)
        durable.write(file, directory.raw + directory.render_end())

    durable.replace_file(path, fill)


def _write_part(file: BinaryIO, part: Part, *, start: int, password: bytes | None) -> tuple[bytes, int]:
    """Write a part at a place and return its record and where the next begins."""
    if isinstance(part, Copied):
        record = relocate(part.entry, start)
        for piece in read_raw(part.file, part.directory, part.entry):
            durable.write(file, piece)
            start += len(piece)
        return record, start
    if isinstance(part, Member):
        return _write_member(file, part, start=start, password=password)
    return _write_packed(file, _unpack(part), start=start, password=password)


def _write_member(file: BinaryIO, member: Member, *, start: int, password: bytes | None) -> tuple[bytes, int]:
    content = Content.of(member.data)
    if content.size > _LARGE:
        return _write_large(file, member, content, start=start, password=password)
    packed = _pack(member.name, content.read(), comment=member.comment)
    return _write_packed(file, packed, start=start, password=password)


def _pack(name: str, plain: bytes, *, comment: bytes) -> _Packed:
    return _Packed(name, deflate(plain), zlib.crc32(plain), len(plain), comment)


def _write_packed(file: BinaryIO, member: _Packed, *, start: int, password: bytes | None) -> tuple[bytes, int]:
    data = b"".join(_encrypt([member.data], password))
    header, record = _build_headers(member, compressed=len(data), start=start, aes=password is not None)
    durable.write(file, header)
    durable.write(file, data)
    return record, start + len(header) + len(data)


def _write_large(
    file: BinaryIO, member: Member, content: Content, *, start: int, password: bytes | None
) -> tuple[bytes, int]:
    """Write a member piece by piece; its header, which tells the sizes, is filled in behind the last."""
    plain, aes = _Summed(content), password is not None
    is_wide = content.size > _NARROWEST
    unknown = _Packed(member.name, b"", 0, content.size, member.comment)
    header, _ = _build_headers(unknown, compressed=0, start=start, aes=aes, is_wide=is_wide)
    durable.write(file, bytes(len(header)))
    size = 0
    for piece in _encrypt(deflate_pieces(plain, size=content.size), password):
        durable.write(file, piece)
        size += len(piece)
    whole = _Packed(member.name, b"", plain.crc, content.size, member.comment)
    header, record = _build_headers(whole, compressed=size, start=start, aes=aes, is_wide=is_wide)
    file.seek(start)
    durable.write(file, header)
    return record, file.seek(start + len(header) + size)


def _build_headers(
    member: _Packed, *, compressed: int, start: int, aes: bool, is_wide: bool = False
) -> tuple[bytes, bytes]:
    return build_headers(
        member.name,
        crc=member.crc,
        compressed=compressed,
        size=member.size,
        offset=start,
        stamp=_read_clock(),
        aes=aes,
        comment=member.comment,
        is_wide=is_wide,
    )


def _encrypt(packed: Iterable[bytes], password: bytes | None) -> Iterable[bytes]:
    if password is None:
        return packed
    from vault_magic.archive.encryption import encrypt  # pyzipper is heavy, and plain archives do without it

    return encrypt(packed, password=password)


def _unpack(part: Recoded) -> _Packed:
    """Return a member decrypted; what is deflated stays so, and its checksum is taken anew."""
    entry, opened = part.entry, (part.file, part.directory)
    if entry.method != Method.DEFLATED or (entry.is_encrypted and entry.aes is None):
        plain = b"".join(read_pieces(*opened, entry, password=part.password))
        return _pack(entry.name, plain, comment=entry.comment)
    crc = 0
    for piece in read_pieces(*opened, entry, password=part.password):
        crc = zlib.crc32(piece, crc)
    packed = b"".join(read_packed(*opened, entry, password=part.password))
    return _Packed(entry.name, packed, crc, entry.size, entry.comment)


def _read_clock() -> tuple[int, int]:
    """Return time and date as DOS has them (APPNOTE 4.4.6), of the present place."""
    year, month, day, hour, minute, second = time.localtime()[:6]
    return hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day
