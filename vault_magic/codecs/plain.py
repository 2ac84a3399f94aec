"""Text split into cells without pyarrow, which is optional: slower, and the same values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vault_magic.codecs.cells import Cells, match_cells, parse_cells
from vault_magic.codecs.schema import Column
from vault_magic.errors import CodecError

_FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^"\t\n\r]*))([\t\n])')


@dataclass(frozen=True, slots=True)
class PlainCells:
    """The cells of one column, None for one that is empty and not quoted."""

    cells: Cells

    def __len__(self) -> int:
        return len(self.cells)

    def parse(self, column: Column) -> Any:
        """Return the array of the column; raises `CodecError` or `FormatError`."""
        return parse_cells(self.cells, column)

    def parse_codes(self, values: pd.Index[Any], column: Column) -> Any:
        """Return for each cell its place among the values, -1 for a missing one; raises `CodecError`."""
        distinct = self.list_distinct()
        places = dict(zip(distinct, match_cells(distinct, values=values, column=column), strict=True))
        return np.array([places[cell] for cell in self.cells], dtype=np.int64)

    def list_distinct(self) -> list[str | None]:
        """Return each cell once."""
        return list(dict.fromkeys(self.cells))


def split_plain(data: bytes, columns: Sequence[Column]) -> list[PlainCells]:
    """Return the cells column by column of rows without a header; raises `CodecError`."""
    width = len(columns)
    found: list[list[str | None]] = [[] for _ in range(width)]
    for number, row in enumerate(split_rows(data.decode("utf-8")), start=1):
        if len(row) != width:
            raise CodecError(
                f"row {number} of the text has {len(row)} cells in place of {width}; store the table again"
            )
        for column, cell in zip(found, row, strict=True):
            column.append(cell)
    # A row of one empty cell is written as `""`, since a blank line would be no row.
    return [PlainCells([cell or None for cell in found[0]])] if width == 1 else [PlainCells(one) for one in found]


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
