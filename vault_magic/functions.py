"""The functions behind `with`: found by name, and called in whichever shape people write them."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from vault_magic.advice import advise
from vault_magic.errors import CommandError, FunctionFailed, MissingVariable
from vault_magic.exchange import NothingMade, open_exchange

Function = Callable[..., Any]


def find_function(name: str, namespace: Mapping[str, object]) -> Function:
    """Return what a dotted name stands for in a notebook, or among Python's own functions.

    Raises:
        MissingVariable: a part of the name is not there.
        CommandError: it cannot be called.
        FunctionFailed: an object raised an error when it was asked for a part of the name.
    """
    first, *attributes = name.split(".")
    if first not in namespace and not hasattr(builtins, first):
        advice = advise(first, namespace, otherwise="define or import it first")
        raise MissingVariable(f"there is no function {first!r} in this notebook; {advice}")
    found: object = namespace.get(first, getattr(builtins, first, None))
    for attribute in attributes:
        found = _find_attribute(found, attribute, name=name)
    if not callable(found):
        raise CommandError(f"{name!r} is not a function but of type {type(found).__name__!r}; name one that is")
    return found


def check_function(function: object) -> None:
    """Refuse what a call from Python was given in place of a function.

    Raises:
        CommandError: it cannot be called.
    """
    if function is not None and not callable(function):
        kind = type(function).__name__
        raise CommandError(f"function= takes the function itself, as in function=json.dump, not of type {kind!r}")


def write_with(function: Function, value: object, *, path: str, private: bool, name: str | None = None) -> bytes:
    """Return the bytes that a function makes of a value to be stored at `path`.

    It may take the value alone and return text or bytes, or take the value and a file, which is at once an open file
    for text or bytes and a path. `private` says that no plain text may reach a disk, `name` is what errors call it.

    Raises:
        FunctionFailed: the function raised an error, which is chained, or gave nothing to store.
    """
    with (
        open_exchange(b"", path=path, private=private) as file,
        _explaining(name or _name(function), f"storing {path!r}"),
    ):
        if _takes_value_alone(function):
            return _to_bytes(function(value))
        function(value, file)
        return file.collect()


def read_with(function: Function, data: bytes, *, path: str, private: bool, name: str | None = None) -> object:
    """Return what a function reads from the bytes of the object at `path`; it gets a file that is also a path.

    Raises:
        FunctionFailed: the function raised an error, which is chained.
    """
    with (
        open_exchange(data, path=path, private=private) as file,
        _explaining(name or _name(function), f"importing {path!r}"),
    ):
        value: object = function(file)
        return value


@contextmanager
def _explaining(name: str, doing: str) -> Iterator[None]:
    """Turn any error of a user's function into one that names it, with the function's own error chained."""
    try:
        yield
    except NothingMade as err:
        raise FunctionFailed(f"{name} failed when {doing}", str(err)) from None
    except Exception as err:  # a user's function may raise anything
        reason = _describe(err)
        raise FunctionFailed(f"{name} failed when {doing}", f"{reason}; nothing was changed") from _cut(err)


def _describe(err: Exception) -> str:
    """Return an error in one line; its text may be empty, or fail in its turn."""
    try:
        text = " ".join(str(err).split())[:300]
    except Exception:  # a user's error may do anything
        text = ""
    return f"{type(err).__name__}: {text}" if text else type(err).__name__


def _find_attribute(owner: object, attribute: str, *, name: str) -> object:
    with _explaining(name, "looked up"):
        if hasattr(owner, attribute):
            found: object = getattr(owner, attribute)
            return found
    first = name.partition(".")[0]
    raise MissingVariable(f"{first!r} has no {attribute!r}, as in {name!r}; correct the name")


def _name(function: Function) -> str:
    return str(getattr(function, "__qualname__", type(function).__name__))


def _cut(err: Exception) -> Exception:
    """Return an error with the frames of this module left out of the start of its traceback."""
    frames = err.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return err.with_traceback(frames)


def _takes_value_alone(function: Function) -> bool:
    """Tell whether a function can be called with one value; what has no signature is taken for `f(value)`."""
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _to_bytes(made: object) -> bytes:
    if isinstance(made, str):
        return str.encode(made)  # a subclass may have its own idea of it
    if isinstance(made, bytes | bytearray | memoryview):
        return bytes(made)
    raise NothingMade(f"it returned a value of type {type(made).__name__!r}; let it return text or bytes")
