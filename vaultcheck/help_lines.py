"""Help lines, which formatters turn around: black makes `?open` of `open?`."""

from __future__ import annotations

from vault_magic.cell_text import LineKind, LogicalLine, split_cell


def turn_help_lines(source: str) -> str | None:
    """Return a cell with its help lines written the other way, `?name` as `name?`; `None` where it has none."""
    cell = split_cell(source) if "?" in source else None
    lines = [line for line in cell.lines if line.kind is LineKind.HELP and line.lines == 1] if cell else []
    if not cell or not lines:
        return None
    rows = cell.body.split("\n")
    for line in lines:
        rows[line.number] = line.indent + _turn(line)
    return "\n".join(rows)


def _turn(line: LogicalLine) -> str:
    name = line.text.strip("?")
    before, after = (line.text[: line.text.index(name)], line.text[line.text.rindex(name) + len(name) :])
    return f"{after}{name}{before}" if name else line.text
