"""A module of the archive as an object: its members are listed, completed, and read when they are asked for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vault_magic.errors import ArchiveError
from vault_magic.functions import Function
from vault_magic.identity import Identity
from vault_magic.operations.task import Loader, OpenVault
from vault_magic.table import Table


@dataclass
class _Cache:
    """The listing as last seen, with the file's signature, and the members read so far with what they were then."""

    signature: tuple[int, int, int] = (0, 0, 0)
    objects: Mapping[str, Identity] = field(default_factory=dict)
    members: dict[str, tuple[Identity, object]] = field(default_factory=dict)


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
        """Read these members with functions: each takes the member's file and returns its value."""
        self._importers |= importers
        for name in importers:
            self._cache.members.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        """Return a member, or the module below this one; names with an underscore in front are Python's own."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._find(name, expression=f"{self._name}.{name}", missing=AttributeError)

    def __getitem__(self, name: str) -> Any:
        """Return a member whose name need not be one of Python."""
        return self._find(name, expression=f"{self._name}[{name!r}]", missing=KeyError)

    def __dir__(self) -> list[str]:
        return [name for name in self._list_members() if name.isidentifier()]

    def __repr__(self) -> str:
        return self._describe().to_text()

    def _repr_html_(self) -> str:
        return self._describe().to_html()

    def _ipython_key_completions_(self) -> list[str]:
        return [*self._list_members()]

    def _find(self, name: str, *, expression: str, missing: type[LookupError | AttributeError]) -> object:
        objects, path = self._list_objects(), f"{self._path}/{name}"
        if path in objects:
            return self._read(name, objects[path], expression=expression)
        if any(other.startswith(f"{path}/") for other in objects):
            return LazyModule(path, name=expression, vault=self._vault, load=self._load)
        near = difflib.get_close_matches(name, self._list_members(), n=1)
        advice = f"did you mean {near[0]!r}?" if near else "see what is: %vault list"
        raise missing(f"there is no {path!r} in {self._vault.archive.path.name}; {advice}")

    def _read(self, name: str, identity: Identity, *, expression: str) -> object:
        known = self._cache.members.get(name)
        if known is None or known[0] != identity:
            if self._load is None:
                raise AttributeError(f"{expression} cannot be read: no session is there to read it for")
            function = self._importers.get(name)
            value = self._load(self._vault, f"{self._path}/{name}", expression=expression, function=function)
            known = self._cache.members[name] = (identity, value)
        return known[1]

    def _list_objects(self) -> Mapping[str, Identity]:
        """Return the objects of the vault; the archive is listed again only when its file has changed."""
        archive = self._vault.archive
        try:
            found = archive.path.stat()
            signature = (found.st_mtime_ns, found.st_size, found.st_ino)
            if signature != self._cache.signature:
                self._cache.objects = archive.list().objects
                self._cache.signature = signature
        except FileNotFoundError as err:
            raise ArchiveError(f"{archive.path.name} is not there any more; restore it, and open it again") from err
        return self._cache.objects

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


OBJECT_COLUMNS = ("object", "format", "bytes", "crc32")


def describe_object(name: str, identity: Identity) -> tuple[str, str, str, str]:
    """Return what a listing says of an object."""
    size = "" if identity.bytes is None else f"{identity.bytes:,}"
    return name, identity.format or "other tool", size, identity.crc32 or "unknown"
