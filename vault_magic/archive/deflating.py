"""Bytes deflated so that nothing among them looks like the end of an archive."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Iterator

from vault_magic.archive.ending import SIGNATURE

_LEVEL = 6
_RAW = -zlib.MAX_WBITS
_TRIES = 24
_EVERY = 1 << 16  # bytes between two blocks


def deflate(data: bytes) -> bytes:
    """Compress bytes without the signature of an end record in the result.

    What does not compress is kept as it is, so that a stored ZIP would stand there whole, and be found by whoever looks
    for the end of an archive that was cut off. Where the signature would appear a new block begins in its middle.
    """
    packed = _compress(data, ())
    tries = 0
    while SIGNATURE in packed:
        tries += 1
        packed = _compress(data, sorted({*_find_middles(data), *_choose_places(len(data), tries)}))
        if tries == _TRIES:
            raise ValueError("no form of these bytes is free of the signature")
    return packed


def _compress(data: bytes, places: Iterable[int]) -> bytes:
    """Compress bytes, with a new block at some places."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    view, start, packed = memoryview(data), 0, []
    for place in places:
        packed += [compressor.compress(view[start:place]), compressor.flush(zlib.Z_FULL_FLUSH)]
        start = place
    packed += [compressor.compress(view[start:]), compressor.flush()]
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
