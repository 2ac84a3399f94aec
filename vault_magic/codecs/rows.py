r"""The rows of a table as text, rendered a group at a time: what pandas writes with `sep="\t", lineterminator="\n"`.

pandas spells datetimes and durations of a column as precisely as the finest of some rows needs: of 100,000 cells at a
time. That is part of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vault_magic.codecs.dtypes import NUMBERS
from vault_magic.codecs.schema import Field, Range, Schema
from vault_magic.codecs.texts import TEXT, quote_empty, render_texts, render_values, take, take_bytes

_PANDAS_CELLS = 100_000
_GROUP_CELLS = 500_000
_GROUP_BYTES = 2**24
_RUN = 8  # columns of one kind from which they are rendered together
_EMPTY, _TAB, _END = (pa.scalar(text, TEXT) for text in ("", "\t", "\n"))


class _Rendered(Protocol):
    @property
    def width(self) -> int:
        """How many cells of a row these are."""

    def render(self, start: int, stop: int) -> Any:
        """Return the cells of some rows."""


@dataclass(frozen=True, slots=True)
class ArrayCells:
    """An array whose cells are rendered; `chunk` is how many rows pandas spells at once."""

    values: Any
    field: Field
    chunk: int
    width: int = 1

    def render(self, start: int, stop: int) -> Any:
        """Return the cells of some rows, in the precision that pandas finds for each of its chunks."""
        if not self._is_chunked:
            return render_texts(self.values[start:stop], self.field)
        pieces = []
        for first in range(start - start % self.chunk, stop, self.chunk):
            texts = render_texts(self.values[first : first + self.chunk], self.field)
            before = max(start - first, 0)
            pieces.append(texts.slice(before, min(stop - first, self.chunk) - before))
        return pieces[0] if len(pieces) == 1 else pa.concat_arrays(pieces)

    @property
    def _is_chunked(self) -> bool:
        column = self.field if self.field.categories is None else self.field.categories
        return column.dtype.startswith(("datetime64", "timedelta64"))


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a `MultiIndex`, whose values are rendered once."""

    texts: Any
    codes: Any
    width: int = 1

    def render(self, start: int, stop: int) -> Any:
        return take(self.texts, self.codes[start:stop])


@dataclass(frozen=True, slots=True)
class _Run:
    """Columns of one plain dtype beside each other, whose cells come joined; many columns are rendered at once."""

    frame: pd.DataFrame
    field: Field

    @property
    def width(self) -> int:
        """How many columns these are."""
        return self.frame.shape[1]

    def render(self, start: int, stop: int) -> Any:
        block = self.frame.iloc[start:stop].to_numpy()
        texts = render_texts(np.ascontiguousarray(block).reshape(-1), self.field).fill_null("")
        offsets = np.arange(0, block.size + 1, block.shape[1], dtype=np.int64)
        return pc.binary_join(pa.LargeListArray.from_arrays(offsets, texts), _TAB)


@dataclass(frozen=True, slots=True)
class Group:
    """Some rows with the cells of each column, and their text."""

    start: int
    stop: int
    cells: tuple[Any, ...]
    text: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table, ready to be rendered."""

    columns: tuple[_Rendered, ...]
    count: int

    @property
    def is_small(self) -> bool:
        """Whether one group holds all rows."""
        return self.count * self.width <= _PANDAS_CELLS

    @property
    def width(self) -> int:
        """How many cells a row has, those of the index too."""
        return sum(column.width for column in self.columns)

    def split(self) -> Iterator[Group]:
        """Yield groups of as many rows as stay within some bytes.

        Raises what pyarrow or `NotInText` raises of values that have no text.
        """
        width = self.width
        start, most = 0, max(_PANDAS_CELLS // width, 1)
        while start < self.count:
            stop = min(start + most, self.count)
            cells = tuple(column.render(start, stop) for column in self.columns)
            text = join_cells(cells)
            yield Group(start, stop, cells, text)
            most = max(1, min(_GROUP_CELLS // width, _GROUP_BYTES * (stop - start) // max(len(text), 1)))
            start = stop


def join_cells(cells: Sequence[Any]) -> bytes:
    """Return rows as text."""
    *first, last = cells
    if not first:  # a blank line would be no row
        last = quote_empty(last.fill_null(""))
    ended = pc.binary_join_element_wise(last.fill_null(""), _END, _EMPTY)
    return take_bytes(pc.binary_join_element_wise(*first, ended, _TAB, null_handling="replace", null_replacement=""))


def prepare_rows(table: pd.DataFrame | pd.Series[Any], schema: Schema) -> Rows:
    """Prepare the rows of a table that has been described."""
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    chunk = max(_PANDAS_CELLS // max(frame.shape[1], 1), 1)
    levels = _prepare_index(frame.index, schema, chunk)
    columns = _prepare_columns(frame, schema, chunk)
    return Rows((*levels, *columns), len(frame))


def _prepare_index(index: pd.Index[Any], schema: Schema, chunk: int) -> list[_Rendered]:
    if isinstance(schema.index, Range):
        return [ArrayCells(_RangeValues(index), Field(name=None, dtype="int64"), chunk)]
    if not isinstance(index, pd.MultiIndex):
        return [ArrayCells(index.array, schema.index.levels[0], chunk)]
    used = index.remove_unused_levels()
    return [_prepare_level(used, number, field) for number, field in enumerate(schema.index.levels)]


def _prepare_level(index: pd.MultiIndex, number: int, field: Field) -> _Level:
    level, codes = index.levels[number], np.asarray(index.codes[number])
    if field.dtype == "category":
        texts = render_texts(level.array, field)
    else:
        texts = render_values(level, field, empty=field.missing is not None, as_objects=False)
    return _Level(texts, codes)


def _prepare_columns(frame: pd.DataFrame, schema: Schema, chunk: int) -> list[_Rendered]:
    columns: list[_Rendered] = []
    at = 0
    while at < frame.shape[1]:
        stop = at + 1
        dtype = schema.fields[at].dtype
        while stop < frame.shape[1] and schema.fields[stop].dtype == dtype and dtype in NUMBERS:
            stop += 1
        if stop - at >= _RUN:
            columns.append(_Run(frame.iloc[:, at:stop], schema.fields[at]))
        else:
            columns += [ArrayCells(frame.iloc[:, one].array, schema.fields[one], chunk) for one in range(at, stop)]
        at = stop
    return columns


class _RangeValues:
    """The numbers of a `RangeIndex`, of which only those are made that are asked for."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __getitem__(self, rows: slice) -> Any:
        return np.asarray(self._index[rows])
