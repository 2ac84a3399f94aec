"""Who made the objects of an archive that is not encrypted: its sidecars, read with the standard zipfile, in bounds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from vault_magic.archive.layout import name_sidecar
from vault_magic.archive.listing import ZIP_FAULTS
from vault_magic.archive.sidecar import Sidecar, build_producer, parse_sidecar
from vault_magic.errors import VaultError
from vault_magic.identity import Identity
from vault_magic.manifest import Producer

LARGEST = 16 * 2**20
"""Bytes of a sidecar at most, plain and compressed: an honest one holds a ledger of 100 KB and a schema."""

LARGEST_TOGETHER = 16 * LARGEST
"""Bytes of all sidecars that are read at most."""

MOST = 20_000
"""Sidecars read at most."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile inflates those of other methods without bounds


def read_producers(path: Path, objects: Mapping[str, Identity]) -> dict[str, Producer]:
    """Return who made some objects, as the archive lists them.

    An object is left out whose sidecar is missing, damaged, encrypted, of another identity or beyond the bounds.
    Nothing is raised for it, nor for an archive that is gone or damaged by now.
    """
    found: dict[str, Producer] = {}
    with suppress(OSError, *ZIP_FAULTS), path.open("rb") as file, zipfile.ZipFile(file) as archive:
        for name in _within_bounds(archive, objects):
            with suppress(VaultError, *ZIP_FAULTS):
                sidecar = _read_sidecar(archive, name)
                if sidecar.path == name and sidecar.identity == objects[name]:
                    found[name] = build_producer(sidecar)
    return found


def _within_bounds(archive: zipfile.ZipFile, objects: Iterable[str]) -> Iterator[str]:
    """Yield the objects whose sidecars are there and not too large, until all together are."""
    members, left = archive.NameToInfo, LARGEST_TOGETHER
    for path in islice(objects, MOST):
        info = members.get(name_sidecar(path))
        if info is None or info.compress_type not in _METHODS:
            continue
        size = max(info.file_size, info.compress_size)
        if size <= min(LARGEST, left):
            left -= size
            yield path


def _read_sidecar(archive: zipfile.ZipFile, path: str) -> Sidecar:
    with archive.open(name_sidecar(path)) as member:  # gives no more than its entry declares, and checks it
        return parse_sidecar(member.read())
