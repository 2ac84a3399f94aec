"""What becomes a categorical, what is left alone, and that no value changes on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vault_magic.codecs.compare import identical
from vault_magic.memory import estimate_bytes, is_frame, is_optimised_from, optimise, render_gain

MANY = 50  # repetitions that make every column worth it


def column(values: Any, dtype: Any = None) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.Series(list(values) * MANY, dtype=dtype)})


def shrink(frame: pd.DataFrame, *, numbers: bool = True, booleans: bool = True) -> pd.DataFrame:
    return optimise(frame, numbers=numbers, booleans=booleans).frame


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """Every value with its type, column by column."""
    columns = [frame.iloc[:, at].astype(object) for at in range(frame.shape[1])]
    return [[f"{type(cell).__name__} {cell!r}" for cell in column] for column in columns]


class Subclass(pd.DataFrame):
    """A frame that may know more of its columns than a plain one."""


SMALLER: dict[str, pd.DataFrame] = {
    "strings-inferred": column(["b", "a"]),
    "strings-object": column(["b", "a"], object),
    "strings-python": column(["b", "a", None], "string[python]"),
    "strings-pyarrow": column(["b", "a", None], "string[pyarrow]"),
    "strings-object-with-nan": column(["b", np.nan, "a"], object),
    "strings-with-surrogate": column(["\ud800", "", "żółw"], object),
    "integers": column([3, 1, 2]),
    "integers-nullable": column([3, None, 1], "Int64"),
    "floats": column([0.5, np.nan, -0.0]),
    "floats-nullable": column([0.5, None], "Float64"),
    "booleans-nullable": column([True, None], "boolean"),
}

LEFT_ALONE: dict[str, pd.DataFrame] = {
    "all-distinct": column([]).assign(a=list(map(str, range(200)))),
    "codes-as-large-as-what-they-save": column([]).assign(a=[*range(35_000), *range(35_000)]),
    "none-in-objects": column(["b", None], object),
    "two-kinds-of-missing": column(["b", None, np.nan], object),
    "missing-as-NA-in-objects": column(["b", pd.NA], object),
    "only-missing-objects": column([np.nan], object),
    "only-missing-strings": column([None], "string[python]"),
    "zero-and-minus-zero": column([0.0, -0.0]),
    "mixed-objects": column(["b", 1], object),
    "strings-and-floats": column(["b", 1.5], object),
    "string-subclass": column([np.str_("b"), "b"], object),
    "bytes": column([b"b"], object),
    "lists": column([["b"], ["a"]], object),
    "numbers-in-objects": column([1, 2], object),
    "booleans-of-one-byte": column([True, False]),
    "bytes-of-one-byte": column([1, 2], "int8"),
    "big-endian": column([3, 1], ">i4"),
    "half-floats": column([0.5, 1.5], "float16"),
    "complex": column([1j, 2j]),
    "dates": column(pd.to_datetime(["2020-01-01"])),
    "categorical": column(["b", "a"], pd.CategoricalDtype(["b", "a"])),
    "no-rows": column([], object),
    "no-columns": pd.DataFrame(index=["x", "y"]),
    "nothing": pd.DataFrame(),
}


@pytest.mark.parametrize("frame", SMALLER.values(), ids=SMALLER.keys())
def test_column_that_repeats_itself_becomes_an_ordered_categorical(frame: pd.DataFrame) -> None:
    dtype: Any = shrink(frame).dtypes.iloc[0]

    assert isinstance(dtype, pd.CategoricalDtype)
    assert dtype.ordered
    assert dtype.categories.dtype == frame.dtypes.iloc[0]
    assert list(dtype.categories) == sorted(frame["a"].dropna().unique())


@pytest.mark.parametrize("frame", SMALLER.values(), ids=SMALLER.keys())
def test_way_back_from_a_categorical_is_exact(frame: pd.DataFrame) -> None:
    back = shrink(frame).astype(frame.dtypes)

    assert identical(back, frame)


@pytest.mark.parametrize("frame", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_column_that_would_change_or_not_shrink_is_left_alone(frame: pd.DataFrame) -> None:
    result = optimise(frame, numbers=True, booleans=True)

    assert list(result.frame.dtypes) == list(frame.dtypes)
    assert cells(result.frame) == cells(frame)
    assert result.before == result.after


@pytest.mark.parametrize(
    ("numbers", "booleans", "changed"),
    [
        pytest.param(False, False, ["s"], id="text-only"),
        pytest.param(True, False, ["s", "i", "f"], id="numbers"),
        pytest.param(False, True, ["s", "b"], id="booleans"),
    ],
)
def test_numbers_and_booleans_count_where_asked_for(numbers: bool, booleans: bool, changed: list[str]) -> None:
    values = {"s": ["x", "y"], "i": [1, 2], "f": [0.5, 1.5], "b": pd.array([True, None], "boolean"), "d": [None, None]}
    frame = pd.concat([pd.DataFrame(values)] * MANY)

    result = shrink(frame, numbers=numbers, booleans=booleans)

    assert [name for name in frame if result[name].dtype == "category"] == changed


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([*range(5000)], id="integers"),
        pytest.param(["x" * 40] * 5000, id="strings"),
        pytest.param(pd.Series(["x", "y" * 99] * 2500, dtype=object), id="objects"),
        pytest.param([], id="empty"),
    ],
)
def test_estimate_is_near_what_pandas_measures(values: Any) -> None:
    frame = pd.DataFrame({"a": values, "b": values})

    assert estimate_bytes(frame) == pytest.approx(frame.memory_usage(deep=True).sum(), rel=0.1)


def test_sizes_are_those_that_pandas_measures() -> None:
    frame = column(["London", "Delhi"]).assign(n=1.5).set_index(column(["x", "yz"])["a"])

    result = optimise(frame, numbers=False, booleans=False)

    assert result.before == frame.memory_usage(deep=True).sum()
    assert result.after == result.frame.memory_usage(deep=True).sum() < result.before


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(pd.Index(["a", "a"]), id="duplicate"),
        pytest.param(pd.Index(["Index", 0], dtype=object, name="axis"), id="mixed"),
        pytest.param(pd.MultiIndex.from_tuples([("x", 1), ("x", 1)], names=["l", None]), id="several-levels"),
    ],
)
def test_labels_and_order_of_columns_stay(labels: Any) -> None:
    frame = pd.concat([column(["b", "a"]), column([1, 2])], axis=1).set_axis(labels, axis=1)

    result = shrink(frame, numbers=False)

    assert [str(dtype) for dtype in result.dtypes] == ["category", "int64"]
    assert identical(result.iloc[:, :0], frame.iloc[:, :0])
    assert cells(result) == cells(frame)


def test_index_attrs_and_flags_stay() -> None:
    frame = column(["b", "a"]).set_axis(pd.Index(["x", "y"] * MANY, name="i")).set_flags(allows_duplicate_labels=True)
    frame.attrs["source"] = ["lab"]
    unique = column(["b", "a"]).set_flags(allows_duplicate_labels=False)

    assert identical(shrink(frame)[[]], frame[[]])
    assert not shrink(unique).flags.allows_duplicate_labels


def test_given_frame_is_left_as_it_is() -> None:
    frame = column(["b", "a"]).assign(n=1)
    before = frame.copy(deep=True)

    shrink(frame)

    assert identical(frame, before)


def test_subclass_is_given_back() -> None:
    frame = Subclass(column(["b", "a"]))

    result = optimise(frame, numbers=True, booleans=True)

    assert result.frame is frame
    assert result.before == result.after


ASCII = st.characters(codec="ascii")
VALUES: dict[str, Any] = {
    # Other text than ASCII grows by being looked at, so that its size is not the same twice.
    "object": st.sampled_from(["", "a", "b", None, np.nan, 1, 1.5, True, pd.NA]) | st.text(ASCII, max_size=3),
    "str": st.none() | st.sampled_from("abc") | st.text(ASCII, max_size=3),
    "string[python]": st.none() | st.sampled_from("abc"),
    "string[pyarrow]": st.none() | st.sampled_from("abc"),
    "int64": st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1),
    "float64": st.sampled_from([0.0, -0.0, 0.5, np.nan, np.inf]) | st.floats(),
    "Float64": st.none() | st.sampled_from([0.0, -0.0, 0.5]),
    "UInt8": st.none() | st.integers(0, 255),
    "bool": st.booleans(),
    "boolean": st.none() | st.booleans(),
}


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    dtypes = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=4))
    size, repeats = draw(st.integers(0, 6)), draw(st.sampled_from([1, 3, 40]))
    drawn = [draw(st.lists(VALUES[dtype], min_size=size, max_size=size)) for dtype in dtypes]
    columns = {
        at: pd.Series(one * repeats, dtype=dtype) for at, (one, dtype) in enumerate(zip(drawn, dtypes, strict=True))
    }
    names = draw(st.lists(st.sampled_from(["a", "b", 1]), min_size=len(dtypes), max_size=len(dtypes)))
    return pd.DataFrame(columns, index=pd.RangeIndex(size * repeats)).set_axis(pd.Index(names, dtype=object), axis=1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames(), st.booleans(), st.booleans())
def test_any_frame_keeps_its_values_in_no_more_memory(frame: pd.DataFrame, numbers: bool, booleans: bool) -> None:
    before = frame.copy(deep=True)

    result = optimise(frame, numbers=numbers, booleans=booleans)

    assert identical(frame, before)
    for at, dtype in enumerate(frame.dtypes):
        assert identical(result.frame.iloc[:, at].astype(dtype), frame.iloc[:, at])
    assert result.after == result.frame.memory_usage(deep=True).sum() <= result.before
    assert is_optimised_from(result.frame, original=frame, numbers=numbers, booleans=booleans)


def changed(change: str) -> object:
    frame = shrink(column(["b", "a"]).assign(n=1), numbers=False)
    changes: dict[str, Any] = {
        "value": lambda: frame.assign(n=2),
        "category-cell": lambda: frame.assign(a=frame["a"].iloc[::-1].to_numpy()),
        "category-order": lambda: frame.assign(a=frame["a"].cat.reorder_categories(["b", "a"])),
        "dtype": lambda: frame.astype({"n": "int8"}),
        "fewer-rows": lambda: frame.iloc[:-1],
        "not-optimised": lambda: column(["b", "a"]).assign(n=1),
        "no-frame": lambda: frame["a"],
    }
    return changes[change]()


@pytest.mark.parametrize(
    "change", ["value", "category-cell", "category-order", "dtype", "fewer-rows", "not-optimised", "no-frame"]
)
def test_any_change_makes_another_object(change: str) -> None:
    original = column(["b", "a"]).assign(n=1)

    assert not is_optimised_from(changed(change), original=original, numbers=False, booleans=False)


def test_pandas_is_not_imported_to_see_that_a_value_is_no_frame() -> None:
    script = (
        "import sys; from vault_magic import memory; asked = dict(original=1, numbers=False, booleans=False);"
        "print(memory.is_frame(1), memory.is_optimised_from(1, **asked), 'pandas' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False"] * 3


@pytest.mark.parametrize(
    ("value", "expected"), [(pd.DataFrame(), True), (Subclass(), False), (pd.Series([1]), False), (None, False)]
)
def test_only_a_plain_frame_is_one(value: object, expected: bool) -> None:
    assert is_frame(value) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (786_164, 100_000, "Reduced memory usage by 87.28%, from 0.79 MB to 0.10 MB."),
        (1_500_000, 1_500_000, "Reduced memory usage by 0.00%, from 1.50 MB to 1.50 MB."),
        (0, 0, "Reduced memory usage by 0.00%, from 0.00 MB to 0.00 MB."),
    ],
)
def test_gain_is_told_in_one_sentence(before: int, after: int, expected: str) -> None:
    assert render_gain(before=before, after=after) == expected
