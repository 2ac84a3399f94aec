"""Arrays as cells of text through pyarrow: exactly the text that pandas writes of them, missing values as nulls.

What pyarrow itself would spell otherwise, floats of no fraction or with an exponent, is told apart and spelled as
Python does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vault_magic.codecs.dtypes import (
    ARROW,
    ARROW_DATE,
    ARROW_FLOATS,
    ARROW_STRINGS,
    DATETIMES,
    DURATIONS,
    FLOATS,
    INTEGERS,
    NULLABLE_FLOATS,
    NULLABLE_INTEGERS,
)
from vault_magic.codecs.labels import NotInText
from vault_magic.codecs.moments import render_durations, render_instants, render_stamps, render_zoned
from vault_magic.codecs.number_cells import FLOAT32_POSITIONAL, spell_floats
from vault_magic.codecs.schema import Column

TEXT = pa.large_string()

STRINGS = ("object", "str", "string", *(f"{name}{ARROW}" for name in ARROW_STRINGS))
"""The dtypes whose cells are their own text."""

_SPECIAL = '["\\t\\n\\r]'
_SPECIALS = (b'"', b"\t", b"\n", b"\r")
_ALIKE = {8: (1e-4, 1e10), 4: FLOAT32_POSITIONAL}
"""Where both spell a float of so many bytes alike: from, and below."""

_EMPTY, _QUOTE, _TWO_QUOTES, _POINT = (pa.scalar(text, TEXT) for text in ("", '"', '""', ".0"))


def render_texts(values: Any, column: Column) -> Any:
    """Return the cells of an array, quoted where they must be, a null for each missing value.

    Datetimes and durations without a zone are spelled as precisely as the finest of these values needs.
    Raises `NotInText`, or what pyarrow raises of values that no text can hold.
    """
    if column.dtype == "category":
        return _render_category(values, column)
    return _RENDERERS.get(column.dtype, _render_others)(values, column)


def quote(texts: Any, *, empty: bool) -> Any:
    """Return cells with those quoted that a reader would split, and with `empty` also those of no text."""
    if is_special(texts):
        special = pc.match_substring_regex(texts, _SPECIAL)
        doubled = pc.replace_substring(texts, '"', '""')
        texts = pc.if_else(special, pc.binary_join_element_wise(_QUOTE, doubled, _QUOTE, _EMPTY), texts)
    return quote_empty(texts) if empty else texts


def is_own_text(cells: Any, values: Any, column: Column) -> bool:
    """Tell whether cells are just these strings, and none of them could be read as anything else."""
    if is_special(cells) or not _to_texts(values).equals(cells):
        return False
    return not _tells_empty(column) or not pc.any(pc.equal(cells, _EMPTY)).as_py()


def is_special(texts: Any) -> bool:
    """Tell whether there is any character that a reader of cells takes for more than itself."""
    data = take_bytes(texts)
    return any(data.find(one) >= 0 for one in _SPECIALS)


def take_bytes(texts: Any) -> bytes:
    """Return the characters of an array of text, which lie one behind the other."""
    if not len(texts):
        return b""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data: bytes = texts.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0])).to_pybytes()
    return data


def quote_empty(texts: Any) -> Any:
    """Return cells with those of no text quoted; the missing stay what they are."""
    return pc.if_else(pc.equal(texts, _EMPTY), _TWO_QUOTES, texts)


def _render_each(values: Any, _column: Column) -> Any:
    """Spell each value by itself: equal ones need not look alike, as the decimals 1.0 and 1.00."""
    missing = np.asarray(pd.isna(values), dtype=bool)
    return pa.array([None if gone else str(one) for gone, one in zip(missing, values, strict=True)], TEXT)


def _render_periods(values: Any, column: Column) -> Any:
    codes, distinct = pd.factorize(values)
    return take(_render_each(distinct, column), codes)


def take(texts: Any, codes: Any) -> Any:
    """Return the texts at some places, a null for -1."""
    return texts.take(pa.array(codes, mask=np.asarray(codes) < 0))


def _render_numbers(values: Any, _column: Column) -> Any:
    return pc.cast(_to_arrow(values), TEXT)


def _render_bools(values: Any, _column: Column) -> Any:
    return pc.if_else(_to_arrow(values), pa.scalar("True", TEXT), pa.scalar("False", TEXT))


def _render_floats(values: Any, _column: Column) -> Any:
    array = _to_arrow(values)
    numbers = array.fill_null(0).to_numpy(zero_copy_only=False)
    texts, size = pc.cast(array, TEXT), np.abs(numbers.astype(np.float64))  # in which 1e-4 is no float of 32 bits
    least, most = _ALIKE[numbers.dtype.itemsize]
    alike = ~np.isfinite(size) | ((size >= least) & (size < most))
    whole = (size < most) & (numbers == np.trunc(numbers)) & ((numbers != 0) | ~np.signbit(numbers))
    if whole.any():
        integers = pc.cast(pa.array(np.where(whole, numbers, 0).astype(np.int64)), TEXT)
        texts = pc.if_else(pa.array(whole), pc.binary_join_element_wise(integers, _POINT, _EMPTY), texts)
    odd = ~(alike | whole)
    if odd.any():
        texts = pc.replace_with_mask(texts, pa.array(odd), pa.array(spell_floats(numbers[odd]), TEXT))
    return texts if not array.null_count else pc.if_else(array.is_valid(), texts, pa.scalar(None, TEXT))


def _render_wide(values: Any, column: Column) -> Any:
    """Render Arrow's floats of 32 bits, which pandas writes with the digits of 64."""
    return _render_floats(pc.cast(_to_arrow(values), pa.float64()), column)


