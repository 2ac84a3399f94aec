"""Reads all statements of a cell for what they do to names: those here define functions and classes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from vault_magic.effects.bodies import Body
from vault_magic.effects.branches import BranchReader
from vault_magic.effects.expressions import list_parameters
from vault_magic.effects.lines import LineEffect
from vault_magic.effects.scopes import ClassScope, FunctionScope, Scope, VeilScope
from vault_magic.masking import NOT_PYTHON, parse_python

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class StatementReader(BranchReader):
    """Tells the scopes of a cell what its code does."""

    def read_block(self, block: Sequence[ast.stmt]) -> None:
        """Read statements in their order.

        Raises:
            RecursionError: they are nested too deeply.
        """
        with self.nested():
            for statement in block:
                _STATEMENTS.get(type(statement).__name__, StatementReader.read)(self, statement)

    def read_function_code(self, block: Sequence[ast.stmt]) -> None:
        """Read code that runs now in a function of its own, as that of `%timeit`."""
        scope = FunctionScope(self.scope, ())
        with self.within(scope):
            self.read_block(block)
        body = scope.finish()
        self.run(body)
        for name in body.changed:
            self.scope.change(name, surely=True)

    def read_code(self, effect: LineEffect) -> None:
        """Read the code in a line, such as that of `%time`."""
        try:
            block = parse_python(effect.code).body
        except NOT_PYTHON:
            self.is_opaque = True
            return
        if effect.is_function:
            self.read_function_code(block)
        else:
            self.read_block(block)

    def _read_function(self, node: _Function) -> None:
        self.read(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        with self._veiling(node) as outer:
            if self.has_annotations:
                self.read(*_list_annotations(node))
            scope = FunctionScope(outer, list_parameters(node.args))
            with self.within(scope):
                self.read_block(node.body)
        self._define(node.name, scope.finish(), node)

    def _read_class(self, node: ast.ClassDef) -> None:
        self.read(*node.decorator_list)
        with self._veiling(node) as outer:
            self.read(*node.bases, *node.keywords)
            scope = ClassScope(outer)
            with self.within(scope):
                self.read_block(node.body)
        self._define(node.name, scope.finish(), node)

    def _read_type(self, node: ast.stmt) -> None:
        """Read `type X = ...`, of which the value is read when it is asked for."""
        name, value = getattr(node, "name", None), getattr(node, "value", None)
        with self._veiling(node) as outer:
            scope = FunctionScope(outer, ())
            with self.within(scope):
                self.read(value)
        if isinstance(name, ast.Name):
            self._define(name.id, scope.finish(), node)

    def _define(self, name: str, body: Body, node: ast.stmt) -> None:
        self.scope.bind(name)
        self.scope.define(name, replace(body, free=body.free.difference(_list_type_parameters(node))))

    @contextmanager
    def _veiling(self, node: ast.stmt) -> Iterator[Scope]:
        """Read inside the type parameters of a node, where it has any."""
        names = _list_type_parameters(node)
        if not names:
            yield self.scope
            return
        veil = VeilScope(self.scope, names)
        with self.within(veil):
            yield veil

    def _declare_global(self, node: ast.Global) -> None:
        if self.scope is not self.notebook:
            self.scope.declared.update(node.names)

    def _declare_nonlocal(self, node: ast.Nonlocal) -> None:
        if isinstance(self.scope, FunctionScope):
            self.scope.nonlocals.update(node.names)

    def _read_return(self, node: ast.Return) -> None:
        self.read(node.value)
        if isinstance(self.scope, FunctionScope) and node.value:
            self.scope.give_back(self.find_roots(node.value))
        self.scope.paths.end()

    def _leave(self, node: ast.stmt) -> None:
        self.read(node)
        self.scope.paths.end()


def _list_annotations(node: _Function) -> list[ast.expr | None]:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    return [*(one.annotation for one in named if one), node.returns]


def _list_type_parameters(node: ast.stmt) -> list[str]:
    return [one.name for one in getattr(node, "type_params", ())]


# By their names, as some are only in newer versions of Python. The parts of other statements are read as they come.
_STATEMENTS: Mapping[str, Callable[[StatementReader, Any], None]] = {
    "AnnAssign": StatementReader._read_annotated,
    "Assign": StatementReader._read_assignment,
    "AsyncFor": StatementReader._read_for,
    "AsyncFunctionDef": StatementReader._read_function,
    "AsyncWith": StatementReader._read_with,
    "AugAssign": StatementReader._read_augmented,
    "Break": StatementReader._leave,
    "ClassDef": StatementReader._read_class,
    "Continue": StatementReader._leave,
    "Delete": StatementReader._read_deletion,
    "Expr": StatementReader._read_expression,
    "For": StatementReader._read_for,
    "FunctionDef": StatementReader._read_function,
    "Global": StatementReader._declare_global,
    "If": StatementReader._read_if,
    "Import": StatementReader._read_import,
    "ImportFrom": StatementReader._read_import_from,
    "Match": StatementReader._read_match,
    "Nonlocal": StatementReader._declare_nonlocal,
    "Raise": StatementReader._leave,
    "Return": StatementReader._read_return,
    "Try": StatementReader._read_try,
    "TryStar": StatementReader._read_try,
    "TypeAlias": StatementReader._read_type,
    "While": StatementReader._read_while,
    "With": StatementReader._read_with,
}
