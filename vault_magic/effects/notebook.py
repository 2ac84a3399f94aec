"""The scope of the notebook: all that is kept of what a cell does to names."""

from __future__ import annotations

from collections.abc import Collection

from vault_magic.effects.bodies import NOTHING, Body, Root
from vault_magic.effects.scopes import Scope


class NotebookScope(Scope):
    """The names of the notebook; functions are remembered with their place, as they may call what comes after them."""

    def __init__(self) -> None:
        super().__init__(None)
        self.uses: set[str] = set()
        self.aliases: set[tuple[str, str]] = set()
        self.read_later: dict[str, frozenset[str]] = {}
        self.bound_later: set[str] = set()
        self.deleted_later: set[str] = set()
        self._count = 0
        self._places: dict[str, int] = {}
        self._called: set[str] = set()
        self._missed: set[str] = set()  # no functions yet when they were read by such as were called
        self._uncertain: set[str] = set()

    def use(self, name: str) -> None:
        """Read a name; where it is a function of the cell, it may be called, which reads what its body does."""
        if name not in self.paths.states:
            self.uses.add(name)
        if name in self.bodies and name not in self._called:
            self._use_bodies(name)

    def bind(self, name: str, roots: Collection[Root] = ()) -> None:
        """Bind a name to a value that may be a part of some others."""
        self.aliases.update((name, root.name) for root in roots if root.name != name)
        super().bind(name, roots)

    def define(self, name: str, body: Body) -> None:
        """Remember what a function does, and that it may do it as soon as it is there."""
        super().define(name, body)
        if name in self._called or name in self._missed:
            self._called.clear()
        self._count += 1
        self._places[name] = self._count
        self.bound_later |= body.bound
        self.deleted_later |= body.deleted
        self.paths.touched |= body.bound
        self.read_later[name] = self.read_later.get(name, NOTHING) | body.free | body.declared | body.bound

    def is_uncertain(self, name: str) -> bool:
        """Tell whether a function calls others that were defined only after it was read."""
        return name in self._uncertain

    def _use_bodies(self, name: str) -> None:
        called, waiting, is_certain = set[str](), [name], True
        while waiting:
            function = waiting.pop()
            is_certain &= function not in self._uncertain
            if function in called or function in self._called:
                continue
            called.add(function)
            for body in self.bodies[function]:
                read = body.free | body.declared
                self.uses.update(one for one in read if one not in self.paths.states)
                inner = [one for one in read if one in self.bodies]
                self._missed.update(read.difference(inner))
                waiting += inner
                if any(self._changes_unseen(one, function) for one in inner):
                    is_certain = False
                    self.maybe_changed.update(read.difference(inner))
        if not is_certain:
            self._uncertain |= called
        if self.paths.is_straight:  # in a branch, more names may be bound than behind it
            self._called |= called

    def _changes_unseen(self, function: str, caller: str) -> bool:
        """Tell whether a function changes what it is given, and was not there yet when its caller was read."""
        bodies = self.bodies[function]
        changes = any(body.changed_parameters or body.maybe_changed_parameters for body in bodies)
        return changes and self._places[function] >= self._places[caller]
