"""Tests of the report for people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vaultcheck.checker import check
from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.report import NotebookSummary, Report, VaultSummary
from vaultcheck.reporters.text import render_text


@pytest.mark.parametrize("name", ["VC102-edited-command/broken", "quickstart"])
def test_whole_report(
    enter_fixture: Callable[[str], Path], compare_golden: Callable[[str, str], None], name: str
) -> None:
    enter_fixture(name)
    compare_golden(f"{name.replace('/', '-')}.txt", render_text(check([Path()])))


def _build(location: Location, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("VC101", "malformed-command", severity, "it is wrong", "mend it", location)


_PLACES = {
    "file": (Location("a.ipynb"), "a.ipynb"),
    "cell": (Location("a.ipynb", cell=2), "a.ipynb (cell 2, line 1)"),
    "line": (Location("a.ipynb", cell=2, line=3), "a.ipynb (cell 2, line 3)"),
    "line-in-the-file": (Location("a.ipynb", cell=2, line=3, file_line=40), "a.ipynb:40 (cell 2, line 3)"),
}


@pytest.mark.parametrize(("location", "shown"), _PLACES.values(), ids=_PLACES)
def test_finding_is_told_with_its_place(location: Location, shown: str) -> None:
    first, second, *_ = render_text(Report(findings=(_build(location),))).splitlines()
    assert first == f"{shown}: error VC101 [malformed-command] it is wrong"
    assert second == "    → mend it"


def _notebooks(judged: int, unjudged: int = 0, plain: int = 0) -> tuple[NotebookSummary, ...]:
    return (
        *(NotebookSummary("a", commands=1, has_evidence=True) for _ in range(judged)),
        *(NotebookSummary("b", commands=1) for _ in range(unjudged)),
        *(NotebookSummary("c") for _ in range(plain)),
    )


_SUMMARIES = {
    "nothing": (Report(), "No notebooks found."),
    "plain": (Report(_notebooks(0, plain=1)), "No findings: 1 notebook checked, none of them works with a vault."),
    "all-judged": (
        Report(_notebooks(2, plain=1)),
        "No findings: 3 notebooks checked, 2 of 2 that work with a vault have records.",
    ),
    "some-judged": (
        Report(_notebooks(2, 1)),
        "No findings: 3 notebooks checked, 2 of 3 that work with a vault have records, 1 cannot be judged.",
    ),
    "vaults": (
        Report(vaults=(VaultSummary("a.zip", "archive", 1), VaultSummary("b.zip", "manifest", 2))),
        "No findings: 0 notebooks checked, none of them works with a vault; "
        "a.zip (1 object, from its archive), b.zip (2 objects, from its manifest).",
    ),
    "missing-vault": (
        Report(vaults=(VaultSummary("a.zip", "missing", 0),)),
        "No findings: 0 notebooks checked, none of them works with a vault.",
    ),
}


@pytest.mark.parametrize(("report", "line"), _SUMMARIES.values(), ids=_SUMMARIES)
def test_summary_says_what_was_checked(report: Report, line: str) -> None:
    assert render_text(report) == f"{line}\n"


def test_findings_are_counted_by_severity() -> None:
    severities = [Severity.INFO, Severity.INFO, Severity.WARNING, Severity.WARNING, Severity.ERROR]
    report = Report(findings=tuple(_build(Location("a"), severity) for severity in severities))
    assert render_text(report).splitlines()[-1].startswith("Found 1 error, 2 warnings, 2 info: 0 notebooks")
