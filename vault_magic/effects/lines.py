"""What the lines that IPython rewrites, and cell magics, do to the names of the notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vault_magic.cell_text import CODE_MAGICS, LineKind, LogicalLine
from vault_magic.command import Command
from vault_magic.effects.filled_in import fill_in, find_filled_in
from vault_magic.errors import CommandError
from vault_magic.forms import Verb
from vault_magic.grammar import parse_command

_EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineEffect:
    """What a line does; `code` is Python that it runs, in a function of its own where `is_function`."""

    uses: frozenset[str] = _EMPTY
    defines: frozenset[str] = _EMPTY
    deletes: frozenset[str] = _EMPTY
    is_opaque: bool = False
    code: str = ""
    is_function: bool = False


_OPAQUE = LineEffect(is_opaque=True)

# Options of the magics that take code, as `getopt` writes them: a colon behind those with a value.
_CODE_OPTIONS = {
    "time": "",
    "timeit": "n:r:tcp:qov:",
    "prun": "l:rs:T:D:q",
    "lprun": "f:m:D:T:u:rsz",
    "mprun": "f:T:",
    "memit": "r:t:ico",
}
_HARMLESS = frozenset(
    {
        *("alias", "alias_magic", "autoawait", "autocall", "autoindent", "automagic", "autoreload", "bookmark"),
        *("cat", "cd", "clear", "code_wrap", "colors", "conda", "config", "connect_info", "cp", "debug", "dhist"),
        *("dirs", "doctest_mode", "env", "gui", "hist", "history", "killbgscripts", "ldir", "less", "lf", "lk", "ll"),
        *("load_ext", "log", "logoff", "logon", "logstart", "logstate", "logstop", "ls", "lsmagic", "lx"),
        *("magic", "mamba", "man", "matplotlib", "micromamba", "mkdir", "more", "mv", "nbdev_default_export"),
        *("nbdev_export", "notebook", "open_vault", "page", "pastebin", "pdb", "pdef", "pdoc", "pfile", "pinfo"),
        *("pinfo2", "pip", "popd", "pprint", "precision", "profile", "psearch", "psource", "pushd", "pwd", "pycat"),
        *("qtconsole", "quickref", "recall", "rehashx", "reload_ext", "rm", "rmdir", "save", "set_env", "skip"),
        *("subshell", "sx", "system", "tb", "tensorboard", "unalias", "unload_ext", "uv", "watermark", "who"),
        *("who_ls", "whos", "writefile", "xmode"),
    }
)
_HARMLESS_CELLS = frozenset(
    {
        *("!", "bash", "cmd", "file", "HTML", "html", "javascript", "js", "latex", "markdown", "perl", "pypy"),
        *("python", "python2", "python3", "ruby", "script", "sh", "SVG", "svg", "sx", "system", "writefile"),
    }
)
_BARE = frozenset({"ll", "ls", "lsmagic", "pwd", "quickref", "who", "who_ls", "whos"})
"""Magics that somebody types alone and without `%`, and that nobody calls a variable."""

_NAME = r"[^\W\d]\w*"
_OUTPUTS = re.compile(rf"--(?:out|err|proc)[ =]({_NAME})")
_SQL_RESULT = re.compile(rf"\s*({_NAME})\s*<<")
_OPTION = re.compile(r"\s*-(?:-\S+|([A-Za-z])(\S*))(?:\s+|\Z)")
_WORD = re.compile(r"\S+\s*")
_FILLED_IN = "_vault_filled_in_"


def read_logical_line(line: LogicalLine) -> LineEffect:
    """Return what a line does that IPython rewrites; what its result is assigned to is not known here."""
    match line.kind:
        case LineKind.MAGIC:
            effect = read_line(line.text)
            return effect or (_uses(line.text) if line.target is not None else _OPAQUE)
        case LineKind.SHELL:
            return _uses(line.text)
    return LineEffect()


def read_line(text: str) -> LineEffect | None:
    """Return what a line magic does, without its `%`; `None` for one that is not known."""
    name, _, rest = text.partition(" ")
    if name.startswith("%"):  # a second cell magic
        return read_cell_magic(name[1:], rest)
    if name in _CODE_OPTIONS:
        return LineEffect(code=_strip_options(rest, _CODE_OPTIONS[name]), is_function=name == "timeit")
    match name:
        case "vault":
            return _read_vault(rest)
        case "store":
            return _read_store(rest)
        case "xdel":
            return LineEffect(uses=_words(rest), deletes=_words(rest))
        case "aimport":
            return LineEffect(defines=frozenset(one.lstrip("-").partition(".")[0] for one in _words(rest)))
        case "sql":
            return _read_sql(rest)
    return _uses(rest) if name in _HARMLESS else None


def read_cell_magic(name: str, line: str) -> LineEffect:
    """Return what a cell magic does beside running the rest of the cell as code."""
    match name:
        case "capture":
            return LineEffect(defines=frozenset([one for one in line.split() if one.isidentifier()][:1]))
        case "timeit":
            return LineEffect(code=_strip_options(line, _CODE_OPTIONS["timeit"]), is_function=True)
        case "sql":
            return _read_sql(line)
        case "R":
            return LineEffect(uses=_option(line, "i"), defines=_option(line, "o"))
    if name in CODE_MAGICS:
        return LineEffect()
    if name in _HARMLESS_CELLS:
        return LineEffect(uses=_uses(line).uses, defines=frozenset(_OUTPUTS.findall(line)))
    return _OPAQUE


def read_automagic(text: str, *, is_python: bool) -> LineEffect | None:
    """Return what the only line of a cell does as a magic without `%`; `None` where it is none."""
    name, _, rest = text.strip().partition(" ")
    if name in _BARE or (rest and not is_python and (name in _HARMLESS or name in ("run", "vault"))):
        return read_line(text.strip()) or _OPAQUE
    return None


def _read_vault(text: str) -> LineEffect:
    """Return what a command of the vault does; where variables are filled in, as far as the rest tells."""
    filled, whole = find_filled_in(text), fill_in(text, _FILLED_IN)
    try:
        command = parse_command(whole)
    except CommandError:
        return LineEffect(uses=filled, is_opaque=whole != text and "import" in text)
    uses, defines = _list_used(command), _list_defined(command)
    return LineEffect(
        uses=filled | uses - {_FILLED_IN}, defines=defines - {_FILLED_IN}, is_opaque=_FILLED_IN in defines
    )


def _list_used(command: Command) -> frozenset[str]:
    function = [command.function.partition(".")[0]] if command.function else []
    stored = [one.variable for one in command.targets if one.variable] if command.verb is Verb.STORE else []
    return frozenset([*function, *stored])


def _list_defined(command: Command) -> frozenset[str]:
    if command.verb is not Verb.IMPORT:
        return _EMPTY
    if command.is_module_import:
        return frozenset({command.name or command.bound_module})
    return frozenset(one.variable for one in command.targets if one.variable)


def _read_store(text: str) -> LineEffect:
    names = [one for one in text.partition(">")[0].split() if one.isidentifier()]
    if "-r" not in text.split():
        return LineEffect(uses=frozenset(names[:1])) if not text.startswith("-") else LineEffect()
    return LineEffect(defines=frozenset(names), is_opaque=not names)


def _read_sql(text: str) -> LineEffect:
    found = _SQL_RESULT.match(text)
    return LineEffect(defines=frozenset({found[1]} if found else ()))


def _uses(text: str) -> LineEffect:
    return LineEffect(uses=find_filled_in(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.replace(",", " ").split())


def _option(line: str, letter: str) -> frozenset[str]:
    """Return the names behind an option of `%%R`."""
    return frozenset(one for found in re.findall(rf"-{letter}[ =]?([\w,]+)", line) for one in found.split(","))


def _strip_options(text: str, options: str) -> str:
    """Return what stands behind the options in front."""
    place = 0
    while (found := _OPTION.match(text, place)) and (not found[1] or found[1] in options):
        place = found.end()
        if found[1] and f"{found[1]}:" in options and not found[2] and (value := _WORD.match(text, place)):
            place = value.end()
    return text[place:].strip()
