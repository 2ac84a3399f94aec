r"""Tables as tab-separated text: what pandas writes with `sep="\t", lineterminator="\n"`, read back by a schema."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd

from vault_magic.codecs.axes import count_header_rows, describe_columns, describe_rows, load_columns, parse_rows
from vault_magic.codecs.cells import CellText
from vault_magic.codecs.compare import identical
from vault_magic.codecs.fields import describe_array
from vault_magic.codecs.labels import dump_label, load_label
from vault_magic.codecs.plain import split_plain
from vault_magic.codecs.schema import SCHEMA_VERSION, Column, Field, Range, Schema, dump_schema, load_schema
from vault_magic.content import Content
from vault_magic.errors import CodecError, FormatError

if TYPE_CHECKING:
    from typing import TypeAlias

    Table: TypeAlias = pd.DataFrame | pd.Series[Any]

HELD = 2**27
"""Bytes of text up to which it is held in memory; more is rendered anew whenever it is asked for."""

_BARE_RETURN = re.compile(
    r'(?<=[\t\n])[^"\t\n]*\r[^"\t\n]*(?=[\t\n])|\A[^"\t\n]*\r[^"\t\n]*'
)  # Python quotes it from 3.13 on
_HEADER = re.compile(rb'(?:[^"\n]|"[^"]*")*\n')


@dataclass(frozen=True, slots=True)
class TableText:
    """A table as text, and the document of its schema."""

    content: Content
    document: dict[str, object]


def encode_table(table: Table) -> TableText | None:
    """Give text and schema document, None when together they would not bring back exactly this table."""
    try:
        document = dump_schema(_describe_table(table))
        content = _render(table, document) if find_spec("pyarrow") else _render_plain(table, document)
    except Exception:  # what cannot be described, written or read back is a pickle, never a failed store
        return None
    return None if content is None else TableText(content, document)


def decode_table(data: bytes, document: Mapping[str, object]) -> Table:
    """Read text by its schema, nothing inferred; raises `CodecError` or `FormatError`."""
    schema = load_schema(document)
    kinds = _list_columns(schema)
    start = _find_rows(data, header=count_header_rows(schema), width=len(kinds))
    texts = _split(data, kinds, start=start)
    height = len(kinds) - len(schema.fields)
    index = parse_rows(texts[:height], schema.index)
    columns = [_build_series(cells, field, index) for cells, field in zip(texts[height:], schema.fields, strict=True)]
    table = _build_frame(schema, columns, index) if schema.kind == "frame" else _name_series(schema, columns)
    table.attrs.update(schema.attrs or {})
    return table


def _render(table: Table, document: Mapping[str, object]) -> Content | None:
    """Render a table while its text is proved to be it; it is held where that is not too much."""
    from vault_magic.codecs.proof import Proof  # pyarrow is optional
    from vault_magic.codecs.rows import prepare_rows  # as above

    schema = load_schema(document)
    rows, header = prepare_rows(table, schema), _render_header(table)
    if rows.is_small:
        data = b"".join((header, *(group.text for group in rows.split())))
        return Content.of(data) if identical(decode_table(data, document), table) else None
    kinds = _list_columns(schema)
    proof = Proof(rows, table, schema, kinds)
    held, size = [header], len(header)
    if not proof.accepts_axes() or _find_rows(header, header=count_header_rows(schema), width=len(kinds)) != size:
        return None
    for group in rows.split():
        if not proof.accepts(group):
            return None
        size += len(group.text)
        if size <= HELD:
            held.append(group.text)
    if size <= HELD:
        return Content(size, lambda: iter(held), is_held=True)
    held.clear()
    return Content(size, lambda: chain((header,), (group.text for group in rows.split())))


def _render_plain(table: Table, document: Mapping[str, object]) -> Content | None:
    data = table.to_csv(sep="\t", lineterminator="\n").encode("utf-8")
    return Content.of(data) if identical(decode_table(data, document), table) else None


def _render_header(table: Table) -> bytes:
    """Return the rows that name columns and index, with a lone carriage return quoted too."""
    text = table.iloc[:0].to_csv(sep="\t", lineterminator="\n")
    return _BARE_RETURN.sub(r'"\g<0>"', text).encode("utf-8")


def _list_columns(schema: Schema) -> list[Column]:
    """Return how the cells of a row are to be read, those of the index first."""
    if isinstance(schema.index, Range):
        index = [Column(dtype="int64")]
    elif not schema.index.is_multi:
        index = [schema.index.levels[0]]
    else:
        index = [Column(dtype="levels")] * len(schema.index.levels)
    return [*index, *schema.fields]


def _find_rows(data: bytes, *, header: int, width: int) -> int:
    """Return where the rows begin behind some rows of header; raises `CodecError`."""
    at = 0
    for _ in range(header):
        match = _HEADER.match(data, at)
        if match is None:
            raise CodecError("the text is empty or has no header; store the table again")
        split_plain(match[0], [Column(dtype="object")] * width)  # raises where it has more cells or fewer
        at = match.end()
    if not data.endswith(b"\n"):
        raise CodecError("the text ends in the middle of a row; store the table again")
    return at


def _split(data: bytes, columns: Sequence[Column], *, start: int) -> Sequence[CellText]:
    if not find_spec("pyarrow"):
        return split_plain(data[start:], columns)
    from vault_magic.codecs.grid import split_grid  # pyarrow is optional

    return split_grid(data, columns, start=start)


def _describe_table(table: Table) -> Schema:
    attrs: Any = dict(table.attrs) or None
    index = describe_rows(table.index)
    if isinstance(table, pd.Series):
        field = _field(describe_array(table.array), dump_label(table.name))
        return Schema(schema_version=SCHEMA_VERSION, kind="series", fields=(field,), index=index, attrs=attrs)
    columns, labels = describe_columns(table.columns)
    fields = tuple(_field(describe_array(table.iloc[:, at].array), label) for at, label in enumerate(labels))
    return Schema(schema_version=SCHEMA_VERSION, kind="frame", fields=fields, index=index, columns=columns, attrs=attrs)


def _field(column: Column, label: Any) -> Field:
    return Field(name=label, **msgspec.structs.asdict(column))


def _build_series(cells: CellText, field: Field, index: pd.Index[Any]) -> pd.Series[Any]:
    values = cells.parse(field)
    # With the dtype named, pandas 3 leaves strings in an object column as they are.
    series: pd.Series[Any] = pd.Series(values, index=index, dtype=values.dtype)
    return series


def _name_series(schema: Schema, columns: list[pd.Series[Any]]) -> pd.Series[Any]:
    if len(schema.fields) != 1:
        raise FormatError("the schema of this table is damaged: a Series has one field; store the table again")
    series = columns[0]
    series.name = load_label(schema.fields[0].name)
    return series


def _build_frame(schema: Schema, columns: list[pd.Series[Any]], index: pd.Index[Any]) -> pd.DataFrame:
    if schema.columns is None:
        raise FormatError("the schema of this table is damaged: 'columns' is missing; store the table again")
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = load_columns(schema.columns, [field.name for field in schema.fields])
    return frame
