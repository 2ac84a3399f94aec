"""The canonical form of a cell's code: what stays the same when a formatter or import sorter has been through."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby

from vault_magic.cell_text import CellText, LogicalLine, split_cell, unify_line_ends
from vault_magic.masking import mask_cell, parse_python

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
    cell = split_cell(source)
    form = _build_tree_form(cell) if cell.is_code else None
    if form is not None:
        return b"%d tree " % VERSION + form
    return b"%d raw " % VERSION + unify_line_ends(source).rstrip("\n").encode("utf-8", "surrogatepass")


def _build_tree_form(cell: CellText) -> bytes | None:
    masked = mask_cell(cell)
    try:
        tree = parse_python(masked.text)
        writer = _TreeWriter(masked.lines)
        form = writer.write(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if writer.written != masked.lines.keys():  # Python reads the cell as something else than we do: trust neither
        return None
    return _write_scalar(cell.cell_magic) + _write_scalar(cell.cell_magic_line) + form


# Bytes that are written already, or a part of the tree still to be written and its depth.
_Piece = bytes | tuple[object, int]


class _TreeWriter:
    """Writes a tree so that different trees never give the same bytes; without recursion, as cells may be hostile."""

    def __init__(self, rewritten: Mapping[str, LogicalLine]) -> None:
        self._rewritten = rewritten
        self.written: set[str] = set()

    def write(self, tree: ast.Module) -> bytes:
        pieces: list[bytes] = []
        stack: list[_Piece] = [(tree, 0)]
        while stack:
            piece = stack.pop()
            if isinstance(piece, bytes):
                pieces.append(piece)
            else:
                stack.extend(reversed(list(self._expand(*piece))))
        return b"".join(pieces)

    def _expand(self, value: object, depth: int) -> Iterator[_Piece]:
        if depth > _DEEPEST:
            raise RecursionError
        match value:
            case ast.Name(id=name) if name in self._rewritten:
                self.written.add(name)
                yield _write_line(self._rewritten[name])
            case ast.Constant():
                yield b"(Constant " + _write_scalar(value.value) + b")"
            case ast.AST():
                yield from _expand_node(_normalise(value), depth)
            case list():
                yield b"["
                yield from _expand_items(value, depth)
                yield b"]"
            case _:
                yield _write_scalar(value)


def _expand_node(node: ast.AST, depth: int) -> Iterator[_Piece]:
    yield b"(" + type(node).__name__.encode()
    for field in _sort_written(node._fields):
        value = getattr(node, field, None)
        if value is None or value == []:  # so that the fields a newer Python adds do not show where unused
            continue
        yield b" %s=" % field.encode()
        yield (value, depth + 1) if isinstance(value, ast.AST | list) else _write_scalar(value)
    yield b")"


def _expand_items(items: list[object], depth: int) -> Iterator[_Piece]:
    for are_imports, run in groupby(items, lambda item: isinstance(item, ast.Import | ast.ImportFrom)):
        if are_imports:
            yield b"(imports " + b"".join(sorted({name for item in run for name in _write_imports(item)})) + b")"
        else:
            yield from ((item, depth) for item in run)


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


def _normalise(node: ast.AST) -> ast.AST:
    """Take back what formatters change in a tree, and what versions of Python see differently."""
    match node:
        case ast.Delete(targets=[ast.Tuple(elts=targets)]):  # `del (a, b)`
            return ast.Delete(targets=targets)
        case ast.JoinedStr(values=values):
            return ast.JoinedStr(values=list(_merge_constants(values)))
        case ast.Module() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            _clean_docstring(node.body)
    return node


def _clean_docstring(body: list[ast.stmt]) -> None:
    match body:
        case [ast.Expr(value=ast.Constant(value=str() as text) as docstring), *_]:
            docstring.value = "\n".join(line.strip() for line in text.split("\n")).strip()


def _merge_constants(values: list[ast.expr]) -> Iterator[ast.expr]:
    for are_constants, run in groupby(values, lambda value: isinstance(value, ast.Constant)):
        if not are_constants:
            yield from run
        elif text := "".join(str(value.value) for value in run if isinstance(value, ast.Constant)):
            yield ast.Constant(value=text)


@cache
def _sort_written(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(fields) - _UNWRITTEN_FIELDS))


def _write_scalar(value: object) -> bytes:
    match value:
        case None | bool():
            return {None: b"N", True: b"T", False: b"F"}[value]
        case int():
            return b"i%s;" % hex(value).encode()  # not decimal: Python limits how many digits it converts
        case float():
            return b"f%s;" % value.hex().encode()
        case complex():
            return b"c%s,%s;" % (value.real.hex().encode(), value.imag.hex().encode())
        case str():
            text = value.encode("utf-8", "surrogatepass")
            return b"s%d:%s" % (len(text), text)
        case bytes():
            return b"b%d:%s" % (len(value), value)
        case _:
            return b"E"  # `...`, the only constant left
