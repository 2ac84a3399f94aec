"""Manifest and log, kept up with what a command has done to an archive; the caller holds its lock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from vault_magic.archive.archive import Archive
from vault_magic.archive.log import append_log
from vault_magic.archive.upkeep import follow_archive, load_manifest, save_manifest
from vault_magic.forms import Verb
from vault_magic.maintenance.opening import find_surroundings
from vault_magic.record import ArchiveRef, Record, Result
from vault_magic.session_id import create_session_id


def note_change(archive: Archive, results: Collection[Result], *, changed: Collection[str] = ()) -> None:
    """Bring the manifest up to the archive, and add a line to the log for each object that is there or gone now."""
    vault = find_surroundings(archive)
    if vault.options.manifest:
        save_manifest(archive.path, follow_archive(load_manifest(archive.path), archive, changed=changed))
    records = [_build_record(archive, one) for one in results]
    append_log(vault.log, records, compressed=vault.options.gzip_logs)


def _build_record(archive: Archive, result: Result) -> Record:
    verb = Verb.STORE if result.after else Verb.DEL
    now = datetime.now(UTC)
    return Record(
        action=verb.value,
        command=f"{verb.value} '{result.path}'",
        results=(result,),
        archive=ArchiveRef(archive.list().vault, archive.path.name),
        started=now,
        finished=now,
        session=create_session_id(),
    )
