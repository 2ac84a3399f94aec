"""Tests of the report for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vaultcheck.checker import check
from vaultcheck.finding import Consequence, Finding, Location, Severity, Stake
from vaultcheck.report import Report
from vaultcheck.reporters.json import render_json


@pytest.mark.parametrize("name", ["VC304-stale-import/broken"])
def test_whole_report(
    enter_fixture: Callable[[str], Path], compare_golden: Callable[[str, str], None], name: str
) -> None:
    enter_fixture(name)
    compare_golden(f"{name.replace('/', '-')}.json", render_json(check([Path()])))


def _render(*findings: Finding) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(render_json(Report(findings=findings)))
    return parsed


def test_keys_are_those_promised() -> None:
    assert [*_render()] == ["schema_version", "summary", "notebooks", "findings", "commands", "lineage", "rerun"]
    assert (_render()["schema_version"], _render()["rerun"]) == (1, None)


def test_finding_has_the_keys_promised() -> None:
    where = Location("nb/a.ipynb", cell=2, cell_id="x", line=3, file_line=40)
    finding = Finding(
        "VC101",
        "malformed-command",
        Severity.WARNING,
        "it is wrong",
        "mend it",
        where,
        "m/x",
        vault="storage.zip",
        stake=Stake.DATA,
        story=("it came so",),
        commands=("do this",),
        consequences=(Consequence(Location("b.ipynb", cell=1), "wrong too", "m/y"),),
        last_store="a.ipynb",
    )
    assert _render(finding)["findings"] == [
        {
            "code": "VC101",
            "name": "malformed-command",
            "severity": "warning",
            "message": "it is wrong",
            "hint": "mend it",
            "notebook": "nb/a.ipynb",
            "cell": 2,
            "cell_id": "x",
            "line": 3,
            "file_line": 40,
            "object": "m/x",
            "vault": "storage.zip",
            "stake": "data",
            "story": ["it came so"],
            "commands": ["do this"],
            "consequences": [
                {
                    "notebook": "b.ipynb",
                    "cell": 1,
                    "cell_id": None,
                    "line": None,
                    "file_line": None,
                    "message": "wrong too",
                    "object": "m/y",
                }
            ],
            "last_store": "a.ipynb",
            "fingerprint": finding.fingerprint,
        }
    ]


@pytest.mark.parametrize("severity", Severity)
def test_summary_counts_each_severity(severity: Severity) -> None:
    summary = _render(Finding("VC101", "n", severity, "m", "h", Location("a")))["summary"]
    assert {key: summary[key] for key in ("errors", "warnings", "infos")} == {
        f"{one.value}s": int(one is severity) for one in Severity
    }


def test_any_text_is_valid_json() -> None:
    odd = '\ud800 \x00 " \\ \u2028'
    text = render_json(Report(findings=(Finding("VC101", "n", Severity.ERROR, odd, odd, Location(odd)),)))
    assert text.isascii()
    assert json.loads(text)["findings"][0]["message"] == odd
