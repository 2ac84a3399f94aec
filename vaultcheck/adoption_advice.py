"""The lines to write in place of a call that hands something over, and what to know about them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from vault_magic.command import Command, Target, render_command
from vault_magic.forms import Verb
from vault_magic.parameters import HIDDEN, hide_secrets
from vaultcheck.file_calls import FileCall
from vaultcheck.file_functions import Family
from vaultcheck.object_choice import Choice
from vaultcheck.store_magic import StoreAction

# Arguments that make something else of a file than what was written; the others only mend what text loses.
_SELECTING = frozenset(
    {"usecols", "columns", "nrows", "n_rows", "skiprows", "skipfooter", "names", "chunksize", "sheet_name"}
)
_ARRAYS = frozenset({Family.ARRAY, Family.ARRAYS})
_OF_LANGUAGE = re.compile(r"tokens|tokeni[sz]", re.IGNORECASE)  # the tokens of texts are no secrets


@dataclass(frozen=True, slots=True)
class Advice:
    """Lines of code, in order, and remarks on them."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


def advise_write(calls: Collection[FileCall], choices: Collection[Choice]) -> Advice:
    """Return what stores the values of one line; one that has no name gets that of its object first."""
    pairs = [*zip(calls, choices, strict=True)]
    assigned = [f"{where.name} = {call.expression}" for call, where in pairs if call.is_expression]
    variables = [call.variable or where.name for call, where in pairs]
    notes = [note for call, where in pairs for note in _list_write_notes(call, where)]
    return Advice((*assigned, *_render(Verb.STORE, choices, variables)), tuple(notes))


def advise_read(
    calls: Collection[FileCall], choices: Collection[Choice], *, written: Collection[FileCall], code: str
) -> Advice:
    """Return what imports the values of one line, `code`; `written` is how they came to be."""
    pairs = [*zip(calls, choices, strict=True)]
    variables = [call.variable or where.name for call, where in pairs]
    notes = [note for call, where in pairs for note in _list_read_notes(call, where, written=written, code=code)]
    used = [code.replace(call.expression or "", where.name) for call, where in pairs if _stands_in(call, code)]
    return Advice((*_render(Verb.IMPORT, choices, variables), *used), tuple(notes))


def _stands_in(call: FileCall, code: str) -> bool:
    return call.is_expression and (call.expression or "") in code


def advise_further(action: StoreAction, choices: Collection[Choice]) -> Advice | None:
    """Return what does the same as a `%store` line that deletes objects, or shows what there is."""
    match action:
        case StoreAction.SHOW:
            return Advice((f"%vault {render_command(Command(Verb.LIST))}",))
        case StoreAction.DELETE if choices:
            commands = [Command(Verb.DEL, (Target(where.path),), module=where.module) for where in choices]
            return Advice(tuple(f"%vault {render_command(one)}" for one in commands))
        case StoreAction.CLEAR:
            return Advice((), ("a vault is never emptied by one line: delete what is not needed, or leave this out",))
    return None


def _render(verb: Verb, choices: Collection[Choice], variables: Collection[str]) -> tuple[str, ...]:
    """Write one command where it can name all, else one for each."""
    targets = [Target(where.path, variable) for where, variable in zip(choices, variables, strict=True)]
    modules = [where.module for where in choices]
    is_plain = len(set(modules)) == 1 and all(one.path.rpartition("/")[2] == one.variable for one in targets)
    groups = [(modules[0], tuple(targets))] if is_plain else [(m, (t,)) for m, t in zip(modules, targets, strict=True)]
    return tuple(f"%vault {render_command(Command(verb, one, module=module))}" for module, one in groups)


def _list_write_notes(call: FileCall, where: Choice) -> Iterator[str]:
    if call.variable is None and not call.is_expression:
        yield f"{where.name} stands for what is written there: give it that name first"
    if any(one.replace(" ", "").replace('"', "'") in ("mode='a'", "append=True") for one in call.options):
        yield f"this adds to the file; a vault keeps what is stored last, so store {where.name} when it is whole"
    if not _OF_LANGUAGE.search(where.name) and hide_secrets({where.name: ""})[where.name] == HIDDEN:
        yield f"if {where.name} is a password or key, it belongs in an environment variable, not in a vault"
    if selecting := _list_selecting(call):
        yield f"{selecting} left something out of the file; the vault gets all of {call.variable or where.name}"


def _list_read_notes(call: FileCall, where: Choice, *, written: Collection[FileCall], code: str) -> Iterator[str]:
    if call.is_expression and not _stands_in(call, code):
        yield f"use {where.name} in place of {call.expression}"
    if call.variable is None and call.expression is None:
        yield f"use {where.name} in place of what is read from the file"
    if selecting := _list_selecting(call):
        yield f"{selecting} is not needed to read, but what it does has to be done to {call.variable or where.name}"
    others = sorted({one.function for one in written if not _are_alike(one.family, call.family)})
    if others:
        name = call.variable or where.name
        yield f"{name} is then what {', '.join(others)} was given, not what {call.function} makes of a file"


def _list_selecting(call: FileCall) -> str:
    return ", ".join(one for one in call.options if one.partition("=")[0].strip() in _SELECTING)


def _are_alike(written: Family, read: Family) -> bool:
    return written is read or {written, read} <= _ARRAYS
