"""The canonical form of a cell's code: what stays the same when a formatter or import sorter has been through."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from types import EllipsisType, NoneType
from typing import Any, NamedTuple

from vault_magic.cell_text import LogicalLine, unify_line_ends
from vault_magic.masking import NOT_PYTHON, ParsedCell, parse_cell

# Part of every form, so of what is hashed, and stored beside the digests: any change of the form needs a new version.
VERSION = 1

# Deeper trees are left as text: where Python itself gives up (at 2,900 or more) depends on its version and the stack.
_DEEPEST = 1000

# What follows from where a node stands, and comments.
_UNWRITTEN_FIELDS = frozenset({"ctx", "type_comment", "type_ignores"})


def canonical_code(source: str) -> bytes:
    """Build the form of a cell that comments, layout, docstring indentation and the order of imports do not change.

    The form is the syntax tree in a notation of our own, equal on every supported Python, with the magic, shell and
    help lines in it as text. Where the cell is not code, or not valid Python, the form is its text with line ends as LF
    and without those at its end. Never raises. Syntax that only a newer Python knows has its tree form only there.
    """
    return canonical_form(parse_cell(source))


def canonical_form(cell: ParsedCell) -> bytes:
    """Build the form of a cell that is parsed already."""
    form = _build_tree_form(cell)
    if form is not None:
        return b"%d tree " % VERSION + form
    return b"%d raw " % VERSION + unify_line_ends(cell.source).rstrip("\n").encode("utf-8", "surrogatepass")


def _build_tree_form(cell: ParsedCell) -> bytes | None:
    if cell.tree is None:
        return None
    writer = _TreeWriter(cell.lines)
    try:
        form = writer.write(cell.tree)
    except NOT_PYTHON:
        return None
    if writer.written != cell.lines.keys():  # Python reads the cell as something else than we do: trust neither
        return None
    return _write_scalar(cell.text.cell_magic) + _write_scalar(cell.text.cell_magic_line) + form


# What waits to be written: nodes, bytes that are written already, and `None` where a node ends.
_Piece = ast.AST | bytes | None
_Writers = Mapping[type, Callable[[Any], bytes]]
_Documented = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Shape(NamedTuple):
    """How nodes of a kind begin, what is done to them before, and their fields with labels, the last one first."""

    opening: bytes
    fields: tuple[tuple[str, bytes], ...]
    normalise: Callable[[Any], ast.AST] | None


class _TreeWriter:
    """Writes a tree so that different trees never give the same bytes; without recursion, as cells may be hostile."""

    def __init__(self, rewritten: Mapping[str, LogicalLine]) -> None:
        self._rewritten = rewritten
        self._leaves = {**_LEAVES, ast.Name: self._write_name}
        self.written: set[str] = set()

    def write(self, tree: ast.Module) -> bytes:
        pieces: list[bytes] = []
        waiting: list[_Piece] = [tree]  # the next one last
        depth = 0
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, bytes):
                pieces.append(piece)
            elif piece is None:
                depth -= 1
            else:
                if depth >= _DEEPEST:
                    _refuse_parts(piece)
                depth += 1
                waiting += self._expand_node(piece)
        return b"".join(pieces)

    def _expand_node(self, node: ast.AST) -> list[_Piece]:
        """Return the pieces of a node, the last one first."""
        leaves = self._leaves
        opening, fields, normalise = _SHAPES[type(node)]
        node = normalise(node) if normalise else node
        pieces: list[_Piece] = [None]
        text = b")"
        for field, label in fields:
            value = getattr(node, field, None)
            if value is None or (not value and value == []):  # what a newer Python adds does not show where unused
                continue
            if write := leaves.get(type(value)):
                text = label + write(value) + text
            elif not isinstance(value, list):
                pieces += text, value
                text = label
            else:
                pieces.append(b"]" + text)
                pieces += self._expand_items(value)
                text = label + b"["
        pieces.append(opening + text)
        return pieces

    def _expand_items(self, items: list[Any]) -> list[_Piece]:
        """Return the pieces of the items of a list, the last one first."""
        leaves = self._leaves
        if not _IMPORTS.isdisjoint(map(type, items)):
            items = [*_join_imports(items)]
        return [write(item) if (write := leaves.get(type(item))) else item for item in reversed(items)]

    def _write_name(self, node: ast.Name) -> bytes:
        if node.id not in self._rewritten:
            return b"(Name id=" + _write_text(node.id) + b")"
        self.written.add(node.id)
        return _write_line(self._rewritten[node.id])


def _refuse_parts(node: ast.AST) -> None:
    """Refuse a node at the greatest depth that has others below it."""
    _, fields, normalise = _SHAPES[type(node)]
    node = normalise(node) if normalise else node
    if any(isinstance(getattr(node, field, None) or None, ast.AST | list) for field, _ in fields):
        raise RecursionError


def _join_imports(items: list[Any]) -> Iterator[ast.AST | bytes]:
    for are_imports, run in groupby(items, lambda item: isinstance(item, ast.Import | ast.ImportFrom)):
        if are_imports:
            yield b"(imports " + b"".join(sorted({name for item in run for name in _write_imports(item)})) + b")"
        else:
            yield from run


_IMPORTS = frozenset({ast.Import, ast.ImportFrom})


def _write_imports(statement: object) -> Iterator[bytes]:
    match statement:
        case ast.Import(names=names):
            origin = b"import "
        case ast.ImportFrom(level=level, module=module, names=names):
            origin = b"from " + _write_scalar(level) + _write_scalar(module)
        case _:
            return
    for alias in names:
        yield b"(" + origin + _write_scalar(alias.name) + _write_scalar(alias.asname) + b")"


def _write_line(line: LogicalLine) -> bytes:
    return b"(rewritten " + _write_scalar(line.kind.value) + _write_scalar(line.text) + b")"


def _split_targets(node: ast.Delete) -> ast.Delete:
    match node.targets:
        case [ast.Tuple(elts=targets)]:  # `del (a, b)`
            return ast.Delete(targets=targets)
    return node


def _join_constants(node: ast.JoinedStr) -> ast.JoinedStr:
    return ast.JoinedStr(values=list(_merge_constants(node.values)))


def _clean_docstring(node: _Documented) -> _Documented:
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str() as text) as docstring), *_]:
            docstring.value = "\n".join(line.strip() for line in text.split("\n")).strip()
    return node


_NORMALISERS: Mapping[type, Callable[[Any], ast.AST]] = {
    ast.Delete: _split_targets,
    ast.JoinedStr: _join_constants,
    **dict.fromkeys((ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), _clean_docstring),
}
"""What takes back what formatters change in a tree, and what versions of Python see differently."""


def _merge_constants(values: list[ast.expr]) -> Iterator[ast.expr]:
    for are_constants, run in groupby(values, lambda value: isinstance(value, ast.Constant)):
        if not are_constants:
            yield from run
        elif text := "".join(str(value.value) for value in run if isinstance(value, ast.Constant)):
            yield ast.Constant(value=text)


class _Shapes(dict[type, _Shape]):
    """The shapes that nodes of a kind have, once they are asked for."""

    def __missing__(self, kind: type) -> _Shape:
        fields = sorted(set(getattr(kind, "_fields", ())) - _UNWRITTEN_FIELDS, reverse=True)
        labels = tuple((field, b" %s=" % field.encode()) for field in fields)
        self[kind] = _Shape(b"(" + kind.__name__.encode(), labels, _NORMALISERS.get(kind))
        return self[kind]


_SHAPES = _Shapes()


def _write_int(value: int) -> bytes:
    return b"i%s;" % hex(value).encode()  # not decimal: Python limits how many digits it converts


def _write_float(value: float) -> bytes:
    return b"f%s;" % value.hex().encode()


def _write_complex(value: complex) -> bytes:
    return b"c%s,%s;" % (value.real.hex().encode(), value.imag.hex().encode())


def _write_text(value: str) -> bytes:
    text = value.encode("utf-8", "surrogatepass")
    return b"s%d:%s" % (len(text), text)


def _write_bytes(value: bytes) -> bytes:
    return b"b%d:%s" % (len(value), value)


_SCALARS: _Writers = {
    str: _write_text,
    int: _write_int,
    NoneType: lambda _: b"N",
    bool: lambda value: b"T" if value else b"F",
    float: _write_float,
    complex: _write_complex,
    bytes: _write_bytes,
    EllipsisType: lambda _: b"E",
}


def _write_scalar(value: object) -> bytes:
    return _SCALARS[type(value)](value)


def _write_constant(node: ast.Constant) -> bytes:
    return b"(Constant " + _write_scalar(node.value) + b")"


def _write_operator(node: ast.AST) -> bytes:
    return b"(" + type(node).__name__.encode() + b")"


_OPERATORS = (ast.boolop, ast.cmpop, ast.operator, ast.unaryop)
_FIELDS = {kind: _SCALARS[kind] for kind in (str, int, bool, NoneType)}
_LEAVES: _Writers = {
    **_FIELDS,
    ast.Constant: _write_constant,
    **{kind: _write_operator for base in _OPERATORS for kind in base.__subclasses__()},
}
