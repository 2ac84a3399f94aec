"""Reads the statements that choose what runs: what is bound on one path may not be on another."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from vault_magic.effects.assignments import AssignmentReader
from vault_magic.effects.bodies import Root
from vault_magic.effects.control_flow import Branch

_SUPPRESSING = frozenset({"assertRaises", "assertRaisesRegex", "raises", "suppress"})


class BranchReader(AssignmentReader):
    """Tells the scopes of a cell what its branches and loops do."""

    def read_block(self, block: Sequence[ast.stmt]) -> None:
        """Read statements in their order."""
        raise NotImplementedError

    def _read_branch(self, block: Sequence[ast.stmt], *tests: ast.expr) -> Branch:
        self.scope.paths.open_branch()
        self.read(*tests)
        self.read_block(block)
        return self.scope.paths.close_branch()

    def _read_if(self, node: ast.If) -> None:
        """Read all of `if ... elif ... else`, of which there may be many."""
        first, *others = _split_test(node.test)
        self.read(first)
        branches: list[Branch] = []
        block: list[ast.stmt] = [node]
        while len(block) == 1 and isinstance(choice := block[0], ast.If):
            truth = _find_truth(choice.test) if self.scope is self.notebook else None
            tests = others if choice is node else [choice.test]
            if truth is False:
                self._pass_over(choice.body)
            else:
                branches.append(self._read_branch(choice.body, *tests))
            block = choice.orelse
            if truth:
                break
        if truth:
            self._pass_over(block)
        else:
            branches.append(self._read_branch(block))
        self.scope.paths.join(branches)

    def _pass_over(self, block: Sequence[ast.stmt]) -> None:
        """Leave out what never runs."""
        if self.lines:
            self.seen |= {
                one.id for part in block for one in ast.walk(part) if isinstance(one, ast.Name)
            } & self.lines.keys()

    def _read_for(self, node: ast.For | ast.AsyncFor) -> None:
        paths = self.scope.paths
        self.read(node.iter)
        paths.open_branch()
        self.bind_items(node.target, node.iter)
        self.read_block(node.body)
        paths.blur(paths.close_branch())
        paths.blur(self._read_branch(node.orelse))

    def _read_while(self, node: ast.While) -> None:
        first, *others = _split_test(node.test)
        self.read(first)
        self.scope.paths.blur(self._read_branch(node.body, *others))
        self.scope.paths.blur(self._read_branch(node.orelse))

    def _read_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.read(item.context_expr)
            if item.optional_vars:
                self.bind_target(item.optional_vars, self.find_roots(item.context_expr))
        if any(_suppresses(item.context_expr) for item in node.items):
            self.scope.paths.blur(self._read_branch(node.body))
        else:
            self.read_block(node.body)

    def _read_try(self, node: ast.Try) -> None:
        paths = self.scope.paths
        body = self._read_branch([*node.body, *node.orelse])
        branches = [body, *(self._read_handler(one, body) for one in node.handlers)]
        paths.open_branch()  # what comes last also runs when the rest has stopped anywhere
        for branch in branches:
            paths.blur(branch)
        final = self._read_branch(node.finalbody)
        paths.close_branch()
        paths.join(branches)
        paths.blur(final)  # it was read from other states
        paths.apply(final)

    def _read_handler(self, node: ast.ExceptHandler, body: Branch) -> Branch:
        paths = self.scope.paths
        paths.open_branch()
        paths.blur(body)
        self.read(node.type)
        if node.name:
            self.scope.bind(node.name)
        self.read_block(node.body)
        if node.name:
            self.scope.delete(node.name)
        return paths.close_branch()

    def _read_match(self, node: ast.Match) -> None:
        self.read(node.subject)
        roots = self.find_roots(node.subject)
        branches = []
        for case in node.cases:
            self.scope.paths.open_branch()
            self._read_pattern(case.pattern, roots)
            self.read(case.guard)
            self.read_block(case.body)
            branches.append(self.scope.paths.close_branch())
        if not any(case.guard is None and _always_matches(case.pattern) for case in node.cases):
            branches.append(self._read_branch([]))
        self.scope.paths.join(branches)

    def _read_pattern(self, pattern: ast.pattern, roots: frozenset[Root]) -> None:
        waiting: list[object] = [pattern]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.expr):
                self.read(part)
            elif isinstance(part, ast.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.scope.bind(name, roots)
                for field in part._fields:
                    value = getattr(part, field, None)
                    waiting += value if isinstance(value, list) else [value]


def _split_test(test: ast.expr) -> list[ast.expr]:
    """Return the parts of a condition: the first is always looked at, the others are where it holds."""
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


def _find_truth(test: ast.expr) -> bool | None:
    """Return whether a condition holds, where that stands there."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
    return None


def _suppresses(context: ast.expr) -> bool:
    """Tell whether a context is one that goes on behind an error."""
    match context:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _SUPPRESSING
    return False


def _always_matches(pattern: ast.pattern) -> bool:
    waiting = [pattern]
    while waiting:
        match waiting.pop():
            case ast.MatchAs(pattern=None):
                return True
            case ast.MatchAs(pattern=inner) if inner:
                waiting.append(inner)
            case ast.MatchOr(patterns=parts):
                waiting += parts
    return False
