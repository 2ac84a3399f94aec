"""Files that appear whole or not at all, and stay after a power cut."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_TRIES = 50 if os.name == "nt" else 1
_PAUSE = 0.1  # seconds between tries


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file beside `path`, make it durable, and move it into place.

    The caller holds the archive's lock, so that one name for the temporary file is enough: what a killed writer left
    there, the next one overwrites. A link stays one: the file that it names is replaced. Nobody may read the temporary
    file who may not read the present one.
    """
    path = path.resolve()
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with temporary.open("w+b") as file:
            if path.exists():
                shutil.copymode(path, temporary)
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _move(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _move(temporary: Path, path: Path) -> None:
    """Move a file into place; Windows refuses while somebody reads the old one, so there it is tried for a while."""
    for _ in range(_TRIES - 1):
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(_PAUSE)
    temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
