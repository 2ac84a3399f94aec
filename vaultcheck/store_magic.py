"""The `%store` lines of a cell: IPython's own way to hand variables over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from vault_magic.cell_text import LineKind, split_cell
from vault_magic.grammar import is_name
from vaultcheck.cell_calls import MagicCall, find_calls

_STORE = re.compile(r"%\s*store\b|\b(?:run_line_magic|magic)\(\s*['\"]%?store\b")


class StoreAction(Enum):
    """What a line does."""

    STORE = "store"
    RESTORE = "restore"
    DELETE = "delete"
    CLEAR = "clear"
    SHOW = "show"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A line; `line` counts from 1 in the cell. To restore without names restores everything; `path` is for exports."""

    line: int
    action: StoreAction
    names: tuple[str, ...] = ()
    path: str | None = None


_OPTIONS = {"-r": StoreAction.RESTORE, "-d": StoreAction.DELETE, "-z": StoreAction.CLEAR}


def find_store_lines(source: str) -> tuple[StoreLine, ...]:
    """Return the `%store` lines of a cell in order, those called as functions too."""
    if "store" not in source or not _STORE.search(source):
        return ()
    cell = split_cell(source)
    if not cell.is_code:
        return ()
    magics = [(line.number + 1, *line.text.partition(" ")[::2]) for line in cell.lines if line.kind is LineKind.MAGIC]
    magics += [(one.line, one.name, one.text) for one in find_calls(cell).calls if isinstance(one, MagicCall)]
    return tuple(line for number, name, text in sorted(magics) if name == "store" for line in _read(text, number))


def _read(text: str, number: int) -> Iterator[StoreLine]:
    text = text.partition("#")[0]
    subject, arrow, path = text.partition(">")
    words = [word.strip(",;") for word in subject.split()]
    action = next((_OPTIONS[word] for word in words if word in _OPTIONS), StoreAction.STORE)
    names = tuple(word for word in words if is_name(word))
    if arrow:
        yield StoreLine(number, StoreAction.EXPORT, names, path.strip("> \t'\"") or None)
    elif action is StoreAction.STORE and not words:
        yield StoreLine(number, StoreAction.SHOW)
    elif names or action in (StoreAction.CLEAR, StoreAction.RESTORE):
        yield StoreLine(number, action, names)
