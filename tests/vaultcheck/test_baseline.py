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
from vaultcheck.reach import Reach

FOUND = Finding(
    "VC304", "stale-import", Severity.ERROR, "it is stale", "run it", Location("a.ipynb", cell=2, line=1), object="m/x"
)
OTHER = replace(FOUND, code="VC301", object=None, anchor="abc")
REACH = Reach(frozenset({"VC301", "VC304"}), frozenset({"a.ipynb"}))
ELSEWHERE = replace(FOUND, location=Location("b.ipynb"))


def build(*findings: Finding) -> Baseline:
    """Return the baseline of some findings as it is read again."""
    return parse_baseline(render_baseline(findings, former=Baseline(), reach=REACH))


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
    compared = compare(found, build(*known), reach=REACH)
    assert ([*compared.left], len(compared.stale)) == (left, stale)
    assert compared.known == len(found) - len(left)


@pytest.mark.parametrize(
    ("reach", "is_reached"),
    [
        pytest.param(REACH, True, id="checked"),
        pytest.param(replace(REACH, files=frozenset({"b.ipynb"})), False, id="other-notebook"),
        pytest.param(replace(REACH, codes=frozenset({"VC301"})), False, id="rule-that-did-not-run"),
        pytest.param(replace(REACH, files=frozenset(), is_whole=True), True, id="notebook-that-is-gone"),
    ],
)
def test_only_what_could_be_found_is_stale_or_given_up(*, reach: Reach, is_reached: bool) -> None:
    former = build(FOUND)
    assert compare([], former, reach=reach).stale == (former.entries if is_reached else ())
    again = parse_baseline(render_baseline([], former=former, reach=reach))
    assert again == (Baseline() if is_reached else former)


def test_findings_are_known_from_another_folder() -> None:
    inside = replace(REACH, prefix="nb", files=frozenset({"nb/a.ipynb"}))
    text = render_baseline([FOUND], former=Baseline(), reach=inside)
    seen = replace(FOUND, location=Location("nb/a.ipynb", cell=2))
    assert parse_baseline(text) == build(seen)
    assert compare([FOUND], build(seen), reach=inside).left == ()
    assert compare([FOUND], build(FOUND), reach=inside).left == (FOUND,)


def test_reasons_are_kept_for_what_is_still_there() -> None:
    before = build(FOUND, OTHER)
    former = Baseline(tuple(replace(one, reason=f"why {one.code}") for one in before.entries))
    again = parse_baseline(render_baseline([FOUND], former=former, reach=REACH))
    assert [(one.code, one.reason) for one in again.entries] == [("VC304", "why VC304")]


def test_entries_are_sorted_a_line_each() -> None:
    text = render_baseline([OTHER, FOUND, FOUND], former=Baseline(), reach=REACH)
    assert text == render_baseline([FOUND, OTHER, FOUND], former=Baseline(), reach=REACH)
    entries = [json.loads(line.rstrip(",")) for line in text.split("\n") if "VC3" in line]
    assert [(one["code"], one["count"]) for one in entries] == [("VC301", 1), ("VC304", 2)]


def test_lines_of_two_baselines_make_one() -> None:
    ours, theirs = (render_baseline([one], former=Baseline(), reach=REACH).split("\n") for one in (FOUND, OTHER))
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
    assert compare(found, build(*found), reach=REACH).left == ()
