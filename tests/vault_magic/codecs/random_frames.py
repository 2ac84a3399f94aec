"""Random frames of every kind that text carries, and of some that it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import reject
from hypothesis import strategies as st

TEXTS = st.text() | st.sampled_from(["", "NA", "nan", "None", "\r", "\n", "\t", '"', "01", "1e5", "2020-01-01", "\r\n"])
SECONDS = st.integers(-(2**35), 2**37)
COUNTS = st.integers(-(2**62), 2**62)
DECIMALS = st.decimals(allow_nan=False, places=3, min_value=-9999, max_value=9999)


def _plain(values: list[Any], dtype: Any) -> Any:
    return pd.Series(values, dtype=dtype).array


def _floats(values: list[Any], _dtype: Any) -> Any:
    filled = np.array([0.0 if one is None else one for one in values])
    return pd.arrays.FloatingArray(filled, np.array([one is None for one in values], dtype=bool))


def _moments(values: list[Any], dtype: str) -> Any:
    filled = [np.iinfo("int64").min if one is None else one for one in values]
    return pd.Series(np.array(filled, "int64").view(dtype)).array


def _arrow(values: list[Any], kind: Any) -> Any:
    return pd.arrays.ArrowExtensionArray(pa.array(values, kind))


def _zoned(values: list[Any], zone: str) -> Any:
    return pd.DatetimeIndex(_moments(values, "M8[us]")).tz_localize("UTC").tz_convert(zone).array


def _category(values: list[Any], ordered: bool) -> Any:
    return pd.Categorical(values, ordered=ordered)


def _moment_category(values: list[Any], _dtype: Any) -> Any:
    return pd.Categorical(_moments(values, "M8[ns]"))


def _periods(values: list[Any], freq: str) -> Any:
    return pd.arrays.PeriodArray(
        np.array([-(2**63) if one is None else one for one in values], "int64"), dtype=pd.PeriodDtype(freq)
    )


def _intervals(values: list[Any], dtype: Any) -> Any:
    pairs = np.array([(one, one) if one is None else sorted(one) for one in values], dtype=dtype).reshape(-1, 2)
    return pd.arrays.IntervalArray.from_arrays(pairs[:, 0], pairs[:, 1])


def _rare(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


COLUMNS: dict[str, tuple[st.SearchStrategy[Any], Any, Any]] = {
    **{
        f"int{bits}": (st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1), _plain, f"int{bits}")
        for bits in (8, 16, 32, 64)
    },
    **{f"uint{bits}": (st.integers(0, 2**bits - 1), _plain, f"uint{bits}") for bits in (8, 16, 32, 64)},
    **{
        f"Int{bits}": (_rare(st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)), _plain, f"Int{bits}")
        for bits in (8, 32, 64)
    },
    "UInt64": (_rare(st.integers(0, 2**64 - 1)), _plain, "UInt64"),
    "int64-arrow": (_rare(st.integers(-(2**63), 2**63 - 1)), _arrow, pa.int64()),
    "float64": (st.floats(), _plain, "float64"),
    "float32": (st.floats(width=32), _plain, "float32"),
    "Float64": (_rare(st.floats()), _floats, "Float64"),
    "float-arrow": (_rare(st.floats(width=32)), _arrow, pa.float32()),
    "double-arrow": (_rare(st.floats()), _arrow, pa.float64()),
    "bool": (st.booleans(), _plain, "bool"),
    "boolean": (_rare(st.booleans()), _plain, "boolean"),
    "bool-arrow": (_rare(st.booleans()), _arrow, pa.bool_()),
    "object": (_rare(TEXTS), _plain, object),
    "str": (_rare(TEXTS), _plain, "str"),
    "string-python": (_rare(TEXTS), _plain, "string[python]"),
    "string-pyarrow": (_rare(TEXTS), _plain, "string[pyarrow]"),
    "string-arrow": (_rare(TEXTS), _arrow, pa.string()),
    "category": (_rare(TEXTS), _category, False),
    "category-ordered": (_rare(st.integers(-9, 9)), _category, True),
    "category-floats": (_rare(st.floats(allow_nan=False).map(lambda one: one + 0.0)), _category, False),
    "category-datetimes": (_rare(COUNTS), _moment_category, None),
    "datetime-s": (_rare(SECONDS), _moments, "M8[s]"),
    "datetime-ms": (_rare(SECONDS.map(lambda one: one * 1000 + one % 2)), _moments, "M8[ms]"),
    "datetime-us": (_rare(st.integers(-(2**55), 2**57)), _moments, "M8[us]"),
    "datetime-ns": (_rare(COUNTS), _moments, "M8[ns]"),
    "datetime-days": (_rare(st.integers(-99, 9999).map(lambda one: one * 86_400)), _moments, "M8[s]"),
    "datetime-zoned": (_rare(st.integers(-(2**51), 2**52)), _zoned, "Europe/Warsaw"),
    "datetime-arrow": (_rare(st.integers(-(2**55), 2**57)), _arrow, pa.timestamp("us")),
    "timedelta-ns": (_rare(COUNTS), _moments, "m8[ns]"),
    "timedelta-s": (_rare(SECONDS), _moments, "m8[s]"),
    "timedelta-arrow": (_rare(SECONDS), _arrow, pa.duration("ms")),
    "date": (_rare(st.dates()), _plain, object),
    "date-arrow": (_rare(st.dates()), _arrow, pa.date32()),
    "decimal": (_rare(st.decimals(allow_nan=False)), _plain, object),
    "decimal-arrow": (_rare(DECIMALS), _arrow, pa.decimal128(12, 3)),
    "period-month": (_rare(st.integers(-9999, 9999)), _periods, "M"),
    "period-second": (_rare(st.integers(-(2**33), 2**33)), _periods, "s"),
    "interval": (st.tuples(st.integers(-99, 99), st.integers(-99, 99)), _intervals, "int64"),
    "interval-floats": (st.tuples(*[st.floats(-1e9, 1e9)] * 2), _intervals, "float64"),
}
OTHERS: dict[str, tuple[st.SearchStrategy[Any], Any, Any]] = {
    "complex": (st.complex_numbers(), _plain, complex),
    "mixed": (st.integers() | st.text() | st.none() | st.lists(st.integers()) | st.binary(), _plain, object),
    "float16": (st.floats(width=16), _plain, "float16"),
    "moments-of-day": (st.times(), _plain, object),
    "sparse": (st.integers(0, 1), _plain, "Sparse[int64]"),
}
LABELS = TEXTS | st.integers(-9, 9) | st.none() | st.floats() | st.booleans() | st.tuples(TEXTS, st.integers())
ATTRS = st.dictionaries(
    st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()), max_size=2
)


@st.composite
def arrays(draw: st.DrawFn, size: int, *, kinds: dict[str, Any]) -> Any:
    cells, build, dtype = kinds[draw(st.sampled_from(sorted(kinds)))]
    # Few distinct cells, so that some come again.
    return build(draw(st.lists(cells, min_size=size, max_size=size)), dtype)


@st.composite
def indexes(draw: st.DrawFn, size: int) -> Any:
    kind = draw(st.sampled_from(["range", "range", "flat", "flat", "levels"]))
    if kind == "range":
        return pd.RangeIndex(0, size * (step := draw(st.sampled_from([1, 2, -1]))), step, name=draw(st.none() | TEXTS))
    levels = [draw(arrays(size, kinds=COLUMNS)) for _ in range(1 if kind == "flat" else draw(st.integers(1, 3)))]
    names = draw(st.lists(st.none() | TEXTS | st.integers(-9, 9), min_size=len(levels), max_size=len(levels)))
    if kind == "flat":
        return pd.Index(levels[0], dtype=levels[0].dtype, name=names[0])
    try:
        return pd.MultiIndex.from_arrays(levels, names=names)
    except ValueError:  # pandas 2 makes no level of 0.0 and -0.0
        reject()


@st.composite
def axes(draw: st.DrawFn, size: int) -> Any:
    if draw(st.integers(0, 3)):
        labels = draw(st.lists(LABELS, min_size=size, max_size=size))
        return pd.Index(labels, dtype=object, tupleize_cols=False, name=draw(st.none() | TEXTS))
    return draw(indexes(size))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame | pd.Series[Any]:
    """Return a frame or a Series; some hold what text cannot carry."""
    size, width = draw(st.integers(0, 6)), draw(st.integers(0, 4))
    columns = [draw(arrays(size, kinds=COLUMNS)) for _ in range(width)]
    if draw(st.integers(0, 19)) == 7:  # small numbers are drawn more often
        columns.append(draw(arrays(size, kinds=OTHERS)))
    frame = pd.DataFrame({at: pd.Series(one, dtype=one.dtype) for at, one in enumerate(columns)}, index=range(size))
    frame.index = draw(indexes(size))
    frame.columns = draw(axes(len(columns)))
    table = frame.iloc[:, 0].rename(draw(LABELS)) if columns and draw(st.integers(0, 4)) == 0 else frame
    table.attrs.update(draw(ATTRS))
    return table
