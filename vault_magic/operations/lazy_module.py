"""A module of the archive as an object: its members are listed, completed, and read when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from vault_magic.advice import advise
from vault_magic.errors import CommandError, MissingObject, VaultError
from vault_magic.functions import Function
from vault_magic.identity import Identity
from vault_magic.operations.directory import OBJECT_COLUMNS, Directory, describe_object
from vault_magic.operations.task import Loader, OpenVault
from vault_magic.table import Table


class MissingMember(VaultError, AttributeError):
    """A member of a lazy module that is not there, or that was to be set."""


@dataclass
class _Cache:
    """The listing as last seen, and the members read so far with what they were then."""

    directory: Directory = field(default_factory=Directory)
    members: dict[str, tuple[Identity, object]] = field(default_factory=dict)
    modules: dict[str, LazyModule] = field(default_factory=dict)


class LazyModule:
    """Objects below a folder of the vault: `module.member`, or `module["any name"]`.

    A member is read once, and again after it was stored anew. `dir()` and the table that stands for the module in a
    notebook list what is there now.
    """

    def __init__(self, path: str, *, name: str, vault: OpenVault, load: Loader | None) -> None:
        self._path = path
        self._name = name
        self._vault = vault
        self._load = load
        self._importers: dict[str, Function] = {}
        self._cache = _Cache()

    def set_importers(self, importers: Mapping[str, Function]) -> None:
        """Read these members with functions: each takes the member's file and returns its value.

        Raises:
            CommandError: something in it is no function.
        """
        if not (isinstance(importers, Mapping) and all(map(callable, importers.values()))):
            raise CommandError("set_importers takes functions by the names of members, as in {'config': json.load}")
        self._importers |= importers
        for name in importers:
            self._cache.members.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        """Return a member, or the module below this one; names with an underscore in front are Python's own."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._find(name, expression=f"{self._name}.{name}", missing=MissingMember)

    def __getitem__(self, name: str) -> Any:
        """Return a member whose name need not be one of Python."""
        if not isinstance(name, str):
            raise CommandError(f"{self._name}[{name!r}] names no member; write its name in quotes")
        return self._find(name, expression=f"{self._name}[{name!r}]", missing=MissingObject)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse what would look like a store and be none."""
        if not name.startswith("_"):
            module, shown = self._path, self._name
            raise MissingMember(f"{shown}.{name} cannot be set; to keep a value write: %vault store {name} in {module}")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._list_members())

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied, as Python's own modules do."""
        raise TypeError(f"the module {self._path!r} of a vault cannot be pickled or copied; take its members")

    def __dir__(self) -> list[str]:
        return [name for name in self._list_members() if name.isidentifier()]

    def __repr__(self) -> str:
        return self._describe().to_text()

    def _repr_html_(self) -> str:
        return self._describe().to_html()

    def _ipython_key_completions_(self) -> list[str]:
        return [*self._list_members()]

    def _find(self, name: str, *, expression: str, missing: type[VaultError]) -> object:
        objects, path = self._list_objects(), f"{self._path}/{name}"
        if path in objects:
            return self._read(name, objects[path], expression=expression)
        if any(other.startswith(f"{path}/") for other in objects):
            if name not in self._cache.modules:
                module = LazyModule(path, name=expression, vault=self._vault, load=self._load)
                self._cache.modules[name] = module
            return self._cache.modules[name]
        advice = advise(name, self._list_members(), otherwise="see what is: %vault list")
        raise missing(f"there is no {path!r} in {self._vault.archive.path.name}; {advice}")

    def _read(self, name: str, identity: Identity, *, expression: str) -> object:
        known = self._cache.members.get(name)
        if known is None or known[0] != identity:
            if self._load is None or _is_completing():
                raise MissingMember(f"{expression} cannot be read: no cell is there to read it for")
            function = self._importers.get(name)
            value = self._load(self._vault, f"{self._path}/{name}", expression=expression, function=function)
            known = self._cache.members[name] = (identity, value)
        return known[1]

    def _list_objects(self) -> Mapping[str, Identity]:
        return self._cache.directory.list(self._vault)

    def _list_members(self) -> list[str]:
        """Return the names directly below this module, also of modules."""
        start = f"{self._path}/"
        below = (path.removeprefix(start) for path in self._list_objects() if path.startswith(start))
        return list(dict.fromkeys(path.partition("/")[0] for path in below))

    def _describe(self) -> Table:
        objects = self._list_objects()
        rows = []
        for name in self._list_members():
            one = objects.get(f"{self._path}/{name}")
            rows.append(describe_object(name, one) if one else (f"{name}/", "module", "", ""))
        note = f"Module {self._path!r} of {self._vault.archive.path.name}"
        return Table(OBJECT_COLUMNS, tuple(rows), note=f"{note}." if rows else f"{note}: nothing is stored here.")


def _is_completing() -> bool:
    """Tell whether jedi asks for a member because somebody presses Tab: nothing is read, or recorded, for that."""
    asking = sys._getframe(4)  # behind `_read`, `_find` and what Python calls
    return str(asking.f_globals.get("__name__")).startswith("jedi.")
