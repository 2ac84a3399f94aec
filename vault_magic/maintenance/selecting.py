"""Which objects were named: by their paths, or by the module that holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vault_magic.errors import MissingObject
from vault_magic.object_path import suggest_path


def select_objects(wanted: Iterable[str], objects: Collection[str], *, name: str) -> tuple[str, ...]:
    """Return the objects that are named, or lie in a module that is; all where nothing is named.

    Raises:
        MissingObject: a name fits nothing; `name` is that of the archive.
    """
    chosen: set[str] = set()
    asked = [*wanted]
    for one in asked:
        start = f"{one.rstrip('/')}/"
        found = [path for path in objects if path == one or path.startswith(start)]
        if not found:
            demand_objects([one], objects, name=name)
        chosen.update(found)
    return tuple(sorted(chosen if asked else objects))


def demand_objects(paths: Iterable[str], objects: Collection[str], *, name: str) -> None:
    """Refuse paths under which nothing is stored.

    Raises:
        MissingObject: one fits nothing; `name` is that of the archive.
    """
    for path in paths:
        if path not in objects:
            near = suggest_path(path, objects)
            advice = f"did you mean {near!r}?" if near else f"see what is: vaultcheck show {name}"
            raise MissingObject(f"there is no {path!r} in {name}; {advice}")
