"""A small table for people: as text for a terminal, as HTML for a notebook."""

from __future__ import annotations

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
        lines = [self.header, *self.rows]
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
        head = "".join(f"<th>{escape(cell)}</th>" for cell in self.header)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
