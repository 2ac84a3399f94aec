"""What a user's function reads from or writes into: a file in memory that is also a path."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_IN_MEMORY = Path("/dev/shm" if sys.platform == "linux" else os.devnull)  # noqa: S108  # elsewhere no folder is that
_PREFIX = "vault-magic-exchange-"  # nobody else's folder may be called so: what is abandoned gets removed
_GRACE = 60.0  # seconds in which a folder may be there and not yet locked
_NO_FILE_NAME = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]+\Z')  # what Windows takes for a device, a stream or nothing


class NothingMade(Exception):
    """What a function made cannot be stored; the text says why and what to do."""


class FileWithoutPath(io.BytesIO):
    """A file that is only in memory: one for bytes, and for text as UTF-8."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._start = data
        self._closed_with = b""

    def write(self, data: Any, /) -> int:
        """Write bytes, or text as UTF-8."""
        return super().write(data.encode() if isinstance(data, str) else data)

    def __str__(self) -> str:
        raise NothingMade("a path would leave plain text of this encrypted vault on the disk; use the file itself")

    def close(self) -> None:
        """Close the file; what was written is kept."""
        if not self.closed:
            self._closed_with = self.getvalue()
        super().close()

    def collect(self) -> bytes:
        """Return what was written."""
        written = self._closed_with if self.closed else self.getvalue()
        if not written:
            raise NothingMade("it wrote nothing; let it write to its second argument, or return text or bytes")
        return written

    def discard(self) -> None:
        """Leave nothing behind."""


class Exchange(FileWithoutPath):
    """A file in memory that is also a path: what asks for the path finds the content in a private folder.

    One object for every shape of function, so that each is called once and never by trial: `json.dump` writes text
    into it, `pickle.dump` bytes, `open` and `DataFrame.to_excel` take its path.
    """

    def __init__(self, data: bytes, *, filename: str, private: bool) -> None:
        super().__init__(data)
        self._filename = _NO_FILE_NAME.sub("_", filename)
        self._is_private = private
        self._folder: _Folder | None = None

    def __fspath__(self) -> str:
        if self._folder is None:
            self._folder = _Folder(_IN_MEMORY if self._is_private else Path(tempfile.gettempdir()))
            if self._start:
                (self._folder.path / self._filename).write_bytes(self._start)
        return str(self._folder.path / self._filename)

    def __str__(self) -> str:
        return self.__fspath__()

    def __getattr__(self, name: str) -> Any:
        """Offer what a `Path` has, to functions that expect one."""
        if name.startswith("_") or not hasattr(Path, name):
            raise AttributeError(name)
        return getattr(Path(self), name)

    def collect(self) -> bytes:
        """Return what was written, either to the path or to the file."""
        if self._folder is None or not Path(self).is_file():
            return super().collect()
        if self._closed_with if self.closed else self.getvalue():
            raise NothingMade("it wrote both into the file and to its path; let it use one of them")
        return Path(self).read_bytes()

    def discard(self) -> None:
        """Remove the private folder."""
        if self._folder is not None:
            self._folder.remove()


@contextmanager
def open_exchange(data: bytes, *, path: str, private: bool) -> Iterator[FileWithoutPath]:
    """Open a file for a function that stores or imports the object at `path`; whatever happens, nothing is left of it.

    `private` says that no plain text may reach a disk: where no folder is in memory, as on Windows and macOS, the file
    is no path then, and what takes either (`pandas.read_csv`) uses the file.
    """
    has_path = not private or (_IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK))
    filename = path.rsplit("/", 1)[-1]
    file = Exchange(data, filename=filename, private=private) if has_path else FileWithoutPath(data)
    try:
        yield file
    finally:
        file.discard()


def sweep_folders() -> None:
    """Remove the folders of this user's processes that were killed: what lies there may be of an encrypted vault."""
    places = {_IN_MEMORY}
    with suppress(OSError):  # a machine may have no temporary folder at all
        places.add(Path(tempfile.gettempdir()))
    for place in places:
        for folder in place.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                if _is_abandoned(folder):
                    shutil.rmtree(folder, ignore_errors=True)


class _Folder:
    """A folder that only this user can read, locked for as long as its process lives."""

    def __init__(self, place: Path) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        self._owner = os.getpid()
        self._lock = _lock(self.path)

    def remove(self) -> None:
        if os.getpid() != self._owner:
            return  # a fork of the process that still needs it
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)


def _lock(folder: Path) -> int | None:
    """Return a descriptor that holds a folder until the last process with it ends, None where that cannot be."""
    if sys.platform == "win32":
        return None
    import fcntl  # not on Windows

    descriptor = None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or on a file system without locks
        if descriptor is not None:
            os.close(descriptor)
        return None
    return descriptor


def _is_abandoned(folder: Path) -> bool:
    """Tell whether nobody holds a folder that is not just being made; what cannot be locked is held."""
    found = folder.lstat()
    is_own = sys.platform != "win32" and found.st_uid == os.getuid()
    if not (is_own and folder.is_dir() and not folder.is_symlink() and time.time() - found.st_mtime > _GRACE):
        return False
    descriptor = _lock(folder)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None
