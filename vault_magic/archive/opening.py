"""An archive opened, or created where there is none: its password is proved before anything is written."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from vault_magic.archive.archive import Archive
from vault_magic.archive.container import compose
from vault_magic.archive.layout import SENTINEL, CommitMarker, write_commit_marker
from vault_magic.archive.listing import Listing, read_listing
from vault_magic.archive.overlaid import open_overlaid
from vault_magic.archive.reading import read_archive
from vault_magic.archive.sentinel import build_sentinel, create_key, read_digest_key
from vault_magic.errors import ArchiveError, PasswordError, VaultError
from vault_magic.overlay import find_overlay


def open_archive(path: Path, *, password: bytes | None, variable: str | None = None, keyed: bool = False) -> Archive:
    """Open an archive, or create it where there is none; the password is proved before anything is written.

    `keyed` asks for keyed digests, which a vault has from its start or never.

    Raises:
        PasswordError: the password is missing, not wanted or wrong; `variable` is where the user says it comes from.
        ArchiveError: the file is not a ZIP archive, or cannot be read or created.
    """
    if password == b"":
        raise PasswordError(f"the password in {variable} is empty; set the right one")
    try:
        overlay = find_overlay()
        if overlay is None:
            return _open_or_create(path, password=password, variable=variable, keyed=keyed)
        there = next((one for one in (path, *overlay.list_below(path)) if one.exists()), None)
        base = _open_or_create(there, password=password, variable=variable, keyed=keyed) if there else None
        return open_overlaid(overlay, path, base=base, password=password, keyed=keyed)
    except IsADirectoryError as err:
        raise ArchiveError(f"{path.name} is a folder; for the archive in it write: -p {path.name}/") from err
    except VaultError:
        raise
    except OSError as err:
        raise ArchiveError(
            f"cannot open {path.name}: {err.strerror or type(err).__name__}; choose another path"
        ) from err
    except ValueError as err:
        raise ArchiveError(f"no file can be called {path.name!r} here; choose another path") from err


def _open_or_create(path: Path, *, password: bytes | None, variable: str | None, keyed: bool) -> Archive:
    if not path.exists():
        return _create_archive(path, password=password, variable=variable, keyed=keyed)
    listing = read_listing(path)
    if listing.encrypted and password is None:
        raise PasswordError(f"{path.name} is encrypted; name the variable that holds its password: -e NAME")
    if password is not None and not listing.encrypted and (listing.vault or listing.objects):
        raise PasswordError(
            f"{path.name} is not encrypted, so -e {variable} would mix; leave it out or use another path"
        )
    archive = Archive(path, vault=listing.vault, password=password)
    content = _prove_password(archive, listing, variable=variable)
    key = read_digest_key(content) if listing.vault else None
    if listing.vault is None and keyed:
        key = create_key()  # written with the sentinel, by the first store
    if keyed and key is None:
        raise ArchiveError(f"{path.name} was made without keyed digests; leave the option out, or use another path")
    return replace(archive, digest_key=key)


def _create_archive(path: Path, *, password: bytes | None, variable: str | None, keyed: bool) -> Archive:
    path.parent.mkdir(parents=True, exist_ok=True)
    vault, key = uuid.uuid4().hex, create_key() if keyed else None
    archive = Archive(path, vault=vault, password=password, created=True, digest_key=key)
    with archive.lock(holder="%open_vault"):
        if path.exists():
            return _open_or_create(path, password=password, variable=variable, keyed=keyed)
        marker = write_commit_marker(CommitMarker(vault, generation=0))
        compose(path, [build_sentinel(vault, key)], comment=marker, password=password)
    return archive


def _prove_password(archive: Archive, listing: Listing, *, variable: str | None) -> bytes:
    """Read the sentinel through its whole HMAC; an archive of another tool has none, so there the smallest object.

    Return what was read; nothing where the archive is not encrypted.
    """
    if archive.password is None or not listing.encrypted:
        return b""
    smallest = min(listing.objects, key=lambda path: listing.objects[path].bytes or 0, default=SENTINEL)
    try:
        with read_archive(archive.path, password=archive.password) as opened:
            return opened.read(SENTINEL if listing.vault else smallest)
    except (PasswordError, ArchiveError) as err:
        raise PasswordError(f"the password in {variable} does not open {archive.path.name}; set the right one") from err
