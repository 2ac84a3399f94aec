"""Tests of the findings that a project lives with."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError, NewerFormat
from vaultcheck.baseline import Baseline, compare, parse_baseline, render_baseline
from vaultcheck.finding import Finding, Location, Severity

FOUND = Finding(
    "VC304", "stale-import", Severity.ERROR, "it is stale", "run it", Location("a.ipynb", cell=2, line=1), object="m/x"
)
OTHER = replace(FOUND, code="VC301", object=None, anchor="abc")
ELSEWHERE = replace(FOUND, location=Location("b.ipynb"))


def build(*findings: Finding) -> Baseline:
    """Return the baseline of some findings as it is read again."""
    return parse_baseline(render_baseline(findings, former=Baseline()))


@pytest.mark.parametrize(
    ("known", "found", "left", "stale"),
    [
        pytest.param([FOUND], [FOUND], [], 0, id="known"),
        pytest.param([FOUND], [FOUND, OTHER], [OTHER], 0, id="new"),
        pytest.param([FOUND, OTHER], [FOUND], [], 1, id="mended"),
        pytest.param([FOUND], [replace(FOUND, location=Location("a.ipynb", cell=9))], [], 0, id="moved"),
        pytest.param([FOUND], [FOUND, FOUND], [FOUND], 0, id="once-more"),
        pytest.param([FOUND, FOUND], [FOUND], [], 1, id="once-less"),
        pytest.param([], [FOUND], [FOUND], 0, id="empty"),
        pytest.param([FOUND], [ELSEWHERE], [ELSEWHERE], 1, id="other-notebook"),
    ],
)
def test_findings_are_compared(known: list[Finding], found: list[Finding], left: list[Finding], stale: int) -> None:
    compared = compare(found, build(*known), checked={"a.ipynb"})
    assert ([*compared.left], len(compared.stale)) == (left, stale)
    assert compared.known == len(found) - len(left)


def test_entry_of_a_notebook_that_was_not_checked_is_not_stale() -> None:
    assert compare([], build(FOUND), checked={"b.ipynb"}).stale == ()


def test_reasons_are_kept_for_what_is_still_there() -> None:
    before = build(FOUND, OTHER)
    former = Baseline(tuple(replace(one, reason=f"why {one.code}") for one in before.entries))
    again = parse_baseline(render_baseline([FOUND], former=former))
    assert [(one.code, one.reason) for one in again.entries] == [("VC304", "why VC304")]


def test_entries_are_sorted_a_line_each() -> None:
    text = render_baseline([OTHER, FOUND, FOUND], former=Baseline())
    assert text == render_baseline([FOUND, OTHER, FOUND], former=Baseline())
    entries = [json.loads(line.rstrip(",")) for line in text.split("\n") if "VC3" in line]
    assert [(one["code"], one["count"]) for one in entries] == [("VC301", 1), ("VC304", 2)]


def test_lines_of_two_baselines_make_one() -> None:
    ours, theirs = (render_baseline([one], former=Baseline()).split("\n") for one in (FOUND, OTHER))
    (added,) = (line for line in theirs if "VC301" in line)
    merged = "\n".join([*ours[:-3], added, *ours[-3:]])
    assert {one.code for one in parse_baseline(merged).entries} == {"VC301", "VC304"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is damaged", id="empty"),
        pytest.param("{", "is damaged", id="no-json"),
        pytest.param("[]", "is not a JSON object", id="no-object"),
        pytest.param("{}", "has no valid schema_version", id="no-version"),
        pytest.param('{"schema_version": 1}', "has no entries", id="no-entries"),
        pytest.param('{"schema_version": 1, "entries": [{}]}', "has a damaged entry", id="damaged-entry"),
        pytest.param('{"schema_version": 1,\n<<<<<<< HEAD\n', "unresolved merge", id="merge"),
    ],
)
def test_damaged_baseline_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_baseline(text)


def test_newer_baseline_is_refused() -> None:
    with pytest.raises(NewerFormat):
        parse_baseline('{"schema_version": 99, "entries": []}')


@given(st.text(), st.text(), st.integers(min_value=1, max_value=3))
def test_any_finding_is_known_again(message: str, path: str, count: int) -> None:
    found = [replace(FOUND, message=message, object=path)] * count
    assert compare(found, build(*found), checked={"a.ipynb"}).left == ()
