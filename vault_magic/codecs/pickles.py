"""Pickles of one fixed protocol, whose bytes depend on the value alone where the value is made of builtin types."""

from __future__ import annotations

import io
import pickle
import struct
import sys
from collections.abc import Callable, Iterable
from typing import Any

from vault_magic.errors import CodecError

PROTOCOL = 5

_DEPTH = 20  # levels of attributes and items searched for what cannot be pickled
_NEW, _BUSY = object(), object()
_MUTABLE = (list, dict, set, bytearray)
_GLOBALS = ("builtins", "set", "frozenset", "complex")  # names that pickle itself writes


class _NotCanonical(Exception):
    """A value of another type, or one that holds the same mutable object twice."""


def encode_pickle(value: object) -> tuple[bytes, bool]:
    """Pickle a value and tell whether equal values give these bytes in any process.

    Raises:
        CodecError: something in the value cannot be pickled; the message names it.
    """
    try:
        return pickle.dumps(_Canonical().convert(value), PROTOCOL), True
    except (_NotCanonical, RecursionError):
        pass
    try:
        return pickle.dumps(value, PROTOCOL), False
    except Exception as err:  # an object's own __reduce__ may raise anything
        raise CodecError(_explain_failure(value, err)) from err


def decode_pickle(data: bytes) -> object:
    """Unpickle a value, which runs code that the file names; raises `CodecError`."""
    file = io.BytesIO(data)
    try:
        value: object = pickle.load(file)
    except ModuleNotFoundError as err:
        raise CodecError(f"cannot load: it needs the module {err.name!r}; install it and import again") from err
    except AttributeError as err:
        raise CodecError(f"cannot load: {_say(err)}; define or import that name first") from err
    except Exception as err:  # a damaged pickle, or an object's own __setstate__, may raise anything
        raise CodecError(f"cannot load: the pickle is damaged or needs other versions ({_say(err)})") from err
    if file.read(1):
        raise CodecError("cannot load: the pickle is followed by bytes that are not its own; store it again")
    return value


class _Unordered:
    """Stands for a set while it is pickled, and pickles as one with its items in a fixed order."""

    __slots__ = ("items", "kind")

    def __init__(self, kind: type[Any], items: list[object]) -> None:
        self.kind = kind
        self.items = items

    def __reduce__(self) -> tuple[type[Any], tuple[list[object]]]:
        return self.kind, (self.items,)


class _Canonical:
    """Copies a value so that equal immutable parts are one object and sets have an order.

    Pickle writes an object that it meets again as a reference. Without the copy the bytes would tell which equal
    strings happen to be the same object; leaving references out would make them anew for each row when loading.
    """

    def __init__(self) -> None:
        self._seen: dict[int, Any] = {}
        # Pickle uses these very objects for the names it writes.
        self._equal: dict[tuple[object, ...], Any] = {(str, name): sys.intern(name) for name in _GLOBALS}

    def convert(self, value: Any) -> Any:
        """Give the copy; raises `_NotCanonical`."""
        kind = type(value)
        if value is None or kind in (bool, int, float):
            return value  # pickle never writes a reference to these
        if kind in (str, bytes):
            return self._equal.setdefault((kind, value), value)
        known = self._seen.setdefault(id(value), _NEW)
        copy = _COPIERS.get(kind)
        if copy is None or known is _BUSY or (known is not _NEW and kind in _MUTABLE):
            raise _NotCanonical
        if known is _NEW:
            self._seen[id(value)] = _BUSY  # a value inside itself meets this
            self._seen[id(value)] = known = copy(self, value)
        return known

    def convert_tuple(self, value: tuple[Any, ...]) -> Any:
        """Give the one copy of all equal tuples."""
        items = tuple(map(self.convert, value))
        return self._equal.setdefault((tuple, *map(self._key, items)), items)

    def convert_complex(self, value: complex) -> Any:
        """Give the one object of all equal complex numbers."""
        return self._equal.setdefault((complex, struct.pack("<2d", value.real, value.imag)), value)

    def convert_frozenset(self, value: frozenset[Any]) -> Any:
        """Give the one stand-in of all equal frozensets."""
        items = self.sort(value)
        return self._equal.setdefault((frozenset, *map(self._key, items)), _Unordered(frozenset, items))

    def sort(self, items: Iterable[Any]) -> list[Any]:
        """Copy the items into the order of their pickles."""
        return sorted(map(self.convert, items), key=lambda item: pickle.dumps(item, PROTOCOL))

    def _key(self, item: Any) -> object:
        if isinstance(item, float):
            return float, struct.pack("<d", item)
        return (type(item), item) if item is None or isinstance(item, int) else id(item)


_COPIERS: dict[type[Any], Callable[[_Canonical, Any], Any]] = {
    list: lambda canonical, value: [canonical.convert(item) for item in value],
    dict: lambda canonical, value: {canonical.convert(key): canonical.convert(item) for key, item in value.items()},
    set: lambda canonical, value: _Unordered(set, canonical.sort(value)),
    bytearray: lambda _canonical, value: value,
    tuple: _Canonical.convert_tuple,
    frozenset: _Canonical.convert_frozenset,
    complex: _Canonical.convert_complex,
}


def _explain_failure(value: object, err: Exception) -> str:
    steps, culprit = _find_culprit(value)
    kind = type(value).__name__
    where = "it" if culprit is value else f"its {steps}, of type {type(culprit).__name__!r},"
    advice = "store what it yields, e.g. a list" if hasattr(culprit, "__next__") else "store the data it is made from"
    return f"cannot store a value of type {kind!r}: {where} cannot be pickled ({_say(err)}); {advice}"


def _find_culprit(value: object) -> tuple[str, object]:
    """Go down to the innermost part that fails by itself; gives the way there and the part."""
    steps = ""
    for _ in range(_DEPTH):
        part = next(((step, child) for step, child in _list_parts(value) if not _is_picklable(child)), None)
        if part is None:
            break
        steps, value = steps + part[0], part[1]
    return steps, value


def _list_parts(value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [(f"[{key!r:.40}]", item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{number}]", item) for number, item in enumerate(value)]
    return [(f".{name}", item) for name, item in getattr(value, "__dict__", {}).items()]


def _is_picklable(value: object) -> bool:
    try:
        pickle.dumps(value, PROTOCOL)
    except Exception:  # an object's own __reduce__ may raise anything
        return False
    return True


def _say(err: Exception) -> str:
    return " ".join(str(err).split())[:200] or type(err).__name__
