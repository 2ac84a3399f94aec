"""Completion of the magics in IPython: finds the line, gathers the facts, and answers as a matcher does."""

from __future__ import annotations

import inspect
import os
import re
import types
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.interactiveshell import InteractiveShell

from vault_magic.completion.commands import Facts, complete
from vault_magic.completion.options import complete_options
from vault_magic.completion.suggestion import LIMIT
from vault_magic.identity import Identity
from vault_magic.operations.directory import Directory
from vault_magic.operations.task import OpenVault

_MAGICS = {"vault": complete, "open_vault": complete_options}
_LINE = re.compile(
    r"""\s*(?:[\w*](?:[\w.,*\s]|\[[^\[\]=]*\])*=\s*)?%(?P<magic>open_vault|vault)\s+(?P<text>.*)""",
    re.DOTALL,
)
_ATTRIBUTES = (types.ModuleType, type)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with one of the magics, up to the cursor and behind it."""

    magic: str
    text: str
    rest: str


class VaultCompleter:
    """Completes `%vault` and `%open_vault`; elsewhere it has nothing to say.

    Nothing is decrypted or unpickled for it: of the archive it sees the directory alone.
    """

    def __init__(self, shell: InteractiveShell, get_vault: Callable[[], OpenVault | None]) -> None:
        self._shell = shell
        self._get_vault = get_vault
        self._directory = Directory()
        self._matchers: list[Any] = shell.Completer.custom_matchers
        self._matchers.append(self.match)

    def detach(self) -> None:
        """Stop completing."""
        with suppress(ValueError):  # the user may have emptied the list
            self._matchers.remove(self.match)

    @context_matcher(identifier="vault_magic", priority=100)  # type: ignore[untyped-decorator]
    def match(self, context: CompletionContext) -> SimpleMatcherResult:
        """Return what fits at the cursor, in place of everything else that IPython would suggest there."""
        try:
            line = _find_line(context)
            found = _MAGICS[line.magic](line.text, self._gather(), rest=line.rest) if line else ()
        except Exception:  # a traceback in the middle of typing helps nobody
            found = ()
        start = context.cursor_position - (found[0].replaces if found else 0)
        if start < 0:  # a quote that is open since an earlier line: IPython replaces within a line only
            start, found = context.cursor_position, ()
        return SimpleMatcherResult(
            completions=[SimpleCompletion(text=one.text, type=one.kind.value) for one in found],
            matched_fragment=context.text_until_cursor[start:],
            suppress=bool(found),
            ordered=True,
        )

    def _gather(self) -> Facts:
        names = dict(self._shell.user_ns)
        hidden = self._shell.user_ns_hidden
        own = {name: value for name, value in names.items() if name[:1] != "_" and not _is_same(hidden, name, value)}
        modules = {name for name, value in own.items() if isinstance(value, types.ModuleType)}
        code = {name for name, value in own.items() if inspect.isroutine(value) or isinstance(value, type)}
        return Facts(
            variables=tuple(sorted(own.keys() - modules - code)),
            functions=tuple(sorted(name for name, value in own.items() if callable(value))),
            modules=tuple(sorted(modules)),
            objects=self._list_objects(),
            environment=tuple(sorted(os.environ)),
            find_attributes=lambda owner: _find_attributes(owner, names),
            find_files=_find_files,
        )

    def _list_objects(self) -> Mapping[str, Identity]:
        """Return what the open vault holds, as far as it can be read."""
        vault = self._get_vault()
        if vault is None:
            return {}
        with suppress(Exception):
            return self._directory.list(vault)
        return {}


def _is_same(hidden: Mapping[str, object], name: str, value: object) -> bool:
    return name in hidden and hidden[name] is value


def _find_line(context: CompletionContext) -> _Line | None:
    """Return the line at the cursor, joined with those that it continues and those that continue it."""
    lines = context.full_text.split("\n")
    first = last = context.cursor_line
    while first > 0 and lines[first - 1].endswith("\\"):
        first -= 1
    while last + 1 < len(lines) and lines[last].endswith("\\"):
        last += 1
    before = [*lines[first : context.cursor_line], context.text_until_cursor]
    after = [lines[context.cursor_line][context.cursor_position :], *lines[context.cursor_line + 1 : last + 1]]
    match = _LINE.fullmatch(_join(before))
    return _Line(match["magic"], match["text"], _join(after)) if match else None


def _join(lines: Iterable[str]) -> str:
    return " ".join(line.removesuffix("\\") for line in lines)


def _find_attributes(owner: str, names: Mapping[str, object]) -> list[str]:
    """Return what can be called in a module, class or value, looked up without running any of its code."""
    first, *others = owner.split(".")
    value = names.get(first)
    for name in others:
        value = inspect.getattr_static(value, name, None)
    holder = value if isinstance(value, _ATTRIBUTES) else type(value)
    public = (name for name in dir(holder) if not name.startswith("_"))
    return (
        [name for name in public if _is_callable(inspect.getattr_static(holder, name, None))] if first in names else []
    )


def _is_callable(value: object) -> bool:
    return callable(value) or isinstance(value, (classmethod, staticmethod))


def _find_files(typed: str) -> list[str]:
    """Return folders and archives whose paths begin so, from the working directory; hidden ones if asked for."""
    start, slash, beginning = typed.rpartition("/")
    with suppress(OSError, RuntimeError), os.scandir(Path(f"{start}{slash}").expanduser()) as entries:
        near = (one for one in entries if one.name.casefold().startswith(beginning.casefold()))
        shown = (one for one in near if beginning.startswith(".") or not one.name.startswith("."))
        fitting = (one for one in shown if one.is_dir() or one.name.endswith(".zip"))
        return sorted(f"{start}{slash}{one.name}{'/' if one.is_dir() else ''}" for one in islice(fitting, LIMIT))
    return []
