"""Where the names of a cell are looked up: the notebook, and the functions, classes and comprehensions inside it.

The reader of the code tells a scope what is read, bound and changed; a scope keeps that or hands it outwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vault_magic.effects.bodies import NO_ROOTS, Body, Root, merge_bodies
from vault_magic.effects.control_flow import NameState, Paths
from vault_magic.effects.libraries import is_nickname

_MOST_ROOTS = 50
"""Names that one may be a part of; of more, only those that stand beside it are remembered."""

_MOST_BODIES = 20
"""Ways to define one function in branches; more were not written by hand."""


class Scope:
    """What all scopes share; this one keeps what is done in it."""

    def __init__(self, outer: Scope | None) -> None:
        self.outer = outer
        self.paths = Paths()
        self.changed: set[str] = set()
        self.maybe_changed: set[str] = set()
        self.declared: set[str] = set()  # by `global`
        self.bodies: dict[str, tuple[Body, ...]] = {}
        self._roots: dict[str, frozenset[Root]] = {}
        self._kept: set[str] = set()  # bound to a part of what they were
        self._origins: dict[str, str] = {}

    @property
    def visible(self) -> Scope:
        """The nearest scope whose names functions inside see."""
        return self

    @property
    def notebook(self) -> Scope:
        """The scope of the notebook."""
        return self.outer.notebook if self.outer else self

    def use(self, name: str) -> None:
        """Read a name."""
        raise NotImplementedError

    def bind(self, name: str, roots: Collection[Root] = ()) -> None:
        """Bind a name to a value that may be a part of some others."""
        if name in self.declared:
            self.bind_outside(name)
            return
        tied = self._resolve(name, roots) if roots else NO_ROOTS
        if any(root.name == name for root in roots):
            self._kept.add(name)
        if self.paths.is_straight:
            self.bodies.pop(name, None)
        elif len(others := self._roots.get(name, NO_ROOTS)) < _MOST_ROOTS:
            tied |= others
        if tied or name in self._roots:
            self._roots[name] = tied
        self._origins.pop(name, None)
        self.paths.bind(name)

    def bind_module(self, name: str, origin: str) -> None:
        """Bind a name to a module, or to a part of one."""
        self.bind(name)
        self._origins[name] = origin

    def bind_outside(self, name: str) -> None:
        """Bind a name of the notebook."""
        self.notebook.paths.touched.add(name)

    def delete(self, name: str) -> None:
        """Delete a name."""
        if name in self.declared:
            self.delete_outside(name)
        else:
            self.paths.delete(name)

    def delete_outside(self, name: str) -> None:
        """Delete a name of the notebook."""
        self.bind_outside(name)

    def change(self, name: str, *, surely: bool) -> None:
        """Change the object of a name in place, and with it those that it is a part of."""
        self.take_change(name, surely=surely)
        for root in self._roots.get(name, ()):
            self.take_change(root.name, surely=surely and root.is_sure)

    def take_change(self, name: str, *, surely: bool) -> None:
        """Keep that the object of a name is changed, or hand it outwards."""
        (self.changed if surely else self.maybe_changed).add(name)

    def _resolve(self, name: str, roots: Iterable[Root]) -> frozenset[Root]:
        """Return roots with what they are themselves parts of, as long as these are not too many."""
        found = {root for root in roots if root.name != name}
        further = {
            Root(one.name, one.is_sure and root.is_sure)
            for root in found
            for one in self._roots.get(root.name, ())
            if one.name != name
        }
        return frozenset(found | further if len(further) < _MOST_ROOTS else found)

    def define(self, name: str, body: Body) -> None:
        """Remember what a function does; it is bound apart from that."""
        others = () if self.paths.is_straight else self.bodies.get(name, ())
        if len(others) > _MOST_BODIES:
            raise RecursionError
        self.bodies[name] = (*others, body)
        for changed in body.changed | body.maybe_changed:
            self.take_change(changed, surely=False)

    def find_bodies(self, name: str) -> tuple[Body, ...]:
        """Return what is known of a function that the cell itself has defined, perhaps in several ways."""
        if name in self.bodies or self.outer is None:
            return self.bodies.get(name, ())
        return self.outer.find_bodies(name)

    def is_uncertain(self, name: str) -> bool:
        """Tell whether a function calls others that were defined only after it was read."""
        return self.outer is not None and self.outer.is_uncertain(name)

    def find_module(self, name: str) -> str | None:
        """Return the module that a name stands for, where that is sure or what everybody means by the name."""
        if name in self.paths.touched:
            return self._origins.get(name) if self.paths.states.get(name) is NameState.BOUND else None
        if self.outer:
            return self.outer.find_module(name)
        return name if is_nickname(name) else None


class FunctionScope(Scope):
    """The names of a function, which are known when all of it is read."""

    def __init__(self, outer: Scope, parameters: Iterable[str]) -> None:
        super().__init__(outer.visible)
        self.parameters = tuple(parameters)
        self.returned: set[str] = set()
        self.nonlocals: set[str] = set()
        self._read: set[str] = set()
        self._bound_outside: set[str] = set()
        self._deleted_outside: set[str] = set()
        self._declared_inside: set[str] = set()

    def use(self, name: str) -> None:
        """Read a name."""
        self._read.add(name)

    def bind(self, name: str, roots: Collection[Root] = ()) -> None:
        """Bind a name to a value that may be a part of some others."""
        if name in self.nonlocals:
            self.use(name)
            return
        super().bind(name, roots)

    def take_change(self, name: str, *, surely: bool) -> None:
        """Keep that the object of a name is changed; what was bound here is nobody else's."""
        if name not in self.paths.states or name in self._kept:
            super().take_change(name, surely=surely and name not in self.paths.touched)

    def bind_outside(self, name: str) -> None:
        """Bind a name of the notebook when it is called."""
        self._bound_outside.add(name)

    def delete_outside(self, name: str) -> None:
        """Delete a name of the notebook when it is called."""
        self._bound_outside.add(name)
        self._deleted_outside.add(name)

    def give_back(self, roots: Iterable[Root]) -> None:
        """Return a value that may be a part of some names."""
        for root in roots:
            self.returned.add(root.name)
            self.returned |= {further.name for further in self._roots.get(root.name, ())}

    def define(self, name: str, body: Body) -> None:
        """Remember what a function inside does: it may be called, or handed out."""
        super().define(name, body)
        self.take_body(body)

    def take_body(self, body: Body) -> None:
        """Take what a function inside does to names around it for what this one does."""
        self._read |= body.free
        self._declared_inside |= body.declared
        self._bound_outside |= body.bound
        self._deleted_outside |= body.deleted

    def find_bodies(self, name: str) -> tuple[Body, ...]:
        """Return what is known of a function that the cell itself has defined, perhaps in several ways."""
        return () if name in self.parameters else super().find_bodies(name)

    def find_module(self, name: str) -> str | None:
        """Return the module that a name stands for, where that is sure or what everybody means by the name."""
        return None if name in self.parameters else super().find_module(name)

    def finish(self) -> Body:
        """Return what the function does."""
        parameters = frozenset(self.parameters)
        own = parameters | self.paths.touched
        return Body(
            free=frozenset(self._read - own),
            declared=frozenset(self.declared | self._declared_inside),
            bound=frozenset(self._bound_outside),
            deleted=frozenset(self._deleted_outside),
            changed=frozenset(self.changed - own),
            maybe_changed=frozenset(self.maybe_changed - own),
            parameters=self.parameters,
            changed_parameters=parameters & self.changed,
            maybe_changed_parameters=parameters & self.maybe_changed,
            returned=frozenset(self.returned - (self.paths.touched - self._kept)),
        )


