"""Bytes deflated so that nothing among them looks like the end of an archive."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Iterator

from vault_magic.archive.ending import SIGNATURE
from vault_magic.zlib_library import RAW, ZlibLibrary, choose_library

_TRIES = 24
_EVERY = 1 << 16  # bytes between two blocks
_BLOCK = 1 << 20
_END = b"\x03\x00"  # the last block, which is empty (RFC 1951, 3.2.6)


def deflate(data: bytes) -> bytes:
    """Compress bytes without the signature of an end record in the result.

    What does not compress is kept as it is, so that a stored ZIP would stand there whole, and be found by whoever looks
    for the end of an archive that was cut off. Where the signature would appear a new block begins in its middle.
    """
    return _pack(data, choose_library(len(data)), last=zlib.Z_FINISH)


def deflate_pieces(pieces: Iterable[bytes], *, size: int) -> Iterator[bytes]:
    """Compress bytes that come in pieces, of a size in all, as `deflate` does.

    Every block stands by itself and ends with one that is empty, so that no signature reaches from one into the next.
    """
    library = choose_library(size)
    for piece in pieces:
        view = memoryview(piece)
        for at in range(0, len(view), _BLOCK):
            yield _pack(view[at : at + _BLOCK], library, last=zlib.Z_FULL_FLUSH)
    yield _END


def _pack(data: bytes | memoryview, library: ZlibLibrary, *, last: int) -> bytes:
    packed = _compress(data, (), library, last=last)
    tries = 0
    while SIGNATURE in packed:
        tries += 1
        places = sorted({*_find_middles(bytes(data)), *_choose_places(len(data), tries)})
        packed = _compress(data, places, library, last=last)
        if tries == _TRIES:
            raise ValueError("no form of these bytes is free of the signature")
    return packed


def _compress(data: bytes | memoryview, places: Iterable[int], library: ZlibLibrary, *, last: int) -> bytes:
    """Compress bytes, with a new block at some places."""
    compressor = library.build_deflater(library.level, zlib.DEFLATED, RAW)
    view, start, packed = memoryview(data), 0, []
    for place in places:
        packed += [compressor.compress(view[start:place]), compressor.flush(zlib.Z_FULL_FLUSH)]
        start = place
    packed += [compressor.compress(view[start:]), compressor.flush(last)]
    return b"".join(packed)


def _find_middles(data: bytes) -> Iterator[int]:
    at = data.find(SIGNATURE)
    while at >= 0:
        yield at + len(SIGNATURE) // 2
        at = data.find(SIGNATURE, at + 1)


def _choose_places(size: int, tries: int) -> Iterable[int]:
    """Return more places with every try, none for the first: a signature may also come about by compressing."""
    if tries == 1:
        return ()
    step = max(_EVERY >> tries, 1)
    return range(random.randrange(step), size, step)  # noqa: S311  # nothing secret: any place will do
