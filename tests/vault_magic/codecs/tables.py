"""Tables of every kind by the format that they need, and a fingerprint that knows nothing of the code under test."""

from __future__ import annotations

import datetime as dt
import decimal
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

TEXTS = [
    "plain",
    "a\tb",
    "a\nb",
    "a\r\nb",
    'say "hi"',
    '"',
    '""',
    "żółw 🐢",
    "NA",
    "nan",
    "None",
    "001",
    "1e5",
    " x ",
    "\\",
]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
NULLABLE = ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"]
UNITS = ["s", "ms", "us", "ns"]
FLOATS = [
    0.1,
    -0.0,
    0.0,
    5e-324,
    1.7976931348623157e308,
    float("inf"),
    float("-inf"),
    float("nan"),
    1e16,
    1 / 3,
    2**53 + 2,
]
MOMENTS = [0, 1, -1, 86_400, 951_782_400, 1_577_934_245]


def column(values: Any, dtype: Any = None) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.Series(values, dtype=dtype)})


def rows(index: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": range(len(index))}, index=index)


def labels(names: Any) -> pd.DataFrame:
    return pd.DataFrame(np.arange(2 * len(names)).reshape(2, -1), columns=names)


def extremes(dtype: str) -> list[int]:
    limits = np.iinfo(dtype.lower())
    return [int(limits.min), 0, 1, int(limits.max)]


def moments(unit: str, kind: str = "datetime64") -> Any:
    return np.array([*MOMENTS, np.iinfo("int64").min], dtype="int64").view(f"{kind}[{unit}]")


def with_attrs(attrs: dict[str, Any]) -> pd.DataFrame:
    frame = column([1, 2])
    frame.attrs.update(attrs)
    return frame


def with_freq(freq: str) -> pd.DataFrame:
    return rows(pd.date_range("2024-01-31", periods=3, freq=freq))


def with_axis_name() -> pd.DataFrame:
    return pd.DataFrame({"a": [1]}).rename_axis(columns="measure", index="day")


def filtered_levels() -> pd.DataFrame:
    frame = rows(pd.MultiIndex.from_product([["x", "y", "z"], [1, 2]], names=["letter", None]))
    return frame[frame["a"] > 1]


def unsorted_levels() -> pd.DataFrame:
    return pd.concat({"b": column([1]), "a": column([2])})


def arrow(values: Any, dtype: str | pa.DataType) -> pd.DataFrame:
    kind = pa.type_for_alias(dtype) if isinstance(dtype, str) else dtype
    return column(pd.arrays.ArrowExtensionArray(pa.array(values, kind)))


def decimals(*texts: str | None) -> list[decimal.Decimal | None]:
    return [None if text is None else decimal.Decimal(text) for text in texts]


def intervals(breaks: Any, closed: Any = "right") -> Any:
    array = pd.arrays.IntervalArray.from_breaks(breaks, closed=closed)
    return array if array.dtype.subtype == "int64" else pd.array([*array, np.nan], dtype=array.dtype)


def periods(freq: str) -> Any:
    return pd.array([*pd.period_range("1969-12-30", periods=3, freq=freq), pd.NaT], dtype=pd.PeriodDtype(freq))


def names(*levels: Any) -> Any:
    return pd.MultiIndex.from_product(levels)


class Subclass(pd.DataFrame):
    """A frame whose type would be lost in text."""


TEXT_CASES: dict[str, Any] = {
    **{f"column-{dtype}": column(extremes(dtype), dtype) for dtype in INTEGERS},
    **{f"column-{dtype}-with-missing": column([*extremes(dtype), None], dtype) for dtype in NULLABLE},
    "column-bool": column([True, False]),
    "column-boolean-with-missing": column([True, None, False], "boolean"),
    "column-float64-extremes": column(FLOATS),
    "column-float32-extremes": column([0.1, -0.0, 1e-45, 3.4028235e38, np.inf, np.nan, 16777217], "float32"),
    "column-Float64-with-missing": column([0.1, None, -0.0, np.inf], "Float64"),
    "column-Float32-with-missing": column([0.1, None], "Float32"),
    "strings-inferred": column(TEXTS),
    "strings-object": column(TEXTS, object),
    "strings-python": column([*TEXTS, None], "string[python]"),
    "strings-pyarrow": column([*TEXTS, None], "string[pyarrow]"),
    "strings-inferred-with-missing": column(["x", None, "nan"]),
    "strings-object-with-none": column(["x", None], object),
    "strings-object-with-nan": column(["x", np.nan], object),
    "strings-object-with-NA": column(["x", pd.NA], object),
    "strings-empty-alone": column(["", ""]),
    "strings-empty-object": column(["", "x"], object),
    "strings-long": column(["x" * 300_000, '"\n' * 100_000]),
    "strings-none-alone": column([None, None], object),
    "strings-nan-alone": column([np.nan, np.nan], object),
    "float-nan-alone": column([np.nan]),
    **{f"datetime-{unit}": column(moments(unit)) for unit in UNITS},
    **{f"timedelta-{unit}": column(moments(unit, "timedelta64")) for unit in UNITS},
    **{f"datetime-{unit}-zoned": column(pd.DatetimeIndex(moments(unit), tz="UTC")) for unit in UNITS},
    "datetime-midnights": column(pd.to_datetime(["2020-01-01", "1969-12-31"])),
    "datetime-years-1000-and-9999": column(np.array(["1000-01-01", "9999-12-31T23:59:59"], "M8[s]")),
    "datetime-ambiguous-hour": column(
        pd.DatetimeIndex(["2020-10-25 00:30", "2020-10-25 01:30"], tz="UTC").tz_convert("Europe/Warsaw")
    ),
    "datetime-fixed-offset": column(pd.DatetimeIndex(["2020-01-01"]).tz_localize("-03:30")),
    "datetime-old-offset": column(pd.DatetimeIndex(["1890-01-01 01:02:03"]).tz_localize("Europe/Warsaw")),
    "category-strings": column(pd.Categorical(["b", "a", None, "b"])),
    "category-ordered-unused": column(pd.Categorical(["lo", "hi"], ["hi", "mid", "lo"], ordered=True)),
    "category-integers": column(pd.Categorical([3, 1, 3])),
    "category-range": column(pd.Categorical.from_codes([1, 0, -1], pd.RangeIndex(0, 4, 2))),
    "category-floats": column(pd.Categorical([0.1, -0.0, np.inf, None])),
    "category-bools": column(pd.Categorical([True, False])),
    "category-datetimes": column(np.array(["2020-01-02T03:04:05.000000006", "NaT"], "M8[ns]"), "category"),
    "category-zoned": column(pd.Categorical(pd.DatetimeIndex(["2020-07-01 12:00"], tz="Europe/Warsaw"))),
    "category-timedeltas": column(pd.Categorical(pd.to_timedelta(["-1s", "2D"]))),
    "category-with-empty-string": column(pd.Categorical(["", "a"])),
    "category-none-used": column(pd.Categorical([None, None], ["a"])),
    "category-no-categories": column(pd.Categorical([None])),
    "index-named": rows(pd.Index([3, 1], name="id")),
    "index-range": rows(pd.RangeIndex(5, -1, -2, name="id")),
    "index-integers-like-range": rows(pd.Index([0, 1, 2])),
    "index-duplicates": rows(pd.Index(["x", "x", "y"])),
    "index-floats": rows(pd.Index([0.5, np.nan, -0.0])),
    "index-bools": rows(pd.Index([True, False])),
    "index-int8": rows(pd.Index([1, 2], dtype="int8")),
    "index-nullable": rows(pd.Index([1, None], dtype="Int64")),
    "index-strings-missing": rows(pd.Index(["a", None], dtype=object)),
    "index-numeric-strings": rows(pd.Index(["01", "1", "NA"])),
    "index-named-by-integer": rows(pd.Index([7], name=7)),
    "index-named-by-date": rows(pd.Index([1], name=dt.date(2020, 1, 1))),
    "index-datetimes": rows(pd.DatetimeIndex(["2020-01-01", None, "2020-01-01 10:00"])),
    **{f"index-freq-{freq}": with_freq(freq) for freq in ("D", "h", "ME", "QS-FEB", "15min", "B")},
    "index-timedelta-freq": rows(pd.timedelta_range("1h", periods=3, freq="30min")),
    "index-zoned-freq": rows(pd.date_range("2020-03-28", periods=3, freq="D", tz="Europe/Warsaw")),
    "index-categorical": rows(pd.CategoricalIndex(["a", "b", "a"], ["b", "a"], name="c")),
    "multiindex": rows(pd.MultiIndex.from_tuples([("x", 2), ("x", 1), ("w", 1)], names=["l", "n"])),
    "multiindex-unnamed": rows(pd.MultiIndex.from_product([[1, 2], ["", "b"]])),
    "multiindex-missing": rows(pd.MultiIndex.from_tuples([("x", 1), (None, 2), ("y", np.nan)])),
    "multiindex-integer-level-missing": rows(pd.MultiIndex([[1, 2], ["a"]], [[0, -1, 1], [0, 0, 0]])),
    "multiindex-duplicates": rows(pd.MultiIndex.from_tuples([("x", 1), ("x", 1)])),
    "multiindex-dates": rows(pd.MultiIndex.from_product([range(2), pd.date_range("2020", periods=2)])),
    "multiindex-filtered": filtered_levels(),
    "multiindex-unsorted-levels": unsorted_levels(),
    "multiindex-categorical": rows(pd.MultiIndex.from_arrays([pd.Categorical(["a", "b"], ["b", "a"]), [1, 2]])),
    "labels-range": labels(pd.RangeIndex(3)),
    "labels-integers": labels(pd.Index([3, -1])),
    "labels-duplicate": labels(["a", "b", "a"]),
    "labels-mixed": labels(pd.Index(["1", 1, 1.5, None, (1, "x")], dtype=object, tupleize_cols=False)),
    "labels-tuples-in-one-level": labels(pd.Index([("a", 1), ("a", 2)], dtype=object, tupleize_cols=False)),
    "labels-missing": labels(pd.Index(["a", np.nan])),
    "labels-true": labels(pd.Index(["a", True], dtype=object)),
    "labels-bools": labels(pd.Index([True, False])),
    "labels-floats": labels(pd.Index([0.5, np.nan, np.inf])),
    "labels-datetimes": labels(pd.date_range("2020", periods=2)),
    "labels-zoned": labels(pd.DatetimeIndex(["2020-07-01 01:02"], tz="Europe/Warsaw")),
    "labels-timedeltas": labels(pd.to_timedelta(["1h", "-2D"])),
    "labels-awkward-text": labels(["a\tb", 'c"\nd', ""]),
    "labels-named": with_axis_name(),
    "empty": pd.DataFrame(),
    "empty-with-index": pd.DataFrame(index=[5, 6]),
    "empty-with-string-index": pd.DataFrame(index=["x", ""]),
    "empty-with-missing-index": pd.DataFrame(index=pd.Index(["x", None], dtype=object)),
    "empty-with-multiindex": rows(pd.MultiIndex.from_tuples([("x", 1)]))[[]],
    "empty-with-columns": pd.DataFrame(columns=["a", "b"]),
    "empty-typed": pd.DataFrame({"a": pd.Series([], dtype="int8"), "b": pd.Series([], dtype="M8[s]")}),
    "empty-rows-of-one": column([1, 2]).iloc[:0],
    "empty-multiindex": rows(pd.MultiIndex.from_tuples([("x", 1)])).iloc[:0],
    "attrs": with_attrs({"source": "lab", "tries": [1, 2.5, None, True], "nested": {"ż": "x"}}),
    "series": pd.Series([1, 2], name="n"),
    "series-unnamed": pd.Series([1.5]),
    "series-named-by-integer": pd.Series(["x"], name=0),
    "series-categorical": pd.Series(pd.Categorical(["a"]), name="c"),
    "series-zoned": pd.Series(pd.date_range("2020", periods=2, tz="UTC")),
    "series-multiindex": filtered_levels()["a"],
    "series-empty": pd.Series([], dtype="float32"),
    "series-of-missing": pd.Series([None, None], dtype=object),
    **{f"column-{dtype}-pyarrow": arrow([*extremes(dtype), None], dtype) for dtype in INTEGERS},
    "column-float-pyarrow": arrow([0.1, -0.0, 1e-45, 3.4028235e38, np.inf, None, 16777216], "float32"),
    "column-double-pyarrow": arrow([*FLOATS[:7], 1e-5, 123456789012.5, None], "float64"),
    "column-bool-pyarrow": arrow([True, None, False], "bool"),
    "float-nullable-with-nan": column(pd.arrays.FloatingArray(np.array([np.nan, 1]), np.array([False, True]))),
    "float-pyarrow-with-nan": arrow([0.5, float("nan"), None], "float64"),
    "float32-pyarrow-with-nan": arrow([0.5, float("nan"), None], "float32"),
    "strings-arrow": arrow([*TEXTS, "", None], "string"),
    "strings-arrow-large": arrow([*TEXTS, "", None], "large_string"),
    "strings-arrow-empty-alone": arrow([""], "string"),
    "strings-empty-beside-missing": column(["", None, "NA", "nan", "None"], object),
    "strings-empty-beside-nan": column(["", np.nan], object),
    "strings-empty-beside-NA": column(["", None], "string[pyarrow]"),
    "strings-empty-beside-missing-inferred": column(["", None]),
    "strings-like-dates": column(["2020-01-01", "2020-01-01 10:00:00", "1 days"]),
    "strings-like-numbers": column(["01", "1.0", "-0", "1e400", "inf", "0x10", "1_000"]),
    "strings-like-formulas": column(["=1+1", "@x", "+1", "-1", "#N/A", "TRUE"]),
    "strings-odd-spaces": column([" ", "\u2028", "\x85", "\x0b", "\ufeff", "\x1f", "x "]),
    "carriage-return-inside": column(["a\rb", "x"]),
    "carriage-return-last": column(["a\r", "x"]),
    "carriage-return-alone": column(["\r"]),
    "carriage-return-in-label": labels(["a\rb", "\r"]),
    "carriage-return-in-category": column(pd.Categorical(["\r", "a\n\r"])),
    "dates": column([dt.date(2020, 1, 1), dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
    "dates-missing": column([dt.date(2020, 1, 1), None], object),
    "dates-beside-nan": column([dt.date(2020, 1, 1), np.nan], object),
    "dates-pyarrow": arrow([dt.date(2020, 1, 1), dt.date(1, 1, 1), None], pa.date32()),
    "decimals": column(decimals("1.0", "1.00", "-0", "1E+3", "0E-10", "Infinity", "12345678901234567890.5")),
    "decimals-missing": column(decimals("1.50", None), object),
    "decimals-pyarrow": arrow(decimals("1.50", "-0.01", None), pa.decimal128(5, 2)),
    "decimals-pyarrow-wide": arrow(decimals("1e30", None), pa.decimal256(40, 2)),
    "decimals-pyarrow-tiny": arrow(decimals("0.0000000001"), pa.decimal128(12, 10)),
    **{f"datetime-{unit}-pyarrow": arrow([*MOMENTS, None], pa.timestamp(unit)) for unit in UNITS},
    **{f"timedelta-{unit}-pyarrow": arrow([*MOMENTS, None], pa.duration(unit)) for unit in UNITS},
    "datetime-zoned-pyarrow": arrow([*MOMENTS, 1_603_585_800, 1_603_589_400], pa.timestamp("s", "Europe/Warsaw")),
    "datetime-zoned-pyarrow-fraction": arrow([0, 1_500], pa.timestamp("ms", "+02:00")),
    "datetime-year-1": column(np.array(["0001-01-01"], "M8[s]")),
    "datetime-year-20000": column(np.array(["20000-01-01"], "M8[s]")),
    "datetime-nat-alone": column(np.array(["NaT"], "M8[us]")),
    "timedelta-extremes": column(np.array([2**63 - 1, -(2**63) + 1], "m8[ns]")),
    **{
        f"period-{freq}": column(periods(freq))
        for freq in ("Y", "Q-FEB", "M", "W-SUN", "W-WED", "D", "h", "min", "s", "us")
    },
    "interval-integers": column(intervals([0, 1, 5])),
    "interval-floats": column(intervals([0.1, 0.5, np.inf], "left")),
    "interval-datetimes": column(intervals(pd.date_range("2020", periods=3), "both")),
    "interval-zoned": column(intervals(pd.date_range("2020-10-24", periods=3, tz="Europe/Warsaw"), "neither")),
    "interval-timedeltas": column(intervals(pd.to_timedelta([0, 1, 90_000_000_001]))),
    "interval-empty": column(intervals([0, 1])).iloc[:0],
    "category-unsorted-unused": column(pd.Categorical([3, 1], [7, 3, 1])),
    "category-float32": column(pd.Categorical(np.array([0.1, 0.5], "float32"))),
    "category-empty-string-beside-missing": column(pd.Categorical(["", None])),
    "category-quoted-beside-missing": column(pd.Categorical(["\r\n", "", '"', None])),
    "multiindex-quoted-beside-missing": rows(pd.MultiIndex.from_tuples([('"', 1), (None, 2), ("", 3)])),
    "category-nullable": column(pd.Categorical(pd.array([3, 1, None], "Int64"))),
    "category-dates-ordered": column(pd.Categorical(pd.to_datetime(["2020-01-02", "2020-01-01"]), ordered=True)),
    "index-period": rows(pd.period_range("2020", periods=2, freq="M")),
    "index-interval": rows(pd.interval_range(0, 2)),
    "index-cut": column([1, 2]).groupby(pd.Series(pd.cut([1, 5], [0, 2, 6])), observed=True).sum(),
    "index-overlapping-intervals": rows(pd.IntervalIndex.from_tuples([(0, 2), (1, 3)])),
    "category-overlapping-intervals": column(pd.Categorical(pd.IntervalIndex.from_tuples([(0, 2), (1, 3)]))),
    "index-dates": rows(pd.Index([dt.date(2020, 1, 1), dt.date(2020, 1, 2)])),
    "index-decimals": rows(pd.Index(decimals("1.0", "2.00"), dtype=object)),
    "index-pyarrow": rows(pd.Index(pd.arrays.ArrowExtensionArray(pa.array([1, None, 1])))),
    "index-like-dates": rows(pd.Index(["2020-01-01", "2020-01-02"])),
    "index-empty-string": rows(pd.Index([""])),
    "index-nat-alone": rows(pd.DatetimeIndex(["NaT"])),
    "multiindex-one-level": rows(pd.MultiIndex.from_arrays([["x", "y"]], names=["only"])),
    "multiindex-periods": rows(pd.MultiIndex.from_product([pd.period_range("2020", periods=2, freq="M"), [1]])),
    "multiindex-intervals": rows(pd.MultiIndex.from_product([pd.interval_range(0, 2), ["a"]])),
    "multiindex-carriage-return": rows(pd.MultiIndex.from_tuples([("a\r", "\r"), ("", "\t")], names=["\r", "x"])),
    "labels-of-several-levels": labels(pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])),
    "labels-of-several-levels-named": labels(pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None])),
    "labels-of-several-levels-mixed": labels(pd.MultiIndex.from_tuples([("a", 1.5), ("\r", None), ("a\n", -0.0)])),
    "labels-of-several-levels-dates": labels(names(["a"], pd.date_range("2020", periods=2))),
    "labels-of-several-levels-filtered": labels(names(["a", "b"], [1, 2])).iloc[:, 1:3],
    "labels-of-several-levels-duplicate": labels(pd.MultiIndex.from_tuples([("a", 1), ("a", 1)])),
    "labels-of-several-levels-over-one-named-falsely": pd.DataFrame(
        [[1, 2], [3, 4]], pd.MultiIndex.from_arrays([["x", "y"]], names=[0]), names(["a"], ["b", "c"])
    ),
    "labels-of-several-levels-over-rows-named-falsely": pd.DataFrame(
        [[1, 2], [3, 4]], pd.Index(["x", "y"], name=0), names(["a"], ["b", "c"])
    ),
    "labels-of-one-level": labels(pd.MultiIndex.from_arrays([["a", "b"]])),
    "labels-of-two-levels-and-rows-of-two": pd.DataFrame(
        [[1, 2]], pd.MultiIndex.from_tuples([("x", 1)], names=["p", "q"]), names(["a"], ["b", "c"])
    ),
    "labels-aggregated": column([1, 2]).groupby([0, 0]).agg(["min", "max"]),
    "labels-pivoted": pd.DataFrame({"k": ["x", "y"], "c": ["p", "q"], "v": [1, 2]}).pivot(index="k", columns="c"),
    "labels-of-several-levels-empty": labels(names(["a"], [1])).iloc[:0],
    "labels-of-several-levels-none": labels(names(["a"], [1])).iloc[:, :0],
    "labels-categorical": labels(pd.CategoricalIndex(["a", "b"], ["b", "a", "c"], ordered=True)),
    "labels-numpy-integer": labels(pd.Index(["a", np.int64(1), np.uint8(255)], dtype=object)),
    "labels-datetimes-missing": labels(pd.DatetimeIndex(["2020-01-01", None])),
    "labels-nullable-missing": labels(pd.Index([1, None], dtype="Int64")),
    "labels-periods-missing": labels(pd.PeriodIndex(["2020-01", None], freq="M")),
    "labels-periods": labels(pd.period_range("2020", periods=2, freq="M")),
    "labels-intervals": labels(pd.interval_range(0, 2)),
    "labels-dates": labels(pd.Index([dt.date(2020, 1, 1)])),
    "wide-of-one-type": pd.DataFrame(np.arange(60.0).reshape(2, 30) / 7),
    "wide-of-two-types": pd.concat([pd.DataFrame(np.eye(3, 12)), pd.DataFrame(np.eye(3, 12) > 0)], axis=1),
    "long-datetimes-of-two-precisions": column(
        pd.date_range("2020", periods=100_002, freq="h").astype("M8[ns]")
    ).replace(pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-01 00:00:00.5")),
    "long-floats": column(np.random.default_rng(6).standard_normal(120_000)),
    "long-strings-with-missing": column(["x", None, ""] * 60_000),
    "series-named-by-tuple": pd.Series([1], name=("a", 1)),
    "series-named-by-tuple-index-named": pd.Series([1], pd.Index([1], name="i"), name=("a", 1)),
    "series-that-was-a-column": labels(pd.Index([5, 6]))[5],
    "series-named-by-date-like": pd.Series([1], name="2020-01-01"),
}

