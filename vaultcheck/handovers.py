"""What a notebook puts somewhere for others, or takes from there, by files and by `%store`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from vault_magic.cell_text import unify_line_ends
from vaultcheck.cell import Cell
from vaultcheck.cell_source import FoundMove, read_cell
from vaultcheck.file_calls import FileCall, find_file_calls
from vaultcheck.file_functions import Family, Kind
from vaultcheck.notebook import Notebook
from vaultcheck.path_names import PathNames
from vaultcheck.store_magic import StoreAction, StoreLine, find_store_lines

_ROOTED = re.compile(r"/|~|[A-Za-z]:/")
_STORE = "%store"


class Medium(Enum):
    """What something is handed over by."""

    FILE = "file"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over: a file by its whole path, or a variable of `%store` by its name, empty for all of them.

    `part` counts the values in one file from 0.
    """

    medium: Medium
    name: str
    part: int = 0

    @property
    def sort_key(self) -> tuple[str, str, int]:
        """Files come first."""
        return (self.medium.value, self.name, self.part)


@dataclass(frozen=True, slots=True)
class Handling:
    """A place where a parcel is written or read; `code` is the line as it stands there."""

    parcel: Parcel
    notebook: str
    cell: int
    cell_id: str | None
    line: int
    code: str
    call: FileCall

    @property
    def kind(self) -> Kind:
        """Whether it is written or read."""
        return self.call.kind


def find_handlings(notebook: Notebook) -> tuple[Handling, ...]:
    """Return what a notebook writes and reads, in order, as far as the text tells.

    Relative paths begin in its folder, or where the code above them has gone to.
    """
    folder: str | None = Path(os.path.abspath(notebook.file)).parent.as_posix()  # noqa: PTH100 - links are kept
    names = PathNames(cell.source for cell in notebook.code_cells)
    handlings = []
    for cell in notebook.code_cells:
        for found in _read_cell(cell, names):
            if isinstance(found, FoundMove):
                folder = resolve_path(found.folder, folder=folder) if found.folder else None
            elif parcel := _build_parcel(found, folder):
                code = find_line(cell.source, found.line)
                handlings.append(Handling(parcel, notebook.path, cell.number, cell.id, found.line, code, found))
    return tuple(handlings)


def resolve_path(path: str, *, folder: str | None) -> str | None:
    """Return a path in the one spelling by which it is known; a relative one is of a folder, which may be unknown."""
    forward = path.replace("\\", "/")
    if _ROOTED.match(forward):
        return PurePosixPath(os.path.normpath(forward)).as_posix()
    return None if folder is None else PurePosixPath(os.path.normpath(f"{folder}/{forward}")).as_posix()


def _read_cell(cell: Cell, names: PathNames) -> list[FileCall | FoundMove]:
    found: list[FileCall | FoundMove] = [*find_file_calls(cell.source, names=names)]
    found += [call for line in find_store_lines(cell.source) for call in _list_calls(line)]
    if "%cd" in cell.source or "chdir" in cell.source:
        found += [turn for turn in read_cell(cell.source).turns if isinstance(turn, FoundMove)]
    return sorted(found, key=lambda one: one.line)


def _list_calls(line: StoreLine) -> Iterator[FileCall]:
    """Yield what a `%store` line does to variables, as if each was a file."""
    kinds = {StoreAction.STORE: Kind.WRITE, StoreAction.RESTORE: Kind.READ}
    if line.action is StoreAction.EXPORT and line.path:
        name = next(iter(line.names), None)
        yield FileCall(line.line, Kind.WRITE, line.path, f"{_STORE} >", Family.TEXT, name, name)
    elif line.action in kinds:
        for name in line.names or [""]:
            yield FileCall(line.line, kinds[line.action], name, _STORE, Family.OBJECT, name, name)


def _build_parcel(call: FileCall, folder: str | None) -> Parcel | None:
    if call.function == _STORE:
        return Parcel(Medium.STORE, call.path)
    path = resolve_path(call.path, folder=folder)
    return None if path is None else Parcel(Medium.FILE, path, call.part)


def find_line(source: str, line: int) -> str:
    """Return a line of a cell as a report shows it."""
    lines = unify_line_ends(source).split("\n")
    return lines[line - 1].strip() if line <= len(lines) else ""
