"""A small table for people: as text for a terminal, as HTML for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a header; `note` stands below them, or alone where there are none."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""

    def to_text(self) -> str:
        """Return the table with its columns aligned."""
        if not self.rows:
            return self.note
        lines = [self.header, *self._list_rows()]
        widths = [max(len(row[column]) for row in lines) for column in range(len(self.header))]
        aligned = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in lines
        ]
        return "\n".join([*aligned, *([self.note] if self.note else [])])

    def to_html(self) -> str:
        """Return the table as HTML, everything in it escaped."""
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        if not self.rows:
            return note
        head, body = self._build_row("th", self.header), (self._build_row("td", row) for row in self._list_rows())
        return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>{note}"

    def _build_row(self, tag: str, row: Sequence[str]) -> str:
        """Return a row of HTML: text to the left, which notebooks put to the right, and numbers there."""
        sides = ["right" if name == "bytes" else "left" for name in self.header]
        cells = zip(sides, row, strict=True)
        built = (f'<{tag} style="text-align: {side}">{escape(text)}</{tag}>' for side, text in cells)
        return f"<tr>{''.join(built)}</tr>"

    def _list_rows(self) -> list[list[str]]:
        return [[_show(cell) for cell in row] for row in self.rows]


def _show(cell: str) -> str:
    """Return a cell with what would steer a terminal or break a line written out: names come from any archive."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in cell)
