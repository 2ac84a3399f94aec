"""Tests of the report as SARIF."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given

from tests.vaultcheck.reporters.odd_reports import build_finding, build_report, texts
from vaultcheck.finding import Location, Severity
from vaultcheck.report import Report
from vaultcheck.reporters.sarif import render_sarif
from vaultcheck.rules import RULES

# That of the standard, as its committee keeps it: https://github.com/oasis-tcs/sarif-spec, under Schemata. OASIS lets
# its works be copied and published whole: https://www.oasis-open.org/policies-guidelines/ipr/.
_SCHEMA = jsonschema.Draft7Validator(
    json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
)


def _run(report: Report) -> dict[str, Any]:
    (run,) = json.loads(render_sarif(report))["runs"]
    parsed: dict[str, Any] = run
    return parsed


def _locate(file: str) -> dict[str, str]:
    finding = replace(build_finding("x"), location=Location(file, file_line=1))
    (result,) = _run(Report(findings=(finding,)))["results"]
    location: dict[str, str] = result["locations"][0]["physicalLocation"]["artifactLocation"]
    return location


@given(texts)
def test_sarif_is_as_the_standard_has_it(text: str) -> None:
    _SCHEMA.validate(json.loads(render_sarif(build_report(text))))


def test_every_rule_can_be_told() -> None:
    findings = tuple(replace(build_finding("x"), code=rule.code, name=rule.name) for rule in RULES)
    report = json.loads(render_sarif(Report(findings=findings)))
    _SCHEMA.validate(report)
    rules = report["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"].startswith(f"{rule['shortDescription']['text']}\n\nWhat: ")
        assert "**How to mend**" in rule["help"]["markdown"]


def test_schema_refuses_what_is_no_sarif() -> None:
    with pytest.raises(jsonschema.ValidationError):
        _SCHEMA.validate({"version": "2.1.0", "runs": [{"tool": {}}]})


@pytest.mark.parametrize("name", ["a b.ipynb", "żółw.ipynb", "100%.ipynb", "a#b?.ipynb", "a:b.ipynb"])
def test_file_is_named_by_a_uri_from_the_root(name: str) -> None:
    location = _locate(f"nb/{name}")
    assert unquote(location["uri"]) == f"nb/{name}"
    assert re.fullmatch(r"[\w%./~-]+", location["uri"], re.ASCII)
    assert location["uriBaseId"] in _run(Report())["originalUriBaseIds"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [("../a b.ipynb", "../a%20b.ipynb"), ("D:/my/a b.ipynb", "file:///D:/my/a%20b.ipynb")],
    ids=["above", "other-drive"],
)
def test_file_outside_the_root_is_not_said_to_be_in_it(file: str, uri: str) -> None:
    assert _locate(file) == {"uri": uri}


def test_folder_that_begins_with_dots_is_in_the_root() -> None:
    assert _locate("..a/b.ipynb") == {"uri": "..a/b.ipynb", "uriBaseId": "%SRCROOT%"}


def test_result_points_to_its_rule() -> None:
    run = _run(build_report("x"))
    rules = run["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == ["VC304"] * 3


@pytest.mark.parametrize(
    ("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note")]
)
def test_severity_is_a_level(severity: Severity, level: str) -> None:
    (result,) = _run(Report(findings=(build_finding("x", severity),)))["results"]
    assert result["level"] == level


def test_result_tells_line_cell_fingerprint_and_what_follows() -> None:
    finding = build_finding("x")
    (result,) = _run(Report(findings=(finding,)))["results"]
    (location,), (related,) = result["locations"], result["relatedLocations"]
    assert location["physicalLocation"]["region"] == {"startLine": 7}
    assert location["logicalLocations"] == [
        {"name": "cell 2, line 1", "kind": "element", "fullyQualifiedName": "x"},
    ]
    assert result["partialFingerprints"] == {"vaultcheck/v1": finding.fingerprint}
    assert related["logicalLocations"][0]["name"] == "cell 3, line 1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("m/{x}", "m/{{x}}"),
        ("{0}", "{{0}}"),
        ("f[0](1)", "f[0] (1)"),
        ("[here](https://x.org)", "[here] (https://x.org)"),
        ("a[0], (b)", "a[0], (b)"),
    ],
    ids=["braces", "placeholder", "code", "link", "brackets"],
)
def test_message_is_neither_placeholder_nor_link(text: str, told: str) -> None:
    finding = replace(build_finding(text), story=(), location=Location("a.ipynb"))
    (result,) = _run(Report(findings=(finding,)))["results"]
    assert result["message"]["text"] == f"{told}\n→ {told}"
    assert result["relatedLocations"][0]["message"]["text"] == told
