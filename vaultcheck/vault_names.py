"""Which names of a notebook stand for vaults, as its code binds them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType


class Role(Enum):
    """What a name stands for."""

    MODULE = "the module vault_magic"
    OPENER = "the function open_vault"
    VAULT = "an open vault"


VaultNames = Mapping[str, Role]
"""The names that stand for something of vault_magic; one with dots is what a module of the project has to import."""

NO_NAMES: VaultNames = MappingProxyType({})

_EXPORTS: VaultNames = {"open_vault": Role.OPENER, "vault": Role.VAULT}


class NameReader:
    """Walks a tree in the order in which it runs, following which names stand for what.

    A function's body is read where it is defined, with its parameters and variables as names of its own.
    """

    def __init__(self, names: VaultNames) -> None:
        self.names = dict(names)
        self.is_lasting = True
        """Whether the call that was yielded last runs with the cell, and what it changes stays so."""

    def find_role(self, node: ast.expr) -> Role | None:
        """Return what an expression stands for here."""
        match node:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Attribute(value=value, attr=attr) if self.find_role(value) is Role.MODULE:
                return _EXPORTS.get(attr)
            case ast.Call(func=func) if self.find_role(func) is Role.OPENER:
                return Role.VAULT
            case ast.NamedExpr(value=value):
                return self.find_role(value)
        return None

    def walk(self, node: ast.AST) -> Iterator[ast.Call]:
        """Yield every call below a node, inner ones first; names are right as long as it is the last one yielded."""
        match node:
            case ast.Call():
                yield from self._walk_all(ast.iter_child_nodes(node))
                yield node
            case ast.Assign(value=value, targets=targets):
                yield from self._assign(value, targets)
            case ast.NamedExpr(value=value, target=target) | ast.AnnAssign(value=ast.expr() as value, target=target):
                yield from self._assign(value, [target])
            case ast.withitem(context_expr=value, optional_vars=target):
                yield from self._assign(value, [target] if target else [], is_lasting=False)
            case ast.Delete(targets=targets):
                self._bind(targets, None)
            case ast.Import(names=aliases):
                self._import(aliases)
            case ast.ImportFrom():
                self._import_from(node)
            case ast.If() | ast.While() | ast.For() | ast.AsyncFor() | ast.Try() | ast.TryStar() | ast.Match():
                yield from self._walk_branches(node)
            case _:
                yield from self._walk_scope(node)

    def _walk_all(self, nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
        for node in nodes:
            yield from self.walk(node)

    def _walk_branches(self, node: ast.AST) -> Iterator[ast.Call]:
        match node:
            case ast.For() | ast.AsyncFor():
                yield from self.walk(node.iter)
                self._bind([node.target], None)
                yield from self._branch([node.body, []])
                yield from self._walk_all(node.orelse)
            case ast.Try() | ast.TryStar():
                yield from self._branch([[*node.body, *node.orelse], *([one] for one in node.handlers)])
                yield from self._walk_all(node.finalbody)
            case ast.Match():
                yield from self.walk(node.subject)
                yield from self._branch([[], *([one] for one in node.cases)])
            case ast.If() | ast.While():
                yield from self.walk(node.test)
                yield from self._branch([node.body, node.orelse])

    def _branch(self, branches: Iterable[Iterable[ast.AST]]) -> Iterator[ast.Call]:
        """Read each branch from the same start; what any of them has bound may hold afterwards."""
        before, after = self.names, dict[str, Role]()
        for branch in branches:
            self.names = dict(before)
            yield from self._walk_all(branch)
            after |= self.names
        self.names = after

    def _walk_scope(self, node: ast.AST) -> Iterator[ast.Call]:
        match node:
            case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
                yield from self._walk_all([*node.decorator_list, node.args])
                self._name(name, None)
                yield from self._walk_inside(body, own=_list_parameters(node.args), is_lasting=False)
            case ast.Lambda(args=parameters, body=result):
                yield from self.walk(parameters)
                yield from self._walk_inside([result], own=_list_parameters(parameters), is_lasting=False)
            case ast.ClassDef(name=name):
                yield from self._walk_inside(ast.iter_child_nodes(node), own=(), is_lasting=self.is_lasting)
                self._name(name, None)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                targets = [name for one in node.generators for name in _list_names(one.target)]
                yield from self._walk_inside(ast.iter_child_nodes(node), own=targets, is_lasting=self.is_lasting)
            case _:
                yield from self._walk_all(ast.iter_child_nodes(node))

    def _walk_inside(self, nodes: Iterable[ast.AST], *, own: Iterable[str], is_lasting: bool) -> Iterator[ast.Call]:
        outer, self.names = self.names, dict(self.names)
        was_lasting, self.is_lasting = self.is_lasting, is_lasting
        for name in own:
            self._name(name, None)
        yield from self._walk_all(nodes)
        self.names, self.is_lasting = outer, was_lasting

    def _assign(
        self, value: ast.expr, targets: Iterable[ast.expr], *, is_lasting: bool | None = None
    ) -> Iterator[ast.Call]:
        was_lasting = self.is_lasting
        self.is_lasting = was_lasting if is_lasting is None else is_lasting
        yield from self._walk_all([value, *targets])
        self.is_lasting = was_lasting
        self._bind(targets, self.find_role(value))

    def _bind(self, targets: Iterable[ast.expr], role: Role | None) -> None:
        for target in targets:
            for name in _list_names(target):
                self._name(name, role if isinstance(target, ast.Name) else None)

    def _name(self, name: str, role: Role | None) -> None:
        self.names.pop(name, None)
        if role is not None:
            self.names[name] = role

    def _import(self, aliases: Iterable[ast.alias]) -> None:
        for alias in aliases:
            top = alias.name.partition(".")[0]
            is_ours = alias.name == "vault_magic" or (top == "vault_magic" and alias.asname is None)
            self._name(alias.asname or top, Role.MODULE if is_ours else None)

    def _import_from(self, node: ast.ImportFrom) -> None:
        exports = NO_NAMES if node.level else self._list_exports(node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.names.update(exports)
            else:
                self._name(alias.asname or alias.name, exports.get(alias.name))

    def _list_exports(self, module: str) -> VaultNames:
        if module == "vault_magic":
            return _EXPORTS
        parts = ((name.rpartition("."), role) for name, role in self.names.items())
        return {name: role for (owner, _, name), role in parts if owner == module}


def export_names(module: str, names: VaultNames) -> VaultNames:
    """Return the names of a module, after its code, as code that imports it has to know them."""
    return {name if "." in name else f"{module}.{name}": role for name, role in names.items()}


def keep_exports(names: VaultNames) -> VaultNames:
    """Return of the names those of modules: the others are not known in another module."""
    return {name: role for name, role in names.items() if "." in name}


def _list_names(target: ast.expr) -> Iterator[str]:
    """Yield the names that a target binds; attributes and items bind none."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for one in targets:
                yield from _list_names(one)
        case ast.Starred(value=value):
            yield from _list_names(value)


def _list_parameters(parameters: ast.arguments) -> tuple[str, ...]:
    listed = (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)
    rest = (one for one in (parameters.vararg, parameters.kwarg) if one)
    return tuple(one.arg for one in (*listed, *rest))
