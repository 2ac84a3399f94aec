"""Cells of text to and from arrays of datetimes and durations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from vault_magic.codecs.dtypes import NANOSECONDS
from vault_magic.codecs.instants import parse_duration, parse_instant, render_duration
from vault_magic.codecs.schema import Column


def parse_instants(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into datetimes, of a zone where the column has one; raises `ValueError`."""
    counts = [None if cell is None else parse_instant(cell, zoned=column.timezone is not None) for cell in cells]
    values = _scale(counts, column)
    if column.timezone is None:
        return values
    return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(column.timezone).array


def parse_durations(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into durations; raises `ValueError`."""
    return _scale([None if cell is None else parse_duration(cell) for cell in cells], column)


def spell_instants(values: Any, column: Column) -> list[str]:
    """Spell datetimes that are not missing in full precision, those of a zone in UTC."""
    zoned = column.timezone is not None
    naive = np.asarray(values.tz_convert(None) if zoned else values).astype(column.dtype)
    return [str(text).replace("T", " ") + "+00:00" * zoned for text in np.datetime_as_string(naive)]


def spell_durations(values: Any, column: Column) -> list[str]:
    """Spell durations that are not missing."""
    return [render_duration(count * _unit(column)) for count in np.asarray(values).view(np.int64).tolist()]


def _scale(counts: Sequence[int | None], column: Column) -> Any:
    """Turn nanoseconds into an array of the column's unit, refusing what the unit cannot hold."""
    unit = _unit(column)
    lost = next((count for count in counts if count is not None and count % unit), None)
    if lost is not None:
        raise ValueError(f"{lost} ns")
    nat = np.iinfo(np.int64).min
    return np.array([nat if count is None else count // unit for count in counts], dtype=np.int64).view(column.dtype)


def _unit(column: Column) -> int:
    return NANOSECONDS[np.datetime_data(np.dtype(column.dtype))[0]]
