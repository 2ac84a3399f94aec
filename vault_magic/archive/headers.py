"""The headers of a ZIP file as values: what stands before a member, and its record in the directory.

The numbers of sections are those of PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from vault_magic.errors import ArchiveError

CENTRAL = struct.Struct("<4s4B4HL2L5H2L")  # 4.3.12
LOCAL = struct.Struct("<4s2B4HL2L2H")  # 4.3.7
_EXTRA = struct.Struct("<2H")  # 4.5.1
_AES = struct.Struct("<H2sBH")  # https://www.winzip.com/en/support/aes-encryption/

CENTRAL_SIGNATURE = b"PK\x01\x02"
LOCAL_SIGNATURE = b"PK\x03\x04"
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"

FULL32 = 0xFFFFFFFF
"""What a field of 32 bits holds whose value stands in the ZIP64 field."""

_ZIP64, _AES_EXTRA = 0x0001, 0x9901
_AE2 = 2
_UNIX = 3
_UNIXES = (_UNIX, 19)  # and macOS (4.4.2)
_MODE = 0o644 << 16

ENCRYPTED, DESCRIPTOR, STRONG, UTF8 = 0x1, 0x8, 0x40, 0x800
"""Flags of an entry (4.4.4)."""


class Method(IntEnum):
    """How the bytes of a member are compressed (4.4.5); 99 says that it is encrypted, and its extra field how."""

    STORED = 0
    DEFLATED = 8
    AES = 99


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a directory.

    `method` is that of the plain bytes; `aes` is the strength of a member in WinZip's encryption, 3 for 256 bits;
    `compressed` and `size` are bytes, `offset` is counted from where the archive begins in its file; `raw` is the
    whole record, `raw_name` the name in its own encoding.
    """

    name: str
    raw_name: bytes
    flags: int
    method: int
    aes: int | None
    crc: int
    compressed: int
    size: int
    offset: int
    mode: int
    comment: bytes
    raw: bytes

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & ENCRYPTED)

    @property
    def has_descriptor(self) -> bool:
        """Whether sizes and checksum stand behind the member."""
        return bool(self.flags & DESCRIPTOR)

    @property
    def span(self) -> int:
        """How many bytes the member takes in the file at least; the extra field of its header is not known here."""
        return LOCAL.size + len(self.raw_name) + self.compressed

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.name.endswith("/")

    @property
    def is_special(self) -> bool:
        """Whether it is a link, a device or a pipe rather than a file."""
        return stat.S_IFMT(self.mode) not in (0, stat.S_IFREG, stat.S_IFDIR)


def decode_name(name: bytes, *, flags: int) -> str:
    """Return a name as text: UTF-8 where the entry says so, else the code page of DOS (Appendix D)."""
    return str(name, "utf-8" if flags & UTF8 or name.isascii() else "cp437")


def parse_entry(raw: bytes, at: int) -> Entry:
    """Read the record of a directory that begins at a place which the walk through it has reached.

    Raises:
        struct.error, UnicodeError, ArchiveError: it is damaged.
    """
    fields = CENTRAL.unpack_from(raw, at)
    system, flags, method = fields[2], fields[5], fields[6]
    crc, compressed, size, name, extra, comment = fields[9:15]
    external, offset = fields[17:19]
    start = at + CENTRAL.size
    raw_name = raw[start : start + name]
    extras = dict(_split_extra(raw[start + name : start + name + extra]))
    size, compressed, offset = _widen(extras.get(_ZIP64, b""), size, compressed, offset)
    method, aes = _read_aes(extras, method)
    return Entry(
        name=decode_name(raw_name, flags=flags),
        raw_name=raw_name,
        flags=flags,
        method=method,
        aes=aes,
        crc=crc,
        compressed=compressed,
        size=size,
        offset=offset,
        mode=external >> 16 if system in _UNIXES else 0,
        comment=raw[start + name + extra : start + name + extra + comment],
        raw=raw[at : start + name + extra + comment],
    )


def relocate(entry: Entry, offset: int) -> bytes:
    """Return the record of an entry whose member lies elsewhere; everything else stays as it is."""
    fields = [*CENTRAL.unpack_from(entry.raw)]
    start = CENTRAL.size + fields[12]
    extra = _drop_zip64(entry.raw[start : start + fields[13]])
    narrow, wide = _narrow(entry.size, entry.compressed, offset)
    fields[11], fields[10], fields[18] = narrow
    fields[13] = len(wide) + len(extra)
    fields[3] = max(fields[3], 45) if wide else fields[3]
    return CENTRAL.pack(*fields) + entry.raw_name + wide + extra + entry.comment


