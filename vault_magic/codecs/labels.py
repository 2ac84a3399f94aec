"""Labels of columns, levels and Series as JSON, so that `3`, `'3'`, `3.0` and `None` stay apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from vault_magic.codecs.dtypes import INTEGERS
from vault_magic.codecs.schema import Label
from vault_magic.errors import FormatError

_T = TypeVar("_T")


class NotInText(Exception):
    """A value that a text and its schema cannot carry; never leaves this package."""


def dump_label(label: object) -> Label:
    """Turn a label into JSON; raises `NotInText` for one of a type that has no tag."""
    kind = type(label)
    if label is None or kind is str:
        return label  # type: ignore[return-value]  # mypy does not narrow through `kind`
    if kind is tuple:
        return {"tuple": [dump_label(part) for part in label]}  # type: ignore[attr-defined]
    if kind is int and not -(2**63) <= label < 2**63:  # type: ignore[operator]
        raise NotInText("an integer label that other JSON readers would round")
    if kind in (int, bool):
        return {kind.__name__: label}
    if kind is float:
        return {"float": repr(label)}
    if kind is dt.date:
        return {"date": label.isoformat()}  # type: ignore[attr-defined]
    if kind.__module__ == "numpy" and kind.__name__ in INTEGERS:
        return {kind.__name__: int(label)}  # type: ignore[call-overload]  # as a Series has that was a column
    raise NotInText(f"a label of type {kind.__name__}")


def load_label(label: Label) -> Any:
    """Turn JSON back into the label; raises `FormatError`."""
    if not isinstance(label, dict):
        return label
    tag, content = read_tag(label)
    loader = _load_numpy(tag) if tag in INTEGERS else _LOADERS.get(tag)
    if loader is None:
        raise FormatError(f"the schema has a label of the unknown kind {tag!r}; upgrade or store the table again")
    try:
        return loader(content)
    except (TypeError, ValueError) as err:
        raise FormatError(f"the schema has the damaged label {label!r}; store the table again") from err


def read_tag(label: Label) -> tuple[str, Any]:
    """Split a tagged label into tag and content; raises `FormatError`."""
    if isinstance(label, dict) and len(label) == 1:
        return next(iter(label.items()))
    raise FormatError(f"the schema has the damaged label {label!r}; store the table again")


def _load_int(content: object) -> int:
    return _exactly(int, content)


def _load_bool(content: object) -> bool:
    return _exactly(bool, content)


def _load_float(content: object) -> float:
    return float(_exactly(str, content))


def _load_tuple(content: object) -> tuple[Any, ...]:
    return tuple(load_label(part) for part in _exactly(list, content))


def _load_date(content: object) -> dt.date:
    return dt.date.fromisoformat(_exactly(str, content))


def _load_numpy(dtype: str) -> Callable[[object], Any]:
    import numpy as np  # heavy, and seldom needed

    def load(content: object) -> Any:
        return np.array([_exactly(int, content)], dtype=dtype)[0]

    return load


def _exactly(kind: type[_T], content: object) -> _T:
    if type(content) is not kind:
        raise TypeError(f"expected {kind.__name__}")
    return content


_LOADERS: dict[str, Callable[[object], Any]] = {
    "int": _load_int,
    "bool": _load_bool,
    "float": _load_float,
    "tuple": _load_tuple,
    "date": _load_date,
}
