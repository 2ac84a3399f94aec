"""Reads the statements that bind, change and delete names one by one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from vault_magic.effects.expressions import ExpressionReader
from vault_magic.effects.libraries import is_library
from vault_magic.effects.lines import LineEffect
from vault_magic.effects.scopes import FunctionScope


class AssignmentReader(ExpressionReader):
    """Tells the scopes of a cell what simple statements do; `lines` are what names stand for that are no Python."""

    def __init__(self, lines: Mapping[str, LineEffect]) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.has_annotations = True
        self.lines = lines

    def read_code(self, effect: LineEffect) -> None:
        """Read the code in a line, such as that of `%time`."""
        raise NotImplementedError

    def _read_expression(self, node: ast.Expr) -> None:
        if not self._read_line(node.value):
            self.read_dropped(node.value)

    def _read_line(self, value: ast.expr) -> bool:
        """Read a name that stands for a line; return whether it does."""
        if not isinstance(value, ast.Name) or value.id not in self.lines:
            return False
        self.seen.add(value.id)
        effect = self.lines[value.id]
        self.do(effect)
        if effect.code:
            self.read_code(effect)
        return True

    def _read_assignment(self, node: ast.Assign) -> None:
        value = node.value
        if self._read_line(value):
            for target in node.targets:
                self.bind_target(target)
        elif isinstance(value, ast.Lambda | ast.GeneratorExp):
            self._define_value(node.targets, value)
        else:
            self.read(value)
            for target in node.targets:
                self._bind_value(target, value)

    def _bind_value(self, target: ast.expr, value: ast.expr) -> None:
        """Bind a target to a value, part by part where both are written out."""
        match target, value:
            case (
                (ast.Tuple(elts=targets) | ast.List(elts=targets)),
                (ast.Tuple(elts=values) | ast.List(elts=values)),
            ) if len(targets) == len(values) and not any(isinstance(one, ast.Starred) for one in (*targets, *values)):
                found = [self.find_roots(one) for one in values]
                for one, roots in zip(targets, found, strict=True):
                    self.bind_target(one, roots)
            case _:
                self.bind_target(target, self.find_roots(value))

    def _define_value(self, targets: Sequence[ast.expr], value: ast.Lambda | ast.GeneratorExp) -> None:
        """Bind what runs later to names; what is given away otherwise may run at once."""
        body = self.read_lambda(value) if isinstance(value, ast.Lambda) else self.read_generator(value)
        for target in targets:
            self.bind_target(target)
            if isinstance(target, ast.Name):
                self.scope.define(target.id, body)
            else:
                self.run(body)

    def _read_annotated(self, node: ast.AnnAssign) -> None:
        if self.has_annotations and not isinstance(self.scope, FunctionScope):
            self.read(node.annotation)
        if node.value is None:
            if isinstance(node.target, ast.Name) and isinstance(self.scope, FunctionScope):
                self.scope.paths.touched.add(node.target.id)
        elif isinstance(node.target, ast.Name) and isinstance(node.value, ast.Lambda | ast.GeneratorExp):
            self._define_value([node.target], node.value)
        else:
            self.read(node.value)
            self.bind_target(node.target, self.find_roots(node.value))

    def _read_augmented(self, node: ast.AugAssign) -> None:
        self.read(node.value)
        if isinstance(node.target, ast.Name):
            name = node.target.id
            self.scope.use(name)
            self.scope.change(name, surely=self.scope is self.notebook)  # a parameter may well be a number
            self.scope.bind(name, self.find_roots(node.target))
        else:
            self.change_target(node.target)

    def _read_deletion(self, node: ast.Delete) -> None:
        waiting = [*reversed(node.targets)]
        while waiting:
            match waiting.pop():
                case ast.Name(id=name):
                    self.scope.use(name)
                    self.scope.delete(name)
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    waiting += reversed(parts)
                case part:
                    self.change_target(part)

    def _read_import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.scope.bind_module(name, alias.name)

    def _read_import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            if name == "*":
                self.is_opaque = True
                continue
            if node.module and is_library(node.module):
                self.scope.bind_module(name, node.module)
            else:
                self.scope.bind(name)
            self.has_annotations &= (node.module, alias.name) != ("__future__", "annotations")
