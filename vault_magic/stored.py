"""Stored JSON, read by its version and its types, and written the same way every time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from vault_magic.errors import FormatError, NewerFormat

SCHEMA_VERSION = 1
"""The version of every stored format so far: record, mark, entry comment, sidecar, manifest."""

_T = TypeVar("_T")


def has_version(stored: object) -> bool:
    """Tell whether a value is one of ours; another tool may use the same key."""
    return isinstance(stored, dict) and "schema_version" in stored


def check_version(fields: object, *, what: str) -> dict[str, object]:
    """Return the fields of a stored object whose version this code understands.

    Raises:
        NewerFormat: it was written by a newer version.
        FormatError: it is not a JSON object with an integer `schema_version`.
    """
    if not isinstance(fields, dict):
        raise FormatError(f"{what} is not a JSON object")
    version = fields.get("schema_version")
    if type(version) is not int or version < 1:
        raise FormatError(f"{what} has no valid schema_version")
    if version > SCHEMA_VERSION:
        raise NewerFormat(
            f"{what} has version {version}, this installation reads up to {SCHEMA_VERSION}; "
            "run: pip install --upgrade vaultcheck"
        )
    return fields


def convert(fields: object, kind: type[_T], *, what: str) -> _T:
    """Return stored fields as a typed value; unknown fields are passed over.

    Raises:
        FormatError: a field is missing or has another type.
    """
    try:
        return msgspec.convert(fields, kind)
    except (msgspec.ValidationError, UnicodeError) as err:  # the latter for half a character
        raise FormatError(f"{what} is damaged: {err}") from err


def parse_json(text: str | bytes, *, what: str) -> object:
    """Return the value of a JSON text.

    Raises:
        FormatError: the text is not JSON, or names a field twice, as a text merge may leave it.
    """
    try:
        return json.loads(text, object_pairs_hook=_build_object)
    except (ValueError, RecursionError) as err:
        raise FormatError(f"{what} is damaged: {err}") from err


def _build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in fields if names.count(name) > 1)!r} stands there twice; keep one")
    return fields


def dump_json(fields: Mapping[str, object]) -> str:
    """Write one line of JSON; fields keep their order, and text stays readable unless it is not valid Unicode."""
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() or _is_encodable(text) else json.dumps(fields, allow_nan=False)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
