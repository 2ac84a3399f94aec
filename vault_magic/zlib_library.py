"""What deflates, inflates and sums: zlib, or a library that is several times as fast where it is there and worth it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LARGE = 2**16
"""Plain bytes from which on the faster library is worth its import."""

RAW = -zlib.MAX_WBITS
"""The form of deflated bytes in a ZIP: without header and checksum."""


@dataclass(frozen=True, slots=True)
class ZlibLibrary:
    """The functions of zlib as some library has them; `faults` is what it raises of damaged bytes."""

    level: int
    build_deflater: Callable[[int, int, int], Any]
    build_inflater: Callable[[int], Any]
    crc32: Callable[[Any, int], int]
    faults: type[Exception]


ZLIB = ZlibLibrary(6, zlib.compressobj, zlib.decompressobj, zlib.crc32, zlib.error)


def choose_library(size: int) -> ZlibLibrary:
    """Return what is best for so many plain bytes: for many, isal (https://github.com/pycompression/python-isal)."""
    if size < LARGE:
        return ZLIB
    try:
        from isal import isal_zlib  # optional, and only worth its import where there is much to do
    except ImportError:
        return ZLIB
    faults: Any = isal_zlib.error  # its stubs have an exception where the class is
    return ZlibLibrary(1, isal_zlib.compressobj, isal_zlib.decompressobj, isal_zlib.crc32, faults)
