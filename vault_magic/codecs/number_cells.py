"""Cells of text to and from numbers and booleans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vault_magic.codecs.schema import Column
from vault_magic.errors import CodecError

FLOAT32_POSITIONAL = (1e-4, 1e6)
"""Where floats of 32 bits are spelled without an exponent, as by numpy since 2.3: from, and below."""

_BOOLS = {"True": True, "False": False}


def parse_bools(cells: Sequence[str | None], _column: Column) -> Any:
    """Turn cells into booleans; raises `KeyError`."""
    return np.array([_BOOLS[cell] for cell in cells], dtype=np.bool_)  # type: ignore[index]  # None is a KeyError


def parse_integers(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into integers; raises `TypeError`, `ValueError` or `CodecError`."""
    numbers = [int(cell) for cell in cells]  # type: ignore[arg-type]  # None is a TypeError
    limits = np.iinfo(column.dtype)
    # numpy 1 wraps around in silence.
    if numbers and not (limits.min <= min(numbers) and max(numbers) <= limits.max):
        raise CodecError(f"the text has a number that does not fit {column.dtype}; store the table again")
    return np.array(numbers, dtype=column.dtype)


def parse_floats(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into floats, an empty one into NaN; raises `ValueError`."""
    return np.array([float("nan" if cell is None else cell) for cell in cells], dtype=column.dtype)


def spell_floats(numbers: np.ndarray[Any, Any]) -> list[str]:
    """Spell floats with the fewest digits that bring them back: those of 64 bits as Python does."""
    if numbers.dtype != np.float32:
        return [str(one) for one in numbers.tolist()]
    distinct, places = np.unique(numbers.view(np.uint32), return_inverse=True)
    texts = np.array([_spell_float32(one) for one in distinct.view(np.float32)], dtype=object)
    return texts[places].tolist()  # type: ignore[no-any-return]


def _spell_float32(number: np.float32) -> str:
    least, most = FLOAT32_POSITIONAL
    size = abs(float(number))
    if size == 0 or least <= size < most or not np.isfinite(number):
        return np.format_float_positional(number, trim="0")
    return np.format_float_scientific(number, trim="-", exp_digits=2)
