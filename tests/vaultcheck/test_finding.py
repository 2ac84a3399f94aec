"""Tests of findings."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from vaultcheck.finding import Finding, Location, Severity


def _build(file: str = "a.ipynb", cell: int | None = 1, line: int | None = 1, code: str = "VC101") -> Finding:
    return Finding(code, "name", Severity.ERROR, "message", "hint", Location(file, cell=cell, line=line))


def test_error_is_the_worst() -> None:
    assert sorted(Severity, key=lambda one: one.rank) == [Severity.ERROR, Severity.WARNING, Severity.INFO]


def test_findings_are_listed_by_place_then_by_code() -> None:
    listed = [
        _build(cell=None, line=None),
        _build(cell=2, line=None),
        _build(cell=2, line=3, code="VC101"),
        _build(cell=2, line=3, code="VC102"),
        _build(cell=2, line=20),
        _build(cell=10),
        _build(file="b.ipynb"),
    ]
    for order in itertools.islice(itertools.permutations(listed), 0, None, 97):
        assert sorted(order, key=lambda one: one.sort_key) == listed


FOUND = Finding("VC301", "n", Severity.ERROR, "m", "h", Location("a.ipynb", cell=2, line=1), anchor="abc")


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        pytest.param(replace(FOUND, location=Location("a.ipynb", cell=9, line=4, file_line=80)), True, id="moved"),
        pytest.param(replace(FOUND, message="other words", severity=Severity.INFO), True, id="worded-otherwise"),
        pytest.param(replace(FOUND, code="VC302"), False, id="other-rule"),
        pytest.param(replace(FOUND, anchor="def"), False, id="other-text"),
        pytest.param(replace(FOUND, location=Location("b.ipynb")), False, id="other-file"),
        pytest.param(replace(FOUND, object="m/x"), False, id="about-an-object"),
    ],
)
def test_fingerprint_is_that_of_the_same_finding(other: Finding, is_same: bool) -> None:
    assert (other.fingerprint == FOUND.fingerprint) is is_same


def test_fingerprint_of_an_object_is_the_same_in_every_cell() -> None:
    one = replace(FOUND, object="m/x")
    assert replace(one, anchor="def").fingerprint == one.fingerprint
