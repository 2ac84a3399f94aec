"""Tests of the report."""

from __future__ import annotations

import pytest

from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.report import NotebookSummary, Report


def _build(*severities: Severity) -> Report:
    findings = (Finding("VC101", "name", severity, "message", "hint", Location("a")) for severity in severities)
    return Report(findings=tuple(findings))


_FAILS: dict[str, tuple[tuple[Severity, ...], Severity, bool]] = {
    "nothing": ((), Severity.INFO, False),
    "error-at-error": ((Severity.ERROR,), Severity.ERROR, True),
    "warning-at-error": ((Severity.WARNING,), Severity.ERROR, False),
    "warning-at-warning": ((Severity.WARNING,), Severity.WARNING, True),
    "error-at-info": ((Severity.ERROR,), Severity.INFO, True),
    "info-at-warning": ((Severity.INFO,), Severity.WARNING, False),
    "one-of-several": ((Severity.INFO, Severity.ERROR), Severity.ERROR, True),
}


@pytest.mark.parametrize(("severities", "at", "fails"), _FAILS.values(), ids=_FAILS)
def test_report_fails_from_a_severity_up(severities: tuple[Severity, ...], at: Severity, *, fails: bool) -> None:
    assert _build(*severities).fails(at=at) is fails


def test_findings_are_counted_by_severity_the_worst_first() -> None:
    counts = _build(Severity.WARNING, Severity.ERROR, Severity.WARNING).counts
    assert [*counts.items()] == [(Severity.ERROR, 1), (Severity.WARNING, 2), (Severity.INFO, 0)]


def test_only_notebooks_that_work_with_a_vault_can_be_judged() -> None:
    notebooks = (
        NotebookSummary("plain", cells=3),
        NotebookSummary("written", cells=3, commands=1),
        NotebookSummary("run", cells=3, commands=1, has_evidence=True),
        NotebookSummary("marked", cells=3, has_evidence=True),
        NotebookSummary("broken", is_readable=False),
    )
    report = Report(notebooks=notebooks)
    assert [one.path for one in report.with_vault] == ["written", "run", "marked"]
    assert report.judged == 2
