"""The commands in a cell's text, as magics or as calls, and where it runs other files or changes the folder."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path

from vault_magic.calls import build_call, parse_executed, render_call
from vault_magic.cell_text import CellText, LineKind, split_cell
from vault_magic.command import Command
from vault_magic.errors import CommandError
from vault_magic.forms import FORMS, LEADS, Verb
from vault_magic.grammar import parse_command
from vault_magic.options import OpenOptions, parse_options
from vaultcheck.cell_calls import Call, MagicCall, MoveCall, OpenCall, VaultCall, find_calls
from vaultcheck.literals import FILLED_IN
from vaultcheck.vault_names import NO_NAMES, VaultNames

_parse_options = cache(parse_options)  # the notebooks of a project open their vault in few ways

_VERBS = {form.clauses[0].keyword: form.verb for form in FORMS}
_EXPANSION = re.compile(r"\$\w[\w.]*|\{[^{}]*\}")

# What stands in every text with a magic, or with a call, of interest: nearly all cells have neither and are not read.
_SIGNS_OF_MAGICS = ("vault", "%run", "%cd")
_PLAIN_MAGICS = ("%open_vault", "%load_ext vault_magic")
_SIGNS_OF_CALLS = ("open_vault", "vault_magic", "run_line_magic", ".magic(", "chdir")
_SIGNS_OF_NAMES = ("{}.", "{} =", "{}=", "{}:", "{},", "{} in ", "= {}", "as {}", "del {}", "def {}", "class {}")

# A magic without `%`, as IPython takes it if it is the only line: where Python could mean the same, it is Python.
_AUTOMAGIC = re.compile(
    rf"\s*(?:(?P<vault>vault)[ \t]+(?=(?:{'|'.join(LEADS)})\b)|(?P<open>open_vault)(?:[ \t]+(?=--?\w)|\s*\Z)"
    r"|(?P<file>run|cd)[ \t]+(?=[\w./~'\"-]))(?P<rest>[^\n]*)\n?\Z"
)


@dataclass(frozen=True)
class FoundCommand:
    """A `%vault` line or a call that does the same; `line` counts from 1 in the cell.

    The text of a call is as records have it. What the text says is read when somebody asks: of most commands the
    records tell it.
    """

    text: str
    line: int
    is_call: bool = False
    read: Callable[[str], Command] = field(default=parse_command, compare=False, repr=False)

    @property
    def command(self) -> Command | None:
        """What the text says: missing where it fits no form, or depends on variables (`$name`, `{expression}`)."""
        return self._read[0]

    @property
    def error(self) -> str | None:
        """Why the text fits no form."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Command | None, str | None]:
        if self.is_template:
            return None, None
        try:
            return self.read(self.text), None
        except CommandError as err:
            return None, str(err)

    @property
    def shown(self) -> str:
        """The command as a message shows it."""
        return self.text if self.is_call else f"%vault {' '.join(self.text.split())}".rstrip()

    @property
    def verb(self) -> Verb | None:
        """What it does; where it depends on variables, what its first word says."""
        if self.command is not None:
            return self.command.verb
        return _VERBS.get(next(iter(self.text.split()), "")) if self.is_template else None

    @property
    def is_template(self) -> bool:
        """Whether variables are filled in before it runs."""
        return not self.is_call and _EXPANSION.search(self.text) is not None

    def could_be(self, executed: str) -> bool:
        """Tell whether the line can have become what was executed, once its variables were filled in."""
        literal = (re.escape(" ".join(part.split())) for part in _EXPANSION.split(self.text))
        return re.fullmatch(r"\s*.*\s*".join(literal), " ".join(executed.split())) is not None

    def says_same(self, executed: str) -> bool:
        """Tell whether the line is what was executed: the same command however it was spelt, or its filled in form."""
        if self.is_template:
            return self.could_be(executed)
        if self.text == executed:
            return True
        if self.command is not None:
            return self.command == _parse(executed)
        return self.text.split() == executed.split()


