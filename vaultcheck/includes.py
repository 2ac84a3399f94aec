"""The files that a notebook runs and imports, and what they leave to it: an open vault, names, another folder."""

from __future__ import annotations

import getopt
import os
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from vault_magic.cell_text import split_cell
from vaultcheck.cell import Cell
from vaultcheck.cell_calls import find_imports
from vaultcheck.cell_source import NOTHING_READ, CellReading, FoundMove, FoundOpening, FoundRun, read_cell
from vaultcheck.discovery import Links
from vaultcheck.notebook import Notebook, UnreadableNotebook, read_notebook
from vaultcheck.vault_names import NO_NAMES, VaultNames, export_names, keep_exports

_RUN_OPTIONS = "nidtN:b:pD:l:rs:T:em:G"  # those of IPython's %run
_STANDARD = sys.stdlib_module_names | {""}
_IMPORT = re.compile(r"(?:^|[;:])[ \t]*(?:import|from)\s", re.MULTILINE)  # the magics with these words are most of all
_SUFFIXES = (".ipynb", ".py", ".ipy")
_DEEPEST, _MOST = 8, 500  # files that run each other can be many more than anybody means


@dataclass(frozen=True, slots=True)
class Include:
    """A file that another one runs or imports.

    `by` is the file that names it; `cell` and `line` are where the notebook sets this off, itself or through others.
    """

    by: Path
    file: Path
    cell: int
    line: int
    is_import: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening that holds from some place on: the working directory it met, if known, and the folder it stands in."""

    found: FoundOpening
    folder: Path | None
    origin: Path


@dataclass(frozen=True, slots=True)
class Course:
    """What can be told, without running it, of how a notebook goes on from cell to cell.

    `folder` is where it lies, `root` that of its project, `start` where its kernel starts if
    that is elsewhere. `readings` are its cells by number, `openings` in order those
    that hold from a cell and line on.
    """

    folder: Path
    root: Path
    readings: Mapping[int, CellReading] = field(default_factory=dict)
    openings: tuple[tuple[int, int, Opening], ...] = ()
    includes: tuple[Include, ...] = ()
    start: Path | None = None

    def find_opening(self, cell: int, *, line: int) -> Opening | None:
        """Return the opening that holds at a line of a cell."""
        return next((one for *place, one in reversed(self.openings) if place <= [cell, line]), None)


class SourceFiles:
    """The files that notebooks run and import, each looked for and read once."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[str, ...] | None] = {}
        self.find = cache(self._find)
        """Return the first file of some names that is there, looked for in the folders in turn."""
        self.find_root = cache(find_root)
        self.resolve = Links().follow

    def read(self, file: Path) -> tuple[str, ...] | None:
        """Return the code of a file, by cells if it is a notebook: `None` if it is not there, none if unreadable."""
        if file not in self._read:
            self._read[file] = _read_sources(file)
        return self._read[file]

    def _find(self, names: tuple[str, ...], folders: tuple[Path, ...]) -> Path | None:
        places = (Path(os.path.normpath(folder / name)) for name in names for folder in folders)
        return next((place for place in places if self.read(place) is not None), None)


def _read_sources(file: Path) -> tuple[str, ...] | None:
    try:
        if not file.is_file():
            return None
        if file.suffix == ".ipynb":
            return tuple(cell.source for cell in read_notebook(file, path=file.name).code_cells)
        return (file.read_text(encoding="utf-8-sig"),)  # editors on Windows put a mark in front
    except (OSError, ValueError, UnreadableNotebook):
        return ()


def follow(notebook: Notebook, files: SourceFiles, *, start: Path | None = None) -> Course:
    """Return the course of a notebook; one that neither speaks of vaults nor runs other files is not read for it.

    `start` is where its kernel starts, if that is not the folder of the notebook.
    """
    file = files.resolve(notebook.file)
    course = Course(file.parent, files.find_root(file.parent), start=start)
    if not any("vault" in cell.source or "%run" in cell.source for cell in notebook.code_cells):
        return course
    walker = _Walker(file, course, files)
    readings = {cell.number: walker.read_own(cell) for cell in notebook.code_cells}
    return replace(course, readings=readings, openings=tuple(walker.openings), includes=tuple(walker.includes))


_Turn = FoundOpening | FoundRun | FoundMove


