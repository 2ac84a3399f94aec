"""The lock of writers: one at a time, with a name for whoever holds it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from vault_magic.archive import durable
from vault_magic.errors import LockTimeout
from vault_magic.manifest import SUFFIX

_REPLACED = ("", SUFFIX, ".orig")  # what is added to the archive's name for files that are replaced as a whole

PATIENCE = 60.0
"""Seconds to wait for another writer before giving up."""


@contextmanager
def lock_archive(path: Path, *, holder: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of an archive; `holder` is what others are told who wait in vain.

    The lock is a file beside the archive, because replacing the archive would replace a lock on it; it stays there.
    An archive reached through a link has the one lock of the file that the link names.

    Raises:
        LockTimeout: another writer did not finish in time; the message names it.
    """
    path = path.resolve()
    owner = path.with_name(f"{path.name}.lock.owner")
    try:
        lock = filelock.FileLock(f"{path}.lock", timeout=patience)
        lock.acquire()
    except filelock.Timeout as err:
        raise LockTimeout(f"{path.name} is being written by {_read_owner(owner)}; try again when it is done") from err
    try:
        owner.write_text(json.dumps({"holder": holder, "pid": os.getpid()}), encoding="utf-8")
        _sweep(path)
        yield
    finally:
        with suppress(OSError):  # on Windows who waits may be reading it; the next holder overwrites it
            owner.unlink()
        lock.release()


def _sweep(path: Path) -> None:
    """Remove what a killed writer has left half of: the next states of archive, manifest and original."""
    for suffix in _REPLACED:
        with suppress(OSError):
            durable.remove(path.with_name(f"{path.name}{suffix}{durable.TEMPORARY}"))


def _read_owner(owner: Path) -> str:
    try:
        fields = json.loads(owner.read_text(encoding="utf-8"))
        return f"{fields['holder']} (process {fields['pid']})"
    except (OSError, ValueError, LookupError, TypeError):
        return "another process"
