"""The sentences that reports for people have in common."""

from __future__ import annotations

from vaultcheck.finding import Location, Severity
from vaultcheck.report import Report


def count(number: int, what: str) -> str:
    """Return a number of things."""
    return f"{number} {what}" if number == 1 or what == "info" else f"{number} {what}s"


def render_verdict(report: Report) -> str:
    """Return how many findings there are of each severity."""
    found = [count(report.counts[severity], severity.value) for severity in Severity if report.counts[severity]]
    return f"Found {', '.join(found)}" if found else "No findings"


def render_extent(report: Report) -> str:
    """Return what was left out, how much was checked, how much of it could be judged, and by which vaults."""
    checked = f"{count(len(report.notebooks), 'notebook')} checked"
    return f"{_render_silenced(report)}: {checked}, {_render_coverage(report)}{_render_vaults(report)}."


def render_place(where: Location) -> str:
    """Return a place within its file, nothing where it is the whole file."""
    return "" if where.cell is None else f"cell {where.cell}, line {where.line or 1}"


def _render_silenced(report: Report) -> str:
    silenced = {"suppressed": report.suppressed, "of the baseline": report.baselined}
    told = [f"{number} {what}" for what, number in silenced.items() if number]
    return f" ({', '.join(told)})" if told else ""


def _render_coverage(report: Report) -> str:
    total = len(report.with_vault)
    if not total:
        return "none of them works with a vault"
    if report.judged == total:
        return f"{total} of {total} that work with a vault have records"
    return f"{report.judged} of {total} that work with a vault have records, {total - report.judged} cannot be judged"


def _render_vaults(report: Report) -> str:
    named = [
        f"{one.path} ({count(one.objects, 'object')}, from its {one.source})"
        for one in report.vaults
        if one.source != "missing"
    ]
    return f"; {', '.join(named)}" if named else ""
