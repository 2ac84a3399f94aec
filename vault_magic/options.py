"""The options of `%open_vault`: one table, and the line read by it."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from vault_magic.errors import CommandError

DEFAULT_PATH = "storage.zip"


class FrameFormat(Enum):
    """What a data frame is stored as."""

    TSV = "tsv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """What `%open_vault` was asked for; `secure` is `None` where nothing was said about it.

    `path` is relative to `base`, the folder of the project that set it, or else to the working directory. In
    `logs_path`, `{path}` stands for the path of the archive; without it the log lies beside the archive.
    """

    path: str = DEFAULT_PATH
    encryption_variable: str | None = None
    secure: bool | None = None
    optimize_df: bool = True
    timestamp: bool = True
    metadata: bool = True
    logs_path: str | None = None
    gzip_logs: bool = True
    report_memory_gain: bool = False
    numbers_as_categories: bool = False
    booleans_as_categories: bool = False
    frame_format: FrameFormat = FrameFormat.TSV
    manifest: bool = True
    keyed_digests: bool = False
    allow_pickle: bool = False
    base: Path | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its field in `OpenOptions`, its short flag, what its value is called and what it does."""

    field: str
    short: str | None
    value: str
    help: str

    @property
    def flags(self) -> tuple[str, ...]:
        """The spellings on the line, as the help shows them."""
        return (f"-{self.short}", f"--{self.field}") if self.short else (f"--{self.field}",)


_BOOL = "True|False"
_FORMATS = "|".join(one.value for one in FrameFormat)

OPTIONS: tuple[Option, ...] = (
    Option("path", "p", "PATH", f"the archive, or a folder ending in '/' for {DEFAULT_PATH} in it"),
    Option("encryption_variable", "e", "NAME", "the environment variable that holds the password"),
    Option("secure", "s", _BOOL, "False says that no encryption is wanted and silences the warning"),
    Option("optimize_df", "o", _BOOL, "on import, turn columns of text that repeats into ordered categoricals"),
    Option("timestamp", "t", _BOOL, "print a stamp with checksum and time for every command"),
    Option("metadata", "m", _BOOL, "leave a record of every command in the notebook"),
    Option("logs_path", "l", "LOG", "where the log is kept; {path} stands for the path of the archive"),
    Option("gzip_logs", "g", _BOOL, "compress the log"),
    Option("report_memory_gain", "r", _BOOL, "on import, tell how much memory was saved"),
    Option("numbers_as_categories", "n", _BOOL, "on import, treat numbers like text"),
    Option("booleans_as_categories", "b", _BOOL, "on import, treat booleans like text"),
    Option("frame_format", None, _FORMATS, "what data frames are stored as"),
    Option("manifest", None, _BOOL, "keep the committable manifest beside the archive"),
    Option("keyed_digests", None, _BOOL, "in an encrypted vault, show only digests that nobody can guess from"),
    Option("allow_pickle", None, _BOOL, "unpickle entries that another tool wrote; they can run any code"),
)

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_COMMENT = re.compile(r"""'[^']*'|"[^"]*"|(?<!\S)(?P<comment>\#.*)""", re.DOTALL)
_BY_FLAG = {flag: option for option in OPTIONS for flag in option.flags}


def parse_options(line: str, *, defaults: OpenOptions = OpenOptions()) -> OpenOptions:
    """Read what stands behind `%open_vault`; a boolean option without a value is meant to be true.

    Raises:
        CommandError: an option is unknown, incomplete or has a value of the wrong kind.
    """
    values: dict[str, object] = {}
    words = _split(line)
    while words:
        flag, equals, attached = words.pop(0).partition("=")
        option = _demand_option(flag, hide=flag.startswith("-e") or "encryption_variable" in values)
        is_bare = not (equals or (words and not words[0].startswith("-")))
        if is_bare and option.value == _BOOL:
            attached = "True"
        is_forgotten = not words or find_option(words[0].partition("=")[0]) is not None
        value = attached or ("" if is_forgotten else words.pop(0))
        if not value:
            raise CommandError(f"{flag} needs a value: {flag} {option.value}")
        if option.field in values:
            raise CommandError(f"{flag} stands there twice")
        values[option.field] = read_value(option, value, said=flag)
    base = None if "path" in values else defaults.base
    return replace(defaults, **values, base=base)  # type: ignore[arg-type]  # the table pairs fields with readers


