"""The archive as objects: opened with its password proved, read, and changed under its lock."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from vault_magic.archive.container import Member, Part, Recoded, compose
from vault_magic.archive.layout import (
    CommitMarker,
    check_neighbours,
    name_sidecar,
    write_commit_marker,
    write_entry_comment,
)
from vault_magic.archive.listing import Listing
from vault_magic.archive.lock import PATIENCE, lock_archive
from vault_magic.archive.noted import Noted
from vault_magic.archive.reading import OpenArchive, Readable, read_archive
from vault_magic.archive.recent import Recent
from vault_magic.archive.sentinel import build_sentinel
from vault_magic.archive.sidecar import Sidecar, render_sidecar
from vault_magic.archive.transaction import Transaction, compact, copy_members
from vault_magic.content import Content
from vault_magic.digest import ObjectDigest, crc32_hex, sha256_hex
from vault_magic.errors import ArchiveError, FormatError, MissingObject, PasswordError
from vault_magic.identity import Identity
from vault_magic.object_path import suggest_path


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
    recent: Recent = field(default_factory=Recent, repr=False, compare=False)
    noted: Noted = field(default_factory=Noted, repr=False, compare=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: the password would travel along."""
        raise TypeError("an open archive cannot be pickled or copied; open it again where it is wanted")

    @property
    def place(self) -> Path:
        """Where those who name the archive will find it."""
        return self.path

    @property
    def is_apart(self) -> bool:
        """Whether what is written goes elsewhere than there."""
        return False

    def list(self) -> Listing:
        """Return what is stored now."""
        with self._open() as opened:
            return opened.listing

    def _open(self) -> AbstractContextManager[Readable]:
        return read_archive(self.path, password=self.password, recent=self.recent)

    def read(self, path: str) -> StoredObject:
        """Return one object, as `read_all` does."""
        return self.read_all([path])[path]

    def read_all(self, paths: Iterable[str]) -> dict[str, StoredObject]:
        """Return objects as they are at one moment, with their bytes proved to be those of their identities.

        Raises:
            MissingObject: one is not there.
            ArchiveError: the bytes are not what the entry or the sidecar says.
        """
        with self._open() as opened:
            return {path: self._read_one(opened, path) for path in paths}

    def _read_one(self, opened: Readable, path: str) -> StoredObject:
        identity, data = self._find(opened, path), opened.read(path)
        digest = sha256_hex(data, key=self.digest_key)
        if identity.sha256 is None:
            checksum = None if self.digest_key else crc32_hex(data)  # the directory has the plain one
            return StoredObject(data, Identity(crc32=checksum, sha256=digest, bytes=len(data)), sidecar=None)
        if identity.sha256 != digest:
            raise ArchiveError(f"{path!r} is not what its entry says it is; restore {self.path.name} from a copy")
        return StoredObject(data, identity, sidecar=opened.read_sidecar(path, identity))

    def _find(self, opened: Readable, path: str) -> Identity:
        objects = opened.listing.objects
        if path not in objects:
            near = suggest_path(path, objects)
            advice = f"did you mean {near!r}?" if near else "see what is: %vault list"
            if opened.listing.torn:
                advice = f"its last write was never finished; {advice}"
            raise MissingObject(f"there is no {path!r} in {self.place.name}; {advice}")
        return objects[path]

    def stream(self, path: str) -> Iterator[bytes]:
        """Yield the plain bytes of an object in pieces, however large it is; only the end proves them.

        Raises:
            MissingObject: it is not there.
            ArchiveError: the bytes are not those which were written.
        """
        with self._open() as opened:
            self._find(opened, path)
            yield from opened.stream(path)

    def read_sidecars(self, paths: Iterable[str]) -> dict[str, Sidecar]:
        """Return the sidecars of some objects.

        Those are left out which are damaged, or not there because another tool wrote the entry; of an encrypted vault
        that was opened without its password, all.
        """
        found: dict[str, Sidecar] = {}
        unreadable = (ArchiveError, FormatError, *([PasswordError] if self.password is None else []))
        with self._open() as opened:
            for path in paths:
                with suppress(*unreadable):
                    found[path] = opened.read_sidecar(path, opened.listing.objects[path])
        return found

    def lock(self, *, holder: str, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """Return the lock that `change` wants held; `holder` is named to those who wait longer than `patience`."""
        return lock_archive(self.path, holder=holder, patience=patience)

    def change(
        self, *, store: Mapping[str, tuple[bytes | Content, Sidecar]], delete: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Store and delete objects in one step, whole or not at all; the caller holds the lock.

        What is deleted is erased too. Return what the user has to be told: that it could not be erased yet, or that a
        write had been left unfinished.

        Raises:
            ArchiveError: a path cannot stand beside those already there, or the archive is another one by now.
        """
        with read_archive(self.path, password=self.password, writable=True, recent=self.recent) as opened:
            self._check_present(opened.listing)
            if store:
                self._check_encryption(opened.listing)
            check_neighbours(store.keys(), opened.listing.objects)
            vault = self.vault or self.new_id
            change = Transaction(
                path=self.path,
                vault=vault,
                sentinel=build_sentinel(vault, self.digest_key),
                add=[member for path, (data, sidecar) in store.items() for member in self._build(path, data, sidecar)],
                drop=frozenset(name for path in delete for name in (path, name_sidecar(path))),
                password=self.password,
            )
            return change.commit(opened, recent=self.recent)

    def compact(self) -> tuple[int, int]:
        """Make the file anew without what is no longer wanted; the caller holds the lock.

        Return its bytes before and after.
        """
        before = self.path.stat().st_size
        self._check_present(self.list())
        compact(self.path)
        return before, self.path.stat().st_size

    def rekey(self, password: bytes | None) -> Archive:
        """Write everything anew under another password, or in plain with none, and return the archive as it is then.

        The caller holds the lock. Every member is decrypted and proved first; ids and digests stay.

        Raises:
            ArchiveError: the archive is another tool's, another one by now, or damaged.
        """
        with read_archive(self.path, password=self.password, recent=self.recent) as opened:
            self._check_present(opened.listing)
            if opened.listing.vault is None:
                raise ArchiveError(f"{self.path.name} was made by another tool; store something into it first")
            marker = CommitMarker(opened.listing.vault, opened.listing.generation + 1)
            parts = self._recode(opened)
            compose(self.path, parts, comment=write_commit_marker(marker), password=password)
        return replace(self, password=password)

    def _recode(self, opened: OpenArchive) -> Iterator[Part]:
        for one in copy_members(opened):
            whole = Recoded(one.file, one.directory, one.entry, password=self.password)
            yield one if one.entry.is_folder else whole
        opened.file.close()  # Windows moves nothing in place of an open file

    def _check_present(self, listing: Listing) -> None:
        """Refuse to write into another archive than the one that was opened."""
        name = self.path.name
        if self.vault is not None and listing.vault not in (None, self.vault):
            raise ArchiveError(f"{name} was replaced by another vault; run %open_vault again")
        if self.vault is None and self.password and listing.vault not in (None, self.new_id):
            raise ArchiveError(f"{name} was migrated meanwhile; run %open_vault again")  # its key is another

    def _check_encryption(self, listing: Listing) -> None:
        """Refuse to mix: another process may have changed the password."""
        if (listing.vault or listing.objects) and listing.encrypted != (self.password is not None):
            verb = "encrypted" if listing.encrypted else "decrypted"
            raise ArchiveError(f"{self.path.name} was {verb} meanwhile; run %open_vault again")

    def _build(self, path: str, data: bytes | Content, sidecar: Sidecar) -> tuple[Member, Member]:
        made = content = Content.of(data)
        if not made.is_held:
            content = replace(made, pieces=lambda: self._check_pieces(path, made, sidecar.identity))
        return (
            Member(path, content, comment=write_entry_comment(sidecar.identity)),
            Member(name_sidecar(path), render_sidecar(sidecar)),
        )

    def _check_pieces(self, path: str, content: Content, identity: Identity) -> Iterator[bytes]:
        """Yield pieces that are made anew, and refuse those of another object than was identified."""
        digest = ObjectDigest(key=self.digest_key)
        for piece in content.pieces():
            digest.update(piece)
            yield piece
        if digest.sha256 != identity.sha256:
            raise ArchiveError(f"{path!r} changed while it was written; store it again")
