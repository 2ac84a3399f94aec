"""The local files that a cell's Python reads and writes by the usual calls, as far as their paths are written out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from vault_magic.cell_text import split_cell
from vault_magic.masking import NOT_PYTHON, mask_cell, parse_python
from vaultcheck.file_functions import (
    ON_OPEN_FILES,
    PATH_WORDS,
    RECEIVER,
    SHAPES,
    VALUE_WORDS,
    Family,
    Kind,
    Shape,
    find_opened,
    find_shape,
    name_function,
)
from vaultcheck.path_names import PathNames

# What stands in every text with a call of interest: nearly all cells have nothing of it and are not read.
_SIGNS = ("read", "load", "to_", "dump", "save", "write_", "ExcelFile", "genfromtxt", "scan_", "fromfile")
_CALL = re.compile(rf"\b(?:open|{'|'.join(name for name in SHAPES if name not in ON_OPEN_FILES)})\s*\(")

# Addresses, devices, and data in place of a path.
_NOT_LOCAL = re.compile(r"[\w+.-]{2,}:(?://|:)|/dev/|\s*[\[{<]|[^\n]*\n|\Z")


@dataclass(frozen=True, slots=True)
class FileCall:
    """A call that reads or writes a local file; `line` counts from 1 in the cell, `path` is as written.

    `function` is as written, without what a method is called on. `variable` is the name that is written, or that what
    is read is bound to. `expression` is the text of what is written, or of the call that reads. `part` counts the
    values from 0 where several go through one open file. `options` are the names of the further arguments.
    """

    line: int
    kind: Kind
    path: str
    function: str
    family: Family
    variable: str | None = None
    expression: str | None = None
    part: int = 0
    options: tuple[str, ...] = ()

    @property
    def is_expression(self) -> bool:
        """Whether the value is computed in the call, or used at once, and so has no name."""
        return self.variable is None and self.expression is not None


def may_call_files(source: str) -> bool:
    """Tell whether a cell, or all of a notebook's in one text, may hold a call; nearly all cells are done with here."""
    return any(sign in source for sign in _SIGNS) or source.count("open") > source.count("open_vault")


def find_file_calls(source: str, *, names: PathNames | None = None) -> tuple[FileCall, ...]:
    """Return the reads and writes of local files in a cell, in order; what is not Python has none.

    `names` are those of the whole notebook, if paths may be written by them.
    """
    if not may_call_files(source) or not _CALL.search(source):
        return ()
    cell = split_cell(source)
    if not cell.is_code:
        return ()
    try:
        text = mask_cell(cell).text
        reader = _CallReader(text, source, names or PathNames())
        return tuple(sorted(reader.read(parse_python(text)), key=lambda call: call.line))
    except NOT_PYTHON:
        return ()


@dataclass
class _Handle:
    """An open file, and how many values went through it."""

    call: ast.Call
    path: str
    kind: Kind
    used: int = 0


