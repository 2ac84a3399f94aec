"""What tells two tables apart."""

from __future__ import annotations

import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vault_magic.codecs.compare import identical


def column(values: Any, dtype: Any = object) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.Series(values, dtype=dtype)})


def rows(index: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": [0] * len(index)}, index=index)


def with_attrs(**attrs: object) -> pd.DataFrame:
    frame = column([1])
    frame.attrs.update(attrs)
    return frame


SPARSE = pd.arrays.SparseArray([0, 1])


class Subclass(pd.DataFrame):
    """Not a plain frame."""


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "integer-and-bool": (column([1]), column([True])),
    "integer-and-float": (column([1]), column([1.0])),
    "integer-and-numpy-integer": (column([1]), column([np.int64(1)])),
    "none-and-nan": (column([None]), column([np.nan])),
    "nan-and-NA": (column([np.nan]), column([pd.NA])),
    "none-and-text": (column([None]), column(["None"])),
    "zero-and-minus-zero-objects": (column([0.0]), column([-0.0])),
    "zero-and-minus-zero": (column([0.0], "float64"), column([-0.0], "float64")),
    "nested-types": (column([[1]]), column([[True]])),
    "objects-nobody-can-compare": (column([object]), column([object])),
    "dtypes": (column([1], "int64"), column([1], "int32")),
    "string-storage": (column(["x"], "string[python]"), column(["x"], "string[pyarrow]")),
    "string-missing": (column(["x"], "str"), column(["x"], "string[pyarrow]")),
    "string-and-object": (column(["x"], "string"), column(["x"])),
    "byte-order": (column([0], "<i4"), column(np.array([0], ">i4"), None)),
    "datetime-unit": (column([0], "M8[s]"), column([0], "M8[ms]")),
    "zone": (column([0], "M8[s, UTC]"), column([0], "M8[s, Europe/London]")),
    "zone-type": (column([0], "M8[s, UTC]"), column([0], pd.DatetimeTZDtype("s", zoneinfo.ZoneInfo("UTC")))),
    "category-order": (
        column(pd.Categorical(["a"], ["a", "b"]), None),
        column(pd.Categorical(["a"], ["b", "a"]), None),
    ),
    "category-ordered": (column(pd.Categorical(["a"]), None), column(pd.Categorical(["a"], ordered=True), None)),
    "category-codes": (
        column(pd.Categorical(["a"], list("ab")), None),
        column(pd.Categorical(["b"], list("ab")), None),
    ),
    "index-class": (rows(pd.RangeIndex(2)), rows(pd.Index([0, 1]))),
    "range-extent": (rows(pd.RangeIndex(0, 3, 2)), rows(pd.RangeIndex(0, 4, 2))),
    "index-dtype": (rows(pd.Index([1], dtype="int8")), rows(pd.Index([1], dtype="int16"))),
    "index-name": (rows(pd.Index([1], name="a")), rows(pd.Index([1]))),
    "index-name-type": (rows(pd.Index([1], name=1)), rows(pd.Index([1], name=True))),
    "index-freq": (
        rows(pd.date_range("2020", periods=3)),
        rows(pd.DatetimeIndex(list(pd.date_range("2020", periods=3)))),
    ),
    "levels-unused": (
        rows(pd.MultiIndex([["a", "b"]] * 2, [[0], [0]])),
        rows(pd.MultiIndex([["a"], ["a", "b"]], [[0], [0]])),
    ),
    "codes": (
        rows(pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        rows(pd.MultiIndex.from_tuples([("b", 1), ("a", 2)])),
    ),
    "labels": (column([1]), column([1]).rename(columns={"a": "b"})),
    "label-types": (column([1]).set_axis([1], axis=1), column([1]).set_axis([1.0], axis=1)),
    "axis-name": (column([1]), column([1]).rename_axis(columns="x")),
    "attrs": (with_attrs(x=1), with_attrs(x=2)),
    "attrs-types": (with_attrs(x=1), with_attrs(x=True)),
    "attrs-keys": (with_attrs(x={1: 0}), with_attrs(x={True: 0})),
    "flags": (column([1]), column([1]).set_flags(allows_duplicate_labels=False)),
    "length": (column([1]), column([1, 1])),
    "width": (column([1]), column([1])[[]]),
    "series-and-frame": (column([1]), column([1])["a"]),
    "series-name": (column([1])["a"], column([1])["a"].rename(None)),
    "subclass": (column([1]), Subclass(column([1]))),
    "subclass-on-both-sides": (Subclass(column([1])), Subclass(column([1]))),
    "unknown-arrays": (column(SPARSE, None), column(SPARSE, None)),
    "no-tables": (1, 1),
}

SAME: dict[str, Any] = {
    "nan": column([0.1, np.nan], "float64"),
    "objects": column([1, "x", None, np.nan, pd.NA, b"x", np.float32(1), (1, [2.0])]),
    "complex": column([1j, complex("nan")], "complex128"),
    "nullable": column([1, None], "Int8"),
    "multiindex": rows(pd.MultiIndex.from_tuples([("a", 1), (None, 2)], names=["x", 1])),
    "attrs": with_attrs(x=[1, {"y": None}]),
    "series": pd.Series(pd.date_range("2020", periods=2, tz="Europe/Warsaw"), name=("a", 1)),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_any_difference_counts(one: Any, other: Any) -> None:
    assert not identical(one, other)
    assert not identical(other, one)


@pytest.mark.parametrize("table", SAME.values(), ids=SAME.keys())
def test_copy_is_identical(table: Any) -> None:
    assert identical(table, table.copy(deep=True))


def test_bits_of_nan_do_not_count() -> None:
    other = np.array([0x7FF8000000000001], "uint64").view("float64")

    assert identical(column([np.nan], "float64"), column(other, "float64"))
