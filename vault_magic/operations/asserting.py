"""`%vault assert`."""

from __future__ import annotations

from vault_magic.command import Algorithm
from vault_magic.errors import AssertionFailed
from vault_magic.operations.noting import note_reading
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Task
from vault_magic.record import Result


def check_object(task: Task) -> Outcome:
    """Stop unless an object has the digest of the command."""
    path, expected = task.command.targets[0].path, task.command.expected
    found = task.archive.read(path).identity
    if expected is None or expected.digest not in (found.crc32, found.sha256):
        digest = found.sha256 if expected and expected.algorithm is Algorithm.SHA256 else found.crc32
        raise AssertionFailed(
            f"{path!r} is {digest}, not {expected and expected.digest}; see who stored it: %vault list"
        )
    record = task.build_record((Result(path, None, found, found),))
    return Outcome(task.command, record, warnings=note_reading(task, record))
