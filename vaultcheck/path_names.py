"""Paths as a notebook writes them, also by names that stand for one text in all of it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator

from vault_magic.cell_text import split_cell
from vault_magic.masking import NOT_PYTHON, mask_cell, parse_python
from vaultcheck.literals import read_path

_Bindings = tuple[tuple[str, ast.expr | None], ...]


class PathNames:
    """The names in the code of some cells, looked up when a path needs them.

    A name counts if all that is ever assigned to it in the cell that uses it, or else in any cell, is one text that is
    written out.
    """

    def __init__(self, sources: Iterable[str] = ()) -> None:
        self._sources = tuple(dict.fromkeys(sources))
        self._bindings: dict[str, _Bindings] = {}
        self._known: dict[tuple[str, str | None], str | None] = {}

    def read(self, node: ast.expr | None, *, cell: str | None = None) -> str | None:
        """Return the path that an expression in a cell is, if that can be told without running it."""
        match node:
            case None:
                return None
            case ast.Constant(value=value):
                return value if isinstance(value, str) else None
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        known = {name: path for name in sorted(names) if (path := self._find(name, cell)) is not None}
        return read_path(_Filler(known).visit(copy.deepcopy(node)))

    def _find(self, name: str, cell: str | None) -> str | None:
        key = (name, cell)
        if key not in self._known:
            self._known[key] = None  # while it is looked up: a name that is made of itself is none
            own = () if cell is None else (cell,)
            self._known[key] = self._look_up(name, own) or self._look_up(name, self._sources)
        return self._known[key]

    def _look_up(self, name: str, sources: Iterable[str]) -> str | None:
        paths = {
            self.read(value, cell=source)
            for source in sources
            if name in source
            for bound, value in self._read_bindings(source)
            if bound == name
        }
        return paths.pop() if len(paths) == 1 else None

    def _read_bindings(self, source: str) -> _Bindings:
        if source not in self._bindings:
            self._bindings[source] = _list_bindings(source)
        return self._bindings[source]


class _Filler(ast.NodeTransformer):
    """Puts the texts that names stand for into an expression, and joins them where Python would."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(self._known[node.id]) if node.id in self._known else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        self.generic_visit(node)
        parts = [_read_part(part) for part in node.values]
        known = [part for part in parts if part is not None]
        return ast.Constant("".join(known)) if len(known) == len(parts) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(
                left=ast.Constant(value=str() as left), op=ast.Add(), right=ast.Constant(value=str() as right)
            ):
                return ast.Constant(left + right)
        return node


def _read_part(part: ast.expr) -> str | None:
    match part:
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return read_path(value)
        case ast.Constant(value=str() as text):
            return text
    return None


def _list_bindings(source: str) -> _Bindings:
    cell = split_cell(source)
    if not cell.is_code:
        return ()
    try:
        return tuple(_walk_bindings(parse_python(mask_cell(cell).text)))
    except NOT_PYTHON:
        return ()


def _walk_bindings(tree: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield every name that is bound, in whichever scope, with its value where that is all there is to it."""
    simple = set[int]()
    for node in ast.walk(tree):  # parents come first
        match node:
            case ast.Assign(targets=targets, value=value) if all(isinstance(one, ast.Name) for one in targets):
                simple |= {id(one) for one in targets}
                yield from ((one.id, value) for one in targets if isinstance(one, ast.Name))
            case ast.AnnAssign(target=ast.Name() as target, value=value):
                simple.add(id(target))
                yield from [(target.id, value)] if value else []
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if id(node) not in simple:
                yield name, None
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, None
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                yield name, None
            case ast.alias(name=module, asname=name):
                yield name or module.partition(".")[0], None
