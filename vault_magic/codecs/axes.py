"""The two axes of a table, described in its schema and built again from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from vault_magic.codecs.cells import (
    CellText,
    build_index,
    cell_column,
    load_categories,
    load_range,
    load_values,
    parse_cells,
    render_cells,
)
from vault_magic.codecs.dtypes import INTEGERS
from vault_magic.codecs.fields import describe_index, describe_values
from vault_magic.codecs.labels import dump_label, load_label, read_tag
from vault_magic.codecs.schema import Column, Columns, Field, Label, Levels, Range, Schema
from vault_magic.errors import CodecError, FormatError

_LEVELS = "levels"
"""The dtype of an axis that is a `MultiIndex`."""

_NAMED = ("object", "str", "string")  # axes whose labels need no dtype to be told apart


def describe_rows(index: pd.Index[Any]) -> Range | Levels:
    """Describe a table's index; raises `NotInText`."""
    if isinstance(index, pd.RangeIndex):
        return Range(start=index.start, stop=index.stop, step=index.step, name=dump_label(index.name))
    if isinstance(index, pd.MultiIndex):
        levels = tuple(_describe_level(index, number) for number in range(index.nlevels))
        return Levels(levels=levels, multi=True if len(levels) == 1 else None)
    return Levels(levels=(_name_column(describe_index(index), index.name),))


def parse_rows(texts: Sequence[CellText], rows: Range | Levels) -> pd.Index[Any]:
    """Build the index from the cells of its levels; raises `CodecError` or `FormatError`."""
    if isinstance(rows, Range):
        return _parse_range(texts[0], rows)
    if not rows.is_multi:
        field = rows.levels[0]
        return build_index(texts[0].parse(field), field.freq).set_names([load_label(field.name)])
    parsed = [_parse_level(cells, field) for cells, field in zip(texts, rows.levels, strict=True)]
    levels: Any = [level for level, _ in parsed]
    codes = [codes for _, codes in parsed]
    return pd.MultiIndex(levels=levels, codes=codes, names=[load_label(field.name) for field in rows.levels])


def describe_columns(axis: pd.Index[Any]) -> tuple[Columns, tuple[Label, ...]]:
    """Describe the axis of a frame's labels and the labels themselves; raises `NotInText`."""
    if isinstance(axis, pd.MultiIndex):
        return _describe_levels(axis)
    column = Column(dtype="object") if axis.dtype == object else describe_index(axis)
    labels = _dump_labels(axis, column)
    return Columns(name=dump_label(axis.name), **msgspec.structs.asdict(column)), labels


def load_columns(columns: Columns, labels: Sequence[Label]) -> pd.Index[Any]:
    """Build the axis of a frame's labels; raises `CodecError` or `FormatError`."""
    if columns.dtype == _LEVELS:
        return _load_levels(columns, labels)
    return _load_labels(columns, labels).set_names([load_label(columns.name)])


def count_header_rows(schema: Schema) -> int:
    """Return how many rows of the text name columns and index.

    Columns of several levels, and a Series named by a tuple, have one for each level, and another where the index has
    a name.
    """
    levels = _count_levels(schema)
    if levels is None:
        return 1
    return levels + _is_named(schema.index)


def _is_named(rows: Range | Levels) -> bool:
    """Tell whether pandas writes a row for the index's names; of a `MultiIndex` a false one such as 0 is none."""
    if isinstance(rows, Levels) and rows.is_multi:
        return any(load_label(level.name) for level in rows.levels)
    return load_label(rows.name if isinstance(rows, Range) else rows.levels[0].name) not in (None, "")


def _count_levels(schema: Schema) -> int | None:
    if schema.columns is not None:
        return None if schema.columns.levels is None else len(schema.columns.levels)
    name = load_label(schema.fields[0].name) if schema.fields else None
    return len(name) if isinstance(name, tuple) and name else None


def _describe_levels(axis: pd.MultiIndex) -> tuple[Columns, tuple[Label, ...]]:
    levels = tuple(
        _name_column(_describe_level_values(level), name) for level, name in zip(axis.levels, axis.names, strict=True)
    )
    codes = np.asarray(axis.codes).reshape(axis.nlevels, len(axis))
    labels: tuple[Label, ...] = tuple({"codes": column.tolist()} for column in codes.T)
    return Columns(name=None, dtype=_LEVELS, levels=levels), labels


def _describe_level_values(level: pd.Index[Any]) -> Column:
    return describe_index(level) if isinstance(level.dtype, pd.CategoricalDtype) else describe_values(level)