SERIES_CASES: dict[str, Any] = {
    f"series-of-{name}": table["a"]
    for name, table in TEXT_CASES.items()
    if isinstance(table, pd.DataFrame) and list(table.columns) == ["a"]
}

PICKLE_CASES: dict[str, Any] = {
    "mixed-objects": column(["x", 1], object),
    "integer-objects": column([1, 2], object),
    "lists": column([[1], [2]]),
    "decimal-nan": column(decimals("NaN", "1")),
    "two-kinds-of-missing": column(["x", None, np.nan], object),
    "surrogate": column(["\ud800"], object),
    "complex": column([1j]),
    "float16": column([0.5], "float16"),
    "big-endian": column(np.array([1, 2], dtype=">i4")),
    "sparse": column(pd.arrays.SparseArray([0, 0, 1])),
    "string-subclass": column([np.str_("x")], object),
    "index-of-objects": rows(pd.Index([1, "x"], dtype=object)),
    "index-named-by-moment": rows(pd.Index([1], name=dt.datetime(2020, 1, 1))),
    "index-business-freq": rows(pd.date_range("2020", periods=2, freq=pd.offsets.CDay(holidays=["2020-01-02"]))),
    "labels-huge-integer": labels(pd.Index([2**70], dtype=object)),
    "attrs-with-nan": with_attrs({"x": float("nan")}),
    "attrs-with-set": with_attrs({"x": {1}}),
    "attrs-with-date": with_attrs({"x": dt.date(2020, 1, 1)}),
    "datetime-zone-of-zoneinfo": column(pd.DatetimeIndex(["2020-01-01"], tz=zoneinfo.ZoneInfo("UTC"))),
    "attrs-with-tuple": with_attrs({"x": (1, 2)}),
    "attrs-with-integer-key": with_attrs({"x": {1: 2}}),
    "no-duplicate-labels": column([1]).set_flags(allows_duplicate_labels=False),
    "subclass": Subclass({"a": [1]}),
}


