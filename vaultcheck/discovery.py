"""Paths given by the user become notebook files, sorted, with the names under which they are reported."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NoReturn

from vaultcheck.errors import CheckError

_SUFFIX = ".ipynb"
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


class MissingPath(CheckError):
    """A path on the command line that does not exist."""


@dataclass(frozen=True, slots=True, order=True)
class FoundFile:
    """A notebook file: `path` for display, relative to the working directory with forward slashes."""

    path: str
    file: Path


def find_notebooks(
    paths: Iterable[Path],
    *,
    working_directory: Path,
    exclude: Collection[str] = (),
    root: Path | None = None,
    is_forced: bool = False,
) -> tuple[FoundFile, ...]:
    """Return the notebooks below folders and those named directly, each once, in the order of their paths.

    Hidden folders (checkpoints, environments, version control), virtual environments and installed packages are
    passed over, and so is what `exclude` means: patterns of paths, seen from the working directory or the `root`
    of the settings, or of names. What is named directly is taken all the same, unless `exclude` `is_forced`.

    Raises:
        MissingPath: a path does not exist.
    """

    def list_names(path: Path) -> set[str]:
        return {display_path(path, base) for base in (working_directory, root or working_directory) if exclude}

    def is_excluded(path: Path) -> bool:
        return any(matches(one, pattern) for one in list_names(path) for pattern in exclude)

    def is_left_out(path: Path) -> bool:
        around = [one for name in list_names(path) for one in _list_folders(name)] if is_forced else []
        return any(matches(one, pattern) for one in around for pattern in exclude)

    named = (path for path in paths if not (path.exists() and is_left_out(path)))
    links = Links()
    files = {links.follow(file): file for path in named for file in _expand(path, is_excluded)}
    return tuple(sorted(FoundFile(display_path(file, working_directory), file) for file in files))


def follow_links(file: Path) -> Path:
    """Return where a file lies; of links in a circle, where the first one is."""
    try:
        return file.resolve()
    except (OSError, RuntimeError):  # the latter before Python 3.13
        return file.absolute()


class Links:
    """Where files lie: of one that is no link, the folder alone has to be looked at, once."""

    def __init__(self) -> None:
        self._follow_folder = cache(follow_links)

    def follow(self, file: Path) -> Path:
        """Return where a file lies."""
        return follow_links(file) if file.is_symlink() else self._follow_folder(file.parent) / file.name


def raise_missing(path: Path) -> NoReturn:
    """Refuse a path; raises `MissingPath`."""
    raise MissingPath(f"{path} does not exist; name notebooks or folders with notebooks")


def display_path(file: Path, working_directory: Path) -> str:
    """Return a path as reports show it."""
    try:
        return Path(os.path.relpath(file, working_directory)).as_posix()
    except ValueError:  # another drive on Windows
        return file.as_posix()


def matches(path: str, pattern: str) -> bool:
    """Tell whether a file or folder is meant, by its path or by its name alone; `*` goes through folders, too."""
    pattern = pattern.removeprefix("./").rstrip("/")
    return fnmatchcase(path, pattern) or fnmatchcase(posixpath.basename(path), pattern)


def _list_folders(path: str) -> Iterator[str]:
    """Yield a path and the folders that it leads through, from the outermost one below where it begins."""
    parts = path.split("/")
    yield from ("/".join(parts[: number + 1]) for number, part in enumerate(parts) if part not in ("", ".", ".."))


def _expand(path: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _walk(path, is_excluded)
    else:
        raise_missing(path)


def _walk(folder: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        paths = [Path(root, name) for name in folders]
        folders[:] = [path.name for path in paths if not _is_skipped(path) and not is_excluded(path)]
        files = (Path(root, name) for name in names if name.endswith(_SUFFIX))
        yield from (file for file in files if not is_excluded(file))


def _is_skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists()
