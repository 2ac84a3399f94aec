"""Cells of text to values that Python keeps as objects: strings, decimals, dates, and periods of pandas."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from vault_magic.codecs.schema import Column

_MISSING: dict[str | None, Any] = {"nan": float("nan"), "none": None, "NA": pd.NA, None: ""}


def parse_objects(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into strings, an empty one into what the column says is missing."""
    return _convert(cells, column, str)


def parse_decimals(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into decimals; raises `ArithmeticError` or `ValueError`."""
    return _convert(_refuse_empty(cells, column), column, decimal.Decimal)


def parse_dates(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into dates; raises `ValueError`."""
    return _convert(_refuse_empty(cells, column), column, dt.date.fromisoformat)


def parse_periods(cells: Sequence[str | None], column: Column) -> Any:
    """Turn cells into an array of periods; raises `ValueError`."""
    dtype: Any = pd.PeriodDtype(column.dtype[len("period[") : -1])
    # A week is spelled by both its days.
    values = [pd.NaT if cell is None else pd.Period(cell.partition("/")[0], freq=dtype.freq) for cell in cells]
    return pd.array(values, dtype=dtype)


def _convert(cells: Sequence[str | None], column: Column, convert: Callable[[str], Any]) -> Any:
    missing = _MISSING[column.missing]
    values = np.empty(len(cells), dtype=object)
    values[:] = [missing if cell is None else convert(cell) for cell in cells]
    return values


def _refuse_empty(cells: Sequence[str | None], column: Column) -> Sequence[str | None]:
    if column.missing is None and None in cells:
        raise ValueError("it is empty")
    return cells
