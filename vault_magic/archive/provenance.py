"""Who made the objects of an archive that is not encrypted: its sidecars, read in bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from vault_magic.archive.directory import FAULTS
from vault_magic.archive.headers import Method
from vault_magic.archive.layout import name_sidecar
from vault_magic.archive.reading import OpenArchive, read_archive
from vault_magic.archive.sidecar import build_producer
from vault_magic.errors import VaultError
from vault_magic.identity import Identity
from vault_magic.manifest import Producer

LARGEST = 16 * 2**20
"""Bytes of a sidecar at most, plain and compressed: an honest one holds a ledger of 100 KB and a schema."""

LARGEST_TOGETHER = 16 * LARGEST
"""Bytes of all sidecars that are read at most."""

MOST = 20_000
"""Sidecars read at most."""

_METHODS = (Method.STORED, Method.DEFLATED)  # those that are inflated within bounds


def read_producers(path: Path, objects: Mapping[str, Identity]) -> dict[str, Producer]:
    """Return who made some objects, as the archive lists them.

    An object is left out whose sidecar is missing, damaged, encrypted, of another identity or beyond the bounds.
    Nothing is raised for it, nor for an archive that is gone or damaged by now.
    """
    found: dict[str, Producer] = {}
    with suppress(OSError, VaultError), read_archive(path) as opened:
        for name in _within_bounds(opened, objects):
            with suppress(VaultError, *FAULTS):
                found[name] = build_producer(opened.read_sidecar(name, objects[name]))
    return found


def _within_bounds(opened: OpenArchive, objects: Iterable[str]) -> Iterator[str]:
    """Yield the objects whose sidecars are there and not too large, until all together are."""
    left = LARGEST_TOGETHER
    for path in islice(objects, MOST):
        if name_sidecar(path) not in opened.directory:
            continue
        entry = opened.directory[name_sidecar(path)]
        size = max(entry.size, entry.compressed)
        if entry.method in _METHODS and not entry.is_encrypted and size <= min(LARGEST, left):
            left -= size
            yield path
