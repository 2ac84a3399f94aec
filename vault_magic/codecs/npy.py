"""Numpy arrays as `.npy` files (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from vault_magic.errors import CodecError

_HEADER_LIMIT = 1_000_000  # bytes; numpy's own limit of 10,000 refuses records of a few hundred fields


def encode_array(array: np.ndarray[Any, Any]) -> bytes | None:
    """Write an array in its own order, None when a file would not bring back exactly this array."""
    dtype = array.dtype
    if dtype.hasobject or not _is_packed(dtype) or np.lib.format.drop_metadata(dtype) is not dtype:
        return None
    file = io.BytesIO()
    try:
        np.lib.format.write_array(file, array, allow_pickle=False)
        alike = _is_alike(decode_array(file.getvalue()), array)
    except (CodecError, TypeError, ValueError):
        # Types that numpy only knows how to pickle, such as its variable-width strings.
        return None
    return file.getvalue() if alike else None


def decode_array(data: bytes) -> np.ndarray[Any, Any]:
    """Read one array, never unpickling; raises `CodecError` or what numpy raises."""
    file = io.BytesIO(data)
    array: np.ndarray[Any, Any] = np.lib.format.read_array(file, allow_pickle=False, max_header_size=_HEADER_LIMIT)
    if file.read(1):
        raise CodecError("the array is followed by bytes that are not its own; store it again")
    return array


def _is_packed(dtype: np.dtype[Any]) -> bool:
    """Tell whether every byte of an element is part of its value; padding holds whatever was in memory."""
    if dtype.subdtype is not None:
        return _is_packed(dtype.subdtype[0])
    if dtype.names is None:
        return True
    parts = [dtype[name] for name in dtype.names]
    return sum(part.itemsize for part in parts) == dtype.itemsize and all(map(_is_packed, parts))


def _is_alike(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    # The text of a dtype also tells alignment and titles, which equality leaves out.
    return repr(one.dtype) == repr(other.dtype) and one.shape == other.shape