def build_headers(
    name: str,
    *,
    crc: int,
    compressed: int,
    size: int,
    offset: int,
    stamp: tuple[int, int],
    aes: bool,
    comment: bytes,
    is_wide: bool = False,
) -> tuple[bytes, bytes]:
    """Return the local header and the directory's record of a deflated member.

    `stamp` is time and date as DOS has them. Encrypted members have no checksum (AE-2), which could be guessed from.
    A header `is_wide` that has the ZIP64 field whatever the sizes.
    """
    raw_name = name.encode()
    flags = (0 if name.isascii() else UTF8) | (ENCRYPTED if aes else 0)
    method = Method.AES if aes else Method.DEFLATED
    extra = _pack_extra(_AES_EXTRA, _AES.pack(_AE2, b"AE", 3, Method.DEFLATED)) if aes else b""
    crc = 0 if aes else crc
    (size32, packed32, offset32), wide = _narrow(size, compressed, offset)
    both, local_wide = ((FULL32, FULL32), _pack_extra(_ZIP64, struct.pack("<2Q", size, compressed)))
    if not is_wide and max(size, compressed) < FULL32:
        both, local_wide = (packed32, size32), b""
    version = 45 if wide or local_wide else 51 if aes else 20
    common = (version, 0, flags, method, *stamp, crc)
    local = LOCAL.pack(LOCAL_SIGNATURE, *common, *both, len(raw_name), len(local_wide + extra))
    sizes = (packed32, size32, len(raw_name), len(wide + extra), len(comment), 0, 0, _MODE, offset32)
    central = CENTRAL.pack(CENTRAL_SIGNATURE, version, _UNIX, *common, *sizes)
    return local + raw_name + local_wide + extra, central + raw_name + wide + extra + comment


def build_descriptor(entry: Entry) -> bytes:
    """Return what stands behind a member whose header does not tell its sizes (4.3.9)."""
    sizes = "<2Q" if max(entry.size, entry.compressed) >= FULL32 else "<2L"
    return _DESCRIPTOR_SIGNATURE + struct.pack("<L", entry.crc) + struct.pack(sizes, entry.compressed, entry.size)


def _split_extra(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        yield kind, extra[at + _EXTRA.size : at + _EXTRA.size + length]
        at += _EXTRA.size + length


def _pack_extra(kind: int, data: bytes) -> bytes:
    return _EXTRA.pack(kind, len(data)) + data


def _drop_zip64(extra: bytes) -> bytes:
    return b"".join(_pack_extra(kind, data) for kind, data in _split_extra(extra) if kind != _ZIP64)


def _widen(wide: bytes, *fields: int) -> tuple[int, int, int]:
    """Return size, compressed size and offset; those that do not fit into 32 bits stand in the ZIP64 field (4.5.3)."""
    values, at = [], 0
    for value in fields:
        if value != FULL32:
            values.append(value)
            continue
        if at + 8 > len(wide):
            raise ArchiveError("an entry lacks its ZIP64 sizes")
        values.append(int.from_bytes(wide[at : at + 8], "little"))
        at += 8
    return values[0], values[1], values[2]


def _narrow(*fields: int) -> tuple[tuple[int, int, int], bytes]:
    """Return size, compressed size and offset in 32 bits, and the ZIP64 field of those that do not fit."""
    large = [value for value in fields if value >= FULL32]
    wide = _pack_extra(_ZIP64, struct.pack(f"<{len(large)}Q", *large)) if large else b""
    size, compressed, offset = (min(value, FULL32) for value in fields)
    return (size, compressed, offset), wide


def _read_aes(extras: dict[int, bytes], method: int) -> tuple[int, int | None]:
    if method != Method.AES:
        return method, None
    if len(extras.get(_AES_EXTRA, b"")) != _AES.size:
        raise ArchiveError("an encrypted entry does not say how it is encrypted")
    _, _, strength, inner = _AES.unpack(extras[_AES_EXTRA])
    if strength not in (1, 2, 3):
        raise ArchiveError(f"an entry is encrypted with an unknown strength ({strength})")
    return inner, strength
