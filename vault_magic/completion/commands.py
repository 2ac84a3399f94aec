"""Completion of `%vault`: what is known of notebook and archive, turned into suggestions by the table of forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath

from vault_magic.command import Algorithm
from vault_magic.completion.continuation import Continuation, Place, find_continuation
from vault_magic.completion.suggestion import LIMIT, Candidate, Kind, Suggestion, name_candidates, select
from vault_magic.errors import PathError
from vault_magic.forms import INNER_KEYWORDS, Slot, Verb
from vault_magic.grammar import is_name
from vault_magic.identity import Identity
from vault_magic.object_path import list_folders, parse_module, parse_object_path
from vault_magic.tokens import Unfinished, tokenise_unfinished


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to suggest: names of the notebook, objects of the archive by path, variables of the environment.

    `find_attributes` returns what can be called among the attributes of a dotted name, `find_files` the folders and
    archives whose paths begin with a text.
    """

    variables: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    objects: Mapping[str, Identity] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    find_attributes: Callable[[str], Iterable[str]] = lambda _: ()
    find_files: Callable[[str], Iterable[str]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for: a value for a place, of which the beginning is typed."""

    place: Place
    facts: Facts
    word: str


def complete(text: str, facts: Facts, *, rest: str = "") -> tuple[Suggestion, ...]:
    """Return what can be put at the cursor behind `%vault` and a text; `rest` is the text behind the cursor."""
    at_cursor = find_continuation(text, rest=rest)
    if at_cursor.quote:
        return select(_list_paths(facts, at_cursor), at_cursor.word)
    candidates = [*name_candidates(at_cursor.keywords, Kind.KEYWORD)]
    for place in at_cursor.places:
        candidates += _SOURCES[place.slot](_Search(place, facts, at_cursor.word))
    found = select(candidates, at_cursor.word)
    return found or select(_list_rarely_stored(facts, at_cursor), at_cursor.word)


def _list_paths(facts: Facts, at_cursor: Continuation) -> Iterator[Candidate]:
    """Return the paths that fit into the open quote."""
    paths = _match_paths(facts, at_cursor.word) if at_cursor.places else ()
    return name_candidates((path for path in paths if at_cursor.quote not in path), Kind.PATH)


def _match_paths(facts: Facts, word: str) -> Iterator[str]:
    """Return the paths that begin so, as far as a command can name them; checking all of a big archive takes long."""
    folded = word.casefold()
    near = (path for path in facts.objects if path.casefold().startswith(folded))
    return islice((path for path in near if _read(parse_object_path, path) == path), LIMIT)


def _list_rarely_stored(facts: Facts, at_cursor: Continuation) -> Iterable[Candidate]:
    """Return functions and modules, which can be stored but seldom are meant."""
    stored = [place.names for place in at_cursor.places if _is_of_notebook(place)]
    if not stored:
        return ()
    code = [*name_candidates(facts.functions, Kind.FUNCTION), *name_candidates(facts.modules, Kind.MODULE)]
    return (one for one in code if one.name not in stored[0])


def _is_of_notebook(place: Place) -> bool:
    return place.verb is Verb.STORE and place.slot in (Slot.VARIABLES, Slot.VARIABLE)


def _find_names(search: _Search) -> Iterable[Candidate]:
    """Return variables to store, or else objects; those that are named already are left out."""
    if _is_of_notebook(search.place):
        return name_candidates(
            (name for name in search.facts.variables if name not in search.place.names), Kind.VARIABLE
        )
    held = _hold_by_module(search.facts)
    module = _read_module(search.place)
    chosen = [names for one, names in held.items() if module in (None, one) and names.issuperset(search.place.names)]
    return name_candidates(sorted(set().union(*chosen).difference(search.place.names)), Kind.OBJECT)


def _hold_by_module(facts: Facts) -> dict[str, set[str]]:
    """Return the names of the objects that lie directly in each module, except what only quotes can name."""
    held: dict[str, set[str]] = {}
    for path in facts.objects:
        module, _, name = path.rpartition("/")
        if module and is_name(name):
            held.setdefault(module, set()).add(name)
    return {module: names for module, names in held.items() if _spell_module(module, "")}


def _read_module(place: Place) -> str | None:
    return _read(parse_module, place.find(Slot.MODULE) or "")


def _read(parse: Callable[[str], str], text: str) -> str | None:
    try:
        return parse(text)
    except PathError:
        return None


def _find_modules(search: _Search) -> Iterator[Candidate]:
    """Return modules: all for storing and listing, else those that hold what is named."""
    held = _hold_by_module(search.facts)
    holding = {module for module, names in held.items() if names.issuperset(search.place.names)}
    takes_any = search.place.verb in (Verb.STORE, Verb.LIST)
    fitting = list_folders(search.facts.objects) if takes_any else holding or held
    spelt = (_spell_module(module, search.word) for module in sorted(fitting))
    return name_candidates(filter(None, spelt), Kind.MODULE)


def _spell_module(module: str, word: str) -> str | None:
    """Return a module with the separator that is typed, or nothing where only quotes can name it."""
    text = module.replace("/", ".") if "." in word and "/" not in word else module
    if text in INNER_KEYWORDS or tokenise_unfinished(text) != Unfinished(word=text):
        return None
    return text if _read(parse_module, text) == module else None


def _find_paths(search: _Search) -> Iterator[Candidate]:
    """Return the paths of objects in quotes; one with both kinds of quotes cannot be written."""
    for path in _match_paths(search.facts, search.word):
        quote = '"' if "'" in path else "'"
        if quote not in path:
            yield Candidate(f"{quote}{path}{quote}", Kind.PATH, name=path)


def _find_functions(search: _Search) -> Iterable[Candidate]:
    owner, dot, _ = search.word.rpartition(".")
    if dot:
        return name_candidates((f"{owner}.{name}" for name in search.facts.find_attributes(owner)), Kind.FUNCTION)
    return [
        *name_candidates(search.facts.functions, Kind.FUNCTION),
        *name_candidates(search.facts.modules, Kind.MODULE),
    ]


def _find_aliases(search: _Search) -> Iterator[Candidate]:
    """Return the objects that a store would replace, or the name by which what is imported is known."""
    module = _read_module(search.place)
    if search.place.verb is Verb.STORE:
        return name_candidates(sorted(_hold_by_module(search.facts).get(module or "", ())), Kind.OBJECT)
    source = search.place.find(Slot.FILE) or next(iter(search.place.names), module)
    stem = PurePosixPath(source or "").name.partition(".")[0]
    return name_candidates(filter(is_name, [stem]), Kind.VARIABLE)


def _find_digests(search: _Search) -> Iterator[Candidate]:
    """Return the present digest of the object, CRC32 unless the other is asked for."""
    is_long = (search.place.find(Slot.ALGORITHM) or "").upper().replace("-", "") == Algorithm.SHA256.name
    found = (
        one.sha256 if is_long else one.crc32
        for path, one in search.facts.objects.items()
        if _is_asserted(path, search.place)
    )
    return name_candidates(filter(None, found), Kind.DIGEST)


def _is_asserted(path: str, place: Place) -> bool:
    file, module = place.find(Slot.FILE), _read_module(place)
    if file is not None:
        return path == _read(parse_object_path, file)
    folder, _, name = path.rpartition("/")
    return (name,) == place.names and module in (None, folder)


def _find_algorithms(search: _Search) -> Iterator[Candidate]:
    digest = search.place.find(Slot.HASH)
    names = (one.name for one in Algorithm if digest is None or len(digest) == one.value)
    return name_candidates(names, Kind.KEYWORD)


_SOURCES: Mapping[Slot, Callable[[_Search], Iterable[Candidate]]] = {
    Slot.VARIABLES: _find_names,
    Slot.VARIABLE: _find_names,
    Slot.NAME: _find_aliases,
    Slot.MODULE: _find_modules,
    Slot.FILE: _find_paths,
    Slot.FUNCTION: _find_functions,
    Slot.HASH: _find_digests,
    Slot.ALGORITHM: _find_algorithms,
}
