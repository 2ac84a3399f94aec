"""The log beside the archive: a line of JSON for each command, appended; the original tool's lines are read too."""

from __future__ import annotations

import gzip
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from vault_magic.archive import durable
from vault_magic.errors import FormatError
from vault_magic.legacy import read_legacy_record
from vault_magic.record import Record, read_record
from vault_magic.stored import dump_json, parse_json

LOG_SUFFIX = ".vault.log"
"""What is added to the archive's file name for the log; `.gz` follows where it is compressed, as in the original."""

_GZIP = b"\x1f\x8b"
_PIECE = 1 << 12
_ONLY_IN_NOTEBOOKS = ("ledger", "environment", "inputs")


def append_log(path: Path, records: Iterable[Record], *, compressed: bool = True) -> None:
    """Add a line of JSON for each command to the log; the caller holds the lock.

    Each call appends one whole gzip member by one write, so that a kill hardly ever leaves half of one.
    """
    lines = "".join(f"{dump_json(_build_line(record))}\n" for record in records).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as log:
        durable.write(log, gzip.compress(lines) if compressed else lines)


def read_latest(path: Path, *, count: int) -> tuple[tuple[Record, ...], int]:
    """Return the last commands in a log, the oldest first, and how many lines there are before them.

    What a killed writer left half of is passed over.
    """
    lines = _read_lines(path)
    found: deque[Record] = deque()
    while lines and len(found) < count:
        if (record := _read_line(lines.pop())) is not None:
            found.appendleft(record)
    return tuple(found), len(lines)


def _read_lines(path: Path) -> list[bytes]:
    if not path.exists():
        return []
    data = path.read_bytes()
    return (b"".join(_unpack(data)) if data.startswith(_GZIP) else data).splitlines()


def _build_line(record: Record) -> dict[str, object]:
    return {key: value for key, value in record.to_json().items() if key not in _ONLY_IN_NOTEBOOKS}


def _read_line(line: bytes) -> Record | None:
    try:
        fields = parse_json(line.decode("utf-8", "replace"), what="the log")
        if not isinstance(fields, dict):
            return None
        return read_record(fields) if "schema_version" in fields else read_legacy_record(fields)
    except FormatError:
        return None


def _unpack(data: bytes) -> Iterator[bytes]:
    """Yield the members that are whole; between them lies what was cut short.

    Each is read by itself and in pieces: what unpacks all at once copies the rest of the log for every member.
    """
    start = data.find(_GZIP)
    while start >= 0:
        text, end = _unpack_member(data, start)
        if end is not None:
            yield text
        start = data.find(_GZIP, start + 1 if end is None else end)


def _unpack_member(data: bytes, start: int) -> tuple[bytes, int | None]:
    """Return the text of the member that begins at `start` and where it ends, None where it does not."""
    member, parts, at = zlib.decompressobj(wbits=31), [], start
    try:
        while not member.eof and at < len(data):
            parts.append(member.decompress(data[at : at + _PIECE]))
            at += _PIECE
    except zlib.error:
        return b"", None
    end = min(at, len(data)) - len(member.unused_data)
    return b"".join(parts), end if member.eof else None
