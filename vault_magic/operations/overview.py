"""`%vault list` and `%vault log`: what is stored, and what was done."""

from __future__ import annotations

from vault_magic.advice import advise
from vault_magic.archive.log import read_latest
from vault_magic.archive.upkeep import load_manifest
from vault_magic.calls import show_executed
from vault_magic.errors import FormatError
from vault_magic.object_path import list_folders, nest_path
from vault_magic.operations.directory import OBJECT_COLUMNS, describe_object
from vault_magic.operations.opening import find_folder
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Task
from vault_magic.record import Record, Result
from vault_magic.table import Table
from vault_magic.whereabouts import relate

_LATEST = 50
"""Lines of the log that are shown."""


def list_objects(task: Task) -> Outcome:
    """List the objects of the vault, or those of one module."""
    prefix = f"{task.command.module}/" if task.command.module else ""
    objects = {path: one for path, one in task.archive.list().objects.items() if nest_path(path).startswith(prefix)}
    makers = _find_makers(task)
    rows = tuple((*describe_object(path, one), makers.get(path, "")) for path, one in objects.items())
    table = Table((*OBJECT_COLUMNS, "stored by"), rows, note="" if rows else _explain_nothing(task))
    results = tuple(Result(path, None, one, one) for path, one in objects.items())
    return Outcome(task.command, task.build_record(results), table=table)


def _explain_nothing(task: Task) -> str:
    module = task.command.module
    if module is None:
        return "Nothing is stored here."
    advice = advise(module, list_folders(task.vault.list_objects()), otherwise="")
    return f"Nothing is stored in {module!r}" + (f"; {advice}" if advice else ".")


def show_log(task: Task) -> Outcome:
    """List what was done, the latest last."""
    records, earlier = read_latest(task.vault.log, count=_LATEST)
    rows = tuple(map(_describe, records))
    note = f"{earlier} earlier commands are in {task.vault.log.name}." if earlier else ""
    table = Table(("when (UTC)", "command", "objects"), rows, note=note if rows else "Nothing has been noted here.")
    return Outcome(task.command, task.build_record(()), table=table)


def _find_makers(task: Task) -> dict[str, str]:
    """Return the notebooks that stored the objects, seen from here, where the manifest can be read and tells it."""
    try:
        manifest = load_manifest(task.archive.path)
    except FormatError:
        return {}
    lines = manifest.objects if manifest else ()
    named = {line.path: line.producer.notebook for line in lines if line.producer and line.producer.notebook}
    folder, here = task.archive.place.parent, find_folder()
    return {path: relate(folder / name, folder=here) or name for path, name in named.items()}


def _describe(record: Record) -> tuple[str, str, str]:
    digests = ", ".join(_describe_result(one) for one in record.results)
    return f"{record.finished:%Y-%m-%d %H:%M:%S}", show_executed(record.command), digests


def _describe_result(result: Result) -> str:
    known = result.after or result.before
    return f"{result.path} ({known.crc32 if known and known.crc32 else 'unknown'})"
