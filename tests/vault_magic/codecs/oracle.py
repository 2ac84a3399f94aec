"""The specified text by a writer that is not ours: what pandas writes, compared cell by cell."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

_CELL = re.compile(r'("(?:[^"]|"")*"|[^"\t\n]*)([\t\n])')


def pandas_text(table: Any) -> str:
    text: str = table.to_csv(sep="\t", lineterminator="\n")
    return text


def differences(text: str, table: Any) -> list[tuple[str, str]]:
    """Return the cells that are not as pandas writes them, except for quotes that keep a value from being lost.

    Those are around an empty string beside missing ones, and around a lone carriage return (which Python itself
    quotes from 3.13 on).
    """
    ours, theirs = text, pandas_text(table)
    if ours == theirs:
        return []
    pairs = list(zip(_CELL.findall(ours), _CELL.findall(theirs), strict=True))
    return [(one[0], other[0]) for one, other in pairs if one != other and not _is_kept_by_quotes(one, other)]


def _is_kept_by_quotes(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    return ours == (f'"{theirs[0]}"', theirs[1]) and ("\r" in theirs[0] or not theirs[0])


def is_specified() -> bool:
    """Tell whether this pandas is one that writes the specified text; 2.2 spelled years before 1000 otherwise."""
    return int(pd.__version__.split(".")[0]) >= 3
