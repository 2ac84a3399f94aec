"""Reads expressions for what they do to names, in the order in which they are evaluated and without recursion."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MethodType, NoneType
from typing import Any

from vault_magic.effects.bodies import NO_ROOTS, Body, Root
from vault_magic.effects.calls import CallReader
from vault_magic.effects.libraries import is_drawing
from vault_magic.effects.lines import LineEffect
from vault_magic.effects.notebook import NotebookScope
from vault_magic.effects.roots import find_item_roots, find_owners, find_roots, pair_items
from vault_magic.effects.scopes import FunctionScope, Scope, VeilScope
from vault_magic.effects.shell import is_namespace, read_shell_call

_DEEPEST = 60
"""Levels of blocks, functions and comprehensions; what is deeper was not written by hand."""

_UNREAD_FIELDS = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "kind", "conversion", "str"})

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Waiting = list[object]


class ExpressionReader:
    """Tells the scopes of a cell what its expressions read, bind and change."""

    def __init__(self) -> None:
        self.notebook = NotebookScope()
        self.scope: Scope = self.notebook
        self.is_opaque = False
        self._depth = 0
        self._dropped: set[int] = set()

    @contextmanager
    def within(self, scope: Scope) -> Iterator[None]:
        """Read in a scope.

        Raises:
            RecursionError: it is nested too deeply.
        """
        outer, self.scope = self.scope, scope
        with self.nested():
            yield
        self.scope = outer

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Read on a level further in.

        Raises:
            RecursionError: it is too deep.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RecursionError
        yield
        self._depth -= 1

    def read(self, *nodes: ast.AST | None) -> None:
        """Read expressions one after the other."""
        waiting: _Waiting = [*reversed(nodes)]  # the next one last
        while waiting:
            node = waiting.pop()
            if type(node) is ast.Name:
                self.scope.use(node.id)
            elif handler := _HANDLERS.get(type(node)):
                handler(self, node, waiting)
            else:
                _wait_for_parts(node, waiting)

    def read_dropped(self, value: ast.expr) -> None:
        """Read an expression that nothing is done with."""
        self._dropped.update(map(id, _list_dropped(value)))
        self.read(value)

    def find_roots(self, value: ast.expr) -> frozenset[Root]:
        """Return the names that a value may be a part of; modules are not values that one changes."""
        return self._leave_out_modules(find_roots(value, self.scope.find_bodies))

    def bind_items(self, target: ast.expr, value: ast.expr) -> None:
        """Bind the target of a loop to the items of a value."""
        for part, items in pair_items(target, value):
            found = find_item_roots(items, self.scope.find_bodies) if items else NO_ROOTS
            self.bind_target(part, self._leave_out_modules(found))

    def bind_target(self, target: ast.expr, roots: frozenset[Root] = NO_ROOTS) -> None:
        """Bind or change what stands left of an assignment."""
        waiting = [target]
        while waiting:
            match waiting.pop():
                case ast.Name(id=name):
                    self.scope.bind(name, roots)
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    waiting += reversed(parts)
                case ast.Starred(value=part):
                    waiting.append(part)
                case part:
                    self.change_target(part)

    def change_target(self, target: ast.expr) -> None:
        """Change the object that an attribute or item is set or deleted of."""
        match target:
            case ast.Attribute(value=owner):
                self.read(owner)
                self._change(owner)
            case ast.Subscript(value=owner, slice=index):
                self.read(owner, index)
                self._change(owner)

    def run(self, body: Body) -> None:
        """Read what code does that may run now."""
        for name in body.free | body.declared:
            self.scope.use(name)
        for name in body.changed | body.maybe_changed:
            self.scope.change(name, surely=False)
        for name in body.bound:
            self.scope.bind_outside(name)

    def read_lambda(self, node: ast.Lambda) -> Body:
        """Read a function without a name: its defaults now, and its body for later."""
        self.read(*node.args.defaults, *node.args.kw_defaults)
        scope = FunctionScope(self.scope, list_parameters(node.args))
        with self.within(scope):
            self.read(node.body)
            scope.give_back(self.find_roots(node.body))
        return scope.finish()

    def read_generator(self, node: ast.GeneratorExp) -> Body:
        """Read a generator: what it goes over now, and the rest for later."""
        self.read(node.generators[0].iter)
        scope = FunctionScope(self.scope, ())
        with self.within(scope):
            self._read_generators(node)
        return scope.finish()

    def do(self, effect: LineEffect) -> None:
        """Do to names what a line that IPython rewrites does."""
        self.is_opaque |= effect.is_opaque
        for name in effect.uses:
            self.scope.use(name)
        for name in effect.defines:
            self._bind_in_notebook(name)
        for name in effect.deletes:
            self.notebook.delete(name)

    def _bind_in_notebook(self, name: str) -> None:
        if self.scope is self.notebook:
            self.notebook.bind(name)
        else:
            self.scope.bind_outside(name)

    def _leave_out_modules(self, roots: Iterable[Root]) -> frozenset[Root]:
        return frozenset(root for root in roots if not self.scope.find_module(root.name))

    def _change(self, owner: ast.expr) -> None:
        self.is_opaque |= is_namespace(owner)
        for root in find_owners(owner, self.scope.find_bodies):
            if not is_drawing(root.name):
                self.scope.change(root.name, surely=root.is_sure)

    def _read_call(self, node: ast.Call, waiting: _Waiting) -> None:
        waiting.append(partial(self._do_call, node))
        _wait_for_parts(node, waiting)

    def _do_call(self, node: ast.Call) -> None:
        if effect := read_shell_call(node):
            self.do(effect)
            return
        for root in CallReader(node, id(node) in self._dropped, self.scope).find_changes():
            self.scope.change(root.name, surely=root.is_sure)

    def _read_binding(self, node: ast.NamedExpr, waiting: _Waiting) -> None:
        waiting += partial(self._bind_walrus, node), node.value

    def _bind_walrus(self, node: ast.NamedExpr) -> None:
        self.bind_target(node.target, self.find_roots(node.value))

    def _read_choice(self, node: ast.IfExp, waiting: _Waiting) -> None:
        for part in (node.orelse, node.body):
            waiting += self._close_part, part, self._open_part
        waiting.append(node.test)

    def _read_chain(self, node: ast.BoolOp, waiting: _Waiting) -> None:
        first, *others = node.values
        waiting += self._close_part, *reversed(others), self._open_part, first

    def _open_part(self) -> None:
        self.scope.paths.open_branch()

    def _close_part(self) -> None:
        self.scope.paths.blur(self.scope.paths.close_branch())

    def _read_comprehension(self, node: _Comprehension, _: _Waiting) -> None:
        self.read(node.generators[0].iter)
        self._open_part()
        self._read_generators(node)
        self._close_part()

    def _read_generators(self, node: _Comprehension) -> None:
        """Read a comprehension but for the first that it goes over."""
        targets = [part for one in node.generators for part in ast.walk(one.target)]
        veil = VeilScope(self.scope.visible, [part.id for part in targets if isinstance(part, ast.Name)])
        with self.within(veil):
            for one in node.generators:
                self.read(None if one is node.generators[0] else one.iter)
                self.bind_items(one.target, one.iter)
                self.read(*one.ifs)
            self.read(*([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]))

    def _run_lambda(self, node: ast.Lambda, _: _Waiting) -> None:
        self.run(self.read_lambda(node))


def list_parameters(arguments: ast.arguments) -> list[str]:
    """Return the parameters of a function, those that take by position first."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [one.arg for one in named if one]


