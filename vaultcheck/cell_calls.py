"""The Python calls in a cell that are commands, or say where commands work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vault_magic.calls import METHODS
from vault_magic.cell_text import CellText
from vault_magic.masking import mask_cell, parse_python
from vaultcheck.literals import read_path, read_text
from vaultcheck.vault_names import NO_NAMES, NameReader, Role, VaultNames

_NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class MagicCall:
    """A line magic called as a function: `get_ipython().run_line_magic('vault', 'list')`.

    `{...}` in the text stands for what is known only when it runs. `is_lasting` as in `MoveCall`.
    """

    line: int
    name: str
    text: str
    is_lasting: bool = True


@dataclass(frozen=True, slots=True)
class VaultCall:
    """A method of a vault with a literal path, or `list` without one."""

    line: int
    method: str
    path: str | None


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call of `open_vault`; `path` is empty where none is given, and missing where it is not literal."""

    line: int
    path: str | None


@dataclass(frozen=True, slots=True)
class MoveCall:
    """A change of the working directory; `folder` is missing where it is not literal.

    It is not lasting in a function, which may never be called, and in `with chdir(...)`, which goes back.
    """

    line: int
    folder: str | None
    is_lasting: bool = True


Call = MagicCall | VaultCall | OpenCall | MoveCall


@dataclass(frozen=True, slots=True)
class CellCalls:
    """The calls of a cell in the order of its text, and what names stand for after it."""

    calls: tuple[Call, ...]
    names: VaultNames


def find_calls(cell: CellText, *, names: VaultNames = NO_NAMES, file: Path | None = None) -> CellCalls:
    """Return the calls of a cell; what is not Python has none.

    `names` is what the cells above have bound, `file` what `__file__` stands for.
    """
    reader = NameReader(names)
    try:
        tree = parse_python(mask_cell(cell).text)
        calls = [call for node in reader.walk(tree) for call in _read_call(node, reader=reader, file=file)]
    except _NOT_PYTHON:
        return CellCalls((), names)
    return CellCalls(tuple(calls), reader.names)


def find_imports(cell: CellText) -> tuple[tuple[int, str], ...]:
    """Return the lines and names of the modules that a cell may import: of `from a import b` both `a` and `a.b`."""
    try:
        tree = parse_python(mask_cell(cell).text)
    except _NOT_PYTHON:
        return ()
    return tuple(
        (node.lineno, name) for node in ast.walk(tree) if isinstance(node, ast.stmt) for name in _list_modules(node)
    )


def _list_modules(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Import(names=aliases):
            yield from (alias.name for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases):
            yield from [module] if module else []
            yield from (f"{module}.{alias.name}" if module else alias.name for alias in aliases)


def _read_call(node: ast.Call, *, reader: NameReader, file: Path | None) -> Iterator[Call]:
    match node.func:
        case ast.Attribute(attr="run_line_magic"):
            yield from _read_line_magic(node, is_lasting=reader.is_lasting)
        case ast.Attribute(attr="magic"):
            yield from _read_magic(node, is_lasting=reader.is_lasting)
        case ast.Attribute(attr=method, value=value) if method in METHODS and reader.find_role(value) is Role.VAULT:
            yield from _read_method(node, method)
        case ast.Attribute(attr="chdir", value=ast.Name(id="os")) | ast.Name(id="chdir"):
            folder = read_path(_find_argument(node, 0, "path"), file=file)
            yield MoveCall(node.lineno, folder, is_lasting=reader.is_lasting)
        case function if reader.find_role(function) is Role.OPENER:
            has_path = bool(node.args) or any(one.arg in ("path", None) for one in node.keywords)
            yield OpenCall(node.lineno, read_path(_find_argument(node, 0, "path"), file=file) if has_path else "")


def _read_line_magic(node: ast.Call, *, is_lasting: bool) -> Iterator[MagicCall]:
    text = read_text(_find_argument(node, 1, "line"))
    match _find_argument(node, 0, "magic_name"):
        case ast.Constant(value=str() as name) if text is not None:
            yield MagicCall(node.lineno, name, text, is_lasting=is_lasting)


def _read_magic(node: ast.Call, *, is_lasting: bool) -> Iterator[MagicCall]:
    text = read_text(_find_argument(node, 0, "arg_s"))
    if text is not None:
        name, _, rest = text.lstrip("%").partition(" ")
        yield MagicCall(node.lineno, name, rest, is_lasting=is_lasting)


def _read_method(node: ast.Call, method: str) -> Iterator[VaultCall]:
    match _find_argument(node, 0, "path"):
        case ast.Constant(value=str() as path):
            yield VaultCall(node.lineno, method, path)
        case None if method == "list" and not (node.args or node.keywords):
            yield VaultCall(node.lineno, method, None)


def _find_argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    """Return an argument by place or name, if it stands there."""
    if len(node.args) > position:
        return node.args[position]
    return next((one.value for one in node.keywords if one.arg == name), None)
