"""The end of a ZIP file: where its directory lies, how many entries it has, and the comment of the archive.

The numbers of sections are those of PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from vault_magic.archive.headers import FULL32

_END = struct.Struct("<4s4H2LH")  # 4.3.16
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15

SIGNATURE = b"PK\x05\x06"
_SIGNATURE64 = b"PK\x06\x06"
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_FULL16 = 0xFFFF

LARGEST = _END64.size + _LOCATOR.size + _END.size + 0xFFFF
"""Bytes of the records at most: those of ZIP64, and a comment of the largest size."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of an archive: where its directory lies and what it says; `start` and `stop` are those of the records.

    `offset` is what the record claims, from where the archive begins in its file.
    """

    start: int
    stop: int
    count: int
    size: int
    offset: int
    comment: bytes

    @property
    def shift(self) -> int:
        """How many bytes stand before the archive in its file."""
        return self.start - self.size - self.offset


def build_end(*, start: int, size: int, count: int, comment: bytes) -> bytes:
    """Return the end records of an archive whose directory begins at `start`."""
    wide = b""
    if count >= _FULL16 or max(size, start) >= FULL32:
        versions = (45, 45, 0, 0)
        wide = _END64.pack(_SIGNATURE64, _END64.size - 12, *versions, count, count, size, start)
        wide += _LOCATOR.pack(_LOCATOR_SIGNATURE, 0, start + size, 1)
    counts = (min(count, _FULL16),) * 2
    return wide + _END.pack(SIGNATURE, 0, 0, *counts, min(size, FULL32), min(start, FULL32), len(comment)) + comment


def parse_end(tail: bytes, at: int, *, base: int) -> End | None:
    """Read the end record that may stand at a place in the last bytes of a file, which begin at `base` in it.

    None where it is none, or is not whole. Of archives in several volumes nothing is read.
    """
    if at < 0 or at + _END.size > len(tail):
        return None
    signature, disk, first, here, count, size, offset, length = _END.unpack_from(tail, at)
    stop = at + _END.size + length
    if signature != SIGNATURE or stop > len(tail) or here != count or (disk, first) != (0, 0):
        return None
    comment, start = tail[at + _END.size : stop], at
    if count == _FULL16 or FULL32 in (size, offset):
        wide = _parse_end64(tail, at)
        if wide is None and FULL32 in (size, offset):
            return None
        count, size, offset, start = wide or (count, size, offset, at)
    return End(base + start, base + stop, count, size, offset, comment)


def _parse_end64(tail: bytes, at: int) -> tuple[int, int, int, int] | None:
    """Return count, size and offset of the ZIP64 record, and where in the tail it stands; it must lie right before."""
    locator, record = at - _LOCATOR.size, at - _LOCATOR.size - _END64.size
    if record < 0 or _LOCATOR.unpack_from(tail, locator)[0] != _LOCATOR_SIGNATURE:
        return None
    signature, length, *_, here, count, size, offset = _END64.unpack_from(tail, record)
    if signature != _SIGNATURE64 or length != _END64.size - 12 or here != count:
        return None
    return count, size, offset, record


def find_end(file: BinaryIO, *, size: int) -> End | None:
    """Return the end record that ends a file of some size, or else the last one near its end; None where none is."""
    base = max(size - LARGEST, 0)
    file.seek(base)
    tail = file.read(size - base)
    last, at = None, tail.rfind(SIGNATURE)
    while at >= 0:
        if end := parse_end(tail, at, base=base):
            if end.stop == size:
                return end
            last = last or end
        at = tail.rfind(SIGNATURE, 0, at)
    return last
