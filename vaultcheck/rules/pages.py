"""The pages of the rules, as they are written above each: one for a terminal, all of them for the documentation."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from vaultcheck.rules.base import Rule

_RANGES = {
    "0": "Inputs",
    "1": "Commands",
    "2": "Integrity",
    "3": "Freshness",
    "4": "Lineage",
    "5": "Rerun",
    "6": "Hygiene",
    "9": "Suppressions and baseline",
}

_HEAD = """# Rules

Every finding has the stable code and the name of its rule; both can be used wherever a rule is named. `vaultcheck rule
VC304` prints the page of one.

**Error**: the saved evidence contradicts itself. **Warning**: very likely wrong. **Info**: good to know. Exit code 1
from errors on, unless `--fail-on` says otherwise.
"""


def render_page(rule: Rule) -> str:
    """Return the page of one rule as Markdown."""
    return f"# {rule.code} {rule.name}\n\nSeverity: {rule.severity.value}\n\n{_read(rule)}\n"


def render_reference(rules: Iterable[Rule]) -> str:
    """Return the pages of all rules as one, with a table in front."""
    listed = tuple(rules)
    rows = "\n".join(_render_row(rule) for rule in listed)
    table = f"| code | name | severity | what it reports |\n| --- | --- | --- | --- |\n{rows}\n"
    return "\n".join([_HEAD, table, *_render_chapters(listed)])


def render_table(rules: Iterable[Rule]) -> str:
    """Return code, severity, name and first sentence of some rules, a line each."""
    listed = tuple(rules)
    width = max(len(rule.name) for rule in listed)
    return "".join(
        f"{rule.code}  {rule.severity.value:<7}  {rule.name:<{width}}  {_summarise(rule)}\n" for rule in listed
    )


def _render_chapters(rules: Iterable[Rule]) -> list[str]:
    chapters, last = list[str](), ""
    for rule in rules:
        digit = rule.code[2]
        if digit != last:
            chapters.append(f"## {_RANGES[digit]}: VC{digit}xx\n")
            last = digit
        chapters.append(f"### {rule.code} {rule.name}\n\nSeverity: {rule.severity.value}\n\n{_read(rule)}\n")
    return chapters


def _render_row(rule: Rule) -> str:
    link = f"#{rule.code.lower()}-{rule.name}"
    return f"| [{rule.code}]({link}) | {rule.name} | {rule.severity.value} | {_summarise(rule)} |"


def _summarise(rule: Rule) -> str:
    """Return the first sentence of a page, without its full stop."""
    return " ".join(_read(rule).partition("\n\n")[0].split()).rstrip(".")


def _read(rule: Rule) -> str:
    return inspect.getdoc(rule) or ""
