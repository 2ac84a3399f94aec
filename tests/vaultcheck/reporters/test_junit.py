"""Tests of the report as JUnit XML."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given

from tests.vaultcheck.reporters.odd_reports import build_finding, build_report, texts
from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.report import Report
from vaultcheck.reporters.junit import render_junit


def _render(*findings: Finding) -> Xml.Element:
    return Xml.fromstring(render_junit(Report(findings=findings)))


@given(texts)
def test_any_text_is_xml(text: str) -> None:
    root = Xml.fromstring(render_junit(build_report(text)).encode())
    assert (root.get("tests"), root.get("failures")) == ("4", "2")
    assert len(root.findall(".//testcase")) == 4


def test_clean_notebook_is_a_case_that_passes() -> None:
    root = Xml.fromstring(render_junit(build_report("x")))
    (suite,) = (one for one in root if one.get("name") == "clean.ipynb")
    assert [len(case) for case in suite] == [0]


@pytest.mark.parametrize(
    ("severity", "tag"),
    [(Severity.ERROR, "failure"), (Severity.WARNING, "failure"), (Severity.INFO, "system-out")],
)
def test_what_is_good_to_know_fails_nothing(severity: Severity, tag: str) -> None:
    root = _render(build_finding("x", severity))
    (told,) = root.iterfind(".//testcase/*")
    assert told.tag == tag
    assert root.get("failures") == root[0].get("failures") == str(int(tag == "failure"))


def test_case_tells_place_message_story_and_hint() -> None:
    (case,) = _render(replace(build_finding("x"), message="it is stale", hint="run it")).iter("testcase")
    assert case.attrib == {
        "classname": "x.ipynb",
        "name": "VC304 stale-import 'x' (cell 2, line 1)",
        "file": "x.ipynb",
        "line": "7",
    }
    assert (case[0].get("message"), case[0].text) == ("it is stale", "it is stale\nx\nx\n→ run it")


def test_cases_of_two_objects_at_one_command_have_names_of_their_own() -> None:
    finding = build_finding("x")
    names = [case.get("name") for case in _render(finding, replace(finding, object="y")).iter("testcase")]
    assert len({*names}) == 2


def test_finding_about_a_whole_file_has_a_suite_of_its_own() -> None:
    root = _render(replace(build_finding("x"), location=Location("data/storage.zip"), object=None))
    assert [one.get("name") for one in root] == ["data/storage.zip"]
    assert [one.get("name") for one in root.iter("testcase")] == ["VC304 stale-import"]
