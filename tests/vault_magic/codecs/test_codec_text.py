"""Text that does not fit its schema is refused, and text without a schema is read as the original tool read it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vault_magic.codecs import cells, decode, encode
from vault_magic.codecs.plain import split_rows
from vault_magic.errors import CodecError

GOLDEN_TEXT = (
    "day\tn\tx\tb\ts\tt\tc\ti\n"
    '2024-01-31\t-1\t0.1\tTrue\t"a\tb"\t2020-01-01 00:00:00.000000001\thi\t1\n'
    '2024-02-01\t0\t1e+16\tFalse\t"say ""x"""\t\tlo\t\n'
    "2024-02-02\t1\t\tTrue\tżółw\t1969-12-31 23:59:59.999999999\t\t0\n"
)


def test_text_is_frozen() -> None:
    frame = pd.DataFrame(
        {
            "n": [-1, 0, 1],
            "x": [0.1, 1e16, None],
            "b": [True, False, True],
            "s": ["a\tb", 'say "x"', "żółw"],
            "t": np.array([1_577_836_800_000_000_001, np.iinfo("int64").min, -1]).view("M8[ns]"),
            "c": pd.Categorical(["hi", "lo", None]),
            "i": pd.array([1, None, 0], "Int8"),
        },
        index=pd.date_range("2024-01-31", periods=3, name="day"),
    )

    assert encode(frame).data.decode() == GOLDEN_TEXT


FLOAT32_TEXT = "\ta\n0\t0.1\n1\t-0.0\n2\t1e-04\n3\t0.00010001\n4\t999999.94\n5\t1e+06\n6\t-1.7659966e+06\n7\tinf\n8\t\n"


def test_text_of_short_floats_is_frozen_whatever_numpy_says() -> None:
    numbers = [0.1, -0.0, 1e-4, 0.00010001, 999999.94, 1e6, -1765996.6, np.inf, np.nan]

    assert encode(pd.DataFrame({"a": np.array(numbers, "float32")})).data.decode() == FLOAT32_TEXT


def schema_of(*fields: dict[str, Any], rows: int) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "kind": "frame",
        "fields": list(fields),
        "index": {"kind": "range", "start": 0, "stop": rows, "step": 1, "name": None},
        "columns": {"name": None, "dtype": "object"},
    }


TEXT_FIELD = {"name": "a", "dtype": "object"}


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param(b"", 0, id="empty"),
        pytest.param(b"\ta\n0\tx\n", 2, id="row-lost"),
        pytest.param(b"\ta\n0\tx\n1\ty\n2\tz\n", 2, id="row-added"),
        pytest.param(b"\ta\n0\tx\n1\n", 2, id="cell-lost"),
        pytest.param(b"\ta\n0\tx\n1\ty\tz\n", 2, id="cell-added"),
        pytest.param(b"\ta\tb\n0\tx\n1\ty\n", 2, id="header-too-long"),
        pytest.param(b"\ta\n0\tx\n1\ty", 2, id="torn"),
        pytest.param(b"\ta\n0\tx\n1\ty\n2", 2, id="tail-added"),
        pytest.param(b"\ta\n1\tx\n0\ty\n", 2, id="rows-swapped"),
        pytest.param(b"\ta\r\n0\tx\r\n1\ty\r\n", 2, id="line-ends-converted"),
        pytest.param(b'\ta\n0\t"x\n1\ty\n', 2, id="quote-not-closed"),
        pytest.param(b"\ta\n0\t\xff\n1\ty\n", 2, id="not-utf-8"),
        pytest.param(b"\ta\n0\tx\n\n", 2, id="blank-line"),
        pytest.param(b"PK\x03\x04", 2, id="binary"),
    ],
)
def test_text_of_another_shape_is_refused(data: bytes, rows: int) -> None:
    with pytest.raises(CodecError) as caught:
        decode("tsv", data, schema_of(TEXT_FIELD, rows=rows))

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("dtype", "cell"),
    [
        ("int64", ""),
        ("int64", "1.0"),
        ("int64", "x"),
        ("int8", "128"),
        ("uint64", "-1"),
        ("Int8", "300"),
        ("bool", ""),
        ("bool", "true"),
        ("boolean", "1"),
        ("float64", "1,5"),
        ("float32", "x"),
        ("datetime64[ns]", "yesterday"),
        ("datetime64[ns]", "2020-02-30"),
        ("datetime64[ns]", "2020-01-01 00:00:00+01:00"),
        ("datetime64[ns]", "3000-01-01"),
        ("datetime64[s]", "2020-01-01 00:00:00.5"),
        ("timedelta64[s]", "1 day"),
        ("timedelta64[ns]", "999999999 days"),
    ],
)
def test_cell_of_another_type_is_refused(dtype: str, cell: str) -> None:
    with pytest.raises(CodecError, match=r"has a (cell|number) that"):
        decode("tsv", f"\ta\n0\t{cell}\n".encode(), schema_of({"name": "a", "dtype": dtype}, rows=1))


def test_header_gives_way_to_the_schema() -> None:
    frame: Any = decode("tsv", b"\tb\n0\tx\n", schema_of(TEXT_FIELD, rows=1))

    assert list(frame.columns) == ["a"]


def test_quoted_empty_cell_is_text_beside_a_missing_one() -> None:
    # Not written yet; read already, so that no older version misreads it once it is.
    frame: Any = decode("tsv", b'\ta\n0\t""\n1\t\n', schema_of(TEXT_FIELD | {"missing": "none"}, rows=2))

    assert frame["a"].tolist() == ["", None]


def test_cells_are_split_without_a_limit_on_their_size() -> None:
    assert list(split_rows('"' + '""\t\n' * 100_000 + '"\t\n')) == [['"\t\n' * 100_000, None]]


def test_strings_load_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = encode(pd.DataFrame({"a": pd.array(["x", None], "string[pyarrow]")}))
    monkeypatch.setattr(cells, "find_spec", lambda _name: None)

    frame: Any = decode("tsv", encoded.data, encoded.schema)

    assert frame["a"].dtype == pd.StringDtype("python")


@pytest.mark.parametrize("stored_format", [None, "tsv"])
def test_entry_without_schema_is_read_as_the_original_tool_did(stored_format: str | None) -> None:
    frame = decode(stored_format, b"\tn\tcity\n0\t1\tDelhi\n1\t2\t\n", None)

    expected = pd.DataFrame({"n": [1, 2], "city": ["Delhi", float("nan")]})
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)  # type: ignore[arg-type]


def test_foreign_entry_that_is_no_table_is_refused() -> None:
    with pytest.raises(CodecError, match="damaged"):
        decode(None, b"\x00\xff\xfe", None)
