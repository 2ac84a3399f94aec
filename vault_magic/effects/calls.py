"""What a call changes in place, by the names in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vault_magic.effects.bodies import Body, Root, match_arguments
from vault_magic.effects.libraries import is_drawing, is_library, is_nickname, is_of_containers
from vault_magic.effects.purity import (
    CHANGING_ARGUMENT,
    CONTAINERS,
    READING_FUNCTIONS,
    Kind,
    classify_method,
    is_class,
    is_reading_accessor,
)
from vault_magic.effects.roots import find_owners
from vault_magic.effects.scopes import Scope


@dataclass(frozen=True, slots=True)
class CallReader:
    """Reads one call; `is_dropped` tells that nothing is done with its result.

    `scope` knows the modules that the cell imports and the functions that it defines.
    """

    call: ast.Call
    is_dropped: bool
    scope: Scope

    def find_changes(self) -> Iterator[Root]:
        """Yield the names whose objects the call changes."""
        yield from self._read_callbacks()
        match self.call.func:
            case ast.Name(id=name) if bodies := self.scope.find_bodies(name):
                found = [root for body in bodies for root in self._read_known(body)]
                yield from found if len(bodies) == 1 else _weaken(found)
                yield from _weaken(self._find_owners(self._given)) if self.scope.is_uncertain(name) else ()
            case ast.Name(id=name):
                yield from self._read_function(name)
            case ast.Attribute(value=owner, attr=method) if module := self._find_module(owner):
                yield from self._read_module_function(module, method, is_nested=not isinstance(owner, ast.Name))
            case ast.Attribute(value=owner, attr=method):
                yield from self._read_method(owner, method)
            case _ if self.is_dropped:
                yield from self._list_plain_arguments()
        if self.call.keywords:
            yield from self._read_keywords()

    def _read_known(self, body: Body) -> Iterator[Root]:
        """Yield what a function of the cell itself changes."""
        given = [*match_arguments(body, self.call)]
        yield from (Root(name, True) for name in body.changed)
        yield from self._find_owners(value for name, value in given if name in body.changed_parameters)
        yield from _weaken(self._find_owners(value for name, value in given if name in body.maybe_changed_parameters))

    def _read_function(self, name: str) -> Iterator[Root]:
        if name in CHANGING_ARGUMENT or (name == "shuffle" and self.is_dropped):
            yield from self._find_owners(self.call.args[:1])
        elif self.is_dropped and not self._is_reading(name):
            yield from self._list_plain_arguments()

    def _read_module_function(self, module: str, method: str, *, is_nested: bool) -> Iterator[Root]:
        if method in CHANGING_ARGUMENT or (method == "shuffle" and self.is_dropped):
            yield from self._find_owners(self.call.args[:1])
        elif is_nested and is_of_containers(method) and not is_drawing(module):  # `sys.path.append`
            yield Root(module, True)
        elif self.is_dropped and not self._is_known(module):
            yield from self._list_plain_arguments()

    def _read_method(self, owner: ast.expr, method: str) -> Iterator[Root]:
        kind = classify_method(method, has_arguments=bool(self.call.args))
        if method == "shuffle" and self.is_dropped:
            yield from self._find_owners(self.call.args[:1])
        elif kind is Kind.CHANGES or (kind is Kind.CHANGES_IF_DROPPED and self.is_dropped):
            is_type = isinstance(owner, ast.Name) and owner.id in CONTAINERS  # `list.append(x, 1)`
            yield from self._find_owners(self.call.args[:1] if is_type else [owner])
        elif kind in (Kind.MAY_CHANGE, Kind.CHANGES_IF_DROPPED):
            yield from _weaken(self._find_owners([owner]))
        elif kind is Kind.UNKNOWN and self.is_dropped and not _is_harmless(owner):
            yield from _weaken(self._find_owners([owner]))
            yield from self._list_plain_arguments()

    def _read_keywords(self) -> Iterator[Root]:
        for one in self.call.keywords:
            match one:
                case ast.keyword(arg="inplace", value=value) if isinstance(self.call.func, ast.Attribute):
                    found = self._find_owners([self.call.func.value])
                    truth = value.value if isinstance(value, ast.Constant) else None
                    yield from found if truth else _weaken(found) if truth is None else ()
                case ast.keyword(arg="out", value=value):
                    yield from self._find_owners([value])

    def _read_callbacks(self) -> Iterator[Root]:
        """Yield what a function may change that is handed over to be called: `map(clean, tables)`."""
        named = [one.id for one in self._given if isinstance(one, ast.Name)]
        bodies = [body for name in named for body in self.scope.find_bodies(name)]
        if any(body.changed_parameters or body.maybe_changed_parameters for body in bodies):
            owner = [self.call.func.value] if isinstance(self.call.func, ast.Attribute) else []
            found = _weaken(self._find_owners([*owner, *self._given]))
            yield from (root for root in found if not self.scope.find_bodies(root.name))

    @property
    def _given(self) -> list[ast.expr]:
        return [*self.call.args, *(one.value for one in self.call.keywords)]

    def _is_reading(self, function: str) -> bool:
        return function in READING_FUNCTIONS or is_class(function) or self._is_known(function)

    def _find_module(self, owner: ast.expr) -> str | None:
        """Return the name of the module that something is a part of."""
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        return owner.id if isinstance(owner, ast.Name) and self.scope.find_module(owner.id) else None

    def _is_known(self, name: str) -> bool:
        """Tell whether a name comes from a library whose functions are known here."""
        origin = self.scope.find_module(name)
        return origin is not None and (is_library(origin) or is_nickname(origin))

    def _find_owners(self, values: Iterable[ast.expr]) -> Iterator[Root]:
        for value in values:
            yield from find_owners(value, self.scope.find_bodies)

    def _list_plain_arguments(self) -> Iterator[Root]:
        """Yield the names that are given as they are, and that a function of which nothing is known may change."""
        for one in self._given:
            value = one.value if isinstance(one, ast.Starred) else one
            if isinstance(value, ast.Name) and not self.scope.find_bodies(value.id):
                yield Root(value.id, False)


def _weaken(roots: Iterable[Root]) -> Iterator[Root]:
    return (Root(root.name, False) for root in roots)


def _is_harmless(owner: ast.expr) -> bool:
    """Tell whether methods of something draw, or only read."""
    while isinstance(owner, ast.Attribute | ast.Subscript):
        if isinstance(owner, ast.Attribute) and is_reading_accessor(owner.attr):
            return True
        owner = owner.value
    return isinstance(owner, ast.Name) and is_drawing(owner.id)
