"""The forms of `%vault` commands: the one table that parser, help and error texts read."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import Enum


class Verb(Enum):
    """What a command does."""

    STORE = "store"
    IMPORT = "import"
    DEL = "del"
    ASSERT = "assert"
    LIST = "list"


class Slot(Enum):
    """What may stand behind a keyword, as the help writes it."""

    VARIABLES = "VAR[, VAR...]"
    VARIABLE = "VAR"
    NAME = "NAME"
    MODULE = "MODULE"
    FILE = "'path'"
    HASH = "HASH"
    ALGORITHM = "CRC32|SHA256"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A keyword and what follows it."""

    keyword: str
    slot: Slot
    required: bool = True

    @property
    def text(self) -> str:
        """The clause as the help writes it, in brackets where it may be left out."""
        plain = f"{self.keyword} {self.slot.value}".rstrip()
        return plain if self.required else f"[{plain}]"


@dataclass(frozen=True, slots=True)
class Form:
    """One shape of command: its first clause comes first, the others in any order."""

    verb: Verb
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """The form as the help writes it."""
        return " ".join(clause.text for clause in self.clauses)

    @property
    def required(self) -> frozenset[str]:
        """The keywords that cannot be left out."""
        return frozenset(clause.keyword for clause in self.clauses if clause.required)

    @property
    def keywords(self) -> frozenset[str]:
        """Every keyword the form knows."""
        return frozenset(clause.keyword for clause in self.clauses)


def _form(verb: Verb, *clauses: Clause) -> Form:
    return Form(verb=verb, clauses=clauses)


_AS = Clause("as", Slot.NAME, required=False)
_WITH_ALGORITHM = Clause("with", Slot.ALGORITHM, required=False)

FORMS: tuple[Form, ...] = (
    _form(Verb.STORE, Clause("store", Slot.VARIABLES), Clause("in", Slot.MODULE), _AS),
    _form(Verb.STORE, Clause("store", Slot.VARIABLE), Clause("in", Slot.FILE)),
    _form(Verb.IMPORT, Clause("import", Slot.VARIABLES), Clause("from", Slot.MODULE), _AS),
    _form(Verb.IMPORT, Clause("from", Slot.MODULE), Clause("import", Slot.VARIABLES), _AS),
    _form(Verb.IMPORT, Clause("import", Slot.FILE), Clause("as", Slot.NAME)),
    _form(Verb.DEL, Clause("del", Slot.VARIABLE), Clause("from", Slot.MODULE)),
    _form(Verb.DEL, Clause("del", Slot.FILE)),
    _form(
        Verb.ASSERT,
        Clause("assert", Slot.VARIABLE),
        Clause("in", Slot.MODULE),
        Clause("is", Slot.HASH),
        _WITH_ALGORITHM,
    ),
    _form(Verb.ASSERT, Clause("assert", Slot.FILE), Clause("is", Slot.HASH), _WITH_ALGORITHM),
    _form(Verb.LIST, Clause("list", Slot.NOTHING)),
    _form(Verb.LIST, Clause("list", Slot.MODULE)),
)

LEADS = tuple(dict.fromkeys(form.clauses[0].keyword for form in FORMS))
"""The words a command can start with."""

INNER_KEYWORDS = frozenset(clause.keyword for form in FORMS for clause in form.clauses[1:])
"""The words that begin a further clause; all are Python keywords, so no variable can be called so."""


def nearest_form(text: str) -> str:
    """Return the form that the text most likely meant, as the help writes it."""
    words = text.replace(",", " ").split()
    best = max(FORMS, key=lambda form: _likeness(form, words))
    return f"%vault {best.text}"


def _likeness(form: Form, words: list[str]) -> float:
    """Rank by the first word, then by the keywords shared, then by whether quotes and values are where they belong."""
    lead = difflib.SequenceMatcher(None, words[0] if words else "", form.clauses[0].keyword).ratio()
    shared = len(form.keywords.intersection(words)) - len(form.required.difference(words))
    quotes = any(word[0] in "'\"" for word in words) == any(clause.slot is Slot.FILE for clause in form.clauses)
    follows = bool(words[1:]) == (form.clauses[0].slot is not Slot.NOTHING)
    return 100 * lead + shared + (0.5 if quotes else 0) + (0.25 if follows else 0)


def render_forms() -> str:
    """Return every form on a line of its own, for the help of the magic."""
    return "\n".join(f"%vault {form.text}" for form in FORMS)
