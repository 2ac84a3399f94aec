"""Tests of the report for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vaultcheck.checker import check
from vaultcheck.finding import Consequence, Finding, Location, Severity, Stake
from vaultcheck.report import NotebookSummary, Report, VaultSummary
from vaultcheck.reporters.style import Style, clean
from vaultcheck.reporters.text import render_text


@pytest.mark.parametrize("name", ["VC102-edited-command/broken", "VC206-notebook-behind/broken", "quickstart"])
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
    assert "\nFound 1 error, 2 warnings, 2 info: 0 notebooks" in render_text(report)


def test_finding_is_told_with_its_story_and_what_follows() -> None:
    follows = tuple(Consequence(Location("b.ipynb", cell=number, line=1), "follows") for number in range(1, 6))
    finding = replace(_build(Location("a.ipynb")), story=("first this", "then that"), consequences=follows)
    assert render_text(Report(findings=(finding,)), is_quiet=True).splitlines()[1:] == [
        "    first this",
        "    then that",
        "    so, too: b.ipynb (cell 1, line 1): follows",
        "    so, too: b.ipynb (cell 2, line 1): follows",
        "    so, too: b.ipynb (cell 3, line 1): follows",
        "    and 2 places more",
        "    → mend it",
    ]


_GRAVE = replace(
    _build(Location("a.ipynb", cell=2)), object="m/x", vault="storage.zip", stake=Stake.DATA, last_store="b.ipynb"
)
_CLOSINGS = {
    "data": (
        Report(findings=(replace(_GRAVE, runs=("a.ipynb",)),), commands=("run a", "run b")),
        [
            "Data are at stake:",
            "    'm/x' of storage.zip: malformed-command at a.ipynb, cell 2; last stored by b.ipynb",
            "Run, in this order:",
            "    run a",
            "    run b",
            "What this means: vaultcheck rule VC101",
        ],
    ),
    "bookkeeping": (
        Report(findings=(_build(Location("a.ipynb")),)),
        [
            "Only what is written down is wrong: of no stored object is it known to be missing or out of date.",
            "What this means: vaultcheck rule VC101",
        ],
    ),
    "to-be-mended-first": (
        Report(findings=(_GRAVE, replace(_GRAVE, code="VC102", runs=("a.ipynb",))), commands=("run a",)),
        [
            "Data are at stake:",
            "    'm/x' of storage.zip: malformed-command at a.ipynb, cell 2; last stored by b.ipynb",
            "When the rest is mended, run in this order:",
            "    run a",
            "What this means: vaultcheck rule VC101 (likewise VC102)",
        ],
    ),
    "warnings": (Report(findings=(replace(_GRAVE, severity=Severity.WARNING),)), []),
}


@pytest.mark.parametrize(("report", "closing"), _CLOSINGS.values(), ids=_CLOSINGS)
def test_report_ends_with_what_to_do(report: Report, closing: list[str]) -> None:
    assert render_text(report).partition("\n\n")[2].splitlines() == closing


def test_long_closing_is_cut() -> None:
    findings = tuple(replace(_GRAVE, object=f"m/{number}", runs=("a",)) for number in range(8))
    text = render_text(Report(findings=findings, commands=tuple(f"run {number}" for number in range(12))))
    assert "    and 3 more\n" in text
    assert "    run 9\n    and 2 notebooks more\n" in text


def test_what_was_silenced_is_counted() -> None:
    report = Report(_notebooks(1), suppressed=2, baselined=3)
    assert render_text(report).startswith("No findings (2 suppressed, 3 of the baseline): 1 notebook checked")


def test_quiet_report_of_a_clean_check_is_empty() -> None:
    assert render_text(Report(_notebooks(1)), is_quiet=True) == ""


def test_colours_and_links_are_for_terminals(tmp_path: Path) -> None:
    report = Report(findings=(_build(Location("a b.ipynb", cell=1, file_line=7)),))
    text = render_text(report, Style(has_colours=True, links_from=tmp_path))
    link = f"\x1b]8;;{(tmp_path / 'a b.ipynb').as_uri()}\x1b\\a b.ipynb:7\x1b]8;;\x1b\\ (cell 1, line 1)"
    assert text.startswith(f"{link}: \x1b[31;1merror\x1b[0m \x1b[1mVC101\x1b[0m")
    assert "\x1b" not in render_text(report)


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "a\rb", "a\nb", "\u202etxt", "\ud800", "\x00", "\x7f"])
def test_text_of_a_notebook_commands_no_terminal(text: str) -> None:
    finding = replace(
        _build(Location(f"{text}.ipynb", cell=1)),
        message=text,
        hint=text,
        object=text,
        story=(text,),
        stake=Stake.DATA,
        vault=text,
        last_store=text,
        consequences=(Consequence(Location(text), text),),
    )
    report = Report(findings=(finding,), commands=(text,), vaults=(VaultSummary(text, "archive", 1),))
    lines = render_text(report).split("\n")
    assert all(line == clean(line) for line in lines)
    assert len(lines) == len(
        render_text(Report(findings=(replace(finding, message="m"),), commands=("c",))).split("\n")
    )


def test_letters_of_all_scripts_stay() -> None:
    assert clean("żółw 🐢 日本 – é") == "żółw 🐢 日本 – é"
