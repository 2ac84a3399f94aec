"""Objects deleted and renamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vault_magic.archive.archive import Archive
from vault_magic.errors import ArchiveError
from vault_magic.maintenance.noting import note_change
from vault_magic.maintenance.selecting import demand_objects
from vault_magic.object_path import parse_object_path
from vault_magic.record import Result


def remove(archive: Archive, paths: Sequence[str]) -> tuple[str, ...]:
    """Delete objects and erase their bytes, all or none; return what the user has to be told.

    No password is needed for it.

    Raises:
        MissingObject: one of them is not there.
    """
    with archive.lock(holder="vaultcheck rm"):
        objects = archive.list().objects
        demand_objects(paths, objects, name=archive.path.name)
        before = {path: objects[path] for path in paths}
        notices = archive.change(store={}, delete=paths)
        note_change(archive, [Result(path, None, one, None) for path, one in before.items()])
    return notices


def move(archive: Archive, old: str, new: str, *, force: bool = False) -> tuple[str, ...]:
    """Give an object another path; bytes, schema and the record of who made it stay.

    Raises:
        PathError: the new path is refused.
        MissingObject: there is no such object.
        ArchiveError: the new path is taken, and it is not forced; or another tool wrote the object.
    """
    new = parse_object_path(new)
    with archive.lock(holder="vaultcheck mv"):
        objects = archive.list().objects
        demand_objects([old], objects, name=archive.path.name)
        if new == old:
            return ()
        if new in objects and not force:
            raise ArchiveError(f"{new!r} is there already; choose another path, or overwrite it with --force")
        found = archive.read(old)
        if found.sidecar is None:
            raise ArchiveError(f"{old!r} was written by another tool; rename it there, or import it and store it anew")
        after = {new: (found.data, replace(found.sidecar, path=new))}
        results = [Result(old, None, found.identity, None), Result(new, None, objects.get(new), found.identity)]
        notices = archive.change(store=after, delete=[old])
        note_change(archive, results, changed=[new])
    return notices
