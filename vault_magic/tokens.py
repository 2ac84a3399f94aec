"""The tokens of a command: words, commas and quoted texts, also of a command that is still being typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vault_magic.errors import CommandError
from vault_magic.forms import nearest_form

_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>\#.*)|(?P<quoted>'[^']*'|"[^"]*")|(?P<plain>[,;]|[^\s,;'"]+)|(?P<stray>['"].*))""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a comma, or a quoted text without its quotes."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A text that ends at the cursor: its whole tokens, the word at the cursor, and the open quote that it is in."""

    tokens: tuple[Token, ...] = ()
    word: str = ""
    quote: str = ""


_COMMA, _SEMICOLON = Token(","), Token(";")


def tokenise(text: str) -> list[Token]:
    """Split a command, without its comment and the semicolons at its end.

    Raises:
        CommandError: a quote is not closed.
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text.strip()):
        if match["comment"]:
            break
        if match["stray"]:
            raise CommandError(f"the quote in {match['stray']} is not closed; write: {nearest_form(text)}")
        tokens.append(_read_token(match))
    while tokens and tokens[-1] == _SEMICOLON:
        tokens.pop()
    return tokens


def tokenise_unfinished(text: str) -> Unfinished | None:
    """Split a text that ends at the cursor; no word can stand in a comment, behind a semicolon or right at a quote."""
    matches = [*_TOKEN.finditer(text)]
    last = matches.pop() if matches else None
    tokens = tuple(map(_read_token, matches))
    if last is None:
        return Unfinished()
    if last["comment"] or _SEMICOLON in (*tokens, _read_token(last)):
        return None
    if last["stray"]:
        return Unfinished(tokens, last["stray"][1:], quote=last["stray"][0])
    if last.end() < len(text) or _read_token(last) == _COMMA:
        return Unfinished((*tokens, _read_token(last)))
    return None if last["quoted"] else Unfinished(tokens, last["plain"])


def _read_token(match: re.Match[str]) -> Token:
    quoted = match["quoted"]
    return Token(match["plain"] or "") if quoted is None else Token(quoted[1:-1], quoted=True)
