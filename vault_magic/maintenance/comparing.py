"""What differs between two vaults, or two states of one, told by archives or manifests alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vault_magic.archive.listing import read_listing
from vault_magic.errors import FormatError
from vault_magic.identity import Identity, Match, compare_objects
from vault_magic.maintenance.opening import demand_archive
from vault_magic.manifest import parse_manifest


@dataclass(frozen=True, slots=True)
class Difference:
    """An object that is not the same on both sides; `None` where it is not there."""

    path: str
    before: Identity | None
    after: Identity | None


def compare(one: Path, other: Path) -> tuple[Difference, ...]:
    """Return the objects that differ, in the order of their paths.

    Raises:
        ArchiveError, FormatError: one of the files cannot be read.
    """
    before, after = load_identities(one), load_identities(other)
    paths = sorted(before.keys() | after.keys())
    pairs = [Difference(path, before.get(path), after.get(path)) for path in paths]
    return tuple(pair for pair in pairs if compare_objects(pair.before, pair.after) is not Match.SAME)


def load_identities(path: Path) -> Mapping[str, Identity]:
    """Return what an archive or a manifest tells of its objects; an empty file has none."""
    demand_archive(path)
    if path.stat().st_size == 0:
        return {}
    if not is_manifest(path):
        return read_listing(path).objects
    try:
        return {line.path: line.identity for line in parse_manifest(path.read_bytes()).objects}
    except FormatError as err:
        raise type(err)(f"{path.name}: {err}") from err


def is_manifest(path: Path) -> bool:
    """Tell whether a file is a manifest rather than an archive, by how it begins."""
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"{")
