"""The two axes of a table, described in its schema and built again from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from vault_magic.codecs.cells import (
    Cells,
    build_index,
    cell_column,
    load_range,
    load_values,
    parse_cells,
    parse_codes,
    render_cells,
)
from vault_magic.codecs.fields import describe_index, describe_values
from vault_magic.codecs.labels import NotInText, dump_label, load_label, read_tag
from vault_magic.codecs.schema import Column, Columns, Field, Label, Levels, Range
from vault_magic.errors import CodecError, FormatError

_NAMED = ("object", "str", "string")  # axes whose labels need no dtype to be told apart


def describe_rows(index: pd.Index[Any]) -> Range | Levels:
    """Describe a table's index; raises `NotInText`."""
    if isinstance(index, pd.RangeIndex):
        return Range(start=index.start, stop=index.stop, step=index.step, name=dump_label(index.name))
    if isinstance(index, pd.MultiIndex):
        return Levels(levels=tuple(_describe_level(index, number) for number in range(index.nlevels)))
    return Levels(levels=(_name_column(describe_index(index), index.name),))


def parse_rows(texts: Sequence[Cells], rows: Range | Levels) -> pd.Index[Any]:
    """Build the index from the cells of its levels; raises `CodecError` or `FormatError`."""
    if isinstance(rows, Range):
        return _parse_range(texts[0], rows)
    if len(rows.levels) == 1:
        field = rows.levels[0]
        return build_index(parse_cells(texts[0], field), field.freq).set_names([load_label(field.name)])
    parsed = [_parse_level(cells, field) for cells, field in zip(texts, rows.levels, strict=True)]
    levels: Any = [level for level, _ in parsed]
    codes = [codes for _, codes in parsed]
    return pd.MultiIndex(levels=levels, codes=codes, names=[load_label(field.name) for field in rows.levels])


def describe_columns(axis: pd.Index[Any]) -> tuple[Columns, tuple[Label, ...]]:
    """Describe the axis of a frame's labels and the labels themselves; raises `NotInText`."""
    if isinstance(axis, pd.MultiIndex):
        raise NotInText("columns of several levels")
    column = Column(dtype="object") if axis.dtype == object else describe_index(axis)
    labels = _dump_labels(axis, column)
    return Columns(name=dump_label(axis.name), **msgspec.structs.asdict(column)), labels


def load_columns(columns: Columns, labels: Sequence[Label]) -> pd.Index[Any]:
    """Build the axis of a frame's labels; raises `CodecError` or `FormatError`."""
    return _load_labels(columns, labels).set_names([load_label(columns.name)])


def _describe_level(index: pd.MultiIndex, number: int) -> Field:
    level, codes = index.levels[number], np.asarray(index.codes[number])
    column = describe_index(level)
    used = np.unique(codes[codes >= 0])
    # Levels that are just the sorted cells need no list; unused or otherwise ordered ones do.
    if column.dtype != "range" and not (len(used) == len(level) and level.is_monotonic_increasing):
        column = describe_values(level)
    marker: Any = "nan" if (codes == -1).any() else None
    return _name_column(msgspec.structs.replace(column, missing=marker), index.names[number])


def _parse_level(cells: Cells, field: Field) -> tuple[pd.Index[Any], Any]:
    column = cell_column(field, missing=field.missing)
    if field.dtype == "range" or field.values is not None:
        level = load_values(field)
    else:
        distinct = [cell for cell in dict.fromkeys(cells) if cell is not None or field.missing is None]
        plain = msgspec.structs.replace(column, missing=None)
        level = build_index(build_index(parse_cells(distinct, plain)).sort_values().array, field.freq)
    return level, parse_codes(cells, values=level, column=column)


def _parse_range(cells: Cells, rows: Range) -> pd.Index[Any]:
    index = pd.RangeIndex(rows.start, rows.stop, rows.step, name=load_label(rows.name))
    if len(cells) != len(index) or any(cell != str(row) for cell, row in zip(cells, index, strict=True)):
        raise CodecError("the text has other row numbers than its schema; store the table again")
    return index


def _name_column(column: Column, name: object) -> Field:
    return Field(name=dump_label(name), **msgspec.structs.asdict(column))


def _dump_labels(axis: pd.Index[Any], column: Column) -> tuple[Label, ...]:
    if column.dtype in _NAMED:
        return tuple(dump_label(label) for label in axis.tolist())
    if column.dtype == "category":
        raise NotInText("columns that are categories")
    if column.dtype == "range" or column.dtype.startswith(("int", "uint")):
        return tuple({"int": int(label)} for label in axis)
    return tuple({"cell": cell} for cell in render_cells(axis.array, column))


def _load_labels(columns: Columns, labels: Sequence[Label]) -> pd.Index[Any]:
    if columns.dtype in _NAMED:
        return _load_named(columns, [load_label(label) for label in labels])
    if columns.dtype == "range":
        axis = load_range(columns)
        if _dump_labels(axis, columns) != tuple(labels):
            raise FormatError("the schema has labels that do not match its fields; store the table again")
        return axis
    cells = [str(read_tag(label)[1]) for label in labels]
    return build_index(parse_cells(cells, columns), columns.freq)


def _load_named(columns: Columns, labels: list[Any]) -> pd.Index[Any]:
    if columns.dtype == "object":
        return pd.Index(labels, dtype=object, tupleize_cols=False)
    cells = [label if isinstance(label, str) else None for label in labels]
    return build_index(parse_cells(cells, columns))
