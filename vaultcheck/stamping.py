"""Drafts of rules become findings: each with what its rule is, what mends it, and what it is known by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vaultcheck.finding import Finding, Location
from vaultcheck.remedy import list_commands
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.workspace import Workspace

_ANCHOR = 12
"""Hexadecimal digits of a digest by which a cell is known."""


def run_rules(workspace: Workspace, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield the findings of some rules."""
    for rule in rules:
        for draft in rule.find(workspace):
            yield stamp(draft, rule, workspace)


def stamp(draft: Draft, rule: Rule, workspace: Workspace) -> Finding:
    """Return the finding of a draft."""
    runs = draft.runs or ((draft.location.file,) if rule.is_mended_by_run else ())
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=draft.severity or rule.severity,
        message=draft.message,
        hint=draft.hint,
        location=draft.location,
        object=draft.object,
        vault=draft.vault,
        stake=draft.stake,
        story=draft.story,
        commands=list_commands(workspace, runs),
        consequences=draft.consequences,
        last_store=draft.last_store,
        anchor=_find_anchor(draft.location, workspace),
        runs=runs,
    )


def _find_anchor(where: Location, workspace: Workspace) -> str | None:
    """Return what the cell of a finding is known by wherever it stands: the beginning of its text's digest."""
    notebook = workspace.by_path.get(where.file)
    if notebook is None or where.cell is None:
        return None
    return notebook.cells[where.cell - 1].source_digest[:_ANCHOR]