def _list_dropped(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the calls of whose results nothing is made."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case ast.Call() as call:
                yield call
            case ast.Await(value=part):
                waiting.append(part)
            case ast.IfExp(body=body, orelse=other):
                waiting += body, other
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts):
                waiting += parts
            case ast.ListComp(elt=part) | ast.SetComp(elt=part):
                waiting.append(part)


def _wait_for_parts(node: object, waiting: _Waiting) -> None:
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if type(value) is list:
            waiting += reversed(value)
        elif value is not None:
            waiting.append(value)


class _Fields(dict[type, tuple[str, ...]]):
    """The fields that hold expressions, by kind of node, the last one first."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        fields: tuple[str, ...] = getattr(kind, "_fields", ())
        self[kind] = tuple(field for field in reversed(fields) if field not in _UNREAD_FIELDS)
        return self[kind]


_FIELDS = _Fields()


def _pass_over(_reader: ExpressionReader, _node: object, _waiting: _Waiting) -> None:
    pass


def _do(_reader: ExpressionReader, step: Callable[[], None], _waiting: _Waiting) -> None:
    step()


_HANDLERS: Mapping[type, Callable[[Any, Any, _Waiting], None]] = {
    ast.Constant: _pass_over,
    NoneType: _pass_over,
    ast.Call: ExpressionReader._read_call,
    ast.NamedExpr: ExpressionReader._read_binding,
    ast.IfExp: ExpressionReader._read_choice,
    ast.BoolOp: ExpressionReader._read_chain,
    ast.Lambda: ExpressionReader._run_lambda,
    partial: _do,
    MethodType: _do,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), ExpressionReader._read_comprehension),
}
