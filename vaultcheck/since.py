"""What has changed in a repository since a revision: its files, and the objects that its manifests tell of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from vault_magic.errors import VaultError
from vault_magic.identity import Match, compare_objects
from vault_magic.manifest import SUFFIX, Manifest, parse_manifest
from vaultcheck.affected import Change
from vaultcheck.git import Repository, find_repository
from vaultcheck.snapshot import Snapshot


class UnknownRevision(Exception):
    """A revision that git does not know, or no repository to ask for it."""


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
    files = frozenset(file.resolve() for file in repository.list_changed(commit))
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
