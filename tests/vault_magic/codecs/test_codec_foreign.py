"""Text without a schema is read as the original tool read it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from vault_magic.codecs import decode
from vault_magic.errors import CodecError


def foreign(*labels: str) -> bytes:
    return "".join(["\tn\n", *(f"{label}\t1\n" for label in labels)]).encode()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param(["0", "1"], [0, 1], id="integers"),
        pytest.param(["999", "1000", "1001"], [999, 1000, 1001], id="integers-of-any-length"),
        pytest.param(["1000", "9999"], [1000, 9999], id="integers-like-far-years"),
        pytest.param(["0.5", "1.5"], [0.5, 1.5], id="floats"),
        pytest.param(["Delhi", "London"], ["Delhi", "London"], id="strings"),
        pytest.param(["2020-01-31", "2020-02-01"], [dt.datetime(2020, 1, 31), dt.datetime(2020, 2, 1)], id="dates"),
        pytest.param(["2020-01-31 10:00:00"], [dt.datetime(2020, 1, 31, 10)], id="moments"),
        pytest.param(["3000-01-01"], ["3000-01-01"], id="dates-too-far-for-nanoseconds"),
        pytest.param(["2020-01-31", "soon"], ["2020-01-31", "soon"], id="dates-and-strings"),
    ],
)
def test_index_without_schema_is_inferred_as_the_original_tool_did(labels: list[str], expected: list[Any]) -> None:
    frame: Any = decode(None, foreign(*labels), None)

    assert frame.index.tolist() == expected
    assert frame["n"].tolist() == [1] * len(labels)


def test_only_the_index_is_searched_for_dates() -> None:
    frame: Any = decode(None, b"\tday\n0\t2020-01-31\n", None)

    assert frame["day"].tolist() == ["2020-01-31"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00", id="zero"),
        pytest.param(b"PK\x03\x04", id="zip"),
        pytest.param(b"\x93NUMPY\x01\x00", id="npy"),
        pytest.param(b"\x80not a pickle", id="almost-a-pickle"),
        pytest.param("\tn\n0\tż\n".encode("utf-16"), id="utf-16"),
        pytest.param("\tn\n0\tż\n".encode("cp1250"), id="windows-text"),
        pytest.param(b"\ta\n0\t1\n1\t2\t3\n", id="rows-of-different-lengths"),
        pytest.param(b'\ta\n0\t"x\n', id="quote-not-closed"),
    ],
)
def test_foreign_entry_that_is_no_table_asks_for_a_function(data: bytes) -> None:
    with pytest.raises(CodecError, match=r"^cannot load: [^\n]*; give a function[^\n]*: with FUNC$"):
        decode(None, data, None)
