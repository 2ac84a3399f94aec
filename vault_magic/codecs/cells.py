"""Cells of text to and from arrays, one dtype at a time; an absent cell (None) is one that was left empty unquoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Literal

import msgspec
import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from vault_magic.codecs.instants import parse_duration, parse_instant, render_duration
from vault_magic.codecs.labels import NotInText
from vault_magic.codecs.schema import Column
from vault_magic.errors import CodecError, FormatError

Cells = Sequence[str | None]

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_MISSING: dict[str | None, Any] = {"nan": float("nan"), "none": None, "NA": pd.NA, None: ""}
_BOOLS = {"True": True, "False": False}


def parse_cells(cells: Cells, column: Column) -> Any:
    """Turn cells into an array of exactly the described dtype.

    Raises:
        CodecError: a cell is not one of that dtype.
        FormatError: the dtype is unknown.
    """
    parse = _PARSERS.get(column.dtype)
    if parse is None:
        raise FormatError(f"the schema names the unknown type {column.dtype!r}; upgrade: pip install -U vaultcheck")
    try:
        return parse(cells, column)
    except (ArithmeticError, LookupError, TypeError, ValueError) as err:
        if isinstance(err, CodecError | FormatError):
            raise
        raise CodecError(f"the text has a cell that is not of type {column.dtype}: {_say(err)}") from err


def parse_codes(cells: Cells, *, values: pd.Index[Any], column: Column) -> Any:
    """Give for each cell its position among the values, -1 for a missing one; raises `CodecError`."""
    distinct = [cell for cell in dict.fromkeys(cells) if cell is not None or column.missing is None]
    found = values.get_indexer(build_index(parse_cells(distinct, column)))
    if (found < 0).any():
        raise CodecError("the text has a cell that is none of the values in its schema; store the table again")
    positions = {None: -1} | dict(zip(distinct, found.tolist(), strict=True))
    return np.array([positions[cell] for cell in cells], dtype=np.int64)


def render_cells(values: Any, column: Column) -> list[str]:
    """Turn an array without missing values into cells as `parse_cells` reads them; raises `NotInText`."""
    if column.missing is not None or (column.dtype not in ("float32", "float64") and pd.isna(values).any()):
        raise NotInText("missing values where they have no place")
    if column.dtype.startswith("datetime64"):
        return _render_instants(values, column)
    if column.dtype.startswith("timedelta64"):
        return [render_duration(count * _unit(column)) for count in np.asarray(values).view(np.int64).tolist()]
    if column.dtype in ("float32", "float64"):
        return [str(cell) for cell in np.asarray(values).astype(str)]
    if column.dtype == "category":
        raise NotInText("categories of categories")
    return [str(cell) for cell in values.tolist()]


def build_index(values: Any, freq: str | None = None) -> pd.Index[Any]:
    """Build an index of exactly the array's dtype; raises `ValueError` when the values do not follow `freq`."""
    index: Any = pd.Index(values, dtype=values.dtype)
    if freq is not None:
        index.freq = to_offset(freq)
    return index  # type: ignore[no-any-return]  # the stubs have no type for an index of any dtype


def _parse_bools(cells: Cells, _column: Column) -> Any:
    return np.array([_BOOLS[cell] for cell in cells], dtype=np.bool_)  # type: ignore[index]  # None is a KeyError


def _parse_integers(cells: Cells, column: Column) -> Any:
    numbers = [int(cell) for cell in cells]  # type: ignore[arg-type]  # None is a TypeError
    limits = np.iinfo(column.dtype)
    # numpy 1 wraps around in silence.
    if numbers and not (limits.min <= min(numbers) and max(numbers) <= limits.max):
        raise CodecError(f"the text has a number that does not fit {column.dtype}; store the table again")
    return np.array(numbers, dtype=column.dtype)


def _parse_floats(cells: Cells, column: Column) -> Any:
    return np.array([float("nan" if cell is None else cell) for cell in cells], dtype=column.dtype)


def _parse_nullable(cells: Cells, column: Column) -> Any:
    plain = {"boolean": "bool"}.get(column.dtype, column.dtype.lower())
    filler = "False" if plain == "bool" else "0"
    values = parse_cells([filler if cell is None else cell for cell in cells], Column(dtype=plain))
    mask = np.array([cell is None for cell in cells], dtype=np.bool_)
    return _masked_array(values)(values, mask)


def _masked_array(values: Any) -> Any:
    arrays = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    return arrays.get(values.dtype.kind, pd.arrays.IntegerArray)


