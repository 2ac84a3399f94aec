"""Tests of the report as Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from tests.builders import Lab
from tests.vaultcheck.reporters.odd_reports import Handed, as_lineage, build_finding, build_report, texts
from vaultcheck.checker import check
from vaultcheck.report import NotebookSummary, Report
from vaultcheck.reporters.markdown import render_markdown

_COMMENT = 65_536
"""What a comment on GitHub holds."""


def _list_rows(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("| ")]


@given(texts)
def test_table_has_a_row_for_each_finding(text: str) -> None:
    rows = _list_rows(render_markdown(build_report(text)))
    assert len(rows) == 2 + 3
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


@given(texts)
def test_report_has_as_many_lines_whatever_it_says(text: str) -> None:
    assert render_markdown(build_report(text)).count("\n") == render_markdown(build_report("x")).count("\n")


_ESCAPED = {
    "html": ("<script>", "&lt;script&gt;"),
    "entity": ("&lt;", r"\&lt;"),
    "image": ("![x](http://x)", r"!\[x\](http\://x)"),
    "bold": ("**b**", r"\*\*b\*\*"),
    "underscores": ("_b_", r"\_b\_"),
    "mention": ("@team", "&#64;team"),
    "issue": ("#12", r"\#12"),
    "code": ("`x`", r"\`x\`"),
    "address": ("https://x.org", r"https\://x.org"),
    "bare-address": ("www.x.org", r"www\.x.org"),
    "pipe": ("a | b", r"a \| b"),
    "escaped-pipe": (r"a \| b", r"a \\\| b"),
    "formula": ("$x$", r"\$x\$"),
    "emoji": (":tada:", r"\:tada:"),
    "lines": ("a\nb", r"a\\nb"),
    "plain": ("'m/x' is stale (a.ipynb, cell 2)", "'m/x' is stale (a.ipynb, cell 2)"),
}


@pytest.mark.parametrize(("text", "escaped"), _ESCAPED.values(), ids=_ESCAPED)
def test_text_means_nothing_but_itself(text: str, escaped: str) -> None:
    *_, row = _list_rows(render_markdown(Report(findings=(replace(build_finding("x"), message=text),))))
    assert row == f"| error | VC304 stale-import | x.ipynb | cell 2, line 1 | {escaped} | x |"


def test_verdict_and_coverage_stand_in_front() -> None:
    report = replace(build_report("x"), notebooks=(NotebookSummary("a.ipynb", commands=1, has_evidence=True),))
    first, _, second, *_ = render_markdown(report).split("\n")
    assert first == "### vaultcheck: Found 1 error, 1 warning, 1 info"
    assert second.startswith("Found 1 error, 1 warning, 1 info: 1 notebook checked, 1 of 1 that work with a vault have")


def test_row_tells_severity_rule_place_message_and_hint() -> None:
    finding = replace(build_finding("x"), message="it is stale", hint="run it")
    *_, row = _list_rows(render_markdown(Report(findings=(finding,))))
    assert row == "| error | VC304 stale-import | x.ipynb | cell 2, line 1 | it is stale | run it |"


def test_many_findings_and_commands_are_counted() -> None:
    commands = tuple(f"run {number}" for number in range(23))
    text = render_markdown(Report(findings=(build_finding("x"),) * 150, commands=commands))
    assert text.count("| error |") == 100
    assert "And 50 findings more." in text
    assert "    run 19\n\nAnd 3 notebooks more." in text


def test_long_findings_fit_into_a_comment() -> None:
    text = render_markdown(Report(findings=(build_finding("x" * 500),) * 100))
    assert len(text) < _COMMENT
    assert len(_list_rows(text)) - 2 + int(re.findall(r"And (\d+) findings more", text)[0]) == 100


def test_lineage_is_drawn(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    monkeypatch.chdir(lab.folder)
    assert '```mermaid\nflowchart LR\n    n1["a.ipynb"]\n    o1[("m/x")]\n    n1 --> o1\n```' in (
        render_markdown(check([Path()]))
    )


@pytest.mark.parametrize(("arrows", "is_drawn"), [(500, True), (501, False)])
def test_lineage_is_drawn_as_far_as_mermaid_goes(arrows: int, is_drawn: bool) -> None:
    uses = (Handed("storage.zip", f"m/{number}", producers=("a.ipynb",)) for number in range(arrows))
    text = render_markdown(Report(lineage=as_lineage(*uses)))
    assert ("```mermaid" in text, "`vaultcheck graph` shows it" in text) == (is_drawn, not is_drawn)


def test_lineage_of_long_names_fits_into_a_comment() -> None:
    uses = (Handed("storage.zip", f"m/{number}/{'x' * 200}", producers=("a.ipynb",)) for number in range(400))
    assert len(render_markdown(Report(lineage=as_lineage(*uses)))) < _COMMENT
