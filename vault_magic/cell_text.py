"""Splits a cell's text into logical lines and tells Python from what IPython rewrites.

The reading is that of IPython's input transformer, at any indentation and on text that need not be valid Python, but
simpler in five ways, so that it is the same on every Python: line ends are read as LF (IPython does not continue a
magic over a backslash and CRLF), pasted `>>>` and `In [1]:` prompts stay, the autocall escapes `,f`, `;f` and `/f`
count as Python, an f-string ends at the first quote like its own, and a bracket that a magic opens ends with its line
(`name?` below it makes IPython lose the magic).
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

# Cell magics whose body runs as code of this notebook, so that line magics in it are live. Those that hand the body to
# something else (%%bash, %%html, %%writefile, also %%python: another interpreter) are not here.
CODE_MAGICS = frozenset(
    {
        *("capture", "debug", "prun", "time", "timeit"),  # IPython's own
        *("filprofile", "heat", "lprun", "memit", "memray_flamegraph", "mprun", "pyinstrument", "scalene", "snakeviz"),
        *("cache", "notify", "wandb"),
    }
)


class LineKind(Enum):
    """What IPython makes of a logical line that is not Python."""

    MAGIC = "magic"
    SHELL = "shell"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A logical line that IPython rewrites.

    `number` counts from 0 in the whole cell, `lines` the physical lines from there. `target` is the text left of the
    `=` in `x = %name`. `text` is what IPython hands on, continuations joined and the end stripped: for a magic without
    its `%`, for a shell line with its `!`, for help the whole line.
    """

    kind: LineKind
    number: int
    indent: str
    target: str | None
    text: str
    lines: int


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell's cell magic and, in order, only those of its logical lines that are not Python.

    `body` is the text that the lines are numbered in: the whole cell with LF line ends and without the indentation that
    all its lines share. Where a cell magic reads the body as something else than code, `is_code` is false and there are
    no lines. A second `%%name` directly below the first is a magic line whose text starts with `%`.
    """

    cell_magic: str | None
    cell_magic_line: str
    is_code: bool
    body: str
    lines: tuple[LogicalLine, ...]


# Nothing here can fail after matching much, and no quantifier gives back what it took: time stays linear on any text.
# Groups are repeated as `(?>(?:...)*)`: before Python 3.11.5, `(?:...)*+` matches too much (CPython gh-106052).
_LEADING_BLANK = re.compile(r"(?>(?:[^\S\n]*+\n)*)")
_INDENT = re.compile(r"[ \t]*+")
_MARGIN = re.compile(r"(?>(?:[ \t\f]|\\\n)*)")
# Whole lines of Python with nothing in them that needs the tokens below: most lines, so that most are skipped at once.
_PLAIN_LINES = re.compile(
    r"""(?>(?:
      (?>(?: [^"'\#(\[{\\%!?\n]++ | "[^"\\\n]++" | '[^'\\\n]++'
        | \( (?>(?: [^"'\#()\[\]{}\\\n]++ | "[^"\\\n]++" | '[^'\\\n]++' )*) \)
        | \[ (?>(?: [^"'\#()\[\]{}\\\n]++ | "[^"\\\n]++" | '[^'\\\n]++' )*) \] )*)
      (?: \# [^\n]*+ )? \n
    )*)""",
    re.VERBOSE,
)
_TOKEN = re.compile(
    r"""
    [^"'\#\\\n()\[\]{}=?]*+
    (?: (?P<text> \"{3} (?>(?: [^"\\]++ | \\.? | "(?!"") )*) (?:\"{3})?
                | '{3} (?>(?: [^'\\]++ | \\.? | '(?!'') )*) (?:'{3})?
                | " (?>(?: [^"\\\n]++ | \\.? )*) "?
                | ' (?>(?: [^'\\\n]++ | \\.? )*) '?
                | \# [^\n]*+
                | \\\n? )
      | (?P<newline> \n )
      | (?P<open> [(\[{] )
      | (?P<close> [)\]}] )
      | (?P<assign> (?<![-+*/%&|^@<>=!:]) = (?!=) )
      | (?P<help> \?\?? (?=\n|\Z) )
      | .
    )?
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"(?:[%!](?!=)|\?)")
_ASSIGNED_ESCAPE = re.compile(r"(?>(?:[ \t\f]|\\\n)*)(?:(?=%[ \t\f]*+[^\W\d])|(?=!(?!=)))")
_ESCAPED_TEXT = re.compile(r"(?>(?:[^\n]*+(?<=\\)\n(?!\Z))*)[^\n]*+")
# What IPython finds help on: a name or a pattern with `*`, perhaps with attributes and integer indices.
_HELP_TARGET = re.compile(r"(?:[^\W\d]|\*)\d*+(?>(?:\[-?[0-9]++\])*)\?\??\Z")
_HELP_CELL_MAGIC = re.compile(r"%%\w+\?")
_KINDS = {"%": LineKind.MAGIC, "!": LineKind.SHELL, "?": LineKind.HELP}


def split_cell(source: str) -> CellText:
    """Find a cell's cell magic and the logical lines that IPython rewrites; never raises."""
    body = _dedent(unify_line_ends(source))
    if "%" not in body and "!" not in body and "?" not in body:
        return CellText(cell_magic=None, cell_magic_line="", is_code=True, body=body, lines=())
    start = _skip_blank(body, 0)
    if not _is_cell_magic(body, start):
        return CellText(None, "", is_code=True, body=body, lines=tuple(_LineReader(body).read(start)))
    return _split_magic_cell(body, start)


def unify_line_ends(source: str) -> str:
    """Replace CRLF and CR by LF."""
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


def _split_magic_cell(body: str, start: int) -> CellText:
    name, _, line = _first_line(body, start)[2:].rstrip().partition(" ")
    is_code = name in CODE_MAGICS
    code_start = _skip_blank(body, _next_line(body, start))
    inner = code_start
    while is_code and _is_cell_magic(body, inner):
        is_code = _first_line(body, inner)[2:].rstrip().partition(" ")[0] in CODE_MAGICS
        inner = _skip_blank(body, _next_line(body, inner))
    if not is_code:
        return CellText(name, line, is_code=False, body=body, lines=())
    # IPython reads the body as a cell of its own, so it loses its own shared indentation.
    body = body[:inner] + _dedent(body[inner:])
    return CellText(name, line, is_code=True, body=body, lines=tuple(_LineReader(body).read(code_start)))


def _is_cell_magic(text: str, start: int) -> bool:
    return text.startswith("%%", start) and not _HELP_CELL_MAGIC.match(text, start)


def _skip_blank(text: str, start: int) -> int:
    skipped = _LEADING_BLANK.match(text, start)
    return skipped.end() if skipped else start


def _next_line(text: str, pos: int) -> int:
    return text.find("\n", pos) + 1 or len(text)


def _first_line(text: str, start: int) -> str:
    return text[start : _next_line(text, start)]


def _dedent(text: str) -> str:
    # textwrap.dedent would do, but what it takes for white space differs between versions of Python.
    start = _skip_blank(text, 0)
    if not text.startswith((" ", "\t"), start):
        return text
    lines = text.split("\n")
    indents = [line[: _width(line)] for line in lines if line.strip(" \t")]
    margin = len(os.path.commonprefix(indents))  # noqa: RUF071 - these are not paths
    return "\n".join(line[min(margin, _width(line)) :] for line in lines)


def _width(line: str) -> int:
    indent = _INDENT.match(line)
    return indent.end() if indent else 0


class _LineReader:
    """Reads one text from front to back, and counts line numbers only where there is a line to give out."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._number = 0
        self._counted = 0

    def read(self, start: int) -> Iterator[LogicalLine]:
        while start < len(self._text):
            plain = _PLAIN_LINES.match(self._text, start)
            margin = _MARGIN.match(self._text, plain.end() if plain else start)
            line, start = self._read_logical_line(margin.end() if margin else start)
            if line:
                yield line

    def _read_logical_line(self, first: int) -> tuple[LogicalLine | None, int]:
        """Read the logical line whose first character is at `first`; also return where the next one starts."""
        if _ESCAPE.match(self._text, first):
            return self._read_escaped(first, escape=first)
        assigned = False
        for token in _tokens_outside_brackets(self._text, start=first, end=len(self._text)):
            end = token.end()
            match token.lastgroup:
                case "newline":
                    return None, end
                case "assign" if not assigned:  # IPython looks at the first `=` only
                    assigned = True
                    if escape := _ASSIGNED_ESCAPE.match(self._text, end):
                        target = self._text[first : end - 1].rstrip("\\ \t\f\n")
                        return self._read_escaped(first, escape=escape.end(), target=target)
                case "help" if _HELP_TARGET.search(self._text, first, end):
                    return self._build_line(first, end=end, kind=LineKind.HELP, text=self._text[first:end]), end + 1
        return None, len(self._text)

    def _read_escaped(self, first: int, *, escape: int, target: str | None = None) -> tuple[LogicalLine, int]:
        """Read a line whose `%`, `!` or `?` is at `escape`: it ends with its physical line, whatever it opens."""
        escaped = _ESCAPED_TEXT.match(self._text, escape)
        end = escaped.end() if escaped else len(self._text)
        kind, text = _KINDS[self._text[escape]], _join_continued(self._text[escape:end])
        if self._asks_help(first, escape=escape, end=end):
            kind, target, text = LineKind.HELP, None, _join_continued(self._text[first:end])
        elif kind is LineKind.MAGIC:
            text = text[1:]
        return self._build_line(first, end=end, kind=kind, text=text, target=target), end + 1

    def _asks_help(self, first: int, *, escape: int, end: int) -> bool:
        tokens = _tokens_outside_brackets(self._text, start=escape, end=end)
        return any(token.lastgroup == "help" and _HELP_TARGET.search(self._text, first, end) for token in tokens)

    def _build_line(self, first: int, *, end: int, kind: LineKind, text: str, target: str | None = None) -> LogicalLine:
        self._number += self._text.count("\n", self._counted, first)
        self._counted = first
        indent = self._text[self._text.rfind("\n", 0, first) + 1 : first]
        lines = self._text.count("\n", first, end) + 1
        return LogicalLine(kind, self._number, indent, target, text, lines)


def _join_continued(text: str) -> str:
    *continued, last = text.split("\n")
    return " ".join([*(line[:-1] for line in continued), last.rstrip()])


def _tokens_outside_brackets(text: str, *, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the tokens of one logical line that are outside brackets, its line end included."""
    depth, pos = 0, start
    while pos < end and (token := _TOKEN.match(text, pos, end)):
        pos = token.end()
        if token.lastgroup == "open":
            depth += 1
        elif token.lastgroup == "close":
            depth = max(depth - 1, 0)
        elif depth == 0:
            yield token
            if token.lastgroup == "newline":
                return
