"""Deflated bytes inflated a piece at a time, however far they expand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vault_magic.archive.headers import Entry
from vault_magic.errors import ArchiveError
from vault_magic.object_path import RESERVED
from vault_magic.zlib_library import RAW, ZLIB, ZlibLibrary, choose_library

_PIECE = 2**20


def inflate(packed: Iterable[bytes], entry: Entry) -> Iterator[bytes]:
    """Yield plain bytes.

    Raises:
        ArchiveError: they are damaged or cut short.
    """
    library = choose_reader(entry)
    inflater = library.build_inflater(RAW)
    try:
        for piece in packed:
            yield inflater.decompress(piece, _PIECE)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _PIECE)
        yield inflater.flush()
    except library.faults as err:
        raise ArchiveError(f"{entry.name!r} is damaged ({err}); restore the archive from a copy") from err
    if not inflater.eof:
        raise ArchiveError(f"{entry.name!r} is cut short; restore the archive from a copy")


def choose_reader(entry: Entry) -> ZlibLibrary:
    """Return what reads a member; for the vault's own, which is all that the checker reads, nothing is imported."""
    return ZLIB if entry.name.startswith(f"{RESERVED}/") else choose_library(entry.size)
