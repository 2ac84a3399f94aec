"""The forms of `%vault` commands: the one table that parser, help, error texts and the reference page read."""

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
    LOG = "log"
    STATUS = "status"
    SEAL = "seal"


class Slot(Enum):
    """What may stand behind a keyword, as the help writes it."""

    VARIABLES = "VAR[, VAR...]"
    VARIABLE = "VAR"
    NAME = "NAME"
    MODULE = "MODULE"
    FILE = "'path'"
    FUNCTION = "FUNC"
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
    """One shape of command: its first clause comes first, the others in any order; the example lacks `%vault`."""

    verb: Verb
    clauses: tuple[Clause, ...]
    help: str
    example: str

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


_AS = Clause("as", Slot.NAME, required=False)
_WITH = Clause("with", Slot.FUNCTION, required=False)
_WITH_ALGORITHM = Clause("with", Slot.ALGORITHM, required=False)

FORMS: tuple[Form, ...] = (
    Form(
        Verb.STORE,
        (Clause("store", Slot.VARIABLES), Clause("in", Slot.MODULE), _WITH, _AS),
        help="Store variables in a module; `as` gives one of them another name there.",
        example="store salaries, cities in datasets",
    ),
    Form(
        Verb.STORE,
        (Clause("store", Slot.VARIABLE), Clause("in", Slot.FILE), _WITH),
        help="Store one variable under a path of your own.",
        example="store salaries in 'exports/salaries 2026.csv' with to_csv",
    ),
    Form(
        Verb.IMPORT,
        (Clause("import", Slot.VARIABLES), Clause("from", Slot.MODULE), _WITH, _AS),
        help="Import objects as variables of their names; `as` gives one of them another name here.",
        example="import salaries from datasets as pay",
    ),
    Form(
        Verb.IMPORT,
        (Clause("from", Slot.MODULE), Clause("import", Slot.VARIABLES), _WITH, _AS),
        help="The same, in Python's order.",
        example="from datasets import salaries, cities",
    ),
    Form(
        Verb.IMPORT,
        (Clause("import", Slot.FILE), Clause("as", Slot.NAME), _WITH),
        help="Import the object of a path.",
        example="import 'exports/salaries 2026.csv' as salaries with read_csv",
    ),
    Form(
        Verb.IMPORT,
        (Clause("import", Slot.MODULE), _AS),
        help="Import a whole module; each of its objects is read when it is asked for: `data.salaries`.",
        example="import datasets as data",
    ),
    Form(
        Verb.DEL,
        (Clause("del", Slot.VARIABLE), Clause("from", Slot.MODULE)),
        help="Delete an object from the archive; the variable stays.",
        example="del cities from datasets",
    ),
    Form(
        Verb.DEL,
        (Clause("del", Slot.FILE),),
        help="Delete the object of a path.",
        example="del 'exports/salaries 2026.csv'",
    ),
    Form(
        Verb.ASSERT,
        (Clause("assert", Slot.VARIABLE), Clause("in", Slot.MODULE), Clause("is", Slot.HASH), _WITH_ALGORITHM),
        help="Stop unless the object has this digest; its length tells which of the two digests it is.",
        example="assert salaries in datasets is 6DE33062",
    ),
    Form(
        Verb.ASSERT,
        (Clause("assert", Slot.FILE), Clause("is", Slot.HASH), _WITH_ALGORITHM),
        help="The same for the object of a path.",
        example="assert 'exports/salaries 2026.csv' is 6DE33062 with CRC32",
    ),
    Form(
        Verb.LIST,
        (Clause("list", Slot.MODULE),),
        help="Show what is stored in a module.",
        example="list datasets",
    ),
    Form(Verb.LIST, (Clause("list", Slot.NOTHING),), help="Show everything that is stored.", example="list"),
    Form(
        Verb.LOG,
        (Clause("log", Slot.NOTHING),),
        help="Show what was done to the archive, the latest last.",
        example="log",
    ),
    Form(
        Verb.STATUS,
        (Clause("status", Slot.NOTHING),),
        help="Show which of the variables stored or imported here are no longer as in the archive.",
        example="status",
    ),
    Form(
        Verb.SEAL,
        (Clause("seal", Slot.NOTHING),),
        help="Record every cell run so far, as storing does: the last command of a notebook that stores nothing.",
        example="seal",
    ),
)

LEADS = tuple(dict.fromkeys(form.clauses[0].keyword for form in FORMS))
"""The words a command can start with."""

INNER_KEYWORDS = frozenset(clause.keyword for form in FORMS for clause in form.clauses[1:])
"""The words that begin a further clause; all are Python keywords, so no variable can be called so."""


_MEANT = {
    **{lead: lead for lead in LEADS},
    **dict.fromkeys(("save", "put"), "store"),
    **dict.fromkeys(("load", "get", "read"), "import"),
    **dict.fromkeys(("delete", "remove", "rm"), "del"),
    **dict.fromkeys(("check", "verify"), "assert"),
    **dict.fromkeys(("show", "ls"), "list"),
    "history": "log",
}
"""The words that people try, and what each is here."""


def find_lead(word: str) -> str | None:
    """Return the word that leads a command and was most likely meant, if any is like it."""
    near = difflib.get_close_matches(word.lower(), _MEANT, n=1)
    return _MEANT[near[0]] if near else None


def nearest_form(text: str) -> str:
    """Return the form that the text most likely meant, as the help writes it."""
    words = text.replace(",", " ").split()
    words[:1] = [find_lead(word) or word for word in words[:1]]
    best = max(FORMS, key=lambda form: _likeness(form, words))
    return f"%vault {best.text}"


def _likeness(form: Form, words: list[str]) -> float:
    """Rank by the first word, then by the keywords shared, then by whether quotes and values are where they belong."""
    lead = difflib.SequenceMatcher(None, words[0] if words else "", form.clauses[0].keyword).ratio()
    shared = len(form.keywords.intersection(words)) - len(form.required.difference(words))
    quotes = any(word[0] in "'\"" for word in words) == any(clause.slot is Slot.FILE for clause in form.clauses)
    follows = bool(words[1:]) == (form.clauses[0].slot is not Slot.NOTHING)
    return 100 * lead + 20 * shared + (0.5 if quotes else 0) + (0.25 if follows else 0)


def render_forms() -> str:
    """Return every form on a line of its own and what it does below, for the help of the magic."""
    return "\n".join(f"%vault {form.text}\n    {form.help}" for form in FORMS)
