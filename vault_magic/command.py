"""A command as a value, and its text: what the grammar reads and everything else works with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from vault_magic.forms import INNER_KEYWORDS, Verb


class Algorithm(Enum):
    """The digests that an assertion can name, with their lengths in hexadecimal digits."""

    CRC32 = 8
    SHA256 = 64


@dataclass(frozen=True, slots=True)
class Target:
    """An object of the archive and the variable of the notebook that a command ties to it (none for del, assert)."""

    path: str
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """The digest that an assertion expects, in the case in which digests of its kind are published."""

    algorithm: Algorithm
    digest: str


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command; `targets` are in the order typed, `module` is missing where a path was quoted.

    `function` is the name behind `with`; `name` is what a whole module was imported as, where that was said.
    """

    verb: Verb
    targets: tuple[Target, ...] = ()
    module: str | None = None
    expected: Expectation | None = None
    function: str | None = None
    name: str | None = None

    @property
    def is_module_import(self) -> bool:
        """Whether a whole module is imported: its objects are read when they are asked for."""
        return self.verb is Verb.IMPORT and not self.targets

    @property
    def bound_module(self) -> str:
        """The module that the name stands for: without a name of its own the first part, as in Python."""
        module = self.module or ""
        return module if self.name else module.partition("/")[0]


def render_command(command: Command) -> str:
    """Write a command so that the grammar reads the same one back."""
    if command.verb in (Verb.LOG, Verb.STATUS, Verb.SEAL):
        return str(command.verb.value)
    module = _spell_module(command.module or "")
    if command.verb is Verb.LIST:
        return f"list {module}".rstrip()
    if command.is_module_import:
        return f"import {module}" + (f" as {command.name}" if command.name else "")
    return f"{_render_subject(command, module)}{_render_tail(command)}"


def _render_subject(command: Command, module: str) -> str:
    """Return the verb with its variables and where the objects lie."""
    verb, names = command.verb.value, ", ".join(_list_names(command))
    quoted = _quote(command.targets[0].path) if command.module is None else ""
    if command.verb is Verb.STORE:
        return f"{verb} {names} in {quoted or module}"
    between = "in" if command.verb is Verb.ASSERT else "from"
    return f"{verb} {quoted or f'{names} {between} {module}'}"


def _render_tail(command: Command) -> str:
    if command.expected:
        return f" is {command.expected.digest}"
    function = f" with {command.function}" if command.function else ""
    return function + _render_alias(command)


def _render_alias(command: Command) -> str:
    first = command.targets[0]
    name = first.path.rsplit("/", 1)[-1]
    if command.verb is Verb.IMPORT and (command.module is None or first.variable != name):
        return f" as {first.variable}"
    if command.verb is Verb.STORE and command.module is not None and first.variable != name:
        return f" as {name}"
    return ""


def _list_names(command: Command) -> list[str]:
    """Return the names in front of the module: the variables when storing, else the objects."""
    if command.verb is Verb.STORE:
        return [target.variable or "" for target in command.targets]
    return [target.path.rsplit("/", 1)[-1] for target in command.targets]


def _quote(path: str) -> str:
    mark = '"' if "'" in path else "'"
    return f"{mark}{path}{mark}"


def _spell_module(module: str) -> str:
    """Return a module so that it is not taken for a keyword or a comment."""
    return f"./{module}" if module in INNER_KEYWORDS or module.startswith("#") else module
