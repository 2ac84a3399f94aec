"""The command language of `%vault`: text to command, by the table of forms."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from vault_magic.command import Algorithm, Command, Expectation, Target
from vault_magic.errors import CommandError
from vault_magic.forms import FORMS, INNER_KEYWORDS, LEADS, Form, Slot, Verb, find_lead, nearest_form
from vault_magic.object_path import parse_module, parse_object_path
from vault_magic.tokens import Token, tokenise

_LAMBDA = Token("lambda")
"""What begins a function without a name; its code may contain the language's keywords."""

Clauses = dict[str, list[Token]]
"""The tokens of a command by keyword; the first key is the word that leads the command."""

_Values = Mapping[Slot, tuple[str, ...]]


def parse_command(text: str) -> Command:
    """Read what stands behind `%vault`.

    Raises:
        CommandError: the text fits no form; the message says why and gives the nearest form.
    """
    clauses = split_clauses(tokenise(text), text=text)
    form = _choose_form(clauses)
    present = [clause for clause in form.clauses if clause.keyword in clauses]
    values = {clause.slot: _PARSERS[clause.slot](clauses[clause.keyword]) for clause in present}
    command = Command(
        verb=form.verb,
        targets=_build_targets(form, values),
        module=_first(values, Slot.MODULE),
        expected=_build_expectation(values),
        function=_first(values, Slot.FUNCTION),
    )
    return replace(command, name=_name_module(command, values)) if command.is_module_import else command


def _first(values: _Values, slot: Slot) -> str | None:
    return next(iter(values.get(slot, ())), None)


def _name_module(command: Command, values: _Values) -> str | None:
    """Return what a module is imported as, where that was said; its own first part has to serve as a name else."""
    alias = _first(values, Slot.NAME)
    _refuse_wildcards(command.module or "")
    if alias is None:
        check_module_name(command.module or "")
    return alias


def check_module_name(module: str) -> None:
    """Refuse a module that needs a name to be imported as.

    Raises:
        CommandError: no variable can be called as its first part.
    """
    first = module.partition("/")[0]
    if not is_name(first):
        raise CommandError(f"{first!r} cannot be the name of a variable; write: %vault import {module} as NAME")


def _fail(reason: str, text: str) -> CommandError:
    return CommandError(f"{reason}; write: {nearest_form(text)}")


def split_clauses(tokens: list[Token], *, text: str) -> Clauses:
    """Group tokens by the keyword they follow.

    Raises:
        CommandError: the first is no command, or a keyword stands there twice.
    """
    if not tokens:
        raise CommandError(f"nothing to do; start with one of: {', '.join(LEADS)}")
    lead = tokens[0].text
    if tokens[0].quoted or lead not in LEADS:
        raise _explain_lead(lead, text)
    clauses: Clauses = {lead: []}
    current = lead
    for token in tokens[1:]:
        if token.quoted or token.text not in INNER_KEYWORDS or clauses[current][:1] == [_LAMBDA]:
            clauses[current].append(token)
        elif token.text in clauses:
            raise _fail(f"{token.text!r} stands there twice", text)
        else:
            current = token.text
            clauses[current] = []
    return clauses


def _explain_lead(lead: str, text: str) -> CommandError:
    """Suggest a form only where the first word tells which: whoever types `help` is not told to delete."""
    if find_lead(lead):
        return _fail(f"{lead!r} is not a command", text)
    return CommandError(f"{lead!r} is not a command; start with one of: {', '.join(LEADS)}")


def _choose_form(clauses: Clauses) -> Form:
    """Return the first form whose keywords and kinds of value fit, or say what is missing or too much."""
    lead, present = next(iter(clauses)), frozenset(clauses)
    candidates = [form for form in FORMS if form.clauses[0].keyword == lead]
    for form in candidates:
        if form.required <= present <= form.keywords and not _misfits(form, clauses):
            return form
    nearest = min(candidates, key=lambda form: _count_faults(form, clauses))
    raise CommandError(f"{_explain_misfit(nearest, clauses)}; write: %vault {nearest.text}")


def _count_faults(form: Form, clauses: Clauses) -> tuple[int, bool]:
    """Return how much is wrong, a keyword in place of another being one fault, and whether quotes speak against it."""
    missing, surplus = form.required - clauses.keys(), clauses.keys() - form.keywords
    has_quotes = any(token.quoted for tokens in clauses.values() for token in tokens)
    has_file = any(clause.slot is Slot.FILE for clause in form.clauses)
    return max(len(missing), len(surplus)) + len(_misfits(form, clauses)), has_quotes != has_file


def _misfits(form: Form, clauses: Clauses) -> list[str]:
    """Return the keywords whose values are not what the form has in their place."""
    pairs = [(clause.keyword, clause.slot) for clause in form.clauses if clause.keyword in clauses]
    return [word for word, slot in pairs if not shape_fits(slot, clauses[word])]


def shape_fits(slot: Slot, tokens: list[Token]) -> bool:
    """Tell whether a clause has as many words as its slot takes, in quotes or not."""
    if slot is Slot.NOTHING:
        return not tokens
    if slot is Slot.FILE:
        return len(tokens) == 1 and tokens[0].quoted
    if slot is Slot.FUNCTION:
        return bool(tokens)  # what is not a name gets a message of its own
    several = len(tokens) == 1 or slot is Slot.VARIABLES
    return bool(tokens) and several and not any(token.quoted for token in tokens)


