"""The command language of `%vault`: text to command and command to text, by the table of forms."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from vault_magic.errors import CommandError
from vault_magic.forms import FORMS, INNER_KEYWORDS, LEADS, Form, Slot, Verb, nearest_form
from vault_magic.object_path import parse_module, parse_object_path


class Algorithm(Enum):
    """The digests that an assertion can name, with their lengths in hexadecimal digits."""

    CRC32 = 8
    SHA256 = 64


_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>\#.*)|(?P<quoted>'[^']*'|"[^"]*")|(?P<plain>[,;]|[^\s,;'"]+)|(?P<stray>['"].*))""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Target:
    """An object of the archive and the variable of the notebook that a command ties to it (none for del, assert)."""

    path: str
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """The digest that an assertion expects, in the case in which digests of its kind are published."""

    algorithm: Algorithm
    digest: str


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command; `targets` are in the order typed, `module` is missing where a path was quoted."""

    verb: Verb
    targets: tuple[Target, ...] = ()
    module: str | None = None
    expected: Expectation | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool = False


_Clauses = dict[str, list[_Token]]
"""The tokens of a command by keyword; the first key is the word that leads the command."""


def parse_command(text: str) -> Command:
    """Read what stands behind `%vault`.

    Raises:
        CommandError: the text fits no form; the message says why and gives the nearest form.
    """
    clauses = _split_clauses(_tokenise(text), text=text)
    form = _choose_form(clauses)
    present = [clause for clause in form.clauses if clause.keyword in clauses]
    parsed = {clause.keyword: _PARSERS[clause.slot](clauses[clause.keyword]) for clause in present}
    by_slot = {clause.slot: parsed[clause.keyword] for clause in present}
    return Command(
        verb=form.verb,
        targets=_build_targets(form, by_slot),
        module=next(iter(by_slot.get(Slot.MODULE, ())), None),
        expected=_build_expectation(by_slot),
    )


def render_command(command: Command) -> str:
    """Write a command so that `parse_command` reads the same one back."""
    names = ", ".join(_names_in_text(command))
    module = _spell_module(command.module or "")
    quoted = _quote(command.targets[0].path) if command.targets and command.module is None else ""
    if command.verb is Verb.LIST:
        return f"list {module}".rstrip()
    if command.verb is Verb.STORE:
        return f"store {names} in {quoted or module}{_alias_in_text(command)}"
    if command.verb is Verb.IMPORT:
        source = quoted or f"{names} from {module}"
        return f"import {source}{_alias_in_text(command)}"
    if command.verb is Verb.DEL:
        return f"del {quoted or f'{names} from {module}'}"
    expected = f" is {command.expected.digest}" if command.expected else ""
    return f"assert {quoted or f'{names} in {module}'}{expected}"


def _quote(path: str) -> str:
    mark = '"' if "'" in path else "'"
    return f"{mark}{path}{mark}"


def _spell_module(module: str) -> str:
    """Return a module so that it is not taken for a keyword or a comment."""
    return f"./{module}" if module in INNER_KEYWORDS or module.startswith("#") else module


def _names_in_text(command: Command) -> list[str]:
    """Return the names in front of the module: the variables when storing, else the objects."""
    if command.verb is Verb.STORE:
        return [target.variable or "" for target in command.targets]
    return [target.path.rsplit("/", 1)[-1] for target in command.targets]


def _alias_in_text(command: Command) -> str:
    first = command.targets[0]
    name = first.path.rsplit("/", 1)[-1]
    if command.verb is Verb.IMPORT and (command.module is None or first.variable != name):
        return f" as {first.variable}"
    if command.verb is Verb.STORE and command.module is not None and first.variable != name:
        return f" as {name}"
    return ""


def _fail(reason: str, text: str) -> CommandError:
    return CommandError(f"{reason}; write: {nearest_form(text)}")


def _tokenise(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text.strip()):
        if match["comment"]:
            break
        if match["stray"]:
            raise _fail(f"the quote in {match['stray']} is not closed", text)
        quoted = match["quoted"] is not None
        tokens.append(_Token(match["quoted"][1:-1] if quoted else match["plain"], quoted=quoted))
    while tokens and tokens[-1] == _Token(";"):
        tokens.pop()
    return tokens


def _split_clauses(tokens: list[_Token], *, text: str) -> _Clauses:
    if not tokens:
        raise CommandError(f"nothing to do; start with one of: {', '.join(LEADS)}")
    lead = tokens[0].text
    if tokens[0].quoted or lead not in LEADS:
        raise _fail(f"{lead!r} is not a command", text)
    clauses: _Clauses = {lead: []}
    current = lead
    for token in tokens[1:]:
        if token.quoted or token.text not in INNER_KEYWORDS:
            clauses[current].append(token)
        elif token.text in clauses:
            raise _fail(f"{token.text!r} stands there twice", text)
        else:
            current = token.text
            clauses[current] = []
    return clauses


def _choose_form(clauses: _Clauses) -> Form:
    """Return the first form whose keywords and kinds of value fit, or say what is missing or too much."""
    lead, present = next(iter(clauses)), frozenset(clauses)
    candidates = [form for form in FORMS if form.clauses[0].keyword == lead]
    for form in candidates:
        if form.required <= present <= form.keywords and not _misfits(form, clauses):
            return form
    nearest = min(candidates, key=lambda form: (len(form.required ^ present), len(_misfits(form, clauses))))
    raise CommandError(f"{_explain_misfit(nearest, clauses)}; write: %vault {nearest.text}")


