"""The proof that a text brings back its table: the axes by themselves, the cells a group of rows at a time.

The first group is read as an import would read it, and so are later cells of every kind that leaves room for doubt.
Numbers and moments are converted back, which is what reading does with them; and strings that need no quotes are their
own text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from vault_magic.codecs.axes import load_columns
from vault_magic.codecs.cells import build_index, cell_column, load_values, parse_cells
from vault_magic.codecs.compare import same_arrays, same_indexes, same_objects
from vault_magic.codecs.grid import GridCells, convert_cells, split_grid
from vault_magic.codecs.labels import load_label
from vault_magic.codecs.plain import split_rows
from vault_magic.codecs.rows import ArrayCells, Group, Rows, join_cells
from vault_magic.codecs.schema import Column, Field, Range, Schema
from vault_magic.codecs.texts import STRINGS, is_own_text, render_values


class Proof:
    """The proof for one table, of which the schema and how its cells are read are given, those of the index first."""

    def __init__(
        self, rows: Rows, table: pd.DataFrame | pd.Series[Any], schema: Schema, kinds: Sequence[Column]
    ) -> None:
        self._rows, self._table, self._schema, self._kinds = rows, table, schema, kinds
        self._frame = table.to_frame() if isinstance(table, pd.Series) else table
        self._height = len(kinds) - len(schema.fields)
        ends = accumulate((column.width for column in rows.columns), initial=0)
        self._places = [range(start, stop) for start, stop in pairwise(ends)]

    def accepts_axes(self) -> bool:
        """Tell whether names, labels, attrs and what the schema says of the index come back."""
        return _is_frame_proved(self._table, self._schema) and _is_index_proved(self._table.index, self._schema)

    def accepts(self, group: Group) -> bool:
        """Tell whether the cells of some rows come back; raises what reading them raises."""
        doubtful = [at for at in range(len(group.cells)) if group.start == 0 or not self._is_evident(at, group)]
        if not doubtful:
            return True
        kinds = [*chain.from_iterable(self._places[at] for at in doubtful)]
        return all(self._is_same(kind, cells, group) for kind, cells in self._read(doubtful, kinds, group))

    def _read(self, doubtful: list[int], kinds: list[int], group: Group) -> Iterator[tuple[int, GridCells]]:
        text = group.text
        if len(doubtful) < len(group.cells):
            # A cell alone in its row could not tell an empty string from a missing one.
            doubtful, kinds = (doubtful * 2, kinds * 2) if len(kinds) == 1 else (doubtful, kinds)
            text = join_cells([group.cells[at] for at in doubtful])
        return zip(kinds, split_grid(text, [self._kinds[kind] for kind in kinds]), strict=True)

    def _is_evident(self, at: int, group: Group) -> bool:
        column, cells = self._rows.columns[at], group.cells[at]
        if not isinstance(column, ArrayCells):
            return False
        if column.field.dtype in STRINGS:
            return is_own_text(cells, column.values[group.start : group.stop], column.field)
        back = convert_cells(cells, column.field)
        return back is not None and same_arrays(_settle(back), _settle(column.values[group.start : group.stop]))

    def _is_same(self, kind: int, cells: GridCells, group: Group) -> bool:
        rows = slice(group.start, group.stop)
        if kind >= self._height:
            array = self._frame.iloc[rows, kind - self._height].array
            return same_arrays(_settle(cells.parse(self._schema.fields[kind - self._height])), array)
        index, description = self._table.index, self._schema.index
        if isinstance(description, Range):
            return np.array_equal(cells.parse(Column(dtype="int64")), np.asarray(index[rows]))
        field = description.levels[kind]
        if not isinstance(index, pd.MultiIndex):
            return same_arrays(_settle(cells.parse(field)), index.array[rows])
        codes = cells.parse_codes(index.levels[kind], cell_column(field, missing=field.missing))
        return np.array_equal(codes, np.asarray(index.codes[kind][rows]))


def _settle(values: Any) -> Any:
    """Return an array as a Series keeps it."""
    return pd.Series(values, dtype=values.dtype).array


def _is_frame_proved(table: Any, schema: Schema) -> bool:
    if type(table) not in (pd.DataFrame, pd.Series) or not table.flags.allows_duplicate_labels:
        return False
    if not same_objects(dict(table.attrs), schema.attrs or {}):
        return False
    if schema.columns is None:
        return same_objects(load_label(schema.fields[0].name), table.name)
    return same_indexes(load_columns(schema.columns, [field.name for field in schema.fields]), table.columns)


def _is_index_proved(index: pd.Index[Any], schema: Schema) -> bool:
    """Tell whether an index comes back if its cells do."""
    if isinstance(schema.index, Range):
        described = schema.index
        name = load_label(described.name)
        return same_indexes(pd.RangeIndex(described.start, described.stop, described.step, name=name), index)
    names = [load_label(level.name) for level in schema.index.levels]
    if not same_objects(names, list(index.names)):
        return False
    if isinstance(index, pd.MultiIndex):
        return all(map(_is_level_proved, index.levels, schema.index.levels))
    field = schema.index.levels[0]
    return same_indexes(build_index(index.array, field.freq).set_names(names), index)


def _is_level_proved(level: pd.Index[Any], field: Field) -> bool:
    """Tell whether the values of a level come back, from the schema or as its sorted cells."""
    plain = level.rename(None)
    if field.dtype == "range" or field.values is not None:
        return same_indexes(load_values(field), plain)
    column = msgspec.structs.replace(cell_column(field, missing=None), values=None)
    texts = render_values(level, field, empty=True, as_objects=False).to_pylist()
    cells = [cell for (cell,) in split_rows("".join(f"{text}\n" for text in texts))]
    return same_indexes(build_index(build_index(parse_cells(cells, column)).sort_values().array, field.freq), plain)
