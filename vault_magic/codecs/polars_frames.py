"""Frames and Series of polars as the plain text that those of pandas are stored as, with the types that Arrow has.

What has no such text, as lists and structs, is left to pickle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vault_magic.codecs.protocol import Encoding, Schema

if TYPE_CHECKING:
    import polars as pl

_KIND, _CATEGORICAL = "polars", "polars_categorical"
"""Fields of the schema: what it was, and which columns keep equal strings once."""


class PolarsFrames:
    """The codec of `polars.DataFrame` and `polars.Series`."""

    package = "polars"

    def encode(self, value: object) -> Encoding | None:
        """Return text, None for anything else and for columns that have none."""
        import polars as pl  # its owner has imported it

        from vault_magic.codecs.tsv import encode_table  # imports pandas

        kind = type(value).__name__
        frame = value.to_frame() if type(value) is pl.Series else value
        if type(frame) is not pl.DataFrame:
            return None
        categorical = [name for name, dtype in frame.schema.items() if dtype == pl.Categorical]
        text = encode_table(_to_pandas(frame.cast(dict.fromkeys(categorical, pl.String))))
        mark = {_KIND: kind} | ({_CATEGORICAL: categorical} if categorical else {})
        return None if text is None else Encoding(text.content.read(), text.document | mark, is_stable=True)

    def decode(self, data: bytes, schema: Schema | None) -> pl.DataFrame | pl.Series:
        """Return what was encoded; raises `CodecError` or `FormatError`."""
        import polars as pl  # optional
        import pyarrow as pa  # heavy

        from vault_magic.codecs.tsv import decode_table  # imports pandas

        fields: Any = schema or {}
        table: Any = decode_table(data, fields)
        frame: Any = pl.from_arrow(pa.Table.from_pandas(table, preserve_index=False))
        frame.columns = [*table.columns]  # an empty name is given another on the way
        frame = frame.cast(dict.fromkeys(fields.get(_CATEGORICAL, ()), pl.Categorical))
        return frame.to_series() if fields.get(_KIND) == "Series" else frame  # type: ignore[no-any-return]

    def is_same(self, one: Any, other: Any) -> bool:
        """Compare types, names, order and values; missing ones are equal."""
        types = (
            (one.schema, other.schema) if hasattr(one, "schema") else ((one.name, one.dtype), (other.name, other.dtype))
        )
        return bool(types[0] == types[1] and one.equals(other, null_equal=True))


def _to_pandas(frame: pl.DataFrame) -> Any:
    import pyarrow as pa  # heavy
    from pandas import ArrowDtype  # heavy

    arrow = frame.to_arrow()
    fields: list[pa.Field] = [field.with_type(_widen(field.type)) for field in arrow.schema]
    return arrow.cast(pa.schema(fields)).to_pandas(types_mapper=ArrowDtype)


def _widen(kind: Any) -> Any:
    """Return the type whose strings lie one behind the other."""
    import pyarrow as pa  # heavy

    return pa.large_string() if pa.types.is_string_view(kind) or pa.types.is_string(kind) else kind
