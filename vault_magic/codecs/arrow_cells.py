"""Cells of text to the arrays that Arrow keeps, and the names of their types."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from vault_magic.codecs.dtypes import ARROW, ARROW_DATE, ARROW_FLOATS, ARROW_STRINGS, INTEGERS, NANOSECONDS
from vault_magic.codecs.instants import parse_duration, parse_instant
from vault_magic.codecs.schema import Column

_CONVERTERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(INTEGERS, int),
    **dict.fromkeys(ARROW_FLOATS, float),
    **dict.fromkeys(ARROW_STRINGS, str),
    "bool": {"True": True, "False": False}.__getitem__,
    ARROW_DATE: dt.date.fromisoformat,
}
_MOMENT = re.compile(r"(timestamp|duration)\[(s|ms|us|ns)(?:, tz=(.+))?\]")
_DECIMAL = re.compile(r"decimal(128|256)\((\d+), (-?\d+)\)")


def load_arrow(name: str) -> Any:
    """Return the type of Arrow that a dtype `...[pyarrow]` names, None where it names none that is known."""
    kind = name.removesuffix(ARROW)
    if kind == name or not find_spec("pyarrow"):
        return None
    import pyarrow as pa  # heavy and optional

    if kind in _CONVERTERS:
        return pa.type_for_alias(kind)
    if match := _MOMENT.fullmatch(kind):
        return pa.duration(match[2]) if match[1] == "duration" else pa.timestamp(match[2], match[3])
    if match := _DECIMAL.fullmatch(kind):
        width = pa.decimal128 if match[1] == "128" else pa.decimal256
        return width(int(match[2]), int(match[3]))
    return None


def parse_arrow(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into an array of a type that `load_arrow` knows; raises what a wrong cell raises."""
    import pyarrow as pa  # heavy and optional
    from pandas.arrays import ArrowExtensionArray  # heavy

    kind, name = load_arrow(column.dtype), column.dtype.removesuffix(ARROW)
    if match := _MOMENT.fullmatch(name):
        counts = [_count(cell, match) for cell in cells]
        return ArrowExtensionArray(pa.array(counts, pa.int64()).cast(kind))
    convert = _CONVERTERS.get(name, decimal.Decimal)
    return ArrowExtensionArray(pa.array([None if cell is None else convert(cell) for cell in cells], kind))


def _count(cell: str | None, match: re.Match[str]) -> int | None:
    """Return a moment or a duration in units of its type."""
    if cell is None:
        return None
    nanoseconds = parse_duration(cell) if match[1] == "duration" else parse_instant(cell, zoned=match[3] is not None)
    count, rest = divmod(nanoseconds, NANOSECONDS[match[2]])
    if rest:
        raise ValueError(f"{cell} is finer than {match[2]}")
    return count
