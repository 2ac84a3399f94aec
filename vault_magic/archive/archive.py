"""The archive as objects: opened with its password proved, read, and changed under its lock."""

from __future__ import annotations

import secrets
import shutil
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn, TypeAlias

from vault_magic.archive.container import Member, open_members, read_member, rewrite
from vault_magic.archive.layout import (
    SENTINEL,
    CommitMarker,
    check_neighbours,
    name_sidecar,
    write_commit_marker,
    write_entry_comment,
    write_sentinel_comment,
)
from vault_magic.archive.listing import Listing, list_file, read_listing
from vault_magic.archive.lock import PATIENCE, lock_archive
from vault_magic.archive.sidecar import Sidecar, parse_sidecar, render_sidecar
from vault_magic.digest import crc32_hex, sha256_hex
from vault_magic.errors import ArchiveError, FormatError, MissingObject, PasswordError, VaultError
from vault_magic.identity import Identity
from vault_magic.object_path import suggest_path
from vault_magic.stored import convert, dump_json, parse_json

_Read: TypeAlias = Callable[[str], bytes]

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class _Sentinel:
    """The content of the sentinel, as far as it is read."""

    digest_key: str | None = None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as read: its plain bytes and its sidecar (`None` where another tool wrote the entry)."""

    data: bytes
    identity: Identity
    sidecar: Sidecar | None


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that opened; `vault` is the id of the vault, `created` tells that it was made by opening it.

    The archive of another tool has no id; the first write gives it the `new_id`. With a `digest_key`, which lies in the
    encrypted sentinel, every digest is keyed by it, so that nobody without the password can try values against one.
    """

    path: Path
    vault: str | None
    password: bytes | None = field(default=None, repr=False)
    created: bool = False
    digest_key: bytes | None = field(default=None, repr=False)
    new_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: the password would travel along."""
        raise TypeError("an open archive cannot be pickled or copied; open it again where it is wanted")

    def list(self) -> Listing:
        """Return what is stored now."""
        return read_listing(self.path)

    def read(self, path: str) -> StoredObject:
        """Return one object, as `read_all` does."""
        return self.read_all([path])[path]

    def read_all(self, paths: Iterable[str]) -> dict[str, StoredObject]:
        """Return objects as they are at one moment, with their bytes proved to be those of their identities.

        Raises:
            MissingObject: one is not there.
            ArchiveError: the bytes are not what the entry or the sidecar says.
        """
        with self.path.open("rb") as file:
            objects = list_file(file, name=self.path.name).objects
            with open_members(file, password=self.password) as read:
                return {path: self._read_one(read, path, objects) for path in paths}

    def _read_one(self, read: _Read, path: str, objects: Mapping[str, Identity]) -> StoredObject:
        if path not in objects:
            near = suggest_path(path, objects)
            advice = f"did you mean {near!r}?" if near else "see what is: %vault list"
            raise MissingObject(f"there is no {path!r} in {self.path.name}; {advice}")
        identity, data = objects[path], read(path)
        digest = sha256_hex(data, key=self.digest_key)
        if identity.sha256 is None:
            checksum = None if self.digest_key else crc32_hex(data)  # the directory has the plain one
            return StoredObject(data, Identity(crc32=checksum, sha256=digest, bytes=len(data)), sidecar=None)
        if identity.sha256 != digest:
            raise ArchiveError(f"{path!r} is not what its entry says it is; restore {self.path.name} from a copy")
        return StoredObject(data, identity, sidecar=_read_sidecar(read, path, identity))

    def read_sidecars(self, paths: Iterable[str]) -> dict[str, Sidecar]:
        """Return the sidecars of some objects, except where another tool wrote the entry or the sidecar is damaged."""
        found: dict[str, Sidecar] = {}
        with self.path.open("rb") as file:
            objects = list_file(file, name=self.path.name).objects
            with open_members(file, password=self.password) as read:
                for path in paths:
                    with suppress(ArchiveError, FormatError):
                        found[path] = _read_sidecar(read, path, objects[path])
        return found

    def lock(self, *, holder: str, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """Return the lock that `change` wants held; `holder` is named to those who wait longer than `patience`."""
        return lock_archive(self.path, holder=holder, patience=patience)

    def change(self, *, store: Mapping[str, tuple[bytes, Sidecar]], delete: Collection[str] = ()) -> None:
        """Store and delete objects in one step, whole or not at all; the caller holds the lock.

        Raises:
            ArchiveError: a path cannot stand beside those already there, or the archive is another one by now.
        """
        listing = self.list()
        if self.vault is not None and listing.vault not in (None, self.vault):
            raise ArchiveError(f"{self.path.name} was replaced by another vault; run %open_vault again")
        if self.vault is None and self.password and listing.vault not in (None, self.new_id):
            raise ArchiveError(f"{self.path.name} was migrated meanwhile; run %open_vault again")  # its key is another
        check_neighbours(store.keys(), listing.objects.keys())
        members = [member for path, (data, sidecar) in store.items() for member in _build_members(path, data, sidecar)]
        self._rewrite(listing, members, drop=[name for path in delete for name in (path, name_sidecar(path))])

    def _rewrite(self, listing: Listing, members: Iterable[Member], *, drop: Collection[str]) -> None:
        vault = listing.vault or self.vault or self.new_id
        if listing.vault is None:
            _keep_original(self.path)
        sentinel = [_build_sentinel(vault, self.digest_key)] if listing.vault is None else []
        rewrite(
            self.path,
            drop=drop,
            first=sentinel,
            add=[*members],
            comment=write_commit_marker(CommitMarker(vault, listing.generation + 1)),
            password=self.password,
        )


def _read_sidecar(read: _Read, path: str, identity: Identity) -> Sidecar:
    """Return the sidecar of an object, proved to speak of this path and these bytes."""
    try:
        sidecar = parse_sidecar(read(name_sidecar(path)))
    except KeyError as err:
        raise ArchiveError(f"{path!r} has lost its schema; store it again, or restore the archive") from err
    if sidecar.path != path or sidecar.identity != identity:
        raise ArchiveError(f"{path!r} and its schema do not belong together; store it again")
    return sidecar


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
        return _open_or_create(path, password=password, variable=variable, keyed=keyed)
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
    key = _read_digest_key(content) if listing.vault else None
    if listing.vault is None and keyed:
        key = secrets.token_bytes(_KEY_BYTES)  # written with the sentinel, by the first store
    if keyed and key is None:
        raise ArchiveError(f"{path.name} was made without keyed digests; leave the option out, or use another path")
    return replace(archive, digest_key=key)


def _create_archive(path: Path, *, password: bytes | None, variable: str | None, keyed: bool) -> Archive:
    path.parent.mkdir(parents=True, exist_ok=True)
    vault, key = uuid.uuid4().hex, secrets.token_bytes(_KEY_BYTES) if keyed else None
    archive = Archive(path, vault=vault, password=password, created=True, digest_key=key)
    with archive.lock(holder="%open_vault"):
        if path.exists():
            return _open_or_create(path, password=password, variable=variable, keyed=keyed)
        marker = write_commit_marker(CommitMarker(vault, generation=0))
        rewrite(path, drop=(), first=[_build_sentinel(vault, key)], add=(), comment=marker, password=password)
    return archive


def _read_digest_key(sentinel: bytes) -> bytes | None:
    """Return the key in a sentinel's content, where there is one.

    Raises:
        FormatError: the content is damaged.
    """
    fields = parse_json(sentinel, what="the vault's sentinel") if sentinel else {}
    key = convert(fields, _Sentinel, what="the vault's sentinel").digest_key
    try:
        return bytes.fromhex(key) if key else None
    except ValueError as err:
        raise FormatError("the vault's sentinel is damaged: its key is no hexadecimal number") from err


def _prove_password(archive: Archive, listing: Listing, *, variable: str | None) -> bytes:
    """Read the sentinel through its whole HMAC; an archive of another tool has none, so there the smallest object.

    Return what was read; nothing where the archive is not encrypted.
    """
    if archive.password is None or not listing.encrypted:
        return b""
    smallest = min(listing.objects, key=lambda path: listing.objects[path].bytes or 0, default=SENTINEL)
    try:
        with archive.path.open("rb") as file:
            return read_member(file, SENTINEL if listing.vault else smallest, password=archive.password)
    except (PasswordError, ArchiveError) as err:
        raise PasswordError(f"the password in {variable} does not open {archive.path.name}; set the right one") from err


def _build_sentinel(vault: str, key: bytes | None) -> Member:
    content = {"vault": vault} | ({"digest_key": key.hex()} if key else {})
    return Member(SENTINEL, dump_json(content).encode(), comment=write_sentinel_comment(vault))


def _build_members(path: str, data: bytes, sidecar: Sidecar) -> tuple[Member, Member]:
    return (
        Member(path, data, comment=write_entry_comment(sidecar.identity)),
        Member(name_sidecar(path), render_sidecar(sidecar)),
    )


def _keep_original(path: Path) -> None:
    """Keep the archive of another tool once, as it was before this one first wrote into it."""
    original = path.with_name(f"{path.name}.orig")
    if not original.exists():
        temporary = original.with_name(f"{original.name}.tmp")
        shutil.copy2(path, temporary)
        temporary.replace(original)  # or a writer killed while copying would leave half of it for good
