"""Tests of what all formats have in common: a whole report, an empty one, and no text that commands a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from tests.vaultcheck.reporters.odd_reports import build_report, texts
from vaultcheck.checker import check
from vaultcheck.report import Report
from vaultcheck.reporters import REPORTERS
from vaultcheck.reporters.style import clean


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "markdown"])
def test_whole_report(
    enter_fixture: Callable[[str], Path], compare_golden: Callable[[str, str], None], form: str
) -> None:
    enter_fixture("VC206-notebook-behind/broken")
    compare_golden(f"VC206-notebook-behind-broken.{form}", REPORTERS[form](check([Path()])))


@pytest.mark.parametrize("form", REPORTERS)
def test_report_of_nothing_is_a_report(form: str) -> None:
    assert REPORTERS[form](Report())


@given(texts)
def test_no_report_holds_what_could_command_a_terminal(text: str) -> None:
    for form, render in REPORTERS.items():
        lines = render(build_report(text)).split("\n")
        assert all(line == clean(line) for line in lines), form
