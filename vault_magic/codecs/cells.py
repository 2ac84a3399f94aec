"""Cells of text to and from arrays, one dtype at a time; an absent cell (None) is one that was left empty unquoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import msgspec
import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from vault_magic.codecs.arrow_cells import load_arrow, parse_arrow
from vault_magic.codecs.dtypes import DATETIMES, DURATIONS, FLOATS, INTEGERS, NULLABLE
from vault_magic.codecs.labels import NotInText
from vault_magic.codecs.moment_cells import (
    parse_durations,
    parse_instants,
    spell_durations,
    spell_instants,
)
from vault_magic.codecs.number_cells import parse_bools, parse_floats, parse_integers, spell_floats
from vault_magic.codecs.object_cells import parse_dates, parse_decimals, parse_objects, parse_periods
from vault_magic.codecs.schema import Column
from vault_magic.errors import CodecError, FormatError

Cells = Sequence[str | None]


class CellText(Protocol):
    """The cells of one column of a text, however they were split."""

    def __len__(self) -> int: ...

    def parse(self, column: Column) -> Any:
        """Return the array of the column; raises `CodecError` or `FormatError`."""

    def parse_codes(self, values: pd.Index[Any], column: Column) -> Any:
        """Return for each cell its place among the values, -1 for a missing one; raises `CodecError`."""

    def list_distinct(self) -> list[str | None]:
        """Return each cell once."""


def parse_cells(cells: Cells, column: Column) -> Any:
    """Turn cells into an array of exactly the described dtype.

    Raises:
        CodecError: a cell is not one of that dtype.
        FormatError: the dtype is unknown.
    """
    parse = _PARSERS.get(column.dtype) or _find_parser(column.dtype)
    if parse is None:
        raise FormatError(f"the schema names the unknown type {column.dtype!r}; upgrade: pip install -U vaultcheck")
    try:
        return parse(cells, column)
    except (ArithmeticError, LookupError, TypeError, ValueError) as err:
        if isinstance(err, CodecError | FormatError):
            raise
        raise CodecError(f"the text has a cell that is not of type {column.dtype}: {_say(err)}") from err


def match_cells(distinct: Cells, *, values: pd.Index[Any], column: Column) -> Any:
    """Give for each distinct cell its position among the values, -1 for a missing one; raises `CodecError`."""
    is_missing = np.array([cell is None and column.missing is not None for cell in distinct], dtype=bool)
    cells = [cell for cell, missing in zip(distinct, is_missing, strict=True) if not missing]
    found = np.full(len(distinct), -1, dtype=np.int64)
    found[~is_missing] = _find_places(build_index(parse_cells(cells, column)), values)
    if (found[~is_missing] < 0).any():
        raise CodecError("the text has a cell that is none of the values in its schema; store the table again")
    return found


def _find_places(cells: pd.Index[Any], values: pd.Index[Any]) -> Any:
    if not isinstance(values.dtype, pd.IntervalDtype):
        return values.get_indexer(cells)
    places = {value: place for place, value in enumerate(values)}  # pandas refuses to find those that overlap
    return [places.get(cell, -1) for cell in cells]


def render_cells(values: Any, column: Column) -> list[str]:
    """Turn an array without missing values into cells as `parse_cells` reads them; raises `NotInText`."""
    if column.missing is not None or (column.dtype not in FLOATS and pd.isna(values).any()):
        raise NotInText("missing values where they have no place")
    if column.dtype.startswith("datetime64"):
        return spell_instants(values, column)
    if column.dtype.startswith("timedelta64"):
        return spell_durations(values, column)
    if column.dtype in FLOATS:
        return spell_floats(np.asarray(values))
    if column.dtype == "category":
        raise NotInText("categories of categories")
    return [str(cell) for cell in values.tolist()]


def build_index(values: Any, freq: str | None = None) -> pd.Index[Any]:
    """Build an index of exactly the array's dtype; raises `ValueError` when the values do not follow `freq`."""
    index: Any = pd.Index(values, dtype=values.dtype)
    if freq is not None:
        index.freq = to_offset(freq)
    return index  # type: ignore[no-any-return]  # the stubs have no type for an index of any dtype


