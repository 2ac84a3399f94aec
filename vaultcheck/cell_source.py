"""The commands in a cell's text: `%vault` and `%open_vault` lines, parsed where they can be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vault_magic.cell_text import LineKind, split_cell
from vault_magic.errors import CommandError
from vault_magic.grammar import Command, parse_command
from vault_magic.options import OpenOptions, parse_options

_VAULT, _OPEN = "vault", "open_vault"
_EXPANSION = re.compile(r"\$\w[\w.]*|\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class FoundCommand:
    """A `%vault` line: `line` counts from 1 in the cell.

    `command` is missing where the text fits no form (`error` says why) or where it depends on variables (`$name`,
    `{expression}`): what that ran is known from records only.
    """

    text: str
    line: int
    command: Command | None = None
    error: str | None = None

    @property
    def is_template(self) -> bool:
        """Whether IPython fills in variables before it runs the line."""
        return _EXPANSION.search(self.text) is not None

    def could_be(self, executed: str) -> bool:
        """Tell whether the line can have become what was executed, once its variables were filled in."""
        literal = (re.escape(" ".join(part.split())) for part in _EXPANSION.split(self.text))
        return re.fullmatch(r"\s*.*\s*".join(literal), " ".join(executed.split())) is not None

    def says_same(self, executed: str) -> bool:
        """Tell whether the line is what was executed: the same command however it was spelt, or its filled in form."""
        if self.is_template:
            return self.could_be(executed)
        if self.command is not None:
            return self.command == _parse(executed)
        return self.text.split() == executed.split()


@dataclass(frozen=True, slots=True)
class FoundOpening:
    """An `%open_vault` line; `options` are missing where they cannot be read."""

    text: str
    line: int
    options: OpenOptions | None = None
    error: str | None = None


def find_commands(source: str) -> tuple[FoundCommand | FoundOpening, ...]:
    """Return the vault lines of a cell in order; other languages' cells have none."""
    if "vault" not in source:
        return ()
    found = []
    for line in split_cell(source).lines:
        name, _, rest = line.text.partition(" ")
        if line.kind is LineKind.MAGIC and name == _VAULT:
            found.append(_read_command(rest, line.number + 1))
        elif line.kind is LineKind.MAGIC and name == _OPEN:
            found.append(_read_opening(rest, line.number + 1))
    return tuple(found)


def _parse(text: str) -> Command | None:
    try:
        return parse_command(text)
    except CommandError:
        return None


def _read_command(text: str, line: int) -> FoundCommand | FoundOpening:
    if _EXPANSION.search(text):
        return FoundCommand(text, line)
    try:
        return FoundCommand(text, line, command=parse_command(text))
    except CommandError as err:
        return FoundCommand(text, line, error=str(err))


def _read_opening(text: str, line: int) -> FoundCommand | FoundOpening:
    if _EXPANSION.search(text):
        return FoundOpening(text, line)
    try:
        return FoundOpening(text, line, options=parse_options(text))
    except CommandError as err:
        return FoundOpening(text, line, error=str(err))
