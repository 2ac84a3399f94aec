"""The manifest beside the archive, kept up with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from vault_magic.archive import durable
from vault_magic.archive.archive import Archive
from vault_magic.archive.noted import Noted
from vault_magic.archive.sidecar import Sidecar, build_producer
from vault_magic.errors import FormatError
from vault_magic.forms import Verb
from vault_magic.manifest import (
    SUFFIX,
    ImportLine,
    Manifest,
    ObjectLine,
    encode_manifest,
    parse_manifest,
)
from vault_magic.record import Record


def manifest_path(archive: Path) -> Path:
    """Return where the manifest of an archive lies."""
    return archive.with_name(archive.name + SUFFIX)


def load_manifest(archive: Path, *, noted: Noted | None = None) -> Manifest | None:
    """Return the manifest beside an archive, or `None` where there is none.

    Who is to write it gives what was `noted`: then most of it need not be parsed.

    Raises:
        FormatError: it cannot be read; the message says what to do with it.
    """
    path = manifest_path(archive)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return noted.read(text) if noted else parse_manifest(text)
    except FormatError as err:
        advice = "mend it, or delete it to have it made again from the archive"
        raise type(err)(f"{path.name}: {err}; {advice}") from err


def save_manifest(archive: Path, manifest: Manifest) -> None:
    """Write the manifest beside an archive if it changed; the caller holds the lock."""
    path, text = manifest_path(archive), encode_manifest(manifest)
    if not _holds(path, text):
        # An old manifest is brought up by the next command, so that its name need not be made durable at once.
        durable.replace_file(path, lambda file: durable.write(file, text), is_lasting=False)


def _holds(path: Path, text: bytes) -> bool:
    try:
        return path.stat().st_size == len(text) and path.read_bytes() == text
    except FileNotFoundError:
        return False


def follow_archive(
    manifest: Manifest | None,
    archive: Archive,
    *,
    changed: Collection[str] = (),
    stored: Mapping[str, Sidecar] | None = None,
) -> Manifest:
    """Return the manifest brought up to what the archive holds now.

    A line is made anew where its object was just stored (`changed`, or `stored` with a sidecar that need not be read
    again), is missing, or is of another identity, so that a writer that was killed between archive and manifest leaves
    nothing for good.
    """
    known = stored or {}
    listing = archive.list()
    manifest = manifest or Manifest(listing.vault)
    lines = {line.path: line for line in manifest.objects if manifest.vault == listing.vault}
    kept = {path for path, identity in listing.objects.items() if path in lines and lines[path].identity == identity}
    stale = [path for path in listing.objects if path not in known and (path in changed or path not in kept)]
    sidecars = {**known, **(archive.read_sidecars(stale) if stale else {})}
    current = {path: lines[path] for path in kept} | {path: _build_line(one) for path, one in sidecars.items()}
    foreign = {path: ObjectLine(path, listing.objects[path]) for path in listing.objects if path not in current}
    return replace(manifest, vault=listing.vault, encrypted=listing.encrypted).replace_objects(
        (current | foreign).values()
    )


def build_import_lines(record: Record, *, notebook: str | None) -> tuple[ImportLine, ...]:
    """Return what a manifest keeps of an import; other commands leave no such line."""
    if record.action != Verb.IMPORT.value:
        return ()
    cell = record.cell and replace(record.cell, count=None)
    return tuple(ImportLine(one.path, one.after, notebook=notebook, cell=cell) for one in record.results if one.after)


def _build_line(sidecar: Sidecar) -> ObjectLine:
    return ObjectLine(sidecar.path, sidecar.identity, producer=build_producer(sidecar))
