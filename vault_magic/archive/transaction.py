"""One change of an archive, whole or not at all: appended where that is enough, else the file is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from vault_magic.archive import durable
from vault_magic.archive.container import Copied, Member, Part, append, compose
from vault_magic.archive.directory import Directory
from vault_magic.archive.layout import SENTINEL, CommitMarker, write_commit_marker
from vault_magic.archive.listing import Listing
from vault_magic.archive.reading import OpenArchive, read_archive
from vault_magic.archive.recent import Recent

_FEW = 2**18
"""Bytes of what is no longer wanted for which no file is made anew."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """Members to be added to an open archive in place of those of their names, and names to be dropped.

    `vault` is the id which an archive of another tool gets, together with the `sentinel`.
    """

    path: Path
    vault: str
    sentinel: Member
    add: Sequence[Member]
    drop: frozenset[str] = frozenset()
    password: bytes | None = field(default=None, repr=False)

    def commit(self, opened: OpenArchive, *, recent: Recent) -> tuple[str, ...]:
        """Write, and return what the user has to be told; the archive is open for writing, its lock is held."""
        notices = _describe_tail(opened.listing, name=self.path.name)
        if opened.listing.vault is None:
            keep_original(self.path)
            self._rewrite(opened)
        elif not _is_as_written(opened.directory):
            self._rewrite(opened)
        elif self.drop:
            notices += self._erase(opened)
        else:
            directory = self._append(opened)
            recent.remember(opened.file, directory)
            compact_if_due(self.path, directory)
        return notices

    def _append(self, opened: OpenArchive) -> Directory:
        return append(
            opened.file,
            opened.directory,
            add=self.add,
            drop=self.drop,
            comment=self._mark(opened.listing),
            password=self.password,
        )

    def _rewrite(self, opened: OpenArchive) -> None:
        compose(self.path, self._list_parts(opened), comment=self._mark(opened.listing), password=self.password)

    def _erase(self, opened: OpenArchive) -> tuple[str, ...]:
        """Make the file anew, without what was dropped; where that cannot be done now, only its entries go."""
        try:
            self._rewrite(opened)
        except OSError as err:
            with self.path.open("r+b", buffering=0) as file:
                self._append(OpenArchive(file, opened.directory, opened.listing))
            reason = err.strerror or type(err).__name__
            return (
                f"deleted, not yet erased: {self.path.name} could not be made anew ({reason}); try: vaultcheck compact",
            )
        return ()

    def _list_parts(self, opened: OpenArchive) -> Iterator[Part]:
        """Yield the parts of the new file; the old one is closed behind the last, since Windows moves no open file."""
        gone = {*self.drop, *(member.name for member in self.add)}
        if opened.listing.vault is None:
            yield self.sentinel
        yield from copy_members(opened, without=gone)
        yield from self.add
        opened.file.close()

    def _mark(self, listing: Listing) -> bytes:
        return write_commit_marker(CommitMarker(listing.vault or self.vault, listing.generation + 1))


def copy_members(opened: OpenArchive, *, without: set[str] | frozenset[str] = frozenset()) -> Iterator[Copied]:
    """Yield the members of an archive to be copied, the sentinel first.

    Some tools serve stale data when the member at the start of a file was replaced.
    """
    directory = opened.directory
    first = [SENTINEL] if SENTINEL in directory else []
    for name in (*first, *(name for name in directory.places if name != SENTINEL)):
        if name not in without:
            yield Copied(opened.file, directory, directory[name])


def compact_if_due(path: Path, directory: Directory) -> None:
    """Make the file anew where more than half of it is no longer wanted; if that cannot be done now, another time."""
    dead = directory.size - directory.live
    if dead > max(directory.size // 2, _FEW):
        with suppress(OSError):
            compact(path)


def compact(path: Path) -> None:
    """Make the file anew with what is wanted alone, and nothing else changed."""
    with read_archive(path) as opened:
        compose(path, _close_behind(opened), comment=opened.directory.end.comment, password=None)


def _close_behind(opened: OpenArchive) -> Iterator[Part]:
    yield from copy_members(opened)
    opened.file.close()


def keep_original(path: Path) -> None:
    """Keep the archive of another tool once, as it was before this one first wrote into it."""
    original = path.with_name(f"{path.name}.orig")
    if original.exists():
        return

    def fill(file: BinaryIO) -> None:
        with path.open("rb") as source:
            while piece := source.read(2**20):
                durable.write(file, piece)

    durable.replace_file(original, fill, like=path)
    shutil.copystat(path, original)


def _is_as_written(directory: Directory) -> bool:
    """Tell whether an archive is as this tool leaves it; another may have written it anew."""
    return bool(directory.end.comment) and directory[SENTINEL].offset == 0


def _describe_tail(listing: Listing, *, name: str) -> tuple[str, ...]:
    if not listing.torn or listing.vault is None:
        return ()
    return (f"{name} ended in {listing.torn:,} bytes of a write that was never finished; they were cut off",)
