"""Which rules run, how grave their findings are, and which files they are not for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vault_magic.advice import advise
from vault_magic.errors import CommandError
from vaultcheck.discovery import display_path, matches
from vaultcheck.finding import Finding, Severity
from vaultcheck.rules.base import Rule
from vaultcheck.settings import RuleChoice, Settings

_ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that run, the severities that were changed, and by pattern of files the codes that are left out.

    `prefix` is the way from the folder where patterns begin to the one where paths do.
    """

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    per_file: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prefix: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the rules that run."""
        return frozenset(one.code for one in self.rules)

    def apply(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that are not left out, as grave as they are meant to be."""
        for one in findings:
            if not self._is_left_out(one):
                severity = self.severities.get(one.code)
                yield replace(one, severity=severity) if severity else one

    def _is_left_out(self, finding: Finding) -> bool:
        if not self.per_file:
            return False
        path = posixpath.normpath(posixpath.join(self.prefix, finding.location.file))
        return any(finding.code in codes and matches(path, glob) for glob, codes in self.per_file.items())


def build_selection(rules: Sequence[Rule], settings: Settings, *, folder: Path) -> Selection:
    """Return what some settings select; of two words for a rule the closer one counts, and `ignore` of equal ones.

    What was typed goes before what stands in the file, however close: a `select` replaces it, other words change it.

    Raises:
        CommandError: a word names no rule.
    """
    chosen = frozenset[str]()
    for choice in (RuleChoice(settings.select, settings.extend_select, settings.ignore), settings.typed):
        chosen = _choose(rules, choice, before=chosen, is_demanded=settings.require_evidence)
    return Selection(
        tuple(one for one in rules if one.code in chosen),
        _choose_severities(rules, settings.severity),
        {glob: frozenset(_rank(rules, words, "per-file-ignores")) for glob, words in settings.per_file_ignores.items()},
        display_path(folder, settings.root),
    )


def find_codes(rules: Iterable[Rule], word: str) -> tuple[str, ...]:
    """Return the codes that a word means: a code or its beginning, a name, or `ALL`; none where it means none."""
    upper = word.upper()
    if upper == _ALL:
        return tuple(one.code for one in rules)
    is_prefix = upper.startswith("VC")
    return tuple(one.code for one in rules if (is_prefix and one.code.startswith(upper)) or one.name == word.lower())


def advise_rule(rules: Iterable[Rule], word: str) -> str:
    """Return what to say of a word that names no rule: which was most likely meant."""
    known = [name for one in rules for name in (one.code, one.name)]
    return advise(word.upper() if word[:2].upper() == "VC" else word, known, otherwise="see: vaultcheck rule")


def _choose(rules: Sequence[Rule], choice: RuleChoice, *, before: frozenset[str], is_demanded: bool) -> frozenset[str]:
    """Return the codes that are chosen after some words, of which none may be for a rule that was chosen before."""
    words = (*(choice.select or ()), *choice.extend_select)
    wanted, unwanted = _rank(rules, words, "select"), _rank(rules, choice.ignore, "ignore")
    named = {word.upper() for word in words}
    for rule in rules:
        if rule.is_on_demand and not is_demanded and named.isdisjoint({rule.code, rule.name.upper()}):
            wanted.pop(rule.code, None)
    kept = before - unwanted.keys() if choice.select is None else frozenset[str]()
    return kept | {code for code, rank in wanted.items() if rank > unwanted.get(code, -1)}


def _rank(rules: Sequence[Rule], words: Iterable[str], key: str) -> dict[str, int]:
    """Return by code how closely it was named: not at all by `ALL`, else by as many letters."""
    ranks = dict[str, int]()
    for word in words:
        for code in _require(rules, word, key):
            rank = 0 if word.upper() == _ALL else len(word) if word.upper() in code else len(code)
            ranks[code] = max(rank, ranks.get(code, 0))
    return ranks


def _choose_severities(rules: Sequence[Rule], words: Mapping[str, Severity]) -> dict[str, Severity]:
    found = dict[str, Severity]()
    for word in sorted(words, key=lambda one: (one.upper() != _ALL, len(one), one)):  # the closest is the last
        found |= dict.fromkeys(_require(rules, word, "severity"), words[word])
    return found


def _require(rules: Sequence[Rule], word: str, key: str) -> tuple[str, ...]:
    if not (codes := find_codes(rules, word)):
        raise CommandError(f"{key} names {word!r}, which is no rule; {advise_rule(rules, word)}")
    return codes
