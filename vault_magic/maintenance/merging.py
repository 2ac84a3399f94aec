"""Two states of a vault merged by object, with the state that both come from, as a merge driver of git does.

No password is needed: members are copied as they are. Manifests are merged by their lines in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from vault_magic.archive import durable
from vault_magic.archive.container import Copied, Part, compose
from vault_magic.archive.layout import (
    SENTINEL,
    CommitMarker,
    check_neighbours,
    is_reserved,
    name_sidecar,
    write_commit_marker,
)
from vault_magic.archive.members import read_raw
from vault_magic.archive.reading import OpenArchive, read_archive
from vault_magic.errors import ArchiveError, FormatError
from vault_magic.identity import Identity, Match, compare_objects
from vault_magic.maintenance.comparing import is_manifest
from vault_magic.manifest import ImportLine, Manifest, ObjectLine, parse_manifest, render_manifest


class Side(Enum):
    """One of the two states that are merged."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """An object that both sides have changed, each in its own way; `None` where one has deleted it."""

    path: str
    ours: Identity | None
    theirs: Identity | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a merge: the paths taken from the other side, and those that nobody has decided on: ours stand."""

    taken: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """An object on one side: what it is, and what tells one store of it from another."""

    identity: Identity
    origin: object


def merge(base: Path, ours: Path, theirs: Path, *, prefer: Side | None = None) -> Merged:
    """Merge two archives, or two manifests, into `ours`; `prefer` decides what both have changed.

    Raises:
        ArchiveError, FormatError: they cannot be merged; nothing was changed.
    """
    for path in (ours, theirs):
        if not _is_there(path):
            raise ArchiveError(f"{path} is not there, or empty; there is nothing to merge")
    if is_manifest(ours) != is_manifest(theirs):
        raise ArchiveError("one side is an archive and the other a manifest; name two of a kind")
    if is_manifest(ours):
        return _merge_manifests(base, ours, theirs, prefer=prefer)
    return _merge_archives(base, ours, theirs, prefer=prefer)


def _is_there(path: Path) -> bool:
    """Tell whether there is such a state: git names an empty file where both sides have come from none."""
    return path.is_file() and path.stat().st_size > 0


def _choose(
    base: Mapping[str, _State], ours: Mapping[str, _State], theirs: Mapping[str, _State], *, prefer: Side | None
) -> tuple[dict[str, Side], Merged]:
    """Return from which side each object comes that is there then, and what has to be told."""
    chosen: dict[str, Side] = {}
    taken, conflicts = [], []
    for path in sorted({*ours, *theirs}):
        mine, other = ours.get(path), theirs.get(path)
        side = _decide(base.get(path), mine, other) or prefer
        if side is None:
            conflicts.append(Conflict(path, mine.identity if mine else None, other.identity if other else None))
        if side is Side.THEIRS:
            taken.append(path)
        if (other if side is Side.THEIRS else mine) is not None:
            chosen[path] = side or Side.OURS
    return chosen, Merged(tuple(taken), tuple(conflicts))


def _decide(base: _State | None, ours: _State | None, theirs: _State | None) -> Side | None:
    """Return the side that has changed an object, none where both have, each to something else."""
    if _is_same(ours, theirs):
        is_older = ours is not None and base is not None and ours.origin == base.origin
        return Side.THEIRS if is_older and theirs != ours else Side.OURS
    if _is_same(base, theirs):
        return Side.OURS
    return Side.THEIRS if _is_same(base, ours) else None


def _is_same(one: _State | None, other: _State | None) -> bool:
    """Tell whether both are the same object; of those of other tools checksum and size are all that is known."""
    mine, theirs = one.identity if one else None, other.identity if other else None
    return mine == theirs or compare_objects(mine, theirs) is Match.SAME


# Archives


def _merge_archives(base: Path, ours: Path, theirs: Path, *, prefer: Side | None) -> Merged:
    with ExitStack() as files:
        mine, other = files.enter_context(read_archive(ours)), files.enter_context(read_archive(theirs))
        origin = files.enter_context(read_archive(base)) if _is_there(base) else None
        _check_kinship(mine, other)
        states = [_list_states(one) if one else {} for one in (origin, mine, other)]
        chosen, merged = _choose(*states, prefer=prefer)
        check_neighbours([path for path in merged.taken if path in chosen], chosen.keys())
        if merged.taken:
            compose(ours, _list_parts(mine, other, chosen), comment=_mark(mine, other), password=None)
    return merged


