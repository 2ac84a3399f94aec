"""Tests of the reports for other programs: each whole, and with whatever text a notebook may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Lab
from vaultcheck.checker import check
from vaultcheck.finding import Consequence, Finding, Location, Severity
from vaultcheck.report import NotebookSummary, Report, VaultSummary
from vaultcheck.reporters import REPORTERS
from vaultcheck.reporters.github import render_github
from vaultcheck.reporters.junit import render_junit
from vaultcheck.reporters.markdown import render_markdown
from vaultcheck.reporters.sarif import render_sarif
from vaultcheck.reporters.style import clean

# That of the standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
_SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
_OTHERS = ("sarif", "junit", "github", "markdown")


@pytest.mark.parametrize("form", _OTHERS)
def test_whole_report(
    enter_fixture: Callable[[str], Path], compare_golden: Callable[[str, str], None], form: str
) -> None:
    enter_fixture("VC206-notebook-behind/broken")
    compare_golden(f"VC206-notebook-behind-broken.{form}", REPORTERS[form](check([Path()])))


@pytest.mark.parametrize("form", REPORTERS)
def test_report_of_nothing_is_a_report(form: str) -> None:
    assert REPORTERS[form](Report())


def _build(text: str, severity: Severity = Severity.ERROR) -> Finding:
    where = Location(f"{text}.ipynb", cell=2, cell_id=text, line=1, file_line=7)
    follows = Consequence(replace(where, cell=3), text, text)
    return Finding(
        "VC304", "stale-import", severity, text, text, where, text, story=(text, text), consequences=(follows,)
    )


def _report(text: str) -> Report:
    return Report(
        notebooks=(NotebookSummary("clean.ipynb"),),
        vaults=(VaultSummary(text, "archive", 1),),
        findings=tuple(_build(text, severity) for severity in Severity),
        commands=(text,),
    )


_ODD = ["", "a\nb\r\nc", "\x1b[2J", "\x00", "\ud800", "\u202e", "|`<b>`|", "]]>", "%0A::error::x", ",:", "@all #1 \\|"]
_texts = st.one_of(st.sampled_from(_ODD), st.text(), st.text(alphabet="|`<>&%:\n\r\\\"'\ud800\x00\u2028"))


# SARIF


@given(_texts)
def test_sarif_is_as_the_standard_has_it(text: str) -> None:
    jsonschema.validate(json.loads(render_sarif(_report(text)).encode().decode()), _SCHEMA)


def test_schema_refuses_what_is_no_sarif() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": "2.1.0", "runs": [{"tool": {}}]}, _SCHEMA)


@pytest.mark.parametrize("name", ["a b.ipynb", "żółw.ipynb", "100%.ipynb", "a#b?.ipynb"])
def test_sarif_names_the_file_by_a_uri(name: str) -> None:
    finding = replace(_build("x"), location=Location(f"nb/{name}", file_line=1))
    (result,) = json.loads(render_sarif(Report(findings=(finding,))))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == f"nb/{name}"
    assert re.fullmatch(r"[\w%./~-]+", uri, re.ASCII)


def test_result_of_sarif_points_to_its_rule() -> None:
    (run,) = json.loads(render_sarif(_report("x")))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == ["VC304"] * 3
    assert [one["level"] for one in run["results"]] == ["error", "warning", "note"]


# JUnit


@given(_texts)
def test_junit_is_xml(text: str) -> None:
    root = Xml.fromstring(render_junit(_report(text)))
    assert (root.get("tests"), root.get("failures")) == ("4", "2")
    assert len(root.findall(".//testcase")) == 4


def test_clean_notebook_is_a_case_that_passes() -> None:
    root = Xml.fromstring(render_junit(_report("x")))
    (suite,) = (one for one in root if one.get("name") == "clean.ipynb")
    assert [len(case) for case in suite] == [0]


# GitHub


@given(_texts)
def test_github_command_is_one_line(text: str) -> None:
    *commands, _ = render_github(_report(text)).rstrip("\n").split("\n")
    assert [
        re.match(r"::(error|warning|notice) file=[^:,]*,line=7,title=VC304 stale-import::", one) is not None
        for one in commands
    ] == [True] * 3


def test_github_text_is_read_as_it_was_written() -> None:
    line = render_github(Report(findings=(replace(_build("x"), message="50 % :: done", story=()),))).split("\n")[0]
    assert line.endswith("cell 2, line 1, id x: 50 %25 :: done%0A→ x")


def test_line_of_an_annotation_is_the_line_of_the_command(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use ż.ipynb", "# first\n\ny = 1\n%vault import x from m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    lab.save()
    monkeypatch.chdir(lab.folder)
    first = render_github(check([Path()])).split("\n")[0]
    found = re.match(r"::error file=(?P<file>[^,]+),line=(?P<line>\d+),title=VC304 ", first)
    assert found
    lines = Path(found["file"]).read_text(encoding="utf-8").split("\n")
    assert lines[int(found["line"]) - 1].strip() == '"%vault import x from m"'


# Markdown


@given(_texts)
def test_markdown_table_has_a_row_for_each_finding(text: str) -> None:
    rows = [line for line in render_markdown(_report(text)).split("\n") if line.startswith("| ")]
    assert len(rows) == 2 + 3
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


@pytest.mark.parametrize("text", ["<script>", "![x](http://x)", "**b**", "@team", "`code`", "https://x.org"])
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    (row,) = (line for line in render_markdown(_report(text)).split("\n") if "| error |" in line)
    assert text not in row.replace(f"{text}.ipynb", "")


def test_many_findings_are_counted() -> None:
    text = render_markdown(Report(findings=(_build("x"),) * 150))
    assert text.count("| error |") == 100
    assert "And 50 findings more." in text


def test_markdown_draws_the_lineage(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    monkeypatch.chdir(lab.folder)
    assert '```mermaid\nflowchart LR\n    n1["a.ipynb"]\n    o1[("m/x")]\n    n1 --> o1\n```' in (
        render_markdown(check([Path()]))
    )


@given(_texts)
def test_no_report_holds_what_could_command_a_terminal(text: str) -> None:
    for form, render in REPORTERS.items():
        lines: Any = render(_report(text)).split("\n")
        assert all(line == clean(line) for line in lines), form
