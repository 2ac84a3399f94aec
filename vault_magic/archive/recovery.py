"""What was committed in an archive whose last write was not finished.

No member that this tool writes has the signature of an end record in its data (see `deflating`), so behind the first
directory of a vault every end record is a true one, whatever was stored: a ZIP, even a copy of this very vault.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from vault_magic.archive.ending import LARGEST, SIGNATURE, End, parse_end
from vault_magic.archive.headers import parse_entry
from vault_magic.archive.layout import SENTINEL, read_commit_marker, read_sentinel_comment
from vault_magic.errors import FormatError, NewerFormat, VaultError

MOST_TRIES = 1_000
"""End records looked at most closely, where somebody has filled a file with false ones."""

_NEEDLE = SIGNATURE + bytes(4)  # ours are all of one volume
_WINDOW = 2**20
_LONGEST_RECORD = 2**10
_FAULTS = (VaultError, struct.error, ValueError)


def find_committed(file: BinaryIO, *, size: int) -> End | None:
    """Return the last end record that is a vault's, None where there is none.

    Its directory lies where it says and begins with the sentinel, at the start of the file, and the commit marker
    names the vault of the sentinel.
    """
    for position in islice(_find_signatures(file, size=size), MOST_TRIES):
        if (end := _read_end(file, position, size=size)) and _is_commit(file, end):
            return end
    return None


def is_marker(comment: bytes) -> bool:
    """Tell whether the comment of an archive is a commit marker; of one that was written half it is not."""
    try:
        read_commit_marker(comment)
    except NewerFormat:
        return True
    except FormatError:
        return False
    return True


def _find_signatures(file: BinaryIO, *, size: int) -> Iterator[int]:
    """Yield where the signature stands, the last first."""
    stop = size
    while stop > 0:
        start = max(stop - _WINDOW, 0)
        file.seek(start)
        window = file.read(min(stop + len(_NEEDLE) - 1, size) - start)
        at = window.rfind(_NEEDLE)
        while at >= 0:
            yield start + at
            at = window.rfind(_NEEDLE, 0, at + len(_NEEDLE) - 1)
        stop = start


def _read_end(file: BinaryIO, position: int, *, size: int) -> End | None:
    base = max(position - LARGEST, 0)
    file.seek(base)
    tail = file.read(min(position + LARGEST, size) - base)
    return parse_end(tail, position - base, base=base)


def _is_commit(file: BinaryIO, end: End) -> bool:
    if end.shift != 0 or not end.comment:
        return False
    file.seek(end.offset)
    record = file.read(min(end.size, _LONGEST_RECORD))
    try:
        sentinel = parse_entry(record, 0)
        marker = read_commit_marker(end.comment)
        vault = read_sentinel_comment(sentinel.comment)
    except _FAULTS:
        return False
    return (sentinel.name, sentinel.offset) == (SENTINEL, 0) and vault == marker.vault
