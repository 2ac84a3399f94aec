"""Where a line of a cell lies in the `.ipynb` file, as editors and annotations count lines."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_CELL_DEPTH = 3  # the notebook, its cells, one cell
_LINE_DEPTH = 4  # and the list of lines of its source
_SOURCE = ("cells", "source")  # not a `source` in the metadata of a cell


@dataclass(frozen=True, slots=True)
class FilePositions:
    """For each cell, in order, the lines of the file on which the lines of its source stand."""

    cells: tuple[tuple[int, ...], ...]

    def find_line(self, *, cell: int, line: int) -> int | None:
        """Return the line of the file (from 1) of a line (from 1) of a cell (from 1), as near as the file allows."""
        if not 1 <= cell <= len(self.cells) or not self.cells[cell - 1]:
            return None
        lines = self.cells[cell - 1]
        return lines[min(line, len(lines)) - 1]


def locate_sources(text: str) -> FilePositions:
    """Find the sources of the cells in the JSON text of a notebook of format 4; in any other text, nothing."""
    breaks = [match.start() for match in re.finditer("\n", text)]
    places = _find_sources(text)
    return FilePositions(tuple(tuple(bisect.bisect_left(breaks, one) + 1 for one in cell) for cell in places))


def _find_sources(text: str) -> list[list[int]]:
    """Return for each cell the places of the strings of its source, as often as each holds lines."""
    cells: list[list[int]] = []
    for token in _read_tokens(text):
        if token.keys[:1] != ("cells",) or token.depth < _CELL_DEPTH:
            continue
        if token.text == "{" and token.depth == _CELL_DEPTH:
            cells.append([])
        elif token.is_value and token.keys == _SOURCE and token.depth in (_CELL_DEPTH, _LINE_DEPTH) and cells:
            cells[-1] += [token.place] * max(1, len(json.loads(token.text, strict=False).splitlines()))
    return cells


@dataclass(frozen=True, slots=True)
class _Token:
    """A token with its depth of nesting (its own bracket included) and the keys of the objects around it."""

    text: str
    place: int
    depth: int
    keys: tuple[str, ...]
    is_value: bool


def _read_tokens(text: str) -> Iterator[_Token]:
    """Yield the string values and opening brackets of a JSON text."""
    keys: list[str | None] = []  # one for each bracket that is open: the latest key of an object, `None` for a list
    expects_key = False
    for match in _TOKEN.finditer(text):
        mark = match[0]
        around = tuple(key for key in keys if key is not None)
        if mark in "{[":
            keys.append("" if mark == "{" else None)
            yield _Token(mark, match.start(), len(keys), around, is_value=False)
        elif mark in "}]":
            del keys[-1:]
        elif mark.startswith('"') and expects_key:
            keys[-1:] = [mark[1:-1]]
        elif mark.startswith('"'):
            yield _Token(mark, match.start(), len(keys), around, is_value=True)
        expects_key = mark in "{," and bool(keys) and keys[-1] is not None