def _parse_objects(cells: Cells, column: Column) -> Any:
    missing = _MISSING[column.missing]
    values = np.empty(len(cells), dtype=object)
    values[:] = [missing if cell is None else cell for cell in cells]
    return values


def _parse_strings(cells: Cells, column: Column) -> Any:
    missing = "" if column.missing is None else None
    dtype = _string_dtype(column)
    if dtype is None:
        return _parse_objects(cells, column)
    return pd.array([missing if cell is None else cell for cell in cells], dtype=dtype)


def _string_dtype(column: Column) -> Any:
    """Give the string dtype as near as this installation has it, None where only objects are left (pandas 2.2)."""
    # pyarrow is optional: without it the strings are kept as Python objects.
    wanted = column.storage if find_spec("pyarrow") else "python"
    if column.dtype == "string":
        return pd.StringDtype(wanted)
    try:
        return pd.StringDtype(wanted, na_value=float("nan"))
    except TypeError:
        return None


def _parse_instants(cells: Cells, column: Column) -> Any:
    counts = [None if cell is None else parse_instant(cell, zoned=column.timezone is not None) for cell in cells]
    values = _scale(counts, column)
    if column.timezone is None:
        return values
    return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(column.timezone).array


def _parse_durations(cells: Cells, column: Column) -> Any:
    return _scale([None if cell is None else parse_duration(cell) for cell in cells], column)


def _scale(counts: Sequence[int | None], column: Column) -> Any:
    """Turn nanoseconds into an array of the column's unit, refusing what the unit cannot hold."""
    unit = _unit(column)
    lost = next((count for count in counts if count is not None and count % unit), None)
    if lost is not None:
        raise ValueError(f"{lost} ns")
    nat = np.iinfo(np.int64).min
    return np.array([nat if count is None else count // unit for count in counts], dtype=np.int64).view(column.dtype)


def _unit(column: Column) -> int:
    return _NANOSECONDS[np.datetime_data(np.dtype(column.dtype))[0]]


def _render_instants(values: Any, column: Column) -> list[str]:
    zoned = column.timezone is not None
    naive = np.asarray(values.tz_convert(None) if zoned else values).astype(column.dtype)
    return [str(text).replace("T", " ") + "+00:00" * zoned for text in np.datetime_as_string(naive)]


def _parse_category(cells: Cells, column: Column) -> Any:
    if column.categories is None:
        raise FormatError("the schema has a category without its categories; store the table again")
    categories = load_values(column.categories)
    nested = cell_column(column.categories, missing=column.missing)
    codes = parse_codes(cells, values=categories, column=nested)
    return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(column.ordered))


def load_values(column: Column) -> pd.Index[Any]:
    """Build the index of a column's own values; raises `CodecError` or `FormatError`."""
    if column.dtype == "range":
        return load_range(column)
    if column.values is None:
        raise FormatError("the schema has a category without its values; store the table again")
    return build_index(parse_cells(column.values, column), column.freq)


def load_range(column: Column) -> pd.RangeIndex:
    """Build the `RangeIndex` of a column of dtype `range`; raises `FormatError`."""
    if column.start is None or column.stop is None or not column.step:
        raise FormatError("the schema has a range without its start, stop or step; store the table again")
    return pd.RangeIndex(column.start, column.stop, column.step)


def cell_column(column: Column, *, missing: Literal["nan", "none", "NA"] | None) -> Column:
    """Describe the cells that name one of a column's own values."""
    if column.dtype == "range":
        return Column(dtype="int64", missing=missing)
    return msgspec.structs.replace(column, values=None, freq=None, missing=missing)


def _say(err: Exception) -> str:
    return " ".join(str(err).split())[:200]


_PARSERS: dict[str, Callable[[Cells, Column], Any]] = (
    dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"), _parse_integers)
    | dict.fromkeys(("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"), _parse_nullable)
    | dict.fromkeys(("Float32", "Float64", "boolean"), _parse_nullable)
    | dict.fromkeys((f"datetime64[{unit}]" for unit in _NANOSECONDS), _parse_instants)
    | dict.fromkeys((f"timedelta64[{unit}]" for unit in _NANOSECONDS), _parse_durations)
    | {"float32": _parse_floats, "float64": _parse_floats, "bool": _parse_bools, "category": _parse_category}
    | {"object": _parse_objects, "str": _parse_strings, "string": _parse_strings}
)
