"""Tests of `vaultcheck rule`."""

from __future__ import annotations

import pytest

from vaultcheck.cli import main
from vaultcheck.rules import RULES


@pytest.mark.parametrize("name", ["VC304", "vc304", "stale-import", "Stale-Import"])
def test_rule_is_found_by_code_or_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", name]) == 0
    assert capsys.readouterr().out.startswith("# VC304 stale-import\n")


@pytest.mark.parametrize(
    ("name", "advice"),
    [("VC3O4", "did you mean 'VC304'?"), ("stale-imports", "did you mean 'stale-import'?"), ("?", "vaultcheck rule")],
)
def test_unknown_rule_is_refused_with_the_nearest(name: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", name]) == 2
    assert advice in capsys.readouterr().err


def test_without_a_name_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(RULES)


def test_all_pages_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all"]) == 0
    out = capsys.readouterr().out
    assert all(f"### {rule.code} {rule.name}" in out for rule in RULES)
