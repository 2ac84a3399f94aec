"""`%vault import`: objects become values, or a whole module whose objects are read when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vault_magic.advice import advise
from vault_magic.archive.archive import StoredObject
from vault_magic.calls import parse_executed
from vault_magic.codecs import CUSTOM, decode
from vault_magic.errors import CodecError, CommandError, MissingObject
from vault_magic.functions import Function, read_with
from vault_magic.grammar import check_module_name
from vault_magic.memory import is_frame, optimise, render_gain
from vault_magic.object_path import list_folders
from vault_magic.operations.lazy_module import LazyModule
from vault_magic.operations.noting import note_reading
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Task
from vault_magic.options import FrameFormat
from vault_magic.record import Result
from vault_magic.session import Binding

_OPTIMISED = (None, *(one.value for one in FrameFormat))
"""The formats of frames; a frame that had to be pickled comes back as it was."""


@dataclass(frozen=True, slots=True)
class _Read:
    value: object
    note: str | None = None


def import_objects(task: Task) -> Outcome:
    """Import the variables of a command."""
    function, targets = task.find_function(), task.command.targets
    task.refuse_local(target.variable for target in targets if target.variable)
    stored = task.archive.read_all(target.path for target in targets)
    read = {path: _read(task, one, function, path=path) for path, one in stored.items()}
    found = [(target, stored[target.path].identity) for target in targets]
    record = task.build_record(tuple(Result(one.path, one.variable, same, same) for one, same in found))
    return Outcome(
        task.command,
        record,
        values={path: one.value for path, one in read.items()},
        imported={target.variable: read[target.path].value for target in targets if target.variable},
        bindings=tuple(Binding(one.variable, one.path, task.archive.path, same) for one, same in found if one.variable),
        notes=tuple(one.note for one in read.values() if one.note),
        warnings=(*_list_unproved(task, stored), *note_reading(task, record)),
    )


def _list_unproved(task: Task, stored: Mapping[str, StoredObject]) -> list[str]:
    """Return a warning for each object of an encrypted vault that nothing binds to its path.

    Whoever can write the file could have put the bytes of another there, without the password.
    """
    if not task.is_private or task.archive.list().vault is None:
        return []
    return [
        f"{path!r} was written by another tool, so nothing proves that it belongs there; store it again"
        for path, one in stored.items()
        if one.sidecar is None
    ]


def import_module(task: Task) -> Outcome:
    """Import a whole module: nothing is read before it is asked for."""
    module = task.command.module or ""
    folders = list_folders(task.archive.list().objects)
    if module not in folders:
        advice = advise(module, folders, otherwise="for a variable write: %vault import VAR from MODULE")
        raise MissingObject(f"there is no module {module!r} in {task.archive.path.name}; {advice}")
    if task.command.name is None:
        check_module_name(module)
    path = task.command.bound_module
    name = task.command.name or path
    task.refuse_local([name])
    view = LazyModule(path, name=name, vault=task.vault, load=task.context.load)
    return Outcome(task.command, task.build_record(()), imported={name: view})


def _read(task: Task, stored: StoredObject, function: Function | None, *, path: str) -> _Read:
    if function is not None:
        return _Read(read_with(function, stored.data, path=path, private=task.is_private, name=task.command.function))
    if stored.identity.format == CUSTOM:
        writer, advice = _name_writer(stored), _spell_function(task, path)
        raise CodecError(f"{path!r} was stored with {writer}; import it with one that reads it: {advice}")
    try:
        schema = stored.sidecar.schema if stored.sidecar else None
        value = decode(stored.identity.format, stored.data, schema, allow_pickle=task.options.allow_pickle)
    except CodecError as err:
        raise CodecError(f"{path!r}: {err}") from err
    return _optimise(task, value) if stored.identity.format in _OPTIMISED else _Read(value)


def _optimise(task: Task, value: object) -> _Read:
    options = task.options
    if not options.optimize_df or not is_frame(value):
        return _Read(value)
    done = optimise(value, numbers=options.numbers_as_categories, booleans=options.booleans_as_categories)
    return _Read(done.frame, render_gain(before=done.before, after=done.after) if options.report_memory_gain else None)


def _spell_function(task: Task, path: str) -> str:
    """Return how a function is named where the import was asked for: by a command, a call, or a member of a module."""
    if task.command.targets[0].variable:
        return "with FUNC"
    is_call = task.text.startswith("vault.load(")
    return "function=FUNC" if is_call else f".set_importers({{{path.rpartition('/')[2]!r}: FUNC}})"


def _name_writer(stored: StoredObject) -> str:
    """Return the function that wrote an object, as its record names it."""
    try:
        command = parse_executed(stored.sidecar.record.command) if stored.sidecar else None
    except CommandError:
        command = None
    return (command and command.function) or "a function of its own"
