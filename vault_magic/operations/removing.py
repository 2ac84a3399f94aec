"""`%vault del`."""

from __future__ import annotations

from vault_magic.operations.noting import load_noted, note_change
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Task
from vault_magic.record import Result


def delete(task: Task) -> Outcome:
    """Delete the object of a command."""
    paths = [target.path for target in task.command.targets]
    with task.archive.lock(holder=task.holder):
        manifest = load_noted(task)
        before = task.archive.list().objects
        missing = [path for path in paths if path not in before]
        task.archive.read_all(missing)  # raises, and says what may have been meant
        record = task.build_record(tuple(Result(path, None, before[path], None) for path in paths))
        notices = task.archive.change(store={}, delete=paths)
        warnings = notices + note_change(task, record, manifest=manifest)
    return Outcome(task.command, record, warnings=warnings)
