"""What is written down beside the archive when a command is done: manifest and log."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from vault_magic.archive.log import append_log
from vault_magic.archive.sidecar import Sidecar
from vault_magic.archive.upkeep import build_import_lines, follow_archive, load_manifest, save_manifest
from vault_magic.errors import FormatError
from vault_magic.kept_lines import keep_lines
from vault_magic.manifest import Manifest
from vault_magic.operations.task import Task
from vault_magic.record import Record

_PATIENCE_OF_READERS = 5.0  # seconds for which a writer may hold up the note of an import; the value is there already


def load_noted(task: Task) -> Manifest | None:
    """Return the manifest as it is now, or `None` where there is none; what this session wrote is not parsed again.

    Raises:
        FormatError: it cannot be read; the message says what to do with it.
    """
    return load_manifest(task.archive.path, noted=task.archive.noted)


def note_reading(task: Task, record: Record) -> tuple[str, ...]:
    """Write down what was read; where that cannot be done the reading stands, and the reason is returned."""
    try:
        with task.archive.lock(holder=task.holder, patience=_PATIENCE_OF_READERS):
            _log(task, record)
            if task.options.manifest:
                manifest = follow_archive(load_noted(task), task.archive)
                lines = build_import_lines(record, notebook=task.notebook)
                _save(task, manifest.replace_imports(lines))
    except (OSError, FormatError) as err:
        if isinstance(err, PermissionError) or getattr(err, "errno", None) == errno.EROFS:
            return ()  # a folder that is read-only on purpose is nothing to warn of at every import
        return (f"this was not noted in the manifest: {explain(err)}",)
    return ()


def note_change(
    task: Task, record: Record, *, manifest: Manifest | None, stored: Mapping[str, Sidecar] | None = None
) -> tuple[str, ...]:
    """Bring manifest and log up to a changed archive; where that fails the change stands, and the reason is returned.

    `stored` are the sidecars of what was just stored.
    The next command repairs the manifest.
    """
    try:
        if task.options.manifest:
            _save(task, follow_archive(manifest, task.archive, stored=stored))
        _log(task, record)
    except OSError as err:
        return (f"this was done, but not noted in manifest and log: {explain(err)}",)
    return ()


def _save(task: Task, manifest: Manifest) -> None:
    kept = keep_lines(manifest)
    save_manifest(task.archive.path, kept)
    task.archive.noted.remember(kept)


def explain(err: Exception) -> str:
    """Return the reason of an error without the path of a file on this machine."""
    return (isinstance(err, OSError) and err.strerror) or str(err) or type(err).__name__


def _log(task: Task, record: Record) -> None:
    append_log(task.vault.log, [record], compressed=task.options.gzip_logs)
