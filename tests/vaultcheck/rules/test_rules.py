"""Tests of the tuple of rules."""

from __future__ import annotations

import inspect
import re

import pytest

from tests.vaultcheck.conftest import FIXTURES, load_expected
from vaultcheck.rules import (
    RULES,
    commands,
    contents,
    freshness,
    hygiene,
    inputs,
    integrity,
    leftovers,
    lineage,
    local_files,
    order,
    outputs,
    provenance,
    silence,
)
from vaultcheck.rules.base import Rule

_MODULES = {
    "0": [inputs],
    "1": [commands],
    "2": [contents, integrity],
    "3": [freshness, outputs, provenance, order],
    "4": [lineage, leftovers, local_files],
    "6": [hygiene],
    "9": [silence],
}
_TOLD_ON_DEMAND = ("VC006", "VC902")
"""Rules that say something only with an option of the check: tests of the command line show them."""

_each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])


def test_codes_are_unique_and_sorted() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_rule_of_every_module_is_listed() -> None:
    written = {
        one
        for modules in _MODULES.values()
        for module in modules
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Rule) and one.__module__ == module.__name__
    }
    assert {type(rule) for rule in RULES} == written


@_each_rule
def test_code_is_in_the_range_of_its_module(rule: Rule) -> None:
    assert re.fullmatch(r"VC\d{3}", rule.code)
    assert type(rule).__module__ in [module.__name__ for module in _MODULES[rule.code[2]]]


@_each_rule
def test_name_is_kebab_case(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


@_each_rule
def test_name_is_the_class_in_kebab_case(rule: Rule) -> None:
    assert re.sub(r"(?<!^)(?=[A-Z])", "-", type(rule).__name__).lower() == rule.name


@_each_rule
def test_docstring_is_a_page(rule: Rule) -> None:
    page = inspect.getdoc(rule) or ""
    sections = re.findall(r"^\*\*(.+?)\*\*: \S", page, re.MULTILINE)
    assert sections == ["What", "Why", "Example", "How to mend"]
    assert page.index("\n\n") > 10, "it begins with a sentence of its own"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code not in _TOLD_ON_DEMAND], ids=lambda one: one.code)
def test_code_is_shown_by_a_fixture(rule: Rule) -> None:
    folders = [path.name for path in FIXTURES.iterdir() if (path / "expected.json").exists()]
    assert rule.code in {one["code"] for name in folders for one in load_expected(name)}
