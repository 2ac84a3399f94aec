"""Paths given by the user become notebook files, sorted, with the names under which they are reported."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SUFFIX = ".ipynb"
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


class MissingPath(Exception):
    """A path on the command line that does not exist."""


@dataclass(frozen=True, slots=True, order=True)
class FoundFile:
    """A notebook file: `path` for display, relative to the working directory with forward slashes."""

    path: str
    file: Path


def find_notebooks(paths: Iterable[Path], *, working_directory: Path) -> tuple[FoundFile, ...]:
    """Return the notebooks below folders and those named directly, each once, in the order of their paths.

    Hidden folders (checkpoints, environments, version control), virtual environments and installed packages are
    passed over; a file named directly is always taken.

    Raises:
        MissingPath: a path does not exist.
    """
    files = {file.resolve(): file for path in paths for file in _expand(path)}
    return tuple(sorted(FoundFile(display_path(file, working_directory), file) for file in files))


def display_path(file: Path, working_directory: Path) -> str:
    """Return a path as reports show it."""
    try:
        return Path(os.path.relpath(file, working_directory)).as_posix()
    except ValueError:  # another drive on Windows
        return file.as_posix()


def _expand(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _walk(path)
    else:
        raise MissingPath(f"{path} does not exist; name notebooks or folders with notebooks")


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_skipped(Path(root, name))]
        yield from (Path(root, name) for name in names if name.endswith(_SUFFIX))


def _is_skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists()
