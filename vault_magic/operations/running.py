"""Commands carried out: a command and everything around it give an outcome; nothing is displayed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from vault_magic.calls import build_call, render_call
from vault_magic.command import Command
from vault_magic.errors import ArchiveError, MissingObject, VaultError
from vault_magic.forms import Verb
from vault_magic.functions import Function
from vault_magic.grammar import parse_command
from vault_magic.object_path import list_folders, nest_path, split_module
from vault_magic.operations.asserting import check_object
from vault_magic.operations.importing import import_module, import_objects
from vault_magic.operations.noting import explain
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.overview import list_objects, show_log
from vault_magic.operations.removing import delete
from vault_magic.operations.status import show_status
from vault_magic.operations.storing import store
from vault_magic.operations.task import Context, OpenVault, Task


def run_command(text: str, *, vault: OpenVault, namespace: Mapping[str, object], context: Context) -> Outcome:
    """Carry out one command; the caller binds what was imported.

    Raises:
        VaultError: it cannot be done; every object is as it was.
    """
    return _run(Task(text, parse_command(text), vault, namespace, context, started=context.now()))


def run_call(
    method: str,
    path: str | None,
    *,
    vault: OpenVault,
    namespace: Mapping[str, object],
    context: Context,
    value: object = None,
    function: Function | None = None,
    expression: str | None = None,
) -> Outcome:
    """Carry out a call from Python; `expression` is what the record names where it was not a call of the vault.

    Raises:
        VaultError: it cannot be done; every object is as it was.
    """
    command = build_call(method, path)
    text = expression or render_call(method, path)
    values = {target.path: value for target in command.targets if command.verb is Verb.STORE}
    return _run(Task(text, command, vault, namespace, context, context.now(), values=values, called_with=function))


def _run(task: Task) -> Outcome:
    action = import_module if task.command.is_module_import else _ACTIONS[task.command.verb]
    try:
        try:
            return action(task)
        except MissingObject:
            dotted = _spell_dotted(task)
            if dotted == task.command:
                raise
            return action(replace(task, command=dotted))
    except VaultError:
        raise
    except OSError as err:
        raise ArchiveError(f"cannot use {task.archive.path.name}: {explain(err)}; every object is as it was") from err


def _spell_dotted(task: Task) -> Command:
    """Return the command with what it names called as the original tool did, to which a module `a.b` was one folder."""
    command, stored = task.command, task.archive.list().objects
    if command.is_module_import:
        folders = {split_module(folder): folder for folder in list_folders(stored)}
        return replace(command, module=folders.get(command.module or "", command.module))
    spelt = {nest_path(path): path for path in stored}
    targets = tuple(replace(one, path=spelt.get(one.path, one.path)) for one in command.targets)
    return replace(command, targets=targets)


def _seal(task: Task) -> Outcome:
    """Leave a record of every cell that has run so far, without storing anything."""
    return Outcome(task.command, task.build_record(()))


_ACTIONS: Mapping[Verb, Callable[[Task], Outcome]] = {
    Verb.STORE: store,
    Verb.IMPORT: import_objects,
    Verb.DEL: delete,
    Verb.ASSERT: check_object,
    Verb.LIST: list_objects,
    Verb.LOG: show_log,
    Verb.STATUS: show_status,
    Verb.SEAL: _seal,
}
