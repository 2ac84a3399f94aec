"""Tests of the pages of the rules."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from vaultcheck.rules import RULES
from vaultcheck.rules.base import Rule
from vaultcheck.rules.pages import render_page, render_reference, render_table

_PAGE = "../../docs/rules.md"  # from the folder of the golden files


def test_page_is_the_one_in_the_repository(compare_golden: Callable[[str, str], None]) -> None:
    compare_golden(_PAGE, render_reference(RULES))


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_link_of_each_row_is_a_heading(rule: Rule) -> None:
    page = render_reference(RULES)
    headings = [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^### (.+)$", page, re.M)]
    assert f"[{rule.code}](#{rule.code.lower()}-{rule.name})" in page
    assert f"{rule.code.lower()}-{rule.name}" in headings


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_page_begins_with_code_name_and_severity(rule: Rule) -> None:
    assert render_page(rule).startswith(f"# {rule.code} {rule.name}\n\nSeverity: {rule.severity.value}\n\n")


def test_table_has_a_line_for_each_rule() -> None:
    assert [line.split()[0] for line in render_table(RULES).splitlines()] == [rule.code for rule in RULES]
