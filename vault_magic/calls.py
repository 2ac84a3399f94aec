"""The Python calls that are commands: their text in records, and the command that each stands for."""

from __future__ import annotations

import ast
import re

from vault_magic.command import Command, Target
from vault_magic.errors import CommandError
from vault_magic.forms import Verb
from vault_magic.grammar import parse_command
from vault_magic.object_path import parse_module, parse_object_path

METHODS = {"store": Verb.STORE, "load": Verb.IMPORT, "delete": Verb.DEL, "list": Verb.LIST}
"""The methods of an open vault, with what each does."""

_ESCAPE = r"\\(?:[\\'nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})"
_LITERAL = rf"""'(?:[^'\\\x00-\x1f\ud800-\udfff]|{_ESCAPE})*'|"(?:[^"\\\x00-\x1f\ud800-\udfff]|{_ESCAPE})*\""""
"""A text as `repr` writes it: nothing else, so that a record from a strange hand is never an error of Python's."""

_CALL = re.compile(rf"vault\.(?P<method>\w+)\((?P<path>{_LITERAL})?(?:, \.\.\.)?\)")

_EXPRESSION = re.compile(rf"[^\W\d]\w*(?>(?:\.[^\W\d]\w*|\[(?:{_LITERAL})\])+)")


def build_call(method: str, path: str | None) -> Command:
    """Return the command that a call stands for; `path` is its literal first argument, `None` for all of a vault.

    Raises:
        CommandError: there is no such method, or the path is refused.
    """
    verb = METHODS.get(method)
    if verb is Verb.LIST:
        return Command(verb, module=parse_module(path) if path else None)
    if verb is None or path is None:
        raise CommandError(f"vault.{method}() is no command; use one of: {', '.join(METHODS)}")
    return Command(verb, (Target(parse_object_path(path)),))


def render_call(method: str, path: str | None) -> str:
    """Return the text of a call as records have it: `vault.store('datasets/salaries', ...)`."""
    return f"vault.{method}({'' if path is None else repr(path)}{', ...' if method == 'store' else ''})"


def parse_executed(text: str) -> Command:
    """Read the command of a record: what stood behind `%vault`, or a call.

    Raises:
        CommandError: it is neither.
    """
    call = _CALL.fullmatch(text)
    if call is None:
        return parse_command(text)
    path = ast.literal_eval(call["path"]) if call["path"] else None
    return build_call(call["method"], path)


def is_expression(text: str) -> bool:
    """Tell whether a record's text is what asked for a member of a lazy module: `datasets.salaries`."""
    return _EXPRESSION.fullmatch(text) is not None


def show_executed(text: str) -> str:
    """Return the command of a record as its user wrote it."""
    return text if _CALL.fullmatch(text) or is_expression(text) else f"%vault {' '.join(text.split())}"
