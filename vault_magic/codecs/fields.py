"""Descriptions of arrays and flat indexes as schema columns.

Refused here is what has no description. What has one and would still come back changed (byte order, an empty string
beside a missing one) is found by the proof that follows.
"""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any, Literal

import msgspec
import numpy as np
import pandas as pd

from vault_magic.codecs.arrow_cells import load_arrow
from vault_magic.codecs.cells import render_cells
from vault_magic.codecs.dtypes import ARROW, NANOSECONDS, NULLABLE, NUMBERS
from vault_magic.codecs.labels import NotInText
from vault_magic.codecs.schema import Column

_MISSING: dict[type[Any], Literal["nan", "none", "NA"]] = {float: "nan", type(None): "none", type(pd.NA): "NA"}
_OBJECTS: dict[type[Any], str] = {str: "object", decimal.Decimal: "decimal", dt.date: "date"}
"""The objects that a column may hold, and the names of such columns."""


def describe_array(values: Any) -> Column:
    """Describe the array of a Series or an index; raises `NotInText`."""
    if type(values) is pd.arrays.NumpyExtensionArray:  # its subclass holds strings of a dtype of their own
        return _describe_numpy(values.to_numpy())
    dtype = values.dtype
    if isinstance(dtype, np.dtype):  # datetimes and durations without a zone
        return _describe_numpy(np.asarray(values))
    if isinstance(dtype, pd.CategoricalDtype):
        return _describe_category(values)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return Column(dtype=f"datetime64[{dtype.unit}]", timezone=str(dtype.tz))
    if isinstance(dtype, pd.StringDtype):
        return _describe_strings(values)
    if dtype.name in NULLABLE:
        return Column(dtype=dtype.name)
    if isinstance(dtype, pd.PeriodDtype):
        return Column(dtype=dtype.name)
    if isinstance(dtype, pd.IntervalDtype):
        return Column(dtype="interval", bounds=describe_index(values.left), closed=dtype.closed)
    if isinstance(dtype, pd.ArrowDtype):
        return Column(dtype=_name_arrow(dtype))
    raise NotInText(f"values of type {dtype}")


def describe_index(index: pd.Index[Any]) -> Column:
    """Describe a flat index without its name; raises `NotInText`."""
    if isinstance(index, pd.RangeIndex):
        return Column(dtype="range", start=index.start, stop=index.stop, step=index.step)
    column = describe_array(index.array)
    freq = getattr(index, "freq", None) if column.dtype.startswith(("datetime64", "timedelta64")) else None
    return msgspec.structs.replace(column, freq=None if freq is None else freq.freqstr)


def describe_values(index: pd.Index[Any]) -> Column:
    """Describe a flat index together with its values, as categories need it; raises `NotInText`."""
    column = describe_index(index)
    if column.dtype == "range":
        return column
    return msgspec.structs.replace(column, values=tuple(render_cells(index.array, column)))


def _describe_numpy(values: Any) -> Column:
    dtype = values.dtype
    if dtype.kind == "O":
        return _describe_objects(values)
    if dtype.kind in "mM" and np.datetime_data(dtype) in {(unit, 1) for unit in NANOSECONDS}:
        return Column(dtype=dtype.name)
    if dtype.name in NUMBERS:
        return Column(dtype=dtype.name)
    raise NotInText(f"values of type {dtype}")


def _describe_strings(values: Any) -> Column:
    dtype = values.dtype
    if dtype.storage not in ("python", "pyarrow"):
        raise NotInText(f"strings stored as {dtype.storage}")
    # The NaN variant is what pandas 3 calls `str`; the other one keeps pandas.NA.
    name, marker = ("string", "NA") if dtype.na_value is pd.NA else ("str", "nan")
    missing: Any = marker if values.isna().any() else None
    return Column(dtype=name, storage=dtype.storage, missing=missing)


def _describe_category(values: Any) -> Column:
    categories = describe_values(values.categories)
    missing: Literal["nan"] | None = "nan" if (values.codes == -1).any() else None
    return Column(dtype="category", categories=categories, ordered=bool(values.ordered), missing=missing)


def _describe_objects(values: Any) -> Column:
    kinds = set(map(type, values))
    held = kinds - _MISSING.keys()
    missing = kinds - held
    if len(missing) > 1 or len(held) > 1 or not held <= _OBJECTS.keys():
        raise NotInText("objects of several types, or of one that has no text")
    name = _OBJECTS[held.pop()] if held else "object"
    return Column(dtype=name, missing=_MISSING[missing.pop()] if missing else None)


def _name_arrow(dtype: Any) -> str:
    """Return the name of a type that Arrow keeps, as `load_arrow` reads it; raises `NotInText`."""
    name = f"{dtype.pyarrow_dtype}{ARROW}"
    if load_arrow(name) != dtype.pyarrow_dtype:
        raise NotInText(f"values of type {dtype}")
    return name
