"""`%vault status`: what in this session is not as the vault holds it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from vault_magic.codecs import CUSTOM, decode, encode
from vault_magic.errors import VaultError
from vault_magic.identity import Identity, Match
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.storing import identify, is_as_imported, is_same_value
from vault_magic.operations.task import Task
from vault_magic.options import FrameFormat
from vault_magic.session import Binding
from vault_magic.table import Table


class _State(Enum):
    """How a variable and the object that it was stored as or imported from stand to each other."""

    SAME = "as in the vault"
    CHANGED_HERE = "changed here since; store it to keep it"
    CHANGED_THERE = "changed in the vault since; import it again"
    CHANGED_BOTH = "changed here and in the vault; store it under another name, or import it again"
    GONE = "not in the vault any more; store it to keep it"
    DELETED = "deleted here"
    UNKNOWN = "cannot tell whether it was changed"


def show_status(task: Task) -> Outcome:
    """Compare each variable that was stored or imported in this session with the vault."""
    record = task.build_record(())
    objects = task.archive.list().objects
    bindings = [one for one in task.context.session.bindings if one.archive == task.archive.path]
    states = [(one, _compare(task, one, objects)) for one in bindings]
    rows = tuple((one.variable, one.path, state.value) for one, state in states if state is not _State.SAME)
    same = len(states) - len(rows)
    what = "1 variable is" if same == 1 else f"{same} variables are"
    note = f"{what} as in the vault." if states else "Nothing was stored or imported in this session."
    return Outcome(task.command, record, table=Table(("variable", "object", "state"), rows, note=note))


def _compare(task: Task, binding: Binding, objects: Mapping[str, Identity]) -> _State:
    stored = objects.get(binding.path)
    if binding.variable not in task.namespace:
        return _State.DELETED
    if stored is None:
        return _State.GONE
    there = binding.identity.compare(stored) is Match.DIFFERENT
    here = _compare_value(task, binding, is_there=not there)
    if here is Match.UNKNOWN:
        return _State.CHANGED_THERE if there else _State.UNKNOWN
    if here is Match.DIFFERENT:
        return _State.CHANGED_BOTH if there else _State.CHANGED_HERE
    return _State.CHANGED_THERE if there else _State.SAME


def _compare_value(task: Task, binding: Binding, *, is_there: bool) -> Match:
    """Tell whether the variable still has the value that was stored or imported.

    Where that is not there any more, nobody can tell what optimising it gave: then the same text is the same value.
    """
    value, known = task.namespace[binding.variable], binding.identity
    if known.format is None:
        return _compare_foreign(task, value, binding.path) if is_there else Match.UNKNOWN
    if known.format == CUSTOM:
        return Match.UNKNOWN
    try:
        chosen = FrameFormat.PARQUET if known.format == FrameFormat.PARQUET.value else FrameFormat.TSV
        found = identify(encode(value, frame_format=chosen), key=task.archive.digest_key)
        if found.format != known.format:
            return Match.DIFFERENT
        if not is_there and found.format == FrameFormat.TSV.value and found.sha256 == known.sha256:
            return Match.SAME
        if is_there and is_same_value(task, value, binding.path, found, known):
            return Match.SAME
    except VaultError:
        return Match.DIFFERENT
    return found.compare(known)


def _compare_foreign(task: Task, value: object, path: str) -> Match:
    """Tell whether a value is what reading the entry of another tool gives; of what a function read nobody can."""
    try:
        original = decode(None, task.archive.read(path).data, None, allow_pickle=False)
    except VaultError:
        return Match.UNKNOWN
    return Match.SAME if is_as_imported(task, value, original) else Match.UNKNOWN
