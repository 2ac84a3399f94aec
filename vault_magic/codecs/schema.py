"""The schema document beside a table's text: its layout, its checks and its digest; pandas is not needed here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from vault_magic.errors import FormatError, NewerFormat

SCHEMA_VERSION = 1

# A string stands for itself, null for None; anything else is an object of one tag, as {"int": 3} or {"tuple": [...]}.
Label = str | dict[str, Any] | None


class Column(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How the cells of one column become values again.

    `missing` names the object that an empty cell stands for (without it, an empty cell of a string column is `''`).
    `values` are written as cells are: the categories in order, or the values of a MultiIndex level that are not just
    its sorted cells. `start`, `stop` and `step` belong to the dtype `range`, a `RangeIndex` inside an axis, `bounds`
    (how each bound is read) and the side that is `closed` to the dtype `interval`.
    """

    dtype: str
    storage: str | None = None
    timezone: str | None = None
    missing: Literal["nan", "none", "NA"] | None = None
    categories: Column | None = None
    ordered: bool | None = None
    freq: str | None = None
    values: tuple[str, ...] | None = None
    start: int | None = None
    stop: int | None = None
    step: int | None = None
    bounds: Column | None = None
    closed: Literal["left", "right", "both", "neither"] | None = None


class Field(Column, frozen=True, omit_defaults=True, kw_only=True):
    """A column or an index level with its label."""

    name: Label


class Columns(Column, frozen=True, omit_defaults=True, kw_only=True):
    """The axis that holds a frame's labels; the labels themselves are the names of the fields.

    One of several `levels` has the dtype `levels`, and its labels name a value of each.
    """

    name: Label
    levels: tuple[Field, ...] | None = None


class Range(msgspec.Struct, frozen=True, tag_field="kind", tag="range", kw_only=True):
    """A `RangeIndex`."""

    start: int
    stop: int
    step: int
    name: Label


class Levels(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="levels", kw_only=True):
    """Any other index; two levels and more are a `MultiIndex`, and one where that is said."""

    levels: tuple[Field, ...]
    multi: bool | None = None

    @property
    def is_multi(self) -> bool:
        """Tell whether it is a `MultiIndex`."""
        return len(self.levels) > 1 or bool(self.multi)


class Schema(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the text of one frame or Series cannot say by itself.

    Names follow Frictionless Table Schema where it has them (https://datapackage.org/standard/table-schema/).
    """

    schema_version: int
    kind: Literal["frame", "series"]
    fields: tuple[Field, ...]
    index: Range | Levels
    columns: Columns | None = None
    attrs: dict[str, Any] | None = None


def load_schema(document: Mapping[str, object]) -> Schema:
    """Check a schema document; fields this version does not know are ignored.

    Raises:
        NewerFormat: a newer version wrote it.
        FormatError: it is not what its version promises.
    """
    version = document.get("schema_version") if isinstance(document, Mapping) else None
    if type(version) is not int or version < 1:
        raise FormatError(f"the schema of this table is damaged: schema_version is {version!r}; store the table again")
    if version > SCHEMA_VERSION:
        raise NewerFormat(f"this table has a schema of version {version}; upgrade: pip install --upgrade vaultcheck")
    try:
        return msgspec.convert(dict(document), Schema)
    except (msgspec.ValidationError, RecursionError) as err:
        raise FormatError(f"the schema of this table is damaged: {err}; store the table again") from err


def dump_schema(schema: Schema) -> dict[str, object]:
    """Turn a schema into plain JSON values; raises `UnicodeEncodeError` for text that UTF-8 cannot hold."""
    document: dict[str, object] = msgspec.json.decode(msgspec.json.encode(schema))
    return document


def canonical_schema(schema: Mapping[str, object]) -> bytes:
    """Give the bytes by which a schema document is identified: sorted keys, no spaces, UTF-8, no NaN."""
    try:
        text = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as err:
        raise FormatError(f"the schema of this table is not JSON: {err}; store the table again") from err


def schema_digest(schema: Mapping[str, object] | None) -> str | None:
    """Give the SHA-256 of a schema document in lower-case hex, None for a value that has none."""
    return None if schema is None else hashlib.sha256(canonical_schema(schema)).hexdigest()
