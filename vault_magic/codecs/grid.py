"""Text split into cells by pyarrow, numbers and moments read straight to their types; its rows have no header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from vault_magic.codecs.cells import match_cells, parse_cells, string_dtype
from vault_magic.codecs.dtypes import (
    ARROW,
    ARROW_DATE,
    ARROW_FLOATS,
    ARROW_STRINGS,
    DATETIMES,
    FLOATS,
    INTEGERS,
    NULLABLE_FLOATS,
    NULLABLE_INTEGERS,
    NUMBERS,
)
from vault_magic.codecs.schema import Column
from vault_magic.errors import CodecError

_BLOCK = 2**20  # bytes read at once
_LARGEST_BLOCK = 2**31 - 1
_POOL = pa.system_memory_pool()  # the others cost more for pages than for parsing
_REPEATED = pa.dictionary(pa.int32(), pa.large_string())


@dataclass(frozen=True, slots=True)
class GridCells:
    """The cells of one column as pyarrow read them: of their type already, or as text with equal ones stored once."""

    array: Any

    def __len__(self) -> int:
        return len(self.array)

    def parse(self, column: Column) -> Any:
        """Return the array of the column; raises `CodecError` or `FormatError`."""
        if not pa.types.is_dictionary(self.array.type):
            return _FINISHERS[column.dtype](self.array, column)
        distinct, codes = self._factorize()
        return parse_cells(distinct, column).take(codes)

    def parse_codes(self, values: pd.Index[Any], column: Column) -> Any:
        """Return for each cell its place among the values, -1 for a missing one; raises `CodecError`."""
        distinct, codes = self._factorize()
        return match_cells(distinct, values=values, column=column)[codes]

    def list_distinct(self) -> list[str | None]:
        """Return each cell once."""
        return self._factorize()[0]

    def _factorize(self) -> tuple[list[str | None], Any]:
        """Return each cell once, with None for a missing one, and for every row which of them it is."""
        whole = self.array.unify_dictionaries().combine_chunks()
        whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
        distinct: list[str | None] = whole.dictionary.to_pylist()
        if not whole.null_count:
            return distinct, whole.indices.to_numpy()
        return [*distinct, None], whole.indices.fill_null(len(distinct)).to_numpy()


def split_grid(data: bytes, columns: Sequence[Column], *, start: int = 0) -> list[GridCells]:
    """Return the cells of rows column by column; those before `start` are a header. Raises `CodecError`.

    What pyarrow cannot read as its type, such as offsets with seconds, is read as text and parsed cell by cell.
    """
    kinds = [_TYPES[column.dtype](column) if column.dtype in _TYPES else _REPEATED for column in columns]
    for attempt in (kinds, [kind if kind in _SAFE else _REPEATED for kind in kinds]):
        with suppress(pa.ArrowInvalid):
            return _read(data, attempt, start=start)
    return _read(data, [_REPEATED] * len(kinds), start=start)


def convert_cells(texts: Any, column: Column) -> Any:
    """Return cells as the array that reading makes of them, None where that is no mere conversion."""
    if column.dtype not in _TYPES or column.timezone is not None or "bool" in column.dtype:
        return None
    return GridCells(pa.chunked_array([pc.cast(texts, _TYPES[column.dtype](column))])).parse(column)


def _read(data: bytes, kinds: Sequence[Any], *, start: int) -> list[GridCells]:
    if start == len(data):
        return [GridCells(pa.chunked_array([], kind)) for kind in kinds]
    names = [str(at) for at in range(len(kinds))]
    is_quoted = data.find(b'"', start) >= 0
    convert = csv.ConvertOptions(
        column_types=dict(zip(names, kinds, strict=True)),
        strings_can_be_null=True,
        quoted_strings_can_be_null=len(kinds) == 1,  # where a blank line would be no row, a missing cell is `""`
        null_values=[""],
        true_values=["True"],
        false_values=["False"],
    )
    parse = csv.ParseOptions(
        delimiter="\t",
        quote_char='"' if is_quoted else False,
        newlines_in_values=is_quoted,  # which makes it twice as slow
        ignore_empty_lines=False,
    )
    source, block = pa.py_buffer(data).slice(start), _BLOCK
    while True:
        try:
            read = csv.ReadOptions(column_names=names, block_size=block)
            table = csv.read_csv(source, read, parse, convert, _POOL)
            return [GridCells(column) for column in table.columns]
        except pa.ArrowInvalid as err:
            if "straddl" not in str(err) or block == _LARGEST_BLOCK:
                raise
            block = min(8 * block, _LARGEST_BLOCK)


def _finish_numbers(array: Any, column: Column) -> Any:
    if array.null_count and not column.dtype.startswith("float"):
        raise CodecError(f"the text has a cell that is not of type {column.dtype}: it is empty")
    return _own(array.to_numpy())


def _finish_nullable(array: Any, _column: Column) -> Any:
    numbers = _own(array.fill_null(False if pa.types.is_boolean(array.type) else 0).to_numpy())
    mask = _own(array.is_null().to_numpy())
    makers = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    return makers.get(numbers.dtype.kind, pd.arrays.IntegerArray)(numbers, mask)


def _finish_strings(array: Any, column: Column) -> Any:
    if column.missing is None and array.null_count:
        array = array.fill_null("")
    dtype = None if column.dtype == "object" else string_dtype(column)
    if dtype is not None:
        return pd.array(array, dtype=dtype) if dtype.storage == "pyarrow" else pd.array(array.to_numpy(), dtype=dtype)
    values = _own(array.to_numpy())
    if column.missing in ("nan", "NA"):
        values[array.is_null().to_numpy()] = pd.NA if column.missing == "NA" else float("nan")
    return values


def _finish_moments(array: Any, column: Column) -> Any:
    values = _own(array.to_numpy())
    if column.timezone is None:
        return values
    return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(column.timezone).array


def _finish_arrow(array: Any, _column: Column) -> Any:
    return pd.arrays.ArrowExtensionArray(array)


def _own(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return values that may be written to; those that pyarrow keeps may not."""
    return values if values.flags.writeable else values.copy()


def _text_type(_column: Column) -> Any:
    return pa.large_string()


def _moment_type(column: Column) -> Any:
    return pa.timestamp(np.datetime_data(np.dtype(column.dtype))[0], column.timezone and "UTC")


_KINDS: dict[str, tuple[Callable[[Column], Any], Callable[[Any, Column], Any]]] = (
    {name: (lambda column: pa.type_for_alias(column.dtype), _finish_numbers) for name in (*INTEGERS, *FLOATS)}
    | {
        name: (lambda column: pa.type_for_alias(column.dtype.lower()), _finish_nullable)
        for name in (*NULLABLE_INTEGERS, *NULLABLE_FLOATS)
    }
    | {"bool": (lambda _: pa.bool_(), _finish_numbers), "boolean": (lambda _: pa.bool_(), _finish_nullable)}
    | dict.fromkeys(("object", "str", "string"), (_text_type, _finish_strings))
    | dict.fromkeys(DATETIMES, (_moment_type, _finish_moments))
    | {
        f"{name}{ARROW}": (lambda column: pa.type_for_alias(column.dtype.removesuffix(ARROW)), _finish_arrow)
        for name in (*INTEGERS, *ARROW_FLOATS, *ARROW_STRINGS, "bool", ARROW_DATE)
    }
)
_TYPES = {name: kind for name, (kind, _) in _KINDS.items()}
_FINISHERS = {name: finish for name, (_, finish) in _KINDS.items()}
_SAFE = frozenset((*map(pa.type_for_alias, NUMBERS), pa.large_string()))
