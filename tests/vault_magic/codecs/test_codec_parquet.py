"""Frames as Parquet where that is chosen and exact, and as whatever else is exact where it is not."""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from tests.vault_magic.codecs.random_frames import frames
from tests.vault_magic.codecs.tables import (
    PICKLE_CASES,
    TEXT_CASES,
    column,
    filtered_levels,
    fingerprint,
    labels,
    rows,
    with_attrs,
)
from vault_magic.codecs import decode, encode
from vault_magic.errors import CodecError, VaultError
from vault_magic.options import FrameFormat

PARQUET = FrameFormat.PARQUET

PARQUET_CASES: dict[str, pd.DataFrame] = {
    "numbers": pd.DataFrame({"i": [1, 2], "f": [0.1, np.nan], "b": [True, False]}),
    "numbers-nullable": pd.DataFrame({"i": pd.array([1, None], "Int8"), "b": pd.array([None, True], "boolean")}),
    "strings-inferred": column(["", None, "a\tb"]),
    "strings-object": column(["", "x"], object),
    "strings-object-with-none": column(["", None], object),
    "strings-object-with-nan": column(["", np.nan], object),
    "strings-object-with-NA": column(["", pd.NA], object),
    "strings-python": column(["", None], "string[python]"),
    "strings-pyarrow": column(["", None], "string[pyarrow]"),
    "datetime-seconds": column(np.array(["2020-01-01", "NaT"], "M8[s]")),
    "datetime-utc": column(pd.DatetimeIndex(["2020-01-01"], tz="UTC")),
    "datetime-zone": column(pd.DatetimeIndex(["2020-07-01"], tz="Europe/Warsaw")),
    "category-ordered-unused": column(pd.Categorical(["lo", None], ["hi", "mid", "lo"], ordered=True)),
    "category-integers": column(pd.Categorical([3, 1], [3, 2, 1])),
    "index-named-by-integer": rows(pd.Index([7], name=7)),
    "index-frequency": rows(pd.date_range("2024-01-31", periods=3, freq="ME", name="day")),
    "index-zone": rows(pd.date_range("2024-01-31", periods=3, tz="UTC")),
    "index-range": rows(pd.RangeIndex(5, -1, -2, name="id")),
    "multiindex": rows(pd.MultiIndex.from_product([["x", "y"], [1, 2]], names=["l", None])),
    "labels-range": labels(pd.RangeIndex(3)),
    "labels-tuples": labels(pd.Index([("a", 1), ("a", 2)], dtype=object, tupleize_cols=False)),
    "axis-names": pd.DataFrame({"a": [1]}).rename_axis(columns="measure", index="day"),
    "attrs": with_attrs({"source": "lab", "tries": [1, None]}),
    "no-rows": column([1, 2]).iloc[:0],
    "no-columns": pd.DataFrame(index=[5, 6]),
}

OTHER_CASES: dict[str, tuple[Any, str]] = {
    "labels-duplicate": (labels(["a", "a"]), "tsv"),
    "levels-unused": (filtered_levels(), "tsv"),
    "series": (pd.Series([1]), "tsv"),
    "array": (np.arange(3), "npy"),
    "list": ([1], "pickle"),
    "surrogate": (column(["\ud800"], object), "pickle"),
    "attrs-with-tuple": (with_attrs({"x": (1, 2)}), "pickle"),
    "no-duplicate-labels": (column([1]).set_flags(allows_duplicate_labels=False), "pickle"),
    "mixed-objects": (column(["x", 1], object), "pickle"),
}

ANY_CASES = {name: table for name, table in (TEXT_CASES | PICKLE_CASES).items() if type(table) is pd.DataFrame}


@pytest.mark.parametrize("frame", PARQUET_CASES.values(), ids=PARQUET_CASES.keys())
def test_frame_comes_back_exactly(frame: pd.DataFrame) -> None:
    encoded = encode(frame, frame_format=PARQUET)

    assert (encoded.format, encoded.stable) == ("parquet", False)
    assert fingerprint(decode("parquet", encoded.data, encoded.schema)) == fingerprint(frame)


@pytest.mark.parametrize(("value", "expected"), OTHER_CASES.values(), ids=OTHER_CASES.keys())
def test_what_parquet_would_change_has_another_format(value: Any, expected: str) -> None:
    assert encode(value, frame_format=PARQUET).format == expected


@pytest.mark.parametrize("frame", ANY_CASES.values(), ids=ANY_CASES.keys())
def test_frame_comes_back_exactly_in_whatever_format(frame: pd.DataFrame) -> None:
    encoded = encode(frame, frame_format=PARQUET)

    assert fingerprint(decode(encoded.format, encoded.data, encoded.schema)) == fingerprint(frame)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames())
def test_any_frame_comes_back_exactly(frame: pd.DataFrame) -> None:
    encoded = encode(frame, frame_format=PARQUET)

    assert fingerprint(decode(encoded.format, encoded.data, encoded.schema)) == fingerprint(frame)


def test_file_is_one_that_pandas_reads_by_itself() -> None:
    frame = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["a", "b"])}, index=pd.Index(["x", "y"], name="i"))
    frame.attrs["source"] = "lab"

    encoded = encode(frame, frame_format=PARQUET)

    assert fingerprint(pd.read_parquet(io.BytesIO(encoded.data))) == fingerprint(frame)
    assert fingerprint(decode("parquet", encoded.data, None)) == fingerprint(frame)


def test_frames_are_text_unless_parquet_is_chosen() -> None:
    assert encode(column([1])).format == "tsv"


def test_encoding_leaves_the_frame_alone() -> None:
    frame = PARQUET_CASES["index-frequency"]
    before = fingerprint(frame)

    encode(frame, frame_format=PARQUET)

    assert fingerprint(frame) == before


STORED = encode(column([1, 2]), frame_format=PARQUET)
TEXTS = encode(column(["x", "y"]), frame_format=PARQUET)


@pytest.mark.parametrize(
    ("data", "schema"),
    [
        pytest.param(b"", None, id="empty"),
        pytest.param(b"PAR1", None, id="header-only"),
        pytest.param(STORED.data[:-9], STORED.schema, id="torn"),
        pytest.param(STORED.data, {"schema_version": 99}, id="newer-schema"),
        pytest.param(STORED.data, encode(column([1]).assign(b=1)).schema, id="schema-of-another-frame"),
        pytest.param(TEXTS.data, STORED.schema, id="schema-of-another-type"),
    ],
)
def test_damaged_entry_is_one_line_of_error(data: bytes, schema: Any) -> None:
    with pytest.raises(VaultError) as caught:
        decode("parquet", data, schema)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("action", ["encode", "decode"])
def test_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    monkeypatch.delitem(sys.modules, "vault_magic.codecs.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    frame = column([1])

    with pytest.raises(CodecError, match=r'pyarrow is not installed; run: pip install "vaultcheck\[magic\]"'):
        encode(frame, frame_format=PARQUET) if action == "encode" else decode("parquet", STORED.data, None)
