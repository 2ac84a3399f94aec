"""Which names a cell surely changes again each time it runs, so that running it twice is not running it once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

from vault_magic.masking import parse_cell

_GROWING = frozenset({"append", "appendleft", "extend", "insert", "pop", "popitem", "popleft"})
"""Methods that lengthen or shorten what they are called on; adding to a set or under a key twice is adding once."""

_JOINING = frozenset({"append", "concat", "concatenate", "hstack", "vstack", "row_stack", "column_stack"})
"""Functions whose result is longer than what they are given."""

_SHIFTING = frozenset({"cumprod", "cumsum", "diff", "pct_change", "shift"})
"""Methods whose result, taken again, is another one."""


@lru_cache(maxsize=1024)
def find_accumulated(source: str) -> frozenset[str]:
    """Return the names whose value after a cell depends on how often it ran: `x += 1`, `x = x * 2`, `x.append(1)`.

    What the cell itself binds before is as new each time. What an unknown function does is not guessed: `x = clean(x)`
    is most often the same when done twice. Empty where it is not Python that can be read.
    """
    tree = parse_cell(source).tree
    try:
        return frozenset(_find(tree.body, known={})) if tree else frozenset()
    except RecursionError:
        return frozenset()


def _find(body: list[ast.stmt], *, known: Mapping[str, str | None]) -> Iterator[str]:
    """Yield what adds up; `known` are the names bound before in the cell, each with the one whose value it has."""
    for statement in body:
        changed = {*_read(statement)}
        found = {origin for name in changed if (origin := known.get(name, name)) is not None}
        yield from found
        if isinstance(statement, ast.Assign) and not found:
            known = {**known, **_bind(statement, known)}
        for block in _list_blocks(statement):
            yield from _find(block, known=known)


def _bind(statement: ast.Assign, known: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the names that an assignment binds: to the value of another name, or to a new one."""
    value, used = statement.value, {one.id for one in ast.walk(statement.value) if isinstance(one, ast.Name)}
    origin = known.get(value.id, value.id) if isinstance(value, ast.Name) else None
    return {one.id: origin for one in statement.targets if isinstance(one, ast.Name) and one.id not in used}


def _list_blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks that run with a statement; those of functions and classes do not."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _read(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow()):
            yield from _find_root(target)
        case ast.Assign(targets=[target], value=value) if _is_made_of(value, _write(target)):
            yield from _find_root(target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method))) if method in _GROWING:
            yield from _find_root(owner)


def _is_made_of(value: ast.expr, written: str) -> bool:
    """Tell whether a value is what was written itself with something added, multiplied, joined, shifted or cut off."""
    match value:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow(), right=right):
            parts = [left, right]
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.List(elts=parts) | ast.Tuple(elts=parts), *_]) if (
            name in _JOINING
        ):
            pass
        case ast.Call(func=ast.Attribute(attr=name), args=parts) if name in _JOINING:
            pass
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _SHIFTING:
            parts = [owner]
        case ast.Subscript(value=owner, slice=ast.Slice()):
            parts = [owner]
        case _:
            parts = []
    return any(_write(part) == written or _is_made_of(part, written) for part in parts)


def _write(node: ast.expr) -> str:
    return ast.dump(node).replace("Store()", "Load()")


def _find_root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
