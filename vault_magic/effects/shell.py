"""Calls that do what a line or another cell would, or that write variables past Python's own ways."""

from __future__ import annotations

import ast

from vault_magic.effects.lines import LineEffect, read_line
from vault_magic.effects.purity import Kind, classify_method

_NAMESPACES = frozenset({"globals", "locals", "vars"})
_SHELL_NAMESPACES = frozenset({"user_global_ns", "user_ns"})
_SHELL_METHODS = frozenset({"ex", "push", "reset", "run_cell", "run_cell_magic", "run_code", "safe_execfile"})
_MAGIC_METHODS = frozenset({"magic", "run_line_magic"})
_ANYTHING = LineEffect(is_opaque=True)


def read_shell_call(call: ast.Call) -> LineEffect | None:
    """Return what such a call does; `None` for any other one."""
    match call.func:
        case ast.Name(id="exec"):
            return _ANYTHING
        case ast.Attribute(attr=method) if method in _MAGIC_METHODS:
            return _read_magic_call(call)
        case ast.Attribute(attr=method, value=owner) if method in _SHELL_METHODS and _is_shell(owner):
            return _ANYTHING
        case ast.Attribute(attr=method, value=owner) if is_namespace(owner):
            return None if classify_method(method, has_arguments=True) is Kind.READS else _ANYTHING
    return None


def is_namespace(value: ast.expr) -> bool:
    """Tell whether something is a dict of variables: `globals()`, `get_ipython().user_ns`."""
    match value:
        case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
            return name in _NAMESPACES
        case ast.Attribute(attr=name):
            return name in _SHELL_NAMESPACES
    return False


def _read_magic_call(call: ast.Call) -> LineEffect:
    """Return what a line magic called as a function does; anything, where its text is not literal."""
    texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    effect = read_line(" ".join(texts).lstrip("%")) if texts and len(texts) == len(call.args) else None
    return effect if effect and not effect.code else _ANYTHING


def _is_shell(owner: ast.expr) -> bool:
    match owner:
        case ast.Call(func=ast.Name(id="get_ipython")) | ast.Name(id="ip" | "ipython" | "shell"):
            return True
    return False
