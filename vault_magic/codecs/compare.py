"""Exact equality of tables: whatever a user could tell apart is different, and any doubt is a difference."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import numpy as np
import pandas as pd

from vault_magic.codecs.dtypes import NULLABLE


def identical(one: object, other: object) -> bool:
    """Tell whether two frames or Series are the same in types, values, labels, order and attrs.

    NaN equals NaN whatever its bits; -0.0 differs from 0.0, None from NaN, 1 from True. Subclasses of frames, and
    arrays of kinds not known here, are never identical.
    """
    if type(one) is not type(other):
        return False
    if type(one) is pd.DataFrame and type(other) is pd.DataFrame:
        return _same_frames(one, other)
    if type(one) is pd.Series and type(other) is pd.Series:
        return _same_series(one, other)
    return False


def _same_frames(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return (
        one.shape == other.shape
        and _same_frills(one, other)
        and same_indexes(one.index, other.index)
        and same_indexes(one.columns, other.columns)
        and all(same_arrays(one.iloc[:, at].array, other.iloc[:, at].array) for at in range(one.shape[1]))
    )


def _same_series(one: pd.Series[Any], other: pd.Series[Any]) -> bool:
    return (
        same_objects(one.name, other.name)
        and _same_frills(one, other)
        and same_indexes(one.index, other.index)
        and same_arrays(one.array, other.array)
    )


def _same_frills(one: Any, other: Any) -> bool:
    flags = one.flags.allows_duplicate_labels == other.flags.allows_duplicate_labels
    return flags and same_objects(dict(one.attrs), dict(other.attrs))


def same_indexes(one: Any, other: Any) -> bool:
    """Tell whether two indexes are the same in type, names, values and frequency."""
    if type(one) is not type(other) or not same_objects(tuple(one.names), tuple(other.names)):
        return False
    if isinstance(one, pd.RangeIndex):
        return bool((one.start, one.stop, one.step) == (other.start, other.stop, other.step))
    if isinstance(one, pd.MultiIndex):
        levels = len(one.levels) == len(other.levels) and all(map(same_indexes, one.levels, other.levels))
        return levels and all(map(np.array_equal, one.codes, other.codes))
    return getattr(one, "freq", None) == getattr(other, "freq", None) and same_arrays(one.array, other.array)


def same_arrays(one: Any, other: Any) -> bool:
    """Tell whether two arrays of pandas are the same in type, dtype and every value."""
    if type(one) is not type(other):
        return False
    if type(one) is pd.arrays.NumpyExtensionArray:  # its subclass holds strings of a dtype of their own
        one, other = one.to_numpy(), other.to_numpy()
    if len(one) != len(other) or not _same_dtypes(one.dtype, other.dtype):
        return False
    if isinstance(one.dtype, pd.CategoricalDtype):
        return bool(np.array_equal(one.codes, other.codes))
    if isinstance(one.dtype, pd.DatetimeTZDtype):
        return _same_numbers(np.asarray(one.tz_convert(None)), np.asarray(other.tz_convert(None)))
    if isinstance(one.dtype, np.dtype) and one.dtype.kind in "biufcmM":
        return _same_numbers(np.asarray(one), np.asarray(other))
    if isinstance(one.dtype, pd.PeriodDtype):
        return bool(np.array_equal(one.asi8, other.asi8))
    if isinstance(one.dtype, pd.IntervalDtype):
        return same_arrays(one.left.array, other.left.array) and same_arrays(one.right.array, other.right.array)
    if hasattr(one, "_pa_array"):
        return _same_arrow(one.__arrow_array__(), other.__arrow_array__())
    if one.dtype.name in NULLABLE:
        mask, of_other = (np.asarray(array.isna()) for array in (one, other))
        return bool(np.array_equal(mask, of_other)) and _same_numbers(
            *(np.where(mask, array._data.dtype.type(), array._data) for array in (one, other))
        )
    if not (one.dtype == object or isinstance(one.dtype, pd.StringDtype)):
        return False
    return all(map(same_objects, one.astype(object), other.astype(object)))


def _same_arrow(one: Any, other: Any) -> bool:
    """Compare what Arrow keeps; its own comparison takes -0.0 for 0.0 and NaN for another NaN."""
    if one.type != other.type:
        return False
    if str(one.type) not in ("float", "double", "halffloat"):
        return bool(one.equals(other))
    masks = [array.is_null().to_numpy() for array in (one, other)]
    return bool(np.array_equal(*masks)) and _same_numbers(*(array.fill_null(0).to_numpy() for array in (one, other)))


def _same_dtypes(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, pd.CategoricalDtype):
        return same_indexes(one.categories, other.categories)
    if isinstance(one, pd.DatetimeTZDtype):
        return type(one.tz) is type(other.tz) and str(one.tz) == str(other.tz)
    return True


def _same_numbers(one: Any, other: Any) -> bool:
    """Compare bit by bit, except that every NaN is NaN."""
    if one.dtype.kind == "c":
        return _same_numbers(one.real, other.real) and _same_numbers(one.imag, other.imag)
    one, other = np.ascontiguousarray(one), np.ascontiguousarray(other)
    if one.tobytes() == other.tobytes():
        return True
    if one.dtype.kind != "f":
        return False
    same = (one == other) & (np.signbit(one) == np.signbit(other))
    return bool(np.all(same | (np.isnan(one) & np.isnan(other))))


def same_objects(one: Any, other: Any) -> bool:
    """Tell whether two values, or what they hold, are of the same types and equal."""
    kind = type(one)
    if kind is not type(other):
        return False
    if one is None or one is pd.NA or one is pd.NaT:
        return one is other
    if kind in (list, tuple):
        return len(one) == len(other) and all(map(same_objects, one, other))
    if kind is dict:
        keys = {(type(key), key) for key in one} == {(type(key), key) for key in other}
        return keys and all(same_objects(one[key], other[key]) for key in one)
    if kind is float or issubclass(kind, np.number | np.bool_):
        return _same_numbers(np.asarray(one), np.asarray(other))
    if kind is decimal.Decimal:
        return str(one) == str(other)  # 1.0 is not 1.00
    return kind in (str, bytes, int, bool, dt.date) and bool(one == other)
