"""Names and comments inside the archive: what a listing shows without a password."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

import msgspec

from vault_magic.errors import ArchiveError
from vault_magic.identity import Identity
from vault_magic.object_path import RESERVED
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json

SENTINEL = f"{RESERVED}/vault"
"""The first member, never replaced: its content proves the password, its comment holds the vault's id."""

_SIDECARS = f"{RESERVED}/objects/"
_PRESENT = b'{"schema_version": 1, '  # how a comment of the present version begins, in our own spelling
_decoder = msgspec.json.Decoder(Identity)


def is_reserved(name: str) -> bool:
    """Tell whether a member belongs to the vault itself rather than to the user."""
    return name.split("/", 1)[0].casefold() == RESERVED


def name_sidecar(path: str) -> str:
    """Return the member that holds the schema and the record of an object."""
    return f"{_SIDECARS}{path}.json"


@dataclass(frozen=True, slots=True)
class SentinelComment:
    """What the sentinel says in clear: the id of the vault."""

    vault: str


@dataclass(frozen=True, slots=True)
class CommitMarker:
    """The archive comment: whose archive this is, and how many writes it has seen."""

    vault: str
    generation: int


def write_sentinel_comment(vault: str) -> bytes:
    """Return the ZIP comment of the sentinel."""
    return dump_json({"schema_version": SCHEMA_VERSION, "vault": vault}).encode()


def read_sentinel_comment(comment: bytes) -> str:
    """Return the id of the vault.

    Raises:
        FormatError: the comment is not a sentinel's.
    """
    fields = check_version(_parse_comment(comment), what="the vault's sentinel")
    return convert(fields, SentinelComment, what="the vault's sentinel").vault


def write_commit_marker(marker: CommitMarker) -> bytes:
    """Return the comment of the archive."""
    fields = {"schema_version": SCHEMA_VERSION, "vault": marker.vault, "generation": marker.generation}
    return dump_json(fields).encode()


def read_commit_marker(comment: bytes) -> CommitMarker:
    """Return the marker in the comment of an archive.

    Raises:
        FormatError: the comment is not a commit marker.
    """
    fields = check_version(_parse_comment(comment), what="the archive's comment")
    return convert(fields, CommitMarker, what="the archive's comment")


def write_entry_comment(identity: Identity) -> bytes:
    """Return the ZIP comment of an object."""
    return dump_json({"schema_version": SCHEMA_VERSION} | identity.to_json()).encode()


def read_entry_comment(comment: bytes) -> Identity | None:
    """Return the identity in the comment of an object, or `None` where another tool wrote the entry.

    Raises:
        NewerFormat: a newer version wrote it.
        FormatError: it is ours, but damaged.
    """
    if comment.startswith(_PRESENT):
        with suppress(msgspec.MsgspecError, UnicodeError):  # what is wrong with it is told below
            return _decoder.decode(comment)
    fields = _parse_comment(comment)
    if not isinstance(fields, dict) or "schema_version" not in fields:
        return None
    return convert(check_version(fields, what="an entry's comment"), Identity, what="an entry's comment")


def check_neighbours(added: Collection[str], existing: Collection[str]) -> None:
    """Refuse paths that could not be extracted beside each other and the objects already there.

    Raises:
        ArchiveError: one differs from another only in case, or is a folder where the other is a file.
    """
    files = {path.casefold(): path for path in (*sorted(added, reverse=True), *existing)}
    keys = sorted(files)
    for path in sorted(added):
        key = path.casefold()
        if files[key] != path:
            raise ArchiveError(f"{path!r} differs only in case from the stored {files[key]!r}; use one spelling")
        for folder in _list_folders(key):
            _refuse_both(path, files.get(folder, path))
        for folder in (f"{key}/", f"{key}.json/"):
            at = bisect_left(keys, folder)
            if at < len(keys) and keys[at].startswith(folder):
                _refuse_both(path, files[keys[at]])


def _list_folders(key: str) -> Iterator[str]:
    """Yield what an object needs as folders: those above it, and whatever has its sidecar where one of them is."""
    above = PurePosixPath(key).parents
    for folder in (one.as_posix() for one in above[:-1]):
        yield folder
        if folder.endswith(".json"):
            yield folder.removesuffix(".json")


def _refuse_both(path: str, other: str) -> None:
    if path != other:
        raise ArchiveError(
            f"{path!r} and the stored {other!r} cannot both exist: one needs a folder where the other is a file"
        )


def _parse_comment(comment: bytes) -> object:
    try:
        return json.loads(comment)
    except (ValueError, RecursionError):
        return None
