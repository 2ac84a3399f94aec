"""The directory of a ZIP file: found, checked against hostile input, and changed in its raw bytes.

Its records are parsed when they are asked for: a vault of 20,000 objects has 40,000 of them.
"""

from __future__ import annotations

import struct
from bisect import bisect
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

from vault_magic.archive.ending import End, build_end, find_end
from vault_magic.archive.headers import FULL32, LOCAL, Entry, parse_entry
from vault_magic.archive.inspection import walk
from vault_magic.archive.layout import SENTINEL
from vault_magic.archive.recovery import find_committed, is_marker
from vault_magic.errors import ArchiveError

MOST_MEMBERS = 2**17
"""Members of an archive at most, of which an object has two."""

LARGEST_DIRECTORY = 2**25
"""Bytes of a directory at most."""

FAULTS = (struct.error, UnicodeError, ValueError, OverflowError)
"""What reading a damaged directory raises, beside our own errors."""

_PEEK = struct.Struct("<8xH6xL4xL3H")  # of CENTRAL: flags, checksum, size, lengths
_RECORD = 46


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory of an open archive.

    `places` tells where in `raw` the record of each member begins, in their order; `taken` is how many bytes of the
    file the members take. `end` is the end of what was committed, `size` that of the file: what lies between is an
    unfinished write, or something that was put behind.
    """

    raw: bytes
    places: Mapping[str, int]
    taken: int
    end: End
    size: int

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __getitem__(self, name: str) -> Entry:
        return parse_entry(self.raw, self.places[name])

    def peek(self, name: str) -> tuple[int, int, int, bytes]:
        """Return flags, checksum, size and comment of a member: all that a listing needs, in a third of the time."""
        at = self.places[name]
        flags, crc, size, name_length, extra, comment = _PEEK.unpack_from(self.raw, at)
        if size == FULL32:
            size = parse_entry(self.raw, at).size
        start = at + _RECORD + name_length + extra
        return flags, crc, size, self.raw[start : start + comment]

    def __iter__(self) -> Iterator[Entry]:
        return (parse_entry(self.raw, at) for at in self.places.values())

    def __len__(self) -> int:
        return len(self.places)

    @property
    def torn(self) -> int:
        """How many bytes lie behind what was committed."""
        return self.size - self.end.stop

    @property
    def live(self) -> int:
        """How many bytes of the file are still wanted."""
        return self.taken + len(self.raw) + self.end.stop - self.end.start

    @property
    def is_exact(self) -> bool:
        """Whether every offset is that in the file, as whatever this tool writes has it."""
        return self.end.shift == 0

    def splice(self, *, drop: Collection[str], add: Mapping[str, bytes], start: int, comment: bytes) -> Directory:
        """Return the directory without some members and with the records of others, to be written at `start`."""
        gone = sorted((self[name] for name in {*drop, *add} if name in self), key=lambda one: self.places[one.name])
        kept, places = self._without(gone)
        at = len(kept)
        for name, record in add.items():
            places[name] = at
            at += len(record)
        raw = b"".join([kept, *add.values()])
        taken = self.taken - sum(one.span for one in gone) + sum(parse_entry(one, 0).span for one in add.values())
        return place(raw, places, taken=taken, start=start, comment=comment)

    def _without(self, gone: Sequence[Entry]) -> tuple[bytes, dict[str, int]]:
        """Return the records without some, and where they begin then."""
        starts = [self.places[one.name] for one in gone]
        stops = [start + len(one.raw) for start, one in zip(starts, gone, strict=True)]
        kept = [self.raw[start:stop] for start, stop in zip([0, *stops], [*starts, len(self.raw)], strict=True)]
        names = {one.name for one in gone}
        if not names:
            return self.raw, dict(self.places)
        lengths = [0, *accumulate(stop - start for start, stop in zip(starts, stops, strict=True))]
        places = {name: at - lengths[bisect(starts, at)] for name, at in self.places.items() if name not in names}
        return b"".join(kept), places

    def render_end(self) -> bytes:
        """Return what is written behind the directory."""
        return build_end(start=self.end.offset, size=len(self.raw), count=len(self.places), comment=self.end.comment)


def place(raw: bytes, places: Mapping[str, int], *, taken: int, start: int, comment: bytes) -> Directory:
    """Return a directory that begins at `start`, right behind the members, and is followed by the end of the file."""
    stop = start + len(raw)
    size = stop + len(build_end(start=start, size=len(raw), count=len(places), comment=comment))
    return Directory(raw, places, taken, End(stop, size, len(places), len(raw), start, comment), size)


def build_directory(records: Mapping[str, bytes], *, start: int, comment: bytes) -> Directory:
    """Return the directory of members whose records are given by their names, for a file that has no other."""
    empty = place(b"", {}, taken=0, start=start, comment=comment)
    return empty.splice(drop=(), add=records, start=start, comment=comment)


def read_directory(file: BinaryIO) -> Directory:
    """Read the directory of an archive, or the last that was committed where a write behind it was not finished.

    Raises:
        ArchiveError: it is no ZIP archive, is damaged, or is made to deceive; the message says how.
    """
    size = file.seek(0, 2)
    end, is_vault = find_end(file, size=size), _begins_as_vault(file)
    exact = end if end is not None and end.stop == size else None
    if exact and not (is_vault and exact.comment and not is_marker(exact.comment)):
        directory = _read_proved(file, exact, size=size)
        if SENTINEL in directory or not is_vault:
            return directory
    found = find_committed(file, size=size) or end
    if found is None:
        raise ArchiveError("it has no directory at its end")
    directory = _read_proved(file, found, size=size)
    if is_vault and SENTINEL not in directory:
        raise ArchiveError("it begins as a vault, and what stands at its end is the directory of something else")
    return directory


def _begins_as_vault(file: BinaryIO) -> bool:
    """Tell whether the first member is a sentinel: then whatever else stands at the end of the file is not its end."""
    file.seek(0)
    return file.read(LOCAL.size + len(SENTINEL)).endswith(SENTINEL.encode())


def _read_proved(file: BinaryIO, end: End, *, size: int) -> Directory:
    try:
        directory = _read(file, end, size=size)
    except FAULTS as err:
        raise err if isinstance(err, ArchiveError) else ArchiveError(f"its directory is damaged: {err}") from err
    if SENTINEL in directory and not directory.is_exact:
        raise ArchiveError(f"{directory.end.shift:,} bytes stand before it that are not its own")
    return directory


def _read(file: BinaryIO, end: End, *, size: int) -> Directory:
    if end.count > MOST_MEMBERS:
        raise ArchiveError(f"it claims {end.count:,} members; at most {MOST_MEMBERS:,} are read")
    if end.size > LARGEST_DIRECTORY:
        raise ArchiveError(f"its directory claims {end.size:,} bytes; at most {LARGEST_DIRECTORY:,} are read")
    if end.shift < 0:
        raise ArchiveError("its directory is not where its end says")
    file.seek(end.start - end.size)
    raw = file.read(end.size)
    places, taken = walk(raw, end)
    return Directory(raw, places, taken, end, size)
