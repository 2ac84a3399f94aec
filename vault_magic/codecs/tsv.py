r"""Tables as tab-separated text: what pandas writes with `sep="\t", lineterminator="\n"`, read back by a schema."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd

from vault_magic.codecs.axes import describe_columns, describe_rows, load_columns, parse_rows
from vault_magic.codecs.cells import Cells, parse_cells
from vault_magic.codecs.compare import identical
from vault_magic.codecs.fields import describe_array
from vault_magic.codecs.labels import dump_label, load_label
from vault_magic.codecs.schema import SCHEMA_VERSION, Column, Field, Range, Schema, dump_schema, load_schema
from vault_magic.errors import CodecError, FormatError

if TYPE_CHECKING:
    from typing import TypeAlias

    Table: TypeAlias = pd.DataFrame | pd.Series[Any]

_BINARY = re.compile(rb"[^\n]*[\x00-\x08\x0e-\x1f]")  # in the header, where nobody writes control characters
_YEARS = (1678, 2261)  # that nanoseconds cover in whole
_FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^"\t\n\r]*))([\t\n])')


def encode_table(table: Table) -> tuple[bytes, dict[str, object]] | None:
    """Give text and schema document, None when together they would not bring back exactly this table."""
    try:
        document = dump_schema(_describe_table(table))
        text = table.to_csv(sep="\t", lineterminator="\n").encode("utf-8")
        proved = identical(decode_table(text, document), table)
    except Exception:  # what cannot be described, written or read back is a pickle, never a failed store
        return None
    return (text, document) if proved else None


def decode_table(data: bytes, document: Mapping[str, object]) -> Table:
    """Read text by its schema, nothing inferred; raises `CodecError` or `FormatError`."""
    schema = load_schema(document)
    height = 1 if isinstance(schema.index, Range) else len(schema.index.levels)
    texts = _split_columns(data.decode("utf-8"), width=height + len(schema.fields))
    index = parse_rows(texts[:height], schema.index)
    columns = [_build_series(cells, field, index) for cells, field in zip(texts[height:], schema.fields, strict=True)]
    table = _build_frame(schema, columns, index) if schema.kind == "frame" else _name_series(schema, columns)
    table.attrs.update(schema.attrs or {})
    return table


def read_foreign(data: bytes) -> object:
    """Read text that has no schema as the original tool did, types inferred and an index of dates parsed.

    Raises:
        CodecError: it is no table of text.
    """
    if _BINARY.match(data):
        raise CodecError("cannot load: it is damaged or no text; give a function that reads it: with FUNC")
    try:
        return _read_inferred(data)
    except ValueError as err:  # so are all that pandas raises of text
        reason = " ".join(str(err).split())[:200]
        raise CodecError(
            f"cannot load: the text is damaged or no table ({reason}); give a function: with FUNC"
        ) from err


def _read_inferred(data: bytes) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a plain index makes pandas warn that it found no format of dates
        frame: pd.DataFrame = pd.read_csv(io.BytesIO(data), sep="\t", index_col=0, parse_dates=True)
        if _is_far(frame.index):
            frame = pd.read_csv(io.BytesIO(data), sep="\t", index_col=0)
        return frame


def _is_far(index: pd.Index[Any]) -> bool:
    """Tell whether dates are out of the range of pandas 1, which left numbers as 1000 and 9999 what they are."""
    if not isinstance(index, pd.DatetimeIndex):
        return False
    years = index.year
    return bool(((years < _YEARS[0]) | (years > _YEARS[1])).any())


def split_rows(text: str) -> Iterator[list[str | None]]:
    """Split text into rows of cells, None for an empty one that is not quoted; raises `CodecError`."""
    if text and not text.endswith("\n"):
        raise CodecError("the text ends in the middle of a row; store the table again")
    if '"' not in text and "\r" not in text:
        return ([cell or None for cell in line.split("\t")] for line in text.split("\n")[:-1])
    return _split_quoted(text)


def _split_quoted(text: str) -> Iterator[list[str | None]]:
    position, row = 0, list[str | None]()
    while position < len(text):
        match = _FIELD.match(text, position)
        if match is None:
            raise CodecError(f"the text cannot be split into cells at character {position}; store the table again")
        quoted, plain, end = match.groups()
        row.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        position = match.end()
        if end == "\n":
            yield row
            row = []


def _split_columns(text: str, *, width: int) -> list[Cells]:
    """Give the cells column by column, without the header, whose place the schema takes."""
    columns: list[list[str | None]] = [[] for _ in range(width)]
    header = True
    for number, row in enumerate(split_rows(text), start=1):
        if len(row) != width:
            raise CodecError(
                f"row {number} of the text has {len(row)} cells in place of {width}; store the table again"
            )
        if not header:
            for column, cell in zip(columns, row, strict=True):
                column.append(cell)
        header = False
    if header:
        raise CodecError("the text is empty; store the table again")
    # A row of one empty cell is written as `""`, since a blank line would be no row.
    return [[cell or None for cell in columns[0]]] if width == 1 else list(columns)


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


def _build_series(cells: Cells, field: Field, index: pd.Index[Any]) -> pd.Series[Any]:
    values = parse_cells(cells, field)
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
