"""What the language accepts at the cursor of an unfinished command: keywords, and values by their kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vault_magic.errors import CommandError
from vault_magic.forms import FORMS, INNER_KEYWORDS, LEADS, Clause, Form, Slot, Verb
from vault_magic.grammar import Clauses, is_name, shape_fits, split_clauses
from vault_magic.tokens import Token, Unfinished, tokenise, tokenise_unfinished

_COMMA = Token(",")
_NAMES = (Slot.VARIABLES, Slot.VARIABLE)


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of value that may stand at the cursor, with the words that its command has by now in other places."""

    verb: Verb
    slot: Slot
    words: Mapping[Slot, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables or objects named so far."""
        return next((self.words[slot] for slot in _NAMES if slot in self.words), ())

    def find(self, slot: Slot) -> str | None:
        """Return the one word of another kind, where it is there."""
        return next(iter(self.words.get(slot, ())), None)


@dataclass(frozen=True, slots=True)
class Continuation:
    """What may stand at the cursor in place of `word`; `quote` is the open quote that the word is in."""

    word: str = ""
    quote: str = ""
    keywords: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def find_continuation(text: str, *, rest: str = "") -> Continuation:
    """Return what may follow a text that ends at the cursor; `rest` stands behind the cursor."""
    before = tokenise_unfinished(text)
    if before is None:
        return Continuation()
    if not before.tokens:
        return Continuation(before.word, before.quote, keywords=() if before.quote else LEADS)
    try:
        current = [*split_clauses([*before.tokens], text=text)][-1]
        clauses = split_clauses([*before.tokens, *_find_clauses_behind(rest, before)], text=text)
    except CommandError:
        return Continuation(before.word, before.quote)
    forms = [form for form in FORMS if _may_become(form, clauses, current=current)]
    return Continuation(
        before.word,
        before.quote,
        keywords=() if before.quote else _order_keywords(forms, clauses, current=current),
        places=tuple(
            _build_place(form, clauses, current=current)
            for form in forms
            if _takes_value(_slot_of(form, current), clauses[current])
            and (not before.quote or _slot_of(form, current) is Slot.FILE)
        ),
    )


def _find_clauses_behind(rest: str, before: Unfinished) -> list[Token]:
    """Return the tokens behind the cursor from the next keyword on; those before it are in the cursor's way."""
    try:
        tokens = tokenise(rest.partition(before.quote)[2] if before.quote else rest)
    except CommandError:
        return []
    starts = (place for place, one in enumerate(tokens) if one.text in INNER_KEYWORDS and not one.quoted)
    return tokens[next(starts, len(tokens)) :]


def _slot_of(form: Form, keyword: str) -> Slot:
    return next(clause.slot for clause in form.clauses if clause.keyword == keyword)


def _may_become(form: Form, clauses: Clauses, *, current: str) -> bool:
    """Tell whether a form has all the keywords that are there, with words of the right kind behind them."""
    if form.clauses[0].keyword != next(iter(clauses)) or not clauses.keys() <= form.keywords:
        return False
    if _names_several(form, clauses) and any(_slot_of(form, word) is Slot.NAME for word in clauses):
        return False
    return all(
        _is_whole(_slot_of(form, word), tokens) or (word == current and _takes_value(_slot_of(form, word), tokens))
        for word, tokens in clauses.items()
    )


def _names_several(form: Form, clauses: Clauses) -> bool:
    return any(_COMMA in tokens for word, tokens in clauses.items() if _slot_of(form, word) is Slot.VARIABLES)


def _takes_value(slot: Slot, tokens: list[Token]) -> bool:
    """Tell whether a value may come next: the first, or another variable behind a comma."""
    if slot is Slot.VARIABLES and tokens[-1:] == [_COMMA]:
        return _is_whole(slot, tokens[:-1])
    return slot is not Slot.NOTHING and not tokens


def _is_whole(slot: Slot, tokens: list[Token]) -> bool:
    """Tell whether the words are all that a slot needs; a name may still be `{expanded}`."""
    if not shape_fits(slot, tokens) or (slot is Slot.FUNCTION and len(tokens) > 1):
        return False
    if slot not in (*_NAMES, Slot.NAME):
        return True
    separated = len(tokens) % 2 == 1 and all(token == _COMMA for token in tokens[1::2])
    return separated and all(is_name(one.text) or one.text.startswith(("{", "$")) for one in tokens[::2])


def _order_keywords(forms: Iterable[Form], clauses: Clauses, *, current: str) -> tuple[str, ...]:
    """Return the keywords that may come next, those that a form cannot do without first."""
    open_clauses: list[Clause] = []
    for form in forms:
        if _is_whole(_slot_of(form, current), clauses[current]):
            several = _names_several(form, clauses)
            free = [clause for clause in form.clauses if clause.keyword not in clauses]
            open_clauses += [clause for clause in free if not (several and clause.slot is Slot.NAME)]
    return tuple(dict.fromkeys(one.keyword for one in sorted(open_clauses, key=lambda one: not one.required)))


def _build_place(form: Form, clauses: Clauses, *, current: str) -> Place:
    words = {
        _slot_of(form, keyword): tuple(token.text for token in tokens if token != _COMMA)
        for keyword, tokens in clauses.items()
    }
    return Place(form.verb, _slot_of(form, current), words)
