"""Completion of `%open_vault`: its options by their table, and what each takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vault_magic.completion.commands import Facts
from vault_magic.completion.suggestion import Candidate, Kind, Suggestion, name_candidates, select
from vault_magic.options import OPTIONS, Option, find_option, spell_flag

_WORD = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*"|(?P<open>['"]).*)+""", re.DOTALL)


def complete_options(text: str, facts: Facts, *, rest: str = "") -> tuple[Suggestion, ...]:
    """Return what can be put at the cursor behind `%open_vault` and a text; `rest` is the text behind the cursor."""
    matches = [*_WORD.finditer(text)]
    if any(match[0].startswith("#") for match in matches):
        return ()
    last = matches.pop() if matches and matches[-1].end() == len(text) else None
    words = [match[0] for match in matches]
    word = last[0] if last else ""
    flag, equals, value = word.partition("=")
    if equals and flag.startswith("-"):
        return _complete_value(find_option(flag), value, facts)
    before = find_option(words[-1]) if words else None
    if word.startswith("-") or before is None:
        return _complete_flag(word, [*words, *rest.split()])
    found = _complete_value(before, word, facts)
    return found + (_complete_flag("", [*words, *rest.split()]) if not word and "True" in before.value else ())


def _complete_flag(word: str, others: list[str]) -> tuple[Suggestion, ...]:
    """Return the flags of the options that are not on the line yet."""
    used = [find_option(other.partition("=")[0]) for other in others]
    flags = (flag for option in OPTIONS if option not in used for flag in option.flags)
    return select(name_candidates(flags, Kind.OPTION), spell_flag(word))


def _complete_value(option: Option | None, word: str, facts: Facts) -> tuple[Suggestion, ...]:
    """Return the values of an option; inside an open quote without quotes."""
    if option is None:
        return ()
    quote = word[:1] if word[:1] in ("'", '"') else ""
    typed = word.removeprefix(quote)
    if "'" in typed or '"' in typed:
        return ()
    if "|" in option.value:
        return select(name_candidates(option.value.split("|"), Kind.KEYWORD), typed)
    if option.value == "NAME":
        return select(name_candidates(facts.environment, Kind.VARIABLE), typed)
    return select(_list_files(option, facts.find_files(typed), quote=quote), typed)


def _list_files(option: Option, paths: Iterable[str], *, quote: str) -> Iterator[Candidate]:
    """Return folders, and archives where one is wanted; a path that would fall apart is quoted."""
    for path in paths:
        if option.value == "PATH" or path.endswith("/"):
            around = '"' if not quote and re.search(r"[\s'#]", path) else ""
            if (quote or '"') not in path:
                yield Candidate(f"{around}{path}{around}", Kind.PATH, name=path)
