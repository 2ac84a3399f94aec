"""The names whose objects an expression's value may be a part of: `a` of `a.x[0]`, of `a if b else c` also `c`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from vault_magic.effects.bodies import Body, Root, match_arguments

FindBodies = Callable[[str], tuple[Body, ...]]

_CANNOT_CHANGE = frozenset(
    {"columns", "dtype", "dtypes", "empty", "index", "name", "ndim", "shape", "size", "__name__"}
)
"""Attributes whose values are never changed in place."""

_HAND_OUT = frozenset({"get", "items", "pop", "setdefault", "values"})
"""Methods whose results are parts of what they are called on, for as long as nothing else is known of that."""

_PASS_ON = frozenset({"enumerate", "iter", "list", "next", "reversed", "set", "sorted", "tuple", "zip"})
"""Functions whose results hold the items of their arguments."""

_LONGEST = 200
"""Steps from a value to the names: what is longer was not written by hand."""


def find_roots(value: ast.expr, find_bodies: FindBodies) -> set[Root]:
    """Return the names that a value may be a part of; for what is put together anew (`[a, b]`), none."""
    return set(_walk(value, find_bodies))


def find_item_roots(value: ast.expr, find_bodies: FindBodies) -> set[Root]:
    """Return the names that the items of a value may be parts of."""
    found, waiting = set[Root](), [value]
    while waiting:
        match waiting.pop():
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                waiting += items
            case ast.Dict(values=items):
                waiting += items
            case ast.Call(func=ast.Name(id=name), args=items) if name in _PASS_ON:
                waiting += items
            case ast.Call(func=ast.Attribute(attr=method, value=owner)) if method in _HAND_OUT:
                waiting.append(owner)
            case part:
                found |= find_roots(part, find_bodies)
    return found


def find_owners(value: ast.expr, find_bodies: FindBodies) -> set[Root]:
    """Return the names whose objects are changed when a value is: also `df` of `df.columns`."""
    return set(_walk(value, find_bodies, is_change=True))


def pair_items(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield the targets of a loop with what their values are items of; `None` for what no change can reach."""
    waiting: list[tuple[ast.expr, ast.expr | None]] = [(target, value)]
    while waiting:
        match waiting.pop():
            case ast.Tuple(elts=[first, second]), ast.Call(func=ast.Name(id="enumerate"), args=[items, *_]):
                waiting += [(first, None), (second, items)]
            case ast.Tuple(elts=[first, second]), ast.Call(func=ast.Attribute(attr="items", value=owner)):
                waiting += [(first, None), (second, owner)]
            case ast.Tuple(elts=targets), ast.Call(func=ast.Name(id="zip"), args=items) if len(targets) == len(items):
                waiting += zip(targets, items, strict=True)
            case pair:
                yield pair


def _walk(value: ast.expr, find_bodies: FindBodies, *, is_change: bool = False) -> Iterator[Root]:
    waiting, steps = [(value, True)], 0
    while waiting:
        node, is_sure = waiting.pop()
        steps += 1
        if steps > _LONGEST:
            raise RecursionError
        match node:
            case ast.Name(id=name):
                yield Root(name, is_sure)
            case ast.Attribute(value=owner, attr=name):
                waiting += [(owner, is_sure)] if is_change or name not in _CANNOT_CHANGE else []
            case ast.Subscript(value=owner, slice=index):
                waiting += [(owner, is_sure and _is_item(index, is_change))] if is_change or not _copies(index) else []
            case ast.Starred(value=inner):
                waiting.append((inner, is_sure))
            case ast.NamedExpr(target=target, value=inner):
                waiting += [(target, is_sure), (inner, is_sure)]
            case ast.Call():
                waiting += [(part, is_sure and is_change) for part in _find_handed_out(node, find_bodies, is_change)]
            case _:
                waiting += [(part, False) for part in _list_choices(node)]


def _find_handed_out(call: ast.Call, find_bodies: FindBodies, is_change: bool) -> list[ast.expr]:
    """Return what the result of a call is a part of, where that is known."""
    match call.func:
        case ast.Attribute(value=owner, attr=method) if method == "setdefault" or (is_change and method in _HAND_OUT):
            return [owner]
        case ast.Name(id=name):
            return [part for body in find_bodies(name) for part in _list_returned(body, call)]
    return []


def _list_returned(body: Body, call: ast.Call) -> list[ast.expr]:
    given = [value for parameter, value in match_arguments(body, call) if parameter in body.returned]
    return [*given, *map(ast.Name, body.returned.difference(body.parameters))]


def _list_choices(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.BoolOp(values=values):
            return values
    return []


def _is_item(index: ast.expr, is_change: bool) -> bool:
    """Tell whether an index surely gives an item, and nothing that is copied."""
    if isinstance(index, ast.UnaryOp):
        index = index.operand
    return isinstance(index, ast.Constant) or (is_change and not _copies(index) and not isinstance(index, ast.Slice))


def _copies(index: ast.expr) -> bool:
    """Tell whether an index chooses several items by a condition or a list, which copies them."""
    match index:
        case ast.Compare() | ast.List() | ast.ListComp() | ast.UnaryOp(op=ast.Invert()):
            return True
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return True
        case ast.Tuple(elts=parts):
            return any(isinstance(part, ast.Compare | ast.List | ast.ListComp) for part in parts)
    return False