def describe_index(index: Any) -> object:
    kind = type(index).__name__
    if isinstance(index, pd.MultiIndex):
        codes = [np.asarray(codes).tolist() for codes in index.codes]
        return kind, [describe_index(level) for level in index.levels], codes, repr(index.names)
    extent = (index.start, index.stop, index.step) if isinstance(index, pd.RangeIndex) else None
    return kind, extent, repr(index.names), repr(getattr(index, "freq", None)), describe_values(index)


def describe_values(values: Any) -> object:
    dtype = values.dtype
    detail = [repr(getattr(dtype, name, None)) for name in ("str", "storage", "na_value", "tz", "ordered")]
    categories = describe_index(dtype.categories) if isinstance(dtype, pd.CategoricalDtype) else None
    return repr(dtype), detail, categories, [(type(cell).__name__, repr(cell)) for cell in values.astype(object)]


def fingerprint(table: Any) -> object:
    """Everything about a table that a user could tell apart."""
    frills = (type(table), repr(table.attrs), table.flags.allows_duplicate_labels, describe_index(table.index))
    if isinstance(table, pd.Series):
        return frills, repr(table.name), describe_values(table)
    columns = [describe_values(table.iloc[:, at]) for at in range(table.shape[1])]
    return frills, describe_index(table.columns), columns
