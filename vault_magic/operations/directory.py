"""What a vault holds, as last seen, and what a listing says of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vault_magic.identity import Identity
from vault_magic.operations.task import OpenVault

OBJECT_COLUMNS = ("object", "format", "bytes", "crc32")


def describe_object(name: str, identity: Identity) -> tuple[str, str, str, str]:
    """Return what a listing says of an object."""
    size = "" if identity.bytes is None else f"{identity.bytes:,}"
    return name, identity.format or "other tool", size, identity.crc32 or "unknown"


class Directory:
    """The objects of a vault; the archive is listed again only when its file has changed."""

    def __init__(self) -> None:
        self._signature: tuple[Path, int, int, int] | None = None
        self._objects: Mapping[str, Identity] = {}

    def list(self, vault: OpenVault) -> Mapping[str, Identity]:
        """Return what is stored now.

        Raises:
            ArchiveError: the archive is not there any more, or cannot be read.
        """
        signature = _sign(vault.archive.path)
        if signature is None or signature != self._signature:
            self._objects = vault.list_objects()
            self._signature = signature
        return self._objects


def _sign(path: Path) -> tuple[Path, int, int, int] | None:
    """Return what changes with every write of a file, None where it cannot be asked."""
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size, found.st_ino
