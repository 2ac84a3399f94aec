"""The report as workflow commands of GitHub, which show findings at the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from vaultcheck.finding import Finding, Severity
from vaultcheck.report import Report
from vaultcheck.reporters.style import clean
from vaultcheck.reporters.wording import render_extent, render_place, render_verdict

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_github(report: Report) -> str:
    """Return a command for each finding, at its line of the file, and the summary as text."""
    lines = [_render_finding(finding) for finding in report.findings]
    return "".join(f"{line}\n" for line in (*lines, _render_summary(report)))


def _render_summary(report: Report) -> str:
    """Return a line that is no command: the older form of them, `##[error]`, counts anywhere in a line."""
    return f"{render_verdict(report)}{clean(render_extent(report))}".replace("##[", "# #[")


def _render_finding(finding: Finding) -> str:
    where = finding.location
    properties = {"file": where.file, "line": where.file_line, "title": f"{finding.code} {finding.name}"}
    given = ",".join(f"{key}={_escape(str(value))}" for key, value in properties.items() if value is not None)
    lines = [f"{_render_cell(finding)}{finding.message}", *finding.story, f"→ {finding.hint}"]
    text = "\n".join(clean(line) for line in lines)
    return f"::{_COMMANDS[finding.severity]} {given}::{text.translate(_IN_MESSAGES)}"


def _render_cell(finding: Finding) -> str:
    """Return cell, line and id: the lines of a notebook's file say little to people."""
    where = finding.location
    named = f", id {where.cell_id}" if where.cell_id else ""
    return f"{render_place(where)}{named}: " if where.cell is not None else ""


def _escape(text: str) -> str:
    return clean(text).translate(_IN_PROPERTIES)
