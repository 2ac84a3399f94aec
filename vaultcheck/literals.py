"""What an expression says without being run: texts, texts with gaps, and paths."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

FILLED_IN = "{...}"
"""Stands in a text for what is known only when it runs; in braces, as IPython fills in lines too."""

_SAME_PATH = frozenset({"resolve", "absolute", "as_posix", "abspath", "realpath", "normpath", "str", "fspath"})
_HERE = frozenset({"cwd", "getcwd"})
_HIGHEST = 100


def read_text(node: ast.expr | None) -> str | None:
    """Return a text with `{...}` in place of what is computed; of a mere variable nothing is known."""
    match node:
        case None | ast.Name() | ast.Attribute() | ast.Subscript():
            return None
        case ast.Constant(value=value) if not isinstance(value, str):
            return None
    return _read_parts(node)


def _read_parts(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(_read_parts, values))
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _read_parts(left) + _read_parts(right)
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=str() as text))):
            return text  # its own braces are the gaps
    return FILLED_IN


def read_path(node: ast.expr | None, *, file: Path | None = None) -> str | None:
    """Return a path that is written out; `file` is what `__file__` stands for.

    A folder above is written as `..`, whatever the path ends with: relative paths begin where the code runs.
    """
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id="__file__"):
            return file.as_posix() if file else None
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return _join([left, right], file=file)
        case ast.Attribute(attr="parent", value=value):
            return _climb(value, 1, file=file)
        case ast.Subscript(value=ast.Attribute(attr="parents", value=value), slice=ast.Constant(value=int() as level)):
            return _climb(value, level + 1, file=file)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=[]):
            return _read_call(node, name, file=file)
    return None


def _read_call(node: ast.Call, name: str, *, file: Path | None) -> str | None:
    match name, node.func, node.args:
        case (("Path" | "PurePath" | "join"), _, arguments):
            return _join(arguments, file=file)
        case "dirname", _, [argument]:
            return _climb(argument, 1, file=file)
        case _, _, [argument] if name in _SAME_PATH:
            return read_path(argument, file=file)
        case _, ast.Attribute(value=value), [] if name in _SAME_PATH:
            return read_path(value, file=file)
        case _, _, [] if name in _HERE:
            return "."
    return None


def _join(nodes: Iterable[ast.expr], *, file: Path | None) -> str | None:
    parts = [read_path(node, file=file) for node in nodes]
    known = [part for part in parts if part is not None]
    return Path(*known).as_posix() if len(known) == len(parts) else None


def _climb(node: ast.expr, levels: int, *, file: Path | None) -> str | None:
    path = read_path(node, file=file)
    return None if path is None or levels >= _HIGHEST else Path(path, *[".."] * levels).as_posix()
