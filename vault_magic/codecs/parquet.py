"""Frames as Parquet, for those who chose it; what would not come back exactly is left to the other formats."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa

from vault_magic.codecs.axes import describe_columns, describe_rows, load_columns
from vault_magic.codecs.cells import build_index, parse_cells
from vault_magic.codecs.compare import identical
from vault_magic.codecs.fields import describe_array
from vault_magic.codecs.labels import load_label
from vault_magic.codecs.schema import (
    SCHEMA_VERSION,
    Column,
    Field,
    Levels,
    Range,
    Schema,
    dump_schema,
    load_schema,
)
from vault_magic.errors import FormatError

_MARKERS: dict[str | None, Any] = {"nan": float("nan"), "none": None, "NA": pd.NA}


def encode_frame(frame: pd.DataFrame) -> tuple[bytes, dict[str, object]] | None:
    """Give file and schema document, None when together they would not bring back exactly this frame."""
    try:
        document = dump_schema(_describe_frame(frame))
        data = _write_file(frame)
        proved = identical(decode_frame(data, document), frame)
    except Exception:  # what cannot be described, written or read back has another format, never a failed store
        return None
    return (data, document) if proved else None


def decode_frame(data: bytes, document: Mapping[str, object] | None) -> pd.DataFrame:
    """Read a file, and from its schema what the file leaves open.

    The file alone would not tell a unit of seconds, how a zone is kept, categories that are no text, the kind of a
    missing object, or a frequency. Raises `FormatError`, or what pandas and pyarrow raise.
    """
    frame: pd.DataFrame = pd.read_parquet(pa.BufferReader(data), engine="pyarrow")
    if document is None:
        return frame
    schema = load_schema(document)
    if schema.columns is None or len(schema.fields) != frame.shape[1]:
        raise FormatError("the schema of this frame is not that of its file; store the frame again")
    for at, field in enumerate(schema.fields):
        values = _cast_array(frame.iloc[:, at].array, field)
        # With the dtype named, pandas 3 leaves strings in an object column as they are.
        frame.isetitem(at, pd.Series(values, index=frame.index, dtype=values.dtype))
    frame.index = _cast_index(frame.index, schema.index)
    frame.columns = load_columns(schema.columns, [field.name for field in schema.fields])
    return frame


def _write_file(frame: pd.DataFrame) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what will not come back; the proof sees that for itself
        return frame.to_parquet(engine="pyarrow")


def _describe_frame(frame: pd.DataFrame) -> Schema:
    columns, labels = describe_columns(frame.columns)
    arrays = [describe_array(frame.iloc[:, at].array) for at in range(frame.shape[1])]
    fields = tuple(Field(name=name, **msgspec.structs.asdict(one)) for name, one in zip(labels, arrays, strict=True))
    index = describe_rows(frame.index)
    # The attrs are in the file, where pandas itself looks for them.
    return Schema(schema_version=SCHEMA_VERSION, kind="frame", fields=fields, index=index, columns=columns)


def _cast_array(values: Any, column: Column) -> Any:
    dtype = parse_cells([], column).dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        return values.tz_convert(dtype.tz).astype(dtype)  # equal zones come in different types
    cast = values.astype(dtype)
    if column.dtype == "object" and column.missing is not None:
        cast[values.isna()] = _MARKERS[column.missing]
    return cast


def _cast_index(index: Any, rows: Range | Levels) -> Any:
    if isinstance(rows, Range):
        return index.set_names([load_label(rows.name)])
    if len(rows.levels) == 1:
        index = build_index(_cast_array(index.array, rows.levels[0]), rows.levels[0].freq)
    return index.set_names([load_label(level.name) for level in rows.levels])