def _load_levels(columns: Columns, labels: Sequence[Label]) -> pd.MultiIndex:
    fields = columns.levels or ()
    codes = [_read_codes(label, count=len(fields)) for label in labels]
    levels: Any = [_load_level(field) for field in fields]
    names = [load_label(field.name) for field in fields]
    return pd.MultiIndex(
        levels=levels, codes=np.array(codes, dtype=np.int64).reshape(-1, len(fields)).T.tolist(), names=names
    )


def _load_level(field: Field) -> pd.Index[Any]:
    if field.dtype == "category":
        categories, _ = load_categories(field)
        return pd.CategoricalIndex(categories, dtype=pd.CategoricalDtype(categories, ordered=bool(field.ordered)))
    return load_values(field)


def _read_codes(label: Label, *, count: int) -> list[int]:
    tag, content = read_tag(label)
    if (
        tag != "codes"
        or not isinstance(content, list)
        or len(content) != count
        or not all(type(one) is int for one in content)
    ):
        raise FormatError(f"the schema has the damaged label {label!r}; store the table again")
    return content


def _describe_level(index: pd.MultiIndex, number: int) -> Field:
    level, codes = index.levels[number], np.asarray(index.codes[number])
    column = describe_index(level)
    used = np.unique(codes[codes >= 0])
    # Levels that are just the sorted cells need no list; unused or otherwise ordered ones do.
    if column.dtype != "range" and not (len(used) == len(level) and level.is_monotonic_increasing):
        column = describe_values(level)
    marker: Any = "nan" if (codes == -1).any() else None
    return _name_column(msgspec.structs.replace(column, missing=marker), index.names[number])


def _parse_level(cells: CellText, field: Field) -> tuple[pd.Index[Any], Any]:
    column = cell_column(field, missing=field.missing)
    if field.dtype == "range" or field.values is not None:
        level = load_values(field)
    else:
        distinct = [cell for cell in cells.list_distinct() if cell is not None or field.missing is None]
        plain = msgspec.structs.replace(column, missing=None)
        level = build_index(build_index(parse_cells(distinct, plain)).sort_values().array, field.freq)
    return level, cells.parse_codes(level, column)


def _parse_range(cells: CellText, rows: Range) -> pd.Index[Any]:
    index = pd.RangeIndex(rows.start, rows.stop, rows.step, name=load_label(rows.name))
    if not np.array_equal(cells.parse(Column(dtype="int64")), np.asarray(index)):
        raise CodecError("the text has other row numbers than its schema; store the table again")
    return index


def _name_column(column: Column, name: object) -> Field:
    return Field(name=dump_label(name), **msgspec.structs.asdict(column))


def _dump_labels(axis: pd.Index[Any], column: Column) -> tuple[Label, ...]:
    if column.dtype in _NAMED:
        return tuple(dump_label(label) for label in axis.tolist())
    if column.dtype == "category":
        return tuple({"codes": [int(code)]} for code in axis.array.codes)
    if column.dtype in ("range", *INTEGERS):
        return tuple({"int": int(label)} for label in axis)
    return tuple({"cell": cell} for cell in _render_labels(axis, column))


def _render_labels(axis: pd.Index[Any], column: Column) -> list[str | None]:
    if column.dtype in ("float32", "float64"):
        return [*render_cells(axis.array, column)]  # of which NaN is one
    missing = np.asarray(axis.isna())
    cells = iter(render_cells(axis.array[~missing], column))
    return [None if gone else next(cells) for gone in missing]


def _load_labels(columns: Columns, labels: Sequence[Label]) -> pd.Index[Any]:
    if columns.dtype in _NAMED:
        return _load_named(columns, [load_label(label) for label in labels])
    if columns.dtype == "range":
        axis = load_range(columns)
        if _dump_labels(axis, columns) != tuple(labels):
            raise FormatError("the schema has labels that do not match its fields; store the table again")
        return axis
    if columns.dtype == "category":
        codes = [_read_codes(label, count=1)[0] for label in labels]
        categories, _ = load_categories(columns)
        return pd.CategoricalIndex(pd.Categorical.from_codes(codes, categories, ordered=bool(columns.ordered)))
    cells = [None if cell is None else str(cell) for cell in (read_tag(label)[1] for label in labels)]
    return build_index(parse_cells(cells, columns), columns.freq)


def _load_named(columns: Columns, labels: list[Any]) -> pd.Index[Any]:
    if columns.dtype == "object":
        return pd.Index(labels, dtype=object, tupleize_cols=False)
    cells = [label if isinstance(label, str) else None for label in labels]
    return build_index(parse_cells(cells, columns))