def _misfits(form: Form, clauses: _Clauses) -> list[str]:
    """Return the keywords whose values are not what the form has in their place."""
    pairs = [(clause.keyword, clause.slot) for clause in form.clauses if clause.keyword in clauses]
    return [word for word, slot in pairs if not _shape_fits(slot, clauses[word])]


def _shape_fits(slot: Slot, tokens: list[_Token]) -> bool:
    if slot is Slot.NOTHING:
        return not tokens
    if slot is Slot.FILE:
        return len(tokens) == 1 and tokens[0].quoted
    several = len(tokens) == 1 or slot is Slot.VARIABLES
    return bool(tokens) and several and not any(token.quoted for token in tokens)


def _explain_misfit(form: Form, clauses: _Clauses) -> str:
    lead = next(iter(clauses))
    surplus = [word for word in clauses if word not in form.keywords]
    if surplus:
        return f"'{lead}' takes no '{surplus[0]}' here"
    missing = [clause.keyword for clause in form.clauses if clause.required and clause.keyword not in clauses]
    if missing:
        return f"'{missing[0]}' is missing"
    word = _misfits(form, clauses)[0]
    wanted = next(clause.slot.value for clause in form.clauses if clause.keyword == word) or "nothing"
    found = " ".join(repr(token.text) if token.quoted else token.text for token in clauses[word]) or "nothing"
    return f"'{word}' is followed by {found} where {wanted} belongs"


def _parse_names(tokens: list[_Token]) -> tuple[str, ...]:
    listed = " ".join(token.text for token in tokens)
    if len(tokens) % 2 == 0 or any(token.text != "," for token in tokens[1::2]):
        raise CommandError(f"separate variables by single commas, not as in: {listed}")
    names = tuple(_check_name(token.text) for token in tokens[::2])
    if len(names) != len(set(names)):
        raise CommandError(f"a variable is named twice: {listed}")
    return names


def _check_name(text: str) -> str:
    if "*" in text or "?" in text:
        raise CommandError(f"{text!r} is refused; name each variable, so that a reader sees where it came from")
    if "$" in text or "{" in text:
        raise CommandError(f"{text!r} was not expanded; define the variable it names")
    name = unicodedata.normalize("NFKC", text)  # as Python spells the names of variables
    if not text.isidentifier() or keyword.iskeyword(name):
        raise CommandError(f"{text!r} is not a variable name; assign the value to a variable first")
    return name


def _parse_hash(tokens: list[_Token]) -> tuple[str, ...]:
    text = tokens[0].text
    if not re.fullmatch(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{64}", text):
        raise CommandError(f"{text!r} is neither a CRC32 (8 hexadecimal digits) nor a SHA-256 (64)")
    return (text,)


def _parse_algorithm(tokens: list[_Token]) -> tuple[str, ...]:
    name = tokens[0].text.upper().replace("-", "")
    if name not in Algorithm.__members__:
        raise CommandError(f"{tokens[0].text!r} is not a digest; write CRC32 or SHA256")
    return (name,)


_PARSERS: Mapping[Slot, Callable[[list[_Token]], tuple[str, ...]]] = {
    Slot.VARIABLES: _parse_names,
    Slot.VARIABLE: _parse_names,
    Slot.NAME: _parse_names,
    Slot.MODULE: lambda tokens: (parse_module(tokens[0].text),),
    Slot.FILE: lambda tokens: (parse_object_path(tokens[0].text),),
    Slot.HASH: _parse_hash,
    Slot.ALGORITHM: _parse_algorithm,
    Slot.NOTHING: lambda _: (),
}


def _build_targets(form: Form, values: Mapping[Slot, tuple[str, ...]]) -> tuple[Target, ...]:
    """Tie variables to objects: `as` names the object when storing and the variable when importing."""
    names = values.get(Slot.VARIABLES) or values.get(Slot.VARIABLE) or ()
    alias = next(iter(values.get(Slot.NAME, ())), None)
    if alias and len(names) > 1:
        raise CommandError(f"'as {alias}' gives one name to {len(names)} variables; take them one by one")
    if Slot.FILE in values:
        return (Target(path=values[Slot.FILE][0], variable=alias or next(iter(names), None)),)
    folder = next(iter(values.get(Slot.MODULE, ())), "")
    if form.verb is Verb.STORE:
        return tuple(Target(path=parse_object_path(f"{folder}/{alias or name}"), variable=name) for name in names)
    paths = [parse_object_path(f"{folder}/{name}") for name in names]
    if form.verb is Verb.IMPORT:
        return tuple(Target(path=path, variable=alias or name) for path, name in zip(paths, names, strict=True))
    return tuple(Target(path=path) for path in paths)


def _build_expectation(values: Mapping[Slot, tuple[str, ...]]) -> Expectation | None:
    if Slot.HASH not in values:
        return None
    digest = values[Slot.HASH][0]
    algorithm = Algorithm(len(digest))
    named = next(iter(values.get(Slot.ALGORITHM, ())), algorithm.name)
    if named != algorithm.name:
        raise CommandError(f"{digest!r} has {len(digest)} digits, so it is a {algorithm.name}, not a {named}")
    return Expectation(algorithm=algorithm, digest=digest.upper() if algorithm is Algorithm.CRC32 else digest.lower())
