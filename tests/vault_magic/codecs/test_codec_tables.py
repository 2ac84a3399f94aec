"""Round trips of frames and Series, judged by a fingerprint that knows nothing of the code under test."""

from __future__ import annotations

import decimal
import hashlib
import random
import zlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.vault_magic.codecs.oracle import differences, is_specified
from tests.vault_magic.codecs.tables import (
    PICKLE_CASES,
    SERIES_CASES,
    TEXT_CASES,
    filtered_levels,
    fingerprint,
)
from vault_magic.codecs import decode, encode, grid, rows, tsv

ALL_TEXT = TEXT_CASES | SERIES_CASES


@pytest.mark.parametrize("table", ALL_TEXT.values(), ids=ALL_TEXT.keys())
def test_table_that_text_can_carry_comes_back_exactly(table: Any) -> None:
    encoded = encode(table)

    assert (encoded.format, encoded.stable) == ("tsv", True)
    assert fingerprint(decode("tsv", encoded.data, encoded.schema)) == fingerprint(table)


@pytest.mark.skipif(not is_specified(), reason="the specified text is that of pandas 3")
@pytest.mark.parametrize("table", ALL_TEXT.values(), ids=ALL_TEXT.keys())
def test_text_is_what_pandas_writes(table: Any) -> None:
    assert not differences(encode(table).data.decode(), table)


@pytest.mark.parametrize("table", ALL_TEXT.values(), ids=ALL_TEXT.keys())
def test_large_table_is_proved_and_rendered_in_groups(monkeypatch: pytest.MonkeyPatch, table: Any) -> None:
    whole = encode(table)
    monkeypatch.setattr(tsv, "HELD", 0)
    monkeypatch.setattr(rows, "_PANDAS_CELLS", 5)
    monkeypatch.setattr(rows, "_GROUP_CELLS", 7)
    table = table if len(table) < 1000 else table.iloc[:50]

    encoded = encode(table)

    assert (encoded.format, encoded.stable) == ("tsv", True)
    assert encoded.content.size == len(encoded.data)
    assert [*encoded.content.pieces()] == [*encoded.content.pieces()]
    assert len(table) == 50 or encoded.data == whole.data


@pytest.mark.parametrize("table", ALL_TEXT.values(), ids=ALL_TEXT.keys())
def test_text_is_read_alike_without_pyarrow(monkeypatch: pytest.MonkeyPatch, table: Any) -> None:
    encoded = encode(table)
    monkeypatch.setattr(tsv, "find_spec", lambda _name: None)

    assert fingerprint(decode("tsv", encoded.data, encoded.schema)) == fingerprint(table)


@pytest.mark.parametrize("table", ALL_TEXT.values(), ids=ALL_TEXT.keys())
def test_table_comes_back_exactly_when_written_without_pyarrow(monkeypatch: pytest.MonkeyPatch, table: Any) -> None:
    text = encode(table).data
    monkeypatch.setattr(tsv, "find_spec", lambda _name: None)

    encoded = encode(table)

    assert encoded.format == "pickle" or not is_specified() or not differences(text.decode(), table)
    assert fingerprint(decode(encoded.format, encoded.data, encoded.schema)) == fingerprint(table)


@pytest.mark.parametrize("table", PICKLE_CASES.values(), ids=PICKLE_CASES.keys())
def test_table_that_text_would_change_is_pickled(table: Any) -> None:
    encoded = encode(table)

    assert (encoded.format, encoded.schema, encoded.stable) == ("pickle", None, False)
    assert fingerprint(decode("pickle", encoded.data, None)) == fingerprint(table)


@pytest.mark.parametrize("table", PICKLE_CASES.values(), ids=PICKLE_CASES.keys())
def test_large_table_that_text_would_change_is_pickled(monkeypatch: pytest.MonkeyPatch, table: Any) -> None:
    monkeypatch.setattr(rows, "_PANDAS_CELLS", 1)

    assert encode(table).format == "pickle"


@pytest.mark.parametrize("table", ALL_TEXT.values(), ids=ALL_TEXT.keys())
def test_text_is_read_alike_in_small_blocks(monkeypatch: pytest.MonkeyPatch, table: Any) -> None:
    table = table if len(table) < 1000 else table.iloc[:50]
    encoded = encode(table)
    monkeypatch.setattr(grid, "_BLOCK", 8)

    assert fingerprint(decode("tsv", encoded.data, encoded.schema)) == fingerprint(table)


SPELLED_WRONG: dict[str, tuple[Any, str]] = {
    "integer": ([1, 2, 3, 4], "5"),
    "nullable": (pd.array([1, 2, 3, None], "Int8"), "0"),
    "float": ([0.5, 1.5, 2.5, 0.1 + 0.2], "0.3"),
    "missing-float": ([0.5, 1.5, 2.5, np.nan], "0.0"),
    "zero": ([0.5, 1.5, 2.5, -0.0], "0.0"),
    "string": (["a", "b", "c", "d"], "e"),
    "string-object": (pd.Series(["a", "b", "c", "d"], dtype=object), "e"),
    "string-without-its-quotes": (["a", "b", "c", "d\te"], "d\te"),
    "string-without-its-return-quoted": (["a", "b", "c", "d\r"], "d\r"),
    "empty-string": (["a", None, "c", ""], ""),
    "datetime": (pd.date_range("2020-01-01 10:00", periods=4, freq="h"), "2020-01-01 13:00:01"),
    "boolean": ([True, True, True, False], "True"),
    "category": (pd.Categorical(["a", "b", "a", "b"]), "a"),
    "zoned": (pd.date_range("2020-01-01", periods=4, tz="UTC"), "2020-01-04 00:00:00+01:00"),
    "decimal": ([decimal.Decimal("1.0")] * 4, "1.00"),
}


@pytest.mark.parametrize(("values", "wrong"), SPELLED_WRONG.values(), ids=SPELLED_WRONG.keys())
def test_fault_of_ours_in_a_later_group_is_found_by_the_proof(
    monkeypatch: pytest.MonkeyPatch, values: Any, wrong: str
) -> None:
    table = pd.DataFrame({"a": values, "b": range(4)})
    monkeypatch.setattr(rows, "_PANDAS_CELLS", 2)
    monkeypatch.setattr(rows, "_GROUP_CELLS", 2)
    assert encode(table).format == "tsv"
    render, first = rows.ArrayCells.render, table["a"].array

    def spell(column: rows.ArrayCells, start: int, stop: int) -> Any:
        cells = render(column, start, stop)
        is_hit = stop == 4 and type(column.values) is type(first) and column.field.name == "a"
        return pa.concat_arrays([cells.slice(0, len(cells) - 1), pa.array([wrong], cells.type)]) if is_hit else cells

    monkeypatch.setattr(rows.ArrayCells, "render", spell)

    assert encode(table).format == "pickle"


def test_published_hashes_stay_valid() -> None:
    random.seed(0)
    cities = ["London", "Delhi", "Tokyo", "Lagos", "Warsaw", "Chongqing"]
    frame = pd.DataFrame([{"salary": random.randint(0, 100), "city": random.choice(cities)} for _ in range(10000)])

    encoded = encode(frame)

    assert encoded.format == "tsv"
    assert zlib.crc32(encoded.data) == 0x6DE33062
    digest = hashlib.sha256(encoded.data).hexdigest()
    assert digest == "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"


def test_encoding_leaves_the_table_alone() -> None:
    frame = filtered_levels()
    before = fingerprint(frame)

    encode(frame)

    assert fingerprint(frame) == before