def _explain_misfit(form: Form, clauses: Clauses) -> str:
    lead = next(iter(clauses))
    surplus = [word for word in clauses if word not in form.keywords]
    if surplus:
        return f"'{lead}' takes no '{surplus[0]}' here"
    missing = [clause.keyword for clause in form.clauses if clause.required and clause.keyword not in clauses]
    if missing:
        return f"'{missing[0]}' is missing"
    word = _misfits(form, clauses)[0]
    wanted = next(clause.slot.value for clause in form.clauses if clause.keyword == word) or "nothing"
    found = _show(clauses[word]) or "nothing"
    return f"'{word}' is followed by {found} where {wanted} belongs"


def _show(tokens: list[Token]) -> str:
    """Return what was typed, with the spaces of prose."""
    return " ".join(repr(token.text) if token.quoted else token.text for token in tokens).replace(" ,", ",")


def _parse_names(tokens: list[Token]) -> tuple[str, ...]:
    listed = _show(tokens)
    if len(tokens) % 2 == 0 or any(token.text != "," for token in tokens[1::2]):
        raise CommandError(f"separate variables by single commas, not as in: {listed}")
    names = tuple(_check_name(token.text) for token in tokens[::2])
    if len(names) != len(set(names)):
        raise CommandError(f"a variable is named twice: {listed}")
    return names


def _refuse_wildcards(text: str) -> None:
    if "*" in text or "?" in text:
        raise CommandError(f"{text!r} is refused; name each variable, so that a reader sees where it came from")


def _check_name(text: str) -> str:
    _refuse_wildcards(text)
    if "$" in text or "{" in text:
        raise CommandError(f"{text!r} was not expanded; define the variable it names")
    name = unicodedata.normalize("NFKC", text)  # as Python spells the names of variables
    if not (text.isidentifier() and is_name(name)):
        raise CommandError(f"{text!r} is not a variable name; assign the value to a variable first")
    return name


def _parse_function(tokens: list[Token]) -> tuple[str, ...]:
    """Return a dotted name; anything longer has to be given a name first, so that the record can name it too."""
    text = unicodedata.normalize("NFKC", _show(tokens))
    if tokens[0].text.startswith(("$", "{")):
        raise CommandError(f"{text!r} was not expanded; define the variable it names")
    if len(tokens) > 1 or tokens[0].quoted or not all(map(is_name, text.split("."))):
        raise CommandError(f"'with' takes the name of a function, not: {text}; give it a name first: f = ...")
    return (text,)


def is_name(text: str) -> bool:
    """Tell whether a variable can be called so."""
    return text.isidentifier() and not keyword.iskeyword(text)


def _parse_hash(tokens: list[Token]) -> tuple[str, ...]:
    text = tokens[0].text
    if not re.fullmatch(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{64}", text):
        raise CommandError(f"{text!r} is neither a CRC32 (8 hexadecimal digits) nor a SHA-256 (64)")
    return (text,)


def _parse_algorithm(tokens: list[Token]) -> tuple[str, ...]:
    name = tokens[0].text.upper().replace("-", "")
    if name not in Algorithm.__members__:
        raise CommandError(f"{tokens[0].text!r} is not a digest; write CRC32 or SHA256")
    return (name,)


_PARSERS: Mapping[Slot, Callable[[list[Token]], tuple[str, ...]]] = {
    Slot.VARIABLES: _parse_names,
    Slot.VARIABLE: _parse_names,
    Slot.NAME: _parse_names,
    Slot.MODULE: lambda tokens: (parse_module(tokens[0].text),),
    Slot.FILE: lambda tokens: (parse_object_path(tokens[0].text),),
    Slot.FUNCTION: _parse_function,
    Slot.HASH: _parse_hash,
    Slot.ALGORITHM: _parse_algorithm,
    Slot.NOTHING: lambda _: (),
}


def _build_targets(form: Form, values: _Values) -> tuple[Target, ...]:
    """Tie variables to objects: `as` names the object when storing and the variable when importing."""
    names = values.get(Slot.VARIABLES) or values.get(Slot.VARIABLE) or ()
    alias = _first(values, Slot.NAME)
    if alias and len(names) > 1:
        raise CommandError(f"'as {alias}' gives one name to {len(names)} variables; take them one by one")
    if Slot.FILE in values:
        return (Target(path=values[Slot.FILE][0], variable=alias or next(iter(names), None)),)
    folder = _first(values, Slot.MODULE) or ""
    if form.verb is Verb.STORE:
        return tuple(Target(path=parse_object_path(f"{folder}/{alias or name}"), variable=name) for name in names)
    paths = [parse_object_path(f"{folder}/{name}") for name in names]
    if form.verb is Verb.IMPORT:
        return tuple(Target(path=path, variable=alias or name) for path, name in zip(paths, names, strict=True))
    return tuple(Target(path=path) for path in paths)


def _build_expectation(values: _Values) -> Expectation | None:
    if Slot.HASH not in values:
        return None
    digest = values[Slot.HASH][0]
    algorithm = Algorithm(len(digest))
    named = _first(values, Slot.ALGORITHM) or algorithm.name
    if named != algorithm.name:
        raise CommandError(f"{digest!r} has {len(digest)} digits, so it is a {algorithm.name}, not a {named}")
    return Expectation(algorithm=algorithm, digest=digest.upper() if algorithm is Algorithm.CRC32 else digest.lower())
