"""Tests of findings."""

from __future__ import annotations

import itertools

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