class _Walker:
    """Goes through a notebook and what it includes, in the order in which they run."""

    def __init__(self, notebook: Path, course: Course, files: SourceFiles) -> None:
        self.openings: list[tuple[int, int, Opening]] = []
        self.includes: list[Include] = []
        self._file = notebook
        self._files = files
        self._names: VaultNames = NO_NAMES
        self._folder: Path | None = course.start or course.folder
        self._bases = (course.folder, course.root)
        self._place = (0, 0)
        self._imported: set[Path] = set()

    def read_own(self, cell: Cell) -> CellReading:
        """Read the next cell of the notebook itself; most of them tell nothing, which is known already."""
        if cell.reading is NOTHING_READ and not self._names and "import" not in cell.source:
            return NOTHING_READ
        return self._read(cell.source, chain=(self._file,), cell=cell.number)

    def _read(self, source: str, *, chain: tuple[Path, ...], cell: int | None = None) -> CellReading:
        """Read a cell of the last file of a chain of includes."""
        reading, before = read_cell(source, names=self._names, file=chain[-1]), self._names
        for turn in _list_turns(source, reading):
            if cell is not None:
                self._place = (cell, turn.line)
            self._take(turn, chain=chain)
        if self._names != before:  # a file that was run has bound some
            reading = read_cell(source, names=self._names, file=chain[-1])
        self._names = reading.names
        return reading

    def _take(self, turn: _Turn | _FoundImport, *, chain: tuple[Path, ...]) -> None:
        match turn:
            case FoundOpening(options=options) if options is not None:
                self.openings.append((*self._place, Opening(turn, self._folder, chain[-1].parent)))
            case FoundMove(folder=folder):
                self._folder = _move(self._folder, folder)
            case FoundRun(text=text):
                self._include(_name_run_files(text), chain=chain)
            case _FoundImport(module=module):
                names, self._names = self._names, keep_exports(self._names)
                self._include(_name_module_files(module), chain=chain, is_import=True)
                self._names = {**names, **export_names(module, self._names)}

    def _include(self, names: tuple[str, ...], *, chain: tuple[Path, ...], is_import: bool = False) -> None:
        file = self._files.find(names, self._list_folders(chain[-1].parent))
        if file is None or file in chain or file in self._imported or not self._has_room(chain):
            return
        self._imported |= {file} if is_import else set()
        self.includes.append(Include(chain[-1], file, *self._place, is_import=is_import))
        for source in self._files.read(file) or ():
            self._read(source, chain=(*chain, file))

    def _has_room(self, chain: tuple[Path, ...]) -> bool:
        return len(chain) < _DEEPEST and len(self.includes) < _MOST

    def _list_folders(self, beside: Path) -> tuple[Path, ...]:
        """Return where files are looked for: in the working directory, if known, else where it may be."""
        known = [self._folder] if self._folder else []
        return tuple(dict.fromkeys([*known, *self._bases, beside]))


@dataclass(frozen=True, slots=True)
class _FoundImport:
    module: str
    line: int


def _list_turns(source: str, reading: CellReading) -> list[_Turn | _FoundImport]:
    """Return in order what a cell does that holds for what comes after it."""
    turns: list[_Turn | _FoundImport] = [one for one in reading.found if isinstance(one, FoundOpening)]
    turns += reading.turns
    if "import" in source and _IMPORT.search(source):
        turns += [_FoundImport(name, line) for line, name in find_imports(split_cell(source))]
    return sorted(turns, key=lambda turn: turn.line) if len(turns) > 1 else turns


def _move(folder: Path | None, target: str | None) -> Path | None:
    """Return the working directory after a change; one that is not on this machine may be anywhere."""
    if target is None:
        return None
    try:
        path = Path(target).expanduser()
        moved = Path(os.path.normpath(folder / path if folder else path))
        return moved if moved.is_absolute() and moved.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # a name that no folder can have; no home
        return None


def _name_run_files(text: str) -> tuple[str, ...]:
    """Return the files that a `%run` line can mean, in the order in which IPython looks for them."""
    try:
        words = shlex.split(re.sub(r"\\(?!\s)", "/", text.rstrip().removesuffix(";")))
        options, rest = getopt.getopt(words, _RUN_OPTIONS)
    except (ValueError, getopt.GetoptError):
        return ()
    module = dict(options).get("-m")
    if module or not rest:
        return _name_module_files(module or "")
    names = (rest[0], f"{rest[0]}.py")
    return tuple(name for name in names if name.endswith(_SUFFIXES) and not name.endswith(".py.py"))


def _name_module_files(module: str) -> tuple[str, ...]:
    if module.partition(".")[0] in _STANDARD:
        return ()
    path = module.replace(".", "/")
    return (f"{path}.py", f"{path}/__init__.py")


def find_root(folder: Path) -> Path:
    """Return the nearest folder upwards that looks like the root of a project, or the folder itself."""
    roots = (one for one in (folder, *folder.parents) if (one / "pyproject.toml").exists() or (one / ".git").exists())
    return next(roots, folder)
