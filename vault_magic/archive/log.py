"""The log beside the archive: a line of JSON for each command, appended; the original tool's lines are read too."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from vault_magic.errors import FormatError
from vault_magic.legacy import read_legacy_record
from vault_magic.record import Record, read_record
from vault_magic.stored import dump_json, parse_json

LOG_SUFFIX = ".vault.log"
"""What is added to the archive's file name for the log; `.gz` follows where it is compressed, as in the original."""

_GZIP = b"\x1f\x8b"
_ONLY_IN_NOTEBOOKS = ("ledger", "environment", "inputs")


def append_log(path: Path, records: Iterable[Record], *, compressed: bool = True) -> None:
    """Add a line of JSON for each command to the log; the caller holds the lock.

    Each call appends one whole gzip member by one write, so that a kill hardly ever leaves half of one.
    """
    lines = "".join(f"{dump_json(_build_line(record))}\n" for record in records).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as log:
        log.write(gzip.compress(lines) if compressed else lines)


def read_log(path: Path) -> tuple[Record, ...]:
    """Return the commands in a log, the oldest first; what a killed writer left half of is passed over."""
    if not path.exists():
        return ()
    data = path.read_bytes()
    text = b"".join(_unpack(data)) if data.startswith(_GZIP) else data
    return tuple(record for line in text.splitlines() if (record := _read_line(line)) is not None)


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
    try:
        yield gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        yield from _unpack_whole_members(data)


def _unpack_whole_members(data: bytes) -> Iterator[bytes]:
    """Yield the members that are whole; between them lies what was cut short."""
    start = data.find(_GZIP)
    while start >= 0:
        member = zlib.decompressobj(wbits=31)
        try:
            text = member.decompress(data[start:])
        except zlib.error:
            text = b""
        if member.eof:
            yield text
        behind = len(data) - len(member.unused_data) if member.eof else start + 1
        start = data.find(_GZIP, behind)