def _parse_nullable(cells: Cells, column: Column) -> Any:
    plain = {"boolean": "bool"}.get(column.dtype, column.dtype.lower())
    filler = "False" if plain == "bool" else "0"
    values = parse_cells([filler if cell is None else cell for cell in cells], Column(dtype=plain))
    mask = np.array([cell is None for cell in cells], dtype=np.bool_)
    return _masked_array(values)(values, mask)


def _masked_array(values: Any) -> Any:
    arrays = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    return arrays.get(values.dtype.kind, pd.arrays.IntegerArray)


def _parse_strings(cells: Cells, column: Column) -> Any:
    missing = "" if column.missing is None else None
    dtype = string_dtype(column)
    if dtype is None:
        return parse_objects(cells, column)
    return pd.array([missing if cell is None else cell for cell in cells], dtype=dtype)


def string_dtype(column: Column) -> Any:
    """Give the string dtype as near as this installation has it, None where only objects are left (pandas 2.2)."""
    # pyarrow is optional: without it the strings are kept as Python objects.
    wanted = column.storage if find_spec("pyarrow") else "python"
    if column.dtype == "string":
        return pd.StringDtype(wanted)
    try:
        return pd.StringDtype(wanted, na_value=float("nan"))
    except TypeError:
        return None


def _parse_category(cells: Cells, column: Column) -> Any:
    categories, nested = load_categories(column)
    distinct = list(dict.fromkeys(cells))
    places = dict(zip(distinct, match_cells(distinct, values=categories, column=nested).tolist(), strict=True))
    codes = [places[cell] for cell in cells]
    return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(column.ordered))


def load_categories(column: Column) -> tuple[pd.Index[Any], Column]:
    """Build the categories of a column and describe the cells that name one; raises `CodecError` or `FormatError`."""
    if column.categories is None:
        raise FormatError("the schema has a category without its categories; store the table again")
    return load_values(column.categories), cell_column(column.categories, missing=column.missing)


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


def _find_parser(dtype: str) -> Callable[[Cells, Column], Any] | None:
    """Return the parser of a dtype whose name has parameters."""
    if dtype.startswith("period["):
        return parse_periods
    return parse_arrow if load_arrow(dtype) is not None else None


def _parse_intervals(cells: Cells, column: Column) -> Any:
    if column.bounds is None or column.closed is None:
        raise FormatError("the schema has an interval without its bounds; store the table again")
    sides = [(None, None) if cell is None else cell[1:-1].split(", ") for cell in cells]
    filler = next((left for left, _ in sides if left is not None), None)
    missing = np.array([cell is None for cell in cells], dtype=bool)
    filled = [(filler, filler) if left is None else (left, right) for left, right in sides]
    left, right = (
        (build_index(parse_cells(one, column.bounds)) for one in zip(*filled, strict=True))
        if filled
        else (build_index(parse_cells([], column.bounds)),) * 2
    )
    array = pd.arrays.IntervalArray.from_arrays(left, right, closed=column.closed)
    if missing.any():
        array[missing] = np.nan
    return array


def _say(err: Exception) -> str:
    return " ".join(str(err).split())[:200]


_PARSERS: dict[str, Callable[[Cells, Column], Any]] = (
    dict.fromkeys(INTEGERS, parse_integers)
    | dict.fromkeys(FLOATS, parse_floats)
    | dict.fromkeys(NULLABLE, _parse_nullable)
    | dict.fromkeys(DATETIMES, parse_instants)
    | dict.fromkeys(DURATIONS, parse_durations)
    | {"bool": parse_bools, "category": _parse_category}
    | {"interval": _parse_intervals, "decimal": parse_decimals, "date": parse_dates}
    | {"object": parse_objects, "str": _parse_strings, "string": _parse_strings}
)
