"""A cell as Python can parse it: a name stands in place of every line that IPython rewrites."""

from __future__ import annotations

import ast
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from vault_magic.cell_text import CellText, LogicalLine, split_cell

NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing raises, and reading a tree that is too deep."""


@dataclass(frozen=True, slots=True)
class MaskedCell:
    """The text of a cell with names in place of some lines, and those lines by name; line numbers stay what they are.

    The names are in no other place of the text.
    """

    text: str
    lines: Mapping[str, LogicalLine]


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """A cell as IPython splits it, and its tree, in which names stand for `lines`; no tree where it is not Python."""

    source: str
    text: CellText
    lines: Mapping[str, LogicalLine]
    tree: ast.Module | None


def parse_cell(source: str) -> ParsedCell:
    """Read a cell once for all that is read out of its code; never raises."""
    cell = split_cell(source)
    if not cell.is_code:
        return ParsedCell(source, cell, {}, None)
    masked = mask_cell(cell)
    try:
        return ParsedCell(source, cell, masked.lines, parse_python(masked.text))
    except NOT_PYTHON:
        return ParsedCell(source, cell, masked.lines, None)


def mask_cell(cell: CellText) -> MaskedCell:
    """Replace the lines that IPython rewrites, and take out the cell magic."""
    lines = _name_lines(cell)
    return MaskedCell(_replace_lines(cell, lines), lines)


def parse_python(text: str) -> ast.Module:
    """Parse Python without showing what it warns of.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not Python, or too much of it.
    """
    with warnings.catch_warnings():  # neither shown nor, by a filter, turned into errors
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _name_lines(cell: CellText) -> dict[str, LogicalLine]:
    """Give each rewritten line a name that stands for it in the Python text and that the cell itself does not use."""
    text = cell.body if cell.body.isascii() else unicodedata.normalize("NFKC", cell.body)  # as Python reads names
    stem = "_rewritten_"
    while stem in text:
        stem += "_"
    return {f"{stem}{index}": line for index, line in enumerate(cell.lines)}


def _replace_lines(cell: CellText, rewritten: Mapping[str, LogicalLine]) -> str:
    rows = cell.body.split("\n")
    if cell.cell_magic is not None:
        rows[sum(1 for _ in takewhile(lambda row: not row.strip(), rows))] = ""
    for name, line in rewritten.items():
        rows[line.number : line.number + line.lines] = [""] * line.lines
        rows[line.number] = line.indent + (name if line.target is None else f"{line.target} = {name}")
    return "\n".join(rows)