def _render_strings(values: Any, column: Column) -> Any:
    return quote(_to_texts(values), empty=_tells_empty(column))


def _tells_empty(column: Column) -> bool:
    """Tell whether an empty cell is a missing value, so that the empty string needs quotes."""
    return column.missing is not None or column.dtype.endswith(ARROW)


def _to_texts(values: Any) -> Any:
    """Return strings as Arrow has them, as they are."""
    array = _to_arrow(values)
    return array if array.type == TEXT else pc.cast(array, TEXT)


def _render_instants(values: Any, column: Column) -> Any:
    return render_instants(np.asarray(values)) if column.timezone is None else render_zoned(values)


def _render_durations(values: Any, _column: Column) -> Any:
    return render_durations(np.asarray(values), together=True)


def _render_arrow(values: Any, column: Column) -> Any:
    """Render moments that Arrow keeps, as pandas writes the object of each value; and what has no renderer."""
    kind = values.dtype.pyarrow_dtype
    if pa.types.is_timestamp(kind):
        return render_stamps(pd.Series(values).astype(_numpy_moments(kind)).array)
    if pa.types.is_duration(kind):
        plain = pd.Series(values).astype(np.dtype(f"timedelta64[{kind.unit}]"))
        return render_durations(np.asarray(plain), together=False)
    return _render_each(values, column)


def _numpy_moments(kind: Any) -> Any:
    return f"datetime64[{kind.unit}]" if kind.tz is None else pd.DatetimeTZDtype(kind.unit, kind.tz)


def _render_others(values: Any, column: Column) -> Any:
    if column.dtype.endswith(ARROW):
        return _render_arrow(values, column)
    return _render_periods(values, column) if column.dtype.startswith("period[") else _render_each(values, column)


def _render_category(values: Any, column: Column) -> Any:
    """Render each category once, as the objects they are; moments as the column of them that pandas makes."""
    categories, inner = values.categories, column.categories
    if inner is None:
        raise NotInText("a category without its categories")
    if inner.dtype.startswith(("datetime64", "timedelta64")):
        return render_texts(categories.array.take(values.codes, allow_fill=True), inner)
    texts = render_values(categories, inner, empty=column.missing is not None, as_objects=True)
    return take(texts, values.codes)


def render_values(values: pd.Index[Any], column: Column, *, empty: bool, as_objects: bool) -> Any:
    """Return the cells of categories or of the values of a level; with `empty` those of no text are quoted.

    `as_objects` spells them as pandas does categories: floats of 32 bits have the digits of 64.
    """
    if column.dtype == "range":
        return pc.cast(pa.array(np.asarray(values)), TEXT)
    if column.dtype == "float32" and as_objects:
        return _render_floats(np.asarray(values).astype(np.float64), column)
    texts = render_texts(values.array, column)
    return quote_empty(texts) if empty and column.dtype in ("object", "str", "string") else texts


def _to_arrow(values: Any) -> Any:
    """Return an array as Arrow has it, with nulls where values are missing."""
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, np.ndarray | pd.arrays.NumpyExtensionArray):
        plain = np.asarray(values)
        return pa.array(plain, TEXT if plain.dtype == object else None, from_pandas=True)
    array = values.__arrow_array__()
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


_RENDERERS: dict[str, Callable[[Any, Column], Any]] = (
    dict.fromkeys((*INTEGERS, *NULLABLE_INTEGERS), _render_numbers)
    | dict.fromkeys((*FLOATS, *NULLABLE_FLOATS), _render_floats)
    | dict.fromkeys(("bool", "boolean", f"bool{ARROW}"), _render_bools)
    | dict.fromkeys(STRINGS, _render_strings)
    | dict.fromkeys(DATETIMES, _render_instants)
    | dict.fromkeys(DURATIONS, _render_durations)
    | {f"{name}{ARROW}": _render_numbers for name in (*INTEGERS, ARROW_DATE)}
    | {f"{name}{ARROW}": _render_wide for name in ARROW_FLOATS}
)