def read_value(option: Option, text: str, *, said: str) -> object:
    """Return the value of an option from its text; `said` is how the user wrote the option.

    Raises:
        CommandError: the text is not of the option's kind.
    """
    return _READERS[option.value](said, text)


def read_plain(option: Option, value: object, *, said: str, truth: str) -> object:
    """Return the value of an option from TOML or from Python: booleans are booleans there, everything else is text.

    `truth` says how booleans are spelt there.

    Raises:
        CommandError: the value is not of the option's kind.
    """
    is_boolean = option.value == _BOOL
    if is_boolean and isinstance(value, bool):
        return value
    if is_boolean or not isinstance(value, str) or not value:
        found = "" if option.field == "encryption_variable" else f", not {value!r}"  # it may be a password
        raise CommandError(f"{said} is {truth if is_boolean else 'a text in quotes'}{found}")
    return read_value(option, value, said=said)


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


def spell_flag(text: str) -> str:
    """Return a flag as the table has it, which may have been typed with hyphens between its words."""
    return f"--{text[2:].replace('-', '_')}" if text.startswith("--") else text


def find_option(flag: str) -> Option | None:
    """Return the option of a flag, if it is one."""
    return _BY_FLAG.get(spell_flag(flag))


def _demand_option(flag: str, *, hide: bool) -> Option:
    """Return the option of a flag; `hide` keeps the flag out of the message, where it may be part of a password."""
    if option := find_option(flag):
        return option
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


def read_name(flag: str, text: str) -> str:
    """Return the name of an environment variable.

    Raises:
        CommandError: the text is no name; it may be a password, so it is not repeated.
    """
    if not text.isidentifier():
        raise CommandError(
            f"{flag} names an environment variable; the text given is not a name (never put a password here)"
        )
    return text


def _read_path(flag: str, text: str) -> str:
    if "$" in text or "{" in text:
        raise CommandError(f"{flag} {text!r} was not expanded; define the variable it names")
    path = text.replace("\\", "/")  # Windows takes both, and what is written there runs elsewhere too
    return path + DEFAULT_PATH if path.endswith("/") else path


def _read_log(flag: str, text: str) -> str:
    """Return the path of a log; doubled braces keep IPython from putting a variable called `path` in."""
    if text.endswith(("/", "\\")):
        raise CommandError(f"{flag} {text!r} is a folder; name a file in it, as in: {flag} {text}my.log")
    log = text.replace("{{path}}", "{path}")
    behind = log.removeprefix("{path}")
    if "{path}" in behind:
        raise CommandError(
            f"{flag} {text!r}: {{path}} is the whole path of the archive, so it stands first, or not at all"
        )
    _read_path(flag, behind)
    return log


def _read_format(flag: str, text: str) -> FrameFormat:
    try:
        return FrameFormat(text.lower())
    except ValueError as err:
        raise CommandError(f"{flag} is {' or '.join(one.value for one in FrameFormat)}, not {text!r}") from err


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "PATH": _read_path,
    _BOOL: _read_bool,
    "NAME": read_name,
    "LOG": _read_log,
    _FORMATS: _read_format,
}


def render_options() -> str:
    """Return every option on a line of its own, for the help of the magic."""
    spelt = [(f"{', '.join(option.flags)} {option.value}", option.help) for option in OPTIONS]
    width = max(len(flags) for flags, _ in spelt)
    return "\n".join(f"{flags.ljust(width)}  {meaning}" for flags, meaning in spelt)
