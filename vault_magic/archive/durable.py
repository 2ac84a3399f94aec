"""Changes of files: every write, sync, cut and move goes through here; and files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp"
"""What is added to the name of a file for its next state."""

_TRIES = 50 if os.name == "nt" else 1
_PAUSE = 0.1  # seconds between tries


def write(file: BinaryIO, data: bytes | memoryview) -> None:
    """Write all of some bytes; the system may take them in pieces."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def sync(file: BinaryIO) -> None:
    """Make what was written durable."""
    file.flush()
    os.fsync(file.fileno())


def truncate(file: BinaryIO, size: int) -> None:
    """Cut a file off, and go to its end."""
    file.truncate(size)
    file.seek(size)


def move(temporary: Path, path: Path) -> None:
    """Move a file into place; Windows refuses while somebody reads the old one, so there it is tried for a while."""
    for _ in range(_TRIES - 1):
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(_PAUSE)
    temporary.replace(path)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(
    path: Path, fill: Callable[[BinaryIO], None], *, like: Path | None = None, is_lasting: bool = True
) -> None:
    """Write a file beside `path`, make it durable, and move it into place.

    Where that need not be lasting at once, a power cut in the next seconds may bring back the old file, whole.

    The caller holds the archive's lock, so that one name for the temporary file is enough: what a killed writer left
    there, the next one removes. A link stays one: the file that it names is replaced. Nobody may read the temporary
    file who may not read the present one, or the one that it is to be `like`.
    """
    path = path.resolve()
    model = like or path
    temporary = path.with_name(f"{path.name}{TEMPORARY}")
    try:
        with temporary.open("w+b", buffering=0) as file:
            if model.exists():
                shutil.copymode(model, temporary)
            fill(file)
            sync(file)
        move(temporary, path)
    except BaseException:
        remove(temporary)
        raise
    if is_lasting:
        sync_folder(path.parent)