def _check_kinship(mine: OpenArchive, other: OpenArchive) -> None:
    """Refuse what would not be one vault under one password."""
    if mine.listing.vault is None or other.listing.vault is None:
        raise ArchiveError("another tool made one of the archives; store something into it first")
    if mine.listing.vault != other.listing.vault:
        raise ArchiveError("these are two vaults, made apart from each other; take the objects over by notebooks")
    if _read_raw(mine, SENTINEL) != _read_raw(other, SENTINEL):
        raise ArchiveError(
            "the password was changed on one side, so the other's objects would not open; rekey both alike, or take one"
        )


def _list_states(opened: OpenArchive) -> dict[str, _State]:
    """Return the objects; a store of the same object by other code has another sidecar."""
    found = opened.listing.objects.items()
    return {path: _State(identity, _read_raw(opened, name_sidecar(path))) for path, identity in found}


def _read_raw(opened: OpenArchive, name: str) -> bytes | None:
    if name not in opened.directory:
        return None
    return b"".join(read_raw(opened.file, opened.directory, opened.directory[name]))


def _list_parts(mine: OpenArchive, other: OpenArchive, chosen: Mapping[str, Side]) -> Iterator[Part]:
    yield _copy(mine, SENTINEL)
    for name in mine.directory.places:
        if name.endswith("/") and not is_reserved(name):
            yield _copy(mine, name)
    for path, side in chosen.items():
        source = other if side is Side.THEIRS else mine
        for name in (path, name_sidecar(path)):
            if name in source.directory:
                yield _copy(source, name)
    mine.file.close()  # Windows moves nothing in place of an open file


def _copy(source: OpenArchive, name: str) -> Copied:
    return Copied(source.file, source.directory, source.directory[name])


def _mark(mine: OpenArchive, other: OpenArchive) -> bytes:
    generation = max(mine.listing.generation, other.listing.generation) + 1
    return write_commit_marker(CommitMarker(mine.listing.vault or "", generation))


# Manifests


def _merge_manifests(base: Path, ours: Path, theirs: Path, *, prefer: Side | None) -> Merged:
    origin = _read_manifest(base) if _is_there(base) else Manifest(None)
    mine, other = _read_manifest(ours), _read_manifest(theirs)
    if mine.vault != other.vault:
        raise ArchiveError("these are the manifests of two vaults; make one anew: vaultcheck manifest storage.zip")
    lines = [{line.path: line for line in one.objects} for one in (origin, mine, other)]
    states = [{path: _State(line.identity, line.to_json()) for path, line in one.items()} for one in lines]
    chosen, merged = _choose(*states, prefer=prefer)
    objects: list[ObjectLine] = [lines[2 if side is Side.THEIRS else 1][path] for path, side in chosen.items()]
    unknown = {**other.unknown, **mine.unknown}
    text = render_manifest(
        replace(mine, unknown=unknown, imports=())
        .replace_objects(objects)
        .replace_imports(_merge_imports(origin, mine, other))
    ).encode()
    if text != ours.read_bytes():
        durable.replace_file(ours, lambda file: durable.write(file, text))
    return merged


def _read_manifest(path: Path) -> Manifest:
    try:
        return parse_manifest(path.read_bytes())
    except FormatError as err:
        raise type(err)(f"{path}: {err}") from err


def _merge_imports(base: Manifest, ours: Manifest, theirs: Manifest) -> list[ImportLine]:
    """Return what notebooks imported last; where both sides have changed that of one notebook, it conflicts itself."""
    origin, mine, other = ({line.key: line for line in one.imports} for one in (base, ours, theirs))
    taken = {key: line for key, line in other.items() if key not in mine and key not in origin}
    changed = {key: other[key] for key in other if key in mine and mine[key] == origin.get(key)}
    gone = {key for key in mine if key in origin and key not in other and mine[key] == origin[key]}
    return [line for key, line in (mine | changed | taken).items() if key not in gone]
