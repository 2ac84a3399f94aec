"""Every byte of an archive proved: checksums, authentication codes, digests, and what lies beside the objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vault_magic.archive.archive import Archive
from vault_magic.archive.layout import is_reserved, name_sidecar
from vault_magic.archive.reading import OpenArchive, read_archive
from vault_magic.archive.upkeep import load_manifest
from vault_magic.digest import ObjectDigest
from vault_magic.errors import ArchiveError, FormatError, PasswordError
from vault_magic.identity import Identity, Match, compare_objects
from vault_magic.manifest import SUFFIX


@dataclass(frozen=True, slots=True)
class Verification:
    """What was proved: how many objects of how many bytes, and which of them another tool has written.

    `faults` are a line each; `torn` is how many bytes of an unfinished write lie behind the archive.
    """

    objects: int
    bytes: int
    foreign: tuple[str, ...]
    faults: tuple[str, ...]
    torn: int


def count_bytes(path: Path) -> int:
    """Return how many plain bytes there are to be proved."""
    with read_archive(path) as opened:
        return sum(entry.size for entry in opened.directory)


def verify(archive: Archive, *, progress: Callable[[int], None]) -> Verification:
    """Read every member through its checks; `progress` is told how many bytes were proved each time.

    Raises:
        ArchiveError, FormatError: the directory itself is damaged.
    """
    with read_archive(archive.path, password=archive.password) as opened:
        objects = opened.listing.objects
        faults = [*_check_own(opened, progress)]
        for path in objects:
            faults += _check_object(opened, path, key=archive.digest_key, progress=progress)
        foreign = [path for path in objects if objects[path].format is None]
        size = sum(opened.directory[path].size for path in objects)
        faults += _check_manifest(archive, opened)
        return Verification(len(objects), size, tuple(foreign), tuple(faults), opened.listing.torn)


def _check_own(opened: OpenArchive, progress: Callable[[int], None]) -> Iterator[str]:
    """Prove the vault's own members; a sidecar is proved with its object, where that is there."""
    for name in opened.directory.places:
        if is_reserved(name) and not name.endswith("/"):
            try:
                for piece in opened.stream(name):
                    progress(len(piece))
            except (ArchiveError, PasswordError) as err:
                yield str(err)


def _check_object(
    opened: OpenArchive, path: str, *, key: bytes | None, progress: Callable[[int], None]
) -> Iterator[str]:
    digest = ObjectDigest(key=key)
    try:
        identity = opened.listing.objects[path]
        for piece in opened.stream(path):
            digest.update(piece)
            progress(len(piece))
        if identity.sha256 is None:
            return
        if (identity.sha256, identity.crc32) != (digest.sha256, digest.crc32):
            yield f"{path!r} is not what its entry says it is; restore the archive from a copy"
        if name_sidecar(path) in opened.directory:
            opened.read_sidecar(path, identity)
        else:
            yield f"{path!r} has lost its schema; store it again, or restore the archive"
    except (ArchiveError, FormatError, PasswordError) as err:
        yield str(err)


def _check_manifest(archive: Archive, opened: OpenArchive) -> Iterator[str]:
    name = archive.path.name
    try:
        manifest = load_manifest(archive.path)
    except FormatError as err:
        yield str(err)
        return
    if manifest is None:
        return
    lines = {line.path: line.identity for line in manifest.objects}
    for path in sorted(lines.keys() | opened.listing.objects.keys()):
        if _differs(lines.get(path), opened.listing.objects.get(path)):
            yield f"{name}{SUFFIX} says something else of {path!r}; make it anew: vaultcheck manifest {name}"


def _differs(told: Identity | None, stored: Identity | None) -> bool:
    return compare_objects(told, stored) is Match.DIFFERENT