@dataclass(frozen=True, slots=True)
class FoundOpening:
    """An `%open_vault` line, or a call; `options` are missing where they cannot be read.

    The text of a call is that of the line which does the same.
    """

    text: str
    line: int
    options: OpenOptions | None = None
    error: str | None = None
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A `%run` line, as typed behind the magic."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class FoundMove:
    """A change of the working directory; `folder` is missing where it depends on what runs."""

    folder: str | None
    line: int


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a cell says of vaults: its commands and openings, its runs and moves, what names stand for after it."""

    found: tuple[FoundCommand | FoundOpening, ...] = ()
    turns: tuple[FoundRun | FoundMove, ...] = ()
    names: VaultNames = field(default_factory=dict)


def find_commands(source: str, *, names: VaultNames = NO_NAMES) -> tuple[FoundCommand | FoundOpening, ...]:
    """Return the commands and openings of a cell in order; other languages' cells have none.

    `names` is what the cells above have bound to vaults.
    """
    return read_cell(source, names=names).found


def read_cell(source: str, *, names: VaultNames = NO_NAMES, file: Path | None = None) -> CellReading:
    """Read a cell below others that have bound `names`, in a file that is run as `file`."""
    if not names and not tells_anything(source):
        return NOTHING_READ
    has_calls = _tells_calls(source) or (bool(names) and _tells_names(source, names))
    if not has_calls and not names:
        return _read_without_calls(source)
    if not has_calls and not any(sign in source for sign in _SIGNS_OF_MAGICS) and not _AUTOMAGIC.match(source):
        return CellReading(names=names)
    cell = split_cell(source)
    if not cell.is_code:
        return CellReading(names=names)
    parts = [*_find_lines(cell, names)]
    if has_calls:
        found = find_calls(cell, names=names, file=file)
        parts += [part for call in found.calls for part in _read_call(call)]
        names = found.names
    return _build_reading(parts, names)


@lru_cache(maxsize=1000)  # the notebooks of a project begin with the same cells
def _read_without_calls(source: str) -> CellReading:
    """Read a cell without calls, where no name stands for a vault."""
    cell = split_cell(source)
    return _build_reading([*_find_lines(cell, NO_NAMES)], NO_NAMES) if cell.is_code else NOTHING_READ


def _build_reading(parts: list[_Part], names: VaultNames) -> CellReading:
    parts.sort(key=lambda part: part.line)
    commands = tuple(part for part in parts if isinstance(part, FoundCommand | FoundOpening))
    return CellReading(commands, tuple(part for part in parts if isinstance(part, FoundRun | FoundMove)), names)


NOTHING_READ = CellReading(names=NO_NAMES)


def tells_anything(source: str) -> bool:
    """Tell whether a cell may hold anything of interest; written out, because all cells are asked and few have."""
    return (
        "vault" in source
        or "%run" in source
        or "%cd" in source
        or "run_line_magic" in source
        or ".magic(" in source
        or "chdir" in source
        or _AUTOMAGIC.match(source) is not None
    )


_Part = FoundCommand | FoundOpening | FoundRun | FoundMove


def _tells_calls(source: str) -> bool:
    """Tell whether a cell may hold a call, beside magics that have the same words in them."""
    if not any(sign in source for sign in _SIGNS_OF_CALLS):
        return False
    for magic in _PLAIN_MAGICS:
        source = source.replace(magic, "")
    return any(sign in source for sign in _SIGNS_OF_CALLS)


def _tells_names(source: str, names: VaultNames) -> bool:
    """Tell whether a cell may use or rebind one of some names."""
    return any(sign.format(name) in source for name in names for sign in _SIGNS_OF_NAMES) or any(
        name.rpartition(".")[0] in source for name in names if "." in name
    )


def _find_lines(cell: CellText, names: VaultNames) -> Iterator[_Part]:
    for line in cell.lines:
        if line.kind is LineKind.MAGIC:
            name, _, rest = line.text.partition(" ")
            yield from _read_magic(name, rest, line=line.number + 1)
    if not cell.lines:
        yield from _find_automagic(cell, names)


def _find_automagic(cell: CellText, names: VaultNames) -> Iterator[_Part]:
    code = cell.body if cell.cell_magic is None else cell.body.lstrip().partition("\n")[2]
    match = _AUTOMAGIC.match(code)
    name = match and (match["vault"] or match["open"] or match["file"])
    if match and name and name not in names:
        start = len(cell.body) - len(code.lstrip())
        yield from _read_magic(name, match["rest"], line=cell.body.count("\n", 0, start) + 1)


def _read_magic(name: str, text: str, *, line: int) -> Iterator[_Part]:
    match name:
        case "vault":
            yield FoundCommand(text, line)
        case "open_vault":
            yield _read_opening(text, line)
        case "run" if not _EXPANSION.search(text):
            yield FoundRun(text, line)
        case "cd":
            yield FoundMove(None if _EXPANSION.search(text) else _read_folder(text), line)


def _read_call(call: Call) -> Iterator[_Part]:
    match call:
        case MagicCall(name=name, text=text) if call.is_lasting or name in ("vault", "open_vault"):
            yield from _read_magic(name, text, line=call.line)
        case VaultCall(method=method, path=path):
            read = partial(_build_call, method, path)
            yield FoundCommand(render_call(method, path), call.line, is_call=True, read=read)
        case OpenCall(path=None):
            yield FoundOpening(FILLED_IN, call.line, is_call=True)
        case OpenCall(path=path):
            yield _read_opening(f"-p {shlex.quote(path)}" if path else "", call.line, is_call=True)
        case MoveCall(is_lasting=True):
            yield FoundMove(call.folder, call.line)


def _build_call(method: str, path: str | None, _text: str) -> Command:
    return build_call(method, path)


def _parse(text: str) -> Command | None:
    try:
        return parse_executed(text)
    except CommandError:
        return None


def _read_opening(text: str, line: int, *, is_call: bool = False) -> FoundOpening:
    if _EXPANSION.search(text) and not is_call:
        return FoundOpening(text, line)
    try:
        return FoundOpening(text, line, options=_parse_options(text), is_call=is_call)
    except CommandError as err:
        return FoundOpening(text, line, error=str(err), is_call=is_call)


def _read_folder(text: str) -> str | None:
    """Return the folder of a `%cd` line; the former one, or a bookmark, depends on what has run."""
    folder = text.strip().removesuffix(";").removeprefix("-q ").strip().strip("'\"")
    return None if folder.startswith("-") else folder or "~"