class ClassScope(Scope):
    """The names of a class, whose code runs at once and whose methods do not see them."""

    def __init__(self, outer: Scope) -> None:
        super().__init__(outer)
        self._methods: list[Body] = []

    @property
    def visible(self) -> Scope:
        """The nearest scope whose names functions inside see."""
        return self.outer.visible if self.outer else self

    def use(self, name: str) -> None:
        """Read a name."""
        if name not in self.paths.states:
            self.visible.use(name)
        for body in self.bodies.get(name, ()):
            for read in body.free | body.declared:
                self.visible.use(read)

    def take_change(self, name: str, *, surely: bool) -> None:
        """Keep that the object of a name is changed, or hand it outwards."""
        if name not in self.paths.states or name in self._kept:
            self.visible.change(name, surely=surely and name not in self.paths.touched)

    def define(self, name: str, body: Body) -> None:
        """Remember what a method does."""
        super().define(name, body)
        self._methods.append(body)

    def finish(self) -> Body:
        """Return what the methods of the class do."""
        return merge_bodies(self._methods)


class VeilScope(Scope):
    """The names of a comprehension, or of type parameters: a few of its own, in the middle of the scope around."""

    def __init__(self, outer: Scope, hidden: Iterable[str]) -> None:
        super().__init__(outer)
        self.paths = outer.paths
        self._hidden = frozenset(hidden)

    def use(self, name: str) -> None:
        """Read a name."""
        if name not in self._hidden and self.outer:
            self.outer.use(name)

    def bind(self, name: str, roots: Collection[Root] = ()) -> None:
        """Bind a name; one that is not hidden, as by `:=`, in the scope around."""
        resolved = self._resolve(name, roots)
        if name not in self._hidden and self.outer:
            self.outer.bind(name, [root for root in resolved if root.name not in self._hidden])
        elif resolved:
            self._roots[name] = resolved

    def take_change(self, name: str, *, surely: bool) -> None:
        """Keep that the object of a name is changed, or hand it outwards."""
        if name not in self._hidden and self.outer:
            self.outer.change(name, surely=surely)

    def define(self, name: str, body: Body) -> None:
        """Hand what a function does outwards."""
        if self.outer:
            self.outer.define(name, body)

    def find_module(self, name: str) -> str | None:
        """Return the module that a name stands for, where that is sure or what everybody means by the name."""
        return None if name in self._hidden or not self.outer else self.outer.find_module(name)
