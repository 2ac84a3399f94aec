"""The options of `%open_vault`: one table, and the line read by it."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vault_magic.errors import CommandError

DEFAULT_PATH = "storage.zip"


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """What `%open_vault` was asked for; `secure` is `None` where nothing was said about it."""

    path: str = DEFAULT_PATH
    encryption_variable: str | None = None
    secure: bool | None = None
    timestamp: bool = True
    metadata: bool = True
    manifest: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its field in `OpenOptions`, its short flag, what its value is called and what it does."""

    field: str
    short: str | None
    value: str
    help: str

    @property
    def flags(self) -> tuple[str, ...]:
        """The spellings accepted on the line."""
        return (f"-{self.short}", f"--{self.field}") if self.short else (f"--{self.field}",)


OPTIONS: tuple[Option, ...] = (
    Option("path", "p", "PATH", f"the archive, or a folder ending in '/' for {DEFAULT_PATH} in it"),
    Option("encryption_variable", "e", "NAME", "the environment variable that holds the password"),
    Option("secure", "s", "BOOL", "False says that no encryption is wanted and silences the warning"),
    Option("timestamp", "t", "BOOL", "print a stamp with checksum and time for every command"),
    Option("metadata", "m", "BOOL", "leave a record of every command in the notebook"),
    Option("manifest", None, "BOOL", "keep the committable manifest beside the archive"),
)

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_COMMENT = re.compile(r"""'[^']*'|"[^"]*"|(?<!\S)(?P<comment>\#.*)""", re.DOTALL)
_BY_FLAG = {flag: option for option in OPTIONS for flag in option.flags}


def parse_options(line: str) -> OpenOptions:
    """Read what stands behind `%open_vault`.

    Raises:
        CommandError: an option is unknown, incomplete or has a value of the wrong kind.
    """
    values: dict[str, object] = {}
    words = _split(line)
    while words:
        flag, _, attached = words.pop(0).partition("=")
        option = _find_option(flag, hide=flag.startswith("-e") or "encryption_variable" in values)
        value = attached or (words.pop(0) if words else "")
        if not value:
            raise CommandError(f"{flag} needs a value: {flag} {option.value}")
        if option.field in values:
            raise CommandError(f"{flag} stands there twice")
        values[option.field] = _READERS[option.value](flag, value)
    return OpenOptions(**values)  # type: ignore[arg-type]  # the table pairs each field with the reader of its type


def _split(line: str) -> list[str]:
    comments = (match.start() for match in _COMMENT.finditer(line) if match["comment"])
    text = line[: next(comments, len(line))].strip().removesuffix(";")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.commenters = ""  # shlex would cut `a#b`
    lexer.whitespace_split = True
    lexer.escape = ""  # a backslash is a character of a Windows path
    try:
        return list(lexer)
    except ValueError as err:
        raise CommandError("a quote is not closed behind %open_vault") from err  # what it opens may be a password


def _find_option(flag: str, *, hide: bool) -> Option:
    """Return the option of a flag; `hide` keeps the flag out of the message, where it may be part of a password."""
    if flag in _BY_FLAG:
        return _BY_FLAG[flag]
    nearest = difflib.get_close_matches(flag, _BY_FLAG, n=1, cutoff=0.0)[0]
    if not flag.startswith("-"):
        if hide:
            raise CommandError("a word behind -e belongs to no option; -e takes one name (never put a password here)")
        raise CommandError(f"{flag!r} belongs to no option; for the archive write: %open_vault -p {flag}")
    unknown = "such option behind -e" if hide else f"option {flag!r}"
    raise CommandError(f"%open_vault has no {unknown}; did you mean {nearest!r}?")


def _read_bool(flag: str, text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise CommandError(f"{flag} is True or False, not {text!r}")
    return _BOOLEANS[text.lower()]


def _read_name(flag: str, text: str) -> str:
    if not text.isidentifier():
        raise CommandError(
            f"{flag} names an environment variable; the text given is not a name (never put a password here)"
        )
    return text


def _read_path(flag: str, text: str) -> str:
    if "$" in text or "{" in text:
        raise CommandError(f"{flag} {text!r} was not expanded; define the variable it names")
    return text + DEFAULT_PATH if text.endswith(("/", "\\")) else text


_READERS: Mapping[str, Callable[[str, str], object]] = {"PATH": _read_path, "BOOL": _read_bool, "NAME": _read_name}


def render_options() -> str:
    """Return every option on a line of its own, for the help of the magic."""
    spelt = [(f"{', '.join(option.flags)} {option.value}", option.help) for option in OPTIONS]
    width = max(len(flags) for flags, _ in spelt)
    return "\n".join(f"{flags.ljust(width)}  {meaning}" for flags, meaning in spelt)
