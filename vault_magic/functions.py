"""The functions behind `with`: found by name, and called in whichever shape people write them."""

from __future__ import annotations

import builtins
import difflib
import inspect
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vault_magic.errors import CommandError, FunctionFailed, MissingVariable

Function = Callable[..., Any]

_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # Linux keeps what is written there in memory


def find_function(name: str, namespace: Mapping[str, object]) -> Function:
    """Return what a dotted name stands for in a notebook, or among Python's own functions.

    Raises:
        MissingVariable: a part of the name is not there.
        CommandError: it cannot be called.
    """
    first, *attributes = name.split(".")
    if first not in namespace and not hasattr(builtins, first):
        near = difflib.get_close_matches(first, [*namespace], n=1)
        advice = f"did you mean {near[0]!r}?" if near else "define or import it first"
        raise MissingVariable(f"there is no function {first!r} in this notebook; {advice}")
    found: object = namespace.get(first, getattr(builtins, first, None))
    for attribute in attributes:
        if not hasattr(found, attribute):
            raise MissingVariable(f"{first!r} has no {attribute!r}, as in {name!r}; correct the name")
        found = getattr(found, attribute)
    if not callable(found):
        raise CommandError(f"{name!r} is not a function but of type {type(found).__name__!r}; name one that is")
    return found


def write_with(function: Function, value: object, *, path: str, private: bool, name: str | None = None) -> bytes:
    """Return the bytes that a function makes of a value to be stored at `path`.

    It may take the value alone and return text or bytes, or take the value and a file, which is at once an open file
    for text or bytes and a path. `private` says that no plain text may reach a disk, `name` is what errors call it.

    Raises:
        FunctionFailed: the function raised an error, which is chained, or gave nothing to store.
    """
    with (
        _open_exchange(b"", path=path, private=private) as file,
        _explaining(name or _name(function), f"storing {path!r}"),
    ):
        if _takes(function, 1):
            return _to_bytes(function(value))
        function(value, file)
        return file.collect()


def read_with(function: Function, data: bytes, *, path: str, private: bool, name: str | None = None) -> object:
    """Return what a function reads from the bytes of the object at `path`; it gets a file that is also a path.

    Raises:
        FunctionFailed: the function raised an error, which is chained.
    """
    with (
        _open_exchange(data, path=path, private=private) as file,
        _explaining(name or _name(function), f"importing {path!r}"),
    ):
        value: object = function(file)
        return value


class _NothingMade(Exception):
    """What a function made cannot be stored; the text says why and what to do."""


class Exchange(io.BytesIO):
    """A file in memory that is also a path: what asks for the path finds the content in a private folder.

    One object for every shape of function, so that each is called once and never by trial: `json.dump` writes text
    into it, `pickle.dump` bytes, `open` and `DataFrame.to_excel` take its path.
    """

    def __init__(self, data: bytes, *, filename: str, private: bool) -> None:
        super().__init__(data)
        self._start = data
        self._filename = filename
        self._is_private = private
        self._folder: Path | None = None
        self._closed_with = b""

    def write(self, data: Any, /) -> int:
        """Write bytes, or text as UTF-8."""
        return super().write(data.encode() if isinstance(data, str) else data)

    def __fspath__(self) -> str:
        if self._folder is None:
            self._folder = _make_folder(private=self._is_private)
            if self._start:
                (self._folder / self._filename).write_bytes(self._start)
        return str(self._folder / self._filename)

    def __str__(self) -> str:
        return self.__fspath__()

    def __getattr__(self, name: str) -> Any:
        """Offer what a `Path` has, to functions that expect one."""
        if name.startswith("_") or not hasattr(Path, name):
            raise AttributeError(name)
        return getattr(Path(self), name)

    def close(self) -> None:
        """Close the file; what was written is kept."""
        if not self.closed:
            self._closed_with = self.getvalue()
        super().close()

    def collect(self) -> bytes:
        """Return what was written, to the path or else to the file."""
        if self._folder and Path(self).is_file():
            return Path(self).read_bytes()
        written = self._closed_with if self.closed else self.getvalue()
        if not written:
            raise _NothingMade("it wrote nothing; let it write to its second argument, or return text or bytes")
        return written

    def discard(self) -> None:
        """Remove the private folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _make_folder(*, private: bool) -> Path:
    """Make a folder that only this user can read, for an encrypted vault one that is in memory."""
    if not private:
        return Path(tempfile.mkdtemp(prefix="vault-"))
    if not (_IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK)):
        raise _NothingMade("a path would leave plain text of this encrypted vault on the disk; use the file itself")
    return Path(tempfile.mkdtemp(prefix="vault-", dir=_IN_MEMORY))


@contextmanager
def _open_exchange(data: bytes, *, path: str, private: bool) -> Iterator[Exchange]:
    file = Exchange(data, filename=path.rsplit("/", 1)[-1], private=private)
    try:
        yield file
    finally:
        file.discard()


@contextmanager
def _explaining(name: str, doing: str) -> Iterator[None]:
    """Turn any error of a user's function into one that names it, with the function's own error chained."""
    try:
        yield
    except _NothingMade as err:
        raise FunctionFailed(f"{name} failed when {doing}: {err}") from None
    except Exception as err:  # a user's function may raise anything
        reason = " ".join(f"{type(err).__name__}: {err}".split())[:300]
        raise FunctionFailed(f"{name} failed when {doing}: {reason}; everything stored is as it was") from _cut(err)


def _name(function: Function) -> str:
    return str(getattr(function, "__qualname__", type(function).__name__))


def _cut(err: Exception) -> Exception:
    """Return an error with the frames of this module left out of the start of its traceback."""
    frames = err.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return err.with_traceback(frames)


def _takes(function: Function, count: int) -> bool:
    """Tell whether a function can be called with so many values; what has no signature is taken for `f(value)`."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _to_bytes(made: object) -> bytes:
    if isinstance(made, str):
        return made.encode()
    if isinstance(made, bytes | bytearray | memoryview):
        return bytes(made)
    raise _NothingMade(f"it returned a value of type {type(made).__name__!r}; let it return text or bytes")
