"""The listing of an archive: which objects it holds and their identities, read without a password."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from vault_magic.archive.layout import (
    SENTINEL,
    is_reserved,
    read_commit_marker,
    read_entry_comment,
    read_sentinel_comment,
)
from vault_magic.errors import ArchiveError, FormatError, NewerFormat
from vault_magic.identity import Identity

ZIP_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    struct.error,
    zlib.error,
    ValueError,
    LookupError,
    EOFError,
    OverflowError,
    RuntimeError,
)
"""What reading a damaged ZIP raises (`NotImplementedError` is a `RuntimeError`)."""

_ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of an archive by path; `vault` is missing where another tool made the archive."""

    vault: str | None = None
    encrypted: bool = False
    generation: int = 0
    objects: Mapping[str, Identity] = field(default_factory=dict)


def read_listing(path: Path) -> Listing:
    """List an archive from its directory alone; nothing is decompressed or decrypted.

    Raises:
        FileNotFoundError: there is no such file.
        ArchiveError: it is not a readable ZIP.
        FormatError: it is a vault's, but damaged.
        NewerFormat: a newer version wrote it.
    """
    with path.open("rb") as file:
        return list_file(file, name=path.name)


def list_file(file: BinaryIO, *, name: str) -> Listing:
    """List an archive that is already open; `name` is for error texts."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if any(info.header_offset < 0 for info in members):
                raise zipfile.BadZipFile("its directory points before its start")
            return _list_members({info.filename: info for info in members}, archive.comment)
    except NewerFormat:
        raise
    except FormatError as err:
        raise FormatError(f"{name} is damaged, or another tool wrote it anew: {err}; restore it from a copy") from err
    except ZIP_FAULTS as err:
        raise ArchiveError(f"{name} is not a readable ZIP archive ({err}); restore it from a copy") from err


def _list_members(members: Mapping[str, zipfile.ZipInfo], comment: bytes) -> Listing:
    objects = {name: info for name, info in members.items() if not is_reserved(name) and not info.is_dir()}
    identities = {name: _identify(info) for name, info in sorted(objects.items())}
    if SENTINEL not in members:
        encrypted = any(info.flag_bits & _ENCRYPTED_FLAG for info in objects.values())
        return Listing(encrypted=encrypted, objects=identities)
    sentinel = members[SENTINEL]
    return Listing(
        vault=read_sentinel_comment(sentinel.comment),
        encrypted=bool(sentinel.flag_bits & _ENCRYPTED_FLAG),
        generation=read_commit_marker(comment).generation,
        objects=identities,
    )


def _identify(info: zipfile.ZipInfo) -> Identity:
    """Return the identity in an entry's comment, or the checksum alone where another tool has written the entry.

    An encrypted entry has no checksum in the directory (WinZip's AE-2 leaves it 0), so there the comment is believed.
    """
    claimed = read_entry_comment(info.comment)
    encrypted = bool(info.flag_bits & _ENCRYPTED_FLAG)
    checksum = None if encrypted and not info.CRC else f"{info.CRC:08X}"
    if claimed is not None and (encrypted or claimed.crc32 == checksum):
        return claimed
    return Identity(crc32=checksum, bytes=info.file_size)
