"""What a report is about, where not about all that was read: what changed since a revision, or files named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vault_magic.errors import VaultError
from vault_magic.identity import Match, compare_objects
from vault_magic.manifest import SUFFIX, Manifest, parse_manifest
from vaultcheck.affected import Change
from vaultcheck.discovery import follow_links, raise_missing
from vaultcheck.errors import CheckError
from vaultcheck.git import Repository, find_repository
from vaultcheck.includes import find_root
from vaultcheck.snapshot import Snapshot


class UnknownRevision(CheckError):
    """A revision that git does not know, or no repository to ask for it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: what has changed since a revision, or some files, and what depends on that."""

    since: str | None = None
    files: frozenset[Path] = frozenset()

    @classmethod
    def of(cls, files: Iterable[Path]) -> Scope:
        """Return the scope of files, and of all below folders."""
        found = (one for path in files for one in (path.rglob("*") if path.is_dir() else (path,)))
        return cls(files=frozenset(follow_links(one) for one in found))

    def find_change(self, *, folder: Path, vaults: Iterable[Snapshot]) -> Change:
        """Return what the report is about; with files, objects that were stored since the last commit count too.

        Raises:
            UnknownRevision: there is no such revision, or no repository.
        """
        if self.since is not None:
            return find_change(self.since, folder=folder, vaults=vaults)
        try:
            objects = find_change("HEAD", folder=folder, vaults=vaults).objects
        except UnknownRevision:
            objects = frozenset()
        return Change(self.files, objects)


def find_projects(files: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders of the projects that some files are in, or where none are named, this one's.

    Raises:
        MissingPath: a file does not exist.
    """
    named = tuple(files) or (Path(),)
    for file in named:
        if not file.exists():
            raise_missing(file)
    return tuple(sorted({find_root(_find_folder(file)) for file in named}))


def _find_folder(path: Path) -> Path:
    resolved = path.resolve()
    return resolved if resolved.is_dir() else resolved.parent


def find_change(revision: str, *, folder: Path, vaults: Iterable[Snapshot]) -> Change:
    """Return what differs from a revision in the repository around a folder.

    Raises:
        UnknownRevision: there is no such revision, or no repository.
    """
    repository = find_repository(folder)
    if repository is None:
        raise UnknownRevision("--since needs a git repository, and git; there is none around this folder")
    commit = repository.find_commit(revision)
    if commit is None:
        raise UnknownRevision(f"--since {revision}: git knows no such commit; see: git log --oneline")
    files = frozenset(follow_links(file) for file in repository.list_changed(commit))
    objects = (found for vault in vaults for found in _list_objects(vault, repository, commit))
    return Change(files, frozenset(objects))


def _list_objects(vault: Snapshot, repository: Repository, commit: str) -> Iterator[tuple[str, str]]:
    """Yield the objects that a vault holds otherwise than its manifest told in a commit."""
    before = _read_manifest(vault.archive, repository, commit)
    if before is None or not vault.is_known:
        return
    known = {line.path: line.identity for line in before.objects}
    for path in sorted(known.keys() | vault.objects.keys()):
        if compare_objects(known.get(path), vault.objects.get(path)) is Match.DIFFERENT:
            yield vault.path, path


def _read_manifest(archive: Path, repository: Repository, commit: str) -> Manifest | None:
    content = repository.read_file(archive.with_name(archive.name + SUFFIX), commit=commit)
    try:
        return parse_manifest(content) if content is not None else None
    except VaultError:  # nothing can be told of what was there
        return None
