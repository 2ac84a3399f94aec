"""`vaultcheck rule`: what a rule reports, why, and how to mend it."""

from __future__ import annotations

import click

from vaultcheck.cli.terms import print_text
from vaultcheck.rules import RULES
from vaultcheck.rules.base import Rule
from vaultcheck.rules.pages import render_page, render_reference, render_table
from vaultcheck.selection import advise_rule


@click.command("rule")
@click.argument("code", required=False)
@click.option("--all", "all_pages", is_flag=True, help="Print the pages of all rules.")
def rule_command(code: str | None, all_pages: bool) -> int:
    """Explain a rule, by its code or name (VC304, stale-import); without one, list them all."""
    if code is not None:
        print_text(render_page(_find(code)))
    else:
        print_text(render_reference(RULES) if all_pages else render_table(RULES))
    return 0


def _find(wanted: str) -> Rule:
    known = {name.lower(): rule for rule in RULES for name in (rule.code, rule.name)}
    if (rule := known.get(wanted.lower())) is None:
        raise click.UsageError(f"there is no rule {wanted!r}; {advise_rule(RULES, wanted)}")
    return rule
