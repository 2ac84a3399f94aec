"""Suggestions: the texts that can be put at the cursor, found by what is typed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

LIMIT = 500
"""The most suggestions that are given: nobody reads more, and an archive can hold very many objects."""


class Kind(Enum):
    """What a suggestion is, in words that front ends have icons for where they have any."""

    KEYWORD = "keyword"
    VARIABLE = "instance"
    FUNCTION = "function"
    MODULE = "module"
    OBJECT = "property"
    PATH = "path"
    DIGEST = "value"
    OPTION = "param"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to put at the cursor, in place of so many characters before it."""

    text: str
    kind: Kind
    replaces: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be suggested; `name` is what has to begin with what was typed."""

    text: str
    kind: Kind
    name: str


def name_candidates(texts: Iterable[str], kind: Kind) -> Iterator[Candidate]:
    """Return candidates that are found by their own text."""
    return (Candidate(text, kind, text) for text in texts)


def select(candidates: Iterable[Candidate], word: str) -> tuple[Suggestion, ...]:
    """Return those that begin with the word, or else those that do in another case; each text once, in order."""
    known = [*candidates]
    folded = word.casefold()
    exact = (one for one in known if one.name.startswith(word))
    return _suggest(exact, word) or _suggest((one for one in known if one.name.casefold().startswith(folded)), word)


def _suggest(candidates: Iterable[Candidate], word: str) -> tuple[Suggestion, ...]:
    kinds: dict[str, Kind] = {}
    for one in candidates:
        kinds.setdefault(one.text, one.kind)
        if len(kinds) == LIMIT:
            break
    return tuple(Suggestion(text, kind, len(word)) for text, kind in kinds.items())