class _CallReader:
    """Walks the tree of a cell, following which names stand for open files."""

    def __init__(self, text: str, source: str, names: PathNames) -> None:
        self._lines = text.split("\n")
        self._source = source
        self._names = names
        self._is_placed = True  # before Python 3.12, what stands in an f-string is said to stand elsewhere
        self._opened: dict[int, _Handle] = {}
        self._handles: dict[str, _Handle] = {}

    def read(self, tree: ast.Module) -> Iterator[FileCall]:
        """Yield the calls; a file that is opened for something else is read or written by opening it."""
        yield from self._walk(tree)
        for handle in self._opened.values():
            if not handle.used:
                yield FileCall(handle.call.lineno, handle.kind, handle.path, "open", Family.TEXT)

    def _walk(self, node: ast.AST, bound: str | None = None) -> Iterator[FileCall]:
        """Yield the calls below a node whose value gets a name."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
                | ast.withitem(context_expr=value, optional_vars=ast.Name(id=name))
            ):
                handle = self._open(value)
                self._handles.pop(name, None)
                self._handles |= {name: handle} if handle else {}
                yield from self._walk(value, name)
                return
            case ast.Call():
                call = self._read_call(node, bound)
                yield from [call] if call else []
        was_placed = self._is_placed
        self._is_placed = was_placed and not isinstance(node, ast.JoinedStr)
        for child in ast.iter_child_nodes(node):
            yield from self._walk(child)
        self._is_placed = was_placed

    def _open(self, node: ast.expr) -> _Handle | None:
        """Return the file that an expression opens, or that it is."""
        if isinstance(node, ast.Name):
            return self._handles.get(node.id)
        if id(node) in self._opened:
            return self._opened[id(node)]
        opened = find_opened(node) if isinstance(node, ast.Call) else None
        path = self._read_path(opened[0]) if opened else None
        if not (opened and path and isinstance(node, ast.Call)):
            return None
        return self._opened.setdefault(id(node), _Handle(node, path, opened[1]))

    def _read_path(self, node: ast.expr | None) -> str | None:
        path = self._names.read(node, cell=self._source)
        return None if path is None or _NOT_LOCAL.match(path) else path

    def _read_call(self, node: ast.Call, bound: str | None) -> FileCall | None:
        self._open(node)
        shape = find_shape(node.func)
        target = _find_argument(node, shape.path, PATH_WORDS) if shape else None
        if shape is None or target is None:
            return None
        handle = self._open(target)
        name, owner = name_function(node.func)
        if name in ON_OPEN_FILES and handle is None:
            return None
        path = handle.path if handle else self._read_path(target)
        if path is None or not _fits(shape, node.func, path) or (handle and handle.kind is not shape.kind):
            return None
        variable, expression = self._name_value(node, shape, bound)
        part = self._count(handle)
        return FileCall(
            line=node.lineno,
            kind=shape.kind,
            path=path if handle or path.endswith(shape.added) else path + shape.added,
            function=f"{owner}.{name}" if owner and shape.value != RECEIVER and shape.path != RECEIVER else name,
            family=shape.family,
            variable=variable,
            expression=expression,
            part=part,
            options=tuple(self._show(one) for one in node.keywords if one.arg not in PATH_WORDS | VALUE_WORDS),
        )

    def _count(self, handle: _Handle | None) -> int:
        """Return how many values went through an open file before, and count one more."""
        if handle is None:
            return 0
        handle.used += 1
        return handle.used - 1

    def _name_value(self, node: ast.Call, shape: Shape, bound: str | None) -> tuple[str | None, str | None]:
        """Return the variable and the text of what is written or read."""
        if shape.kind is Kind.READ:
            return bound, self._show(node)
        if shape.family is Family.ARRAYS:
            return None, self._show_arrays(node)
        value = None if shape.value is None else _find_argument(node, shape.value, VALUE_WORDS)
        if value is None:
            return None, None
        return value.id if isinstance(value, ast.Name) else None, self._show(value)

    def _show_arrays(self, node: ast.Call) -> str:
        """Return as a dictionary what `np.savez` writes."""
        given = [(f"arr_{index}", one) for index, one in enumerate(node.args[1:])]
        given += [(one.arg, one.value) for one in node.keywords if one.arg and one.arg != "file"]
        return f"dict({', '.join(f'{name}={self._show(one)}' for name, one in given)})"

    def _show(self, node: ast.AST) -> str:
        """Return the text of a node in one line."""
        if self._is_placed and isinstance(node, ast.expr | ast.keyword) and node.lineno == node.end_lineno:
            line = self._lines[node.lineno - 1].encode("utf-8", "surrogatepass")  # places are counted in bytes
            return line[node.col_offset : node.end_col_offset].decode("utf-8", "surrogatepass")
        return ast.unparse(node)


def _fits(shape: Shape, function: ast.expr, path: str) -> bool:
    """Tell whether a bare name is that of the function: of some, the end of the path has to say so."""
    if not isinstance(function, ast.Name):
        return True
    return shape.value != RECEIVER and (not shape.owners or path.endswith(shape.suffixes))


def _find_argument(node: ast.Call, place: int, words: frozenset[str]) -> ast.expr | None:
    """Return an argument by its place or name, or what the method is called on."""
    if place == RECEIVER:
        return node.func.value if isinstance(node.func, ast.Attribute) else None
    if len(node.args) > place:
        return node.args[place]
    return next((one.value for one in node.keywords if one.arg in words), None)
