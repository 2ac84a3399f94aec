"""Where notebook and archive lie from each other, without naming folders of this machine."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from vault_magic.errors import CommandError


def relate(target: Path, *, folder: Path) -> str | None:
    """Return the path of `target` from `folder` with forward slashes, or `None` where it would tell too much.

    That is where the two share no folder below the file system's root, or share only folders above the home folder:
    the way from one to the other would then name users or disks.
    """
    try:
        target, folder, home = target.resolve(), folder.resolve(), Path.home().resolve()
        common = Path(os.path.commonpath([target, folder]))
    except (ValueError, RuntimeError):  # two drives; no home folder, or links in a circle
        return None
    if common == Path(common.anchor) or (common != home and common in home.parents):
        return None
    return Path(os.path.relpath(target, folder)).as_posix()


def hide_absolute(typed: str) -> str:
    """Return a path as typed, or its file name alone where it was absolute or led through the home folder."""
    path = typed.replace("\\", "/")
    absolute = path.startswith(("/", "~")) or ":" in path  # also what is absolute only on Windows
    return PurePosixPath(path.rpartition(":")[2]).name if absolute else path


def expand_home(typed: str) -> Path:
    """Return a path with the home folder in place of `~`.

    Raises:
        CommandError: there is no such home folder.
    """
    try:
        return Path(typed).expanduser()
    except RuntimeError as err:
        raise CommandError(f"{Path(typed).parts[0]!r} names no home folder here; write the folder out") from err
