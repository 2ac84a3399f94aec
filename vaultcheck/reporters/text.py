"""The report for people at a terminal."""

from __future__ import annotations

from vaultcheck.finding import Finding, Severity
from vaultcheck.report import Report


def render_text(report: Report) -> str:
    """Return the findings by place, then what was checked and how much of it could be judged."""
    if not (report.notebooks or report.findings or report.vaults):
        return "No notebooks found.\n"
    blocks = [_render_finding(finding) for finding in report.findings]
    return "\n".join([*blocks, _render_summary(report), ""])


def _render_finding(finding: Finding) -> str:
    what = f"{finding.severity.value} {finding.code} [{finding.name}]"
    return f"{_render_place(finding)}: {what} {finding.message}\n    → {finding.hint}"


def _render_place(finding: Finding) -> str:
    where = finding.location
    if where.cell is None:
        return where.file
    line = f":{where.file_line}" if where.file_line is not None else ""
    return f"{where.file}{line} (cell {where.cell}, line {where.line or 1})"


def _render_summary(report: Report) -> str:
    found = [_count(report.counts[severity], severity.value) for severity in Severity if report.counts[severity]]
    checked = f"{_count(len(report.notebooks), 'notebook')} checked"
    verdict = f"Found {', '.join(found)}" if found else "No findings"
    return f"{verdict}: {checked}, {_render_coverage(report)}{_render_vaults(report)}."


def _render_coverage(report: Report) -> str:
    total = len(report.with_vault)
    if not total:
        return "none of them works with a vault"
    if report.judged == total:
        return f"{total} of {total} that work with a vault have records"
    return f"{report.judged} of {total} that work with a vault have records, {total - report.judged} cannot be judged"


def _render_vaults(report: Report) -> str:
    named = [
        f"{one.path} ({_count(one.objects, 'object')}, from its {one.source})"
        for one in report.vaults
        if one.source != "missing"
    ]
    return f"; {', '.join(named)}" if named else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 or what == "info" else f"{number} {what}s"
