"""Tests of which rules run, how grave their findings are, and which files they are not for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vault_magic.errors import CommandError
from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.rules import RULES
from vaultcheck.selection import Selection, build_selection, find_codes
from vaultcheck.settings import RuleChoice, Settings

ALL = frozenset(rule.code for rule in RULES if not rule.is_on_demand)
ROOT = Path("/project").absolute()


def select(folder: Path = ROOT, **values: Any) -> Selection:
    return build_selection(RULES, Settings(root=ROOT, **values), folder=folder)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        pytest.param({}, ALL, id="all"),
        pytest.param({"select": ("VC304",)}, {"VC304"}, id="code"),
        pytest.param({"select": ("vc304",)}, {"VC304"}, id="small-letters"),
        pytest.param({"select": ("stale-import",)}, {"VC304"}, id="name"),
        pytest.param({"select": ("VC40",)}, {one for one in ALL if one.startswith("VC40")}, id="prefix"),
        pytest.param({"ignore": ("VC",)}, set(), id="all-ignored"),
        pytest.param({"ignore": ("VC3",)}, {one for one in ALL if one[2] != "3"}, id="prefix-ignored"),
        pytest.param({"select": ("VC304",), "ignore": ("VC3",)}, {"VC304"}, id="closer-selected"),
        pytest.param(
            {"select": ("VC30",), "ignore": ("VC304", "VC303", "VC305", "VC306", "VC307", "VC308", "VC309")},
            {"VC301", "VC302"},
            id="closer-ignored",
        ),
        pytest.param({"select": ("VC304",), "ignore": ("stale-import",)}, set(), id="equal-words"),
        pytest.param({"select": ("VC304",), "extend_select": ("VC301",)}, {"VC301", "VC304"}, id="extended"),
        pytest.param({"extend_select": ("VC006",)}, ALL | {"VC006"}, id="on-demand"),
        pytest.param({"select": ("vc006",)}, {"VC006"}, id="on-demand-in-small-letters"),
        pytest.param({"require_evidence": True}, ALL | {"VC006"}, id="evidence-required"),
        pytest.param(
            {"require_evidence": True, "ignore": ("VC0",)},
            {one for one in ALL if one[2] != "0"},
            id="required-and-ignored",
        ),
    ],
)
def test_rules_that_run(values: dict[str, Any], codes: set[str]) -> None:
    assert select(**values).codes == codes


_FEW = {"select": ("VC301", "VC304"), "ignore": ("VC302",)}


@pytest.mark.parametrize(
    ("values", "typed", "codes"),
    [
        pytest.param({"ignore": ("VC304",)}, {"select": ("VC304",)}, {"VC304"}, id="selected-though-ignored"),
        pytest.param({"ignore": ("VC304",)}, {"extend_select": ("VC304",)}, ALL, id="added-though-ignored"),
        pytest.param({"ignore": ("VC304",)}, {"ignore": ("VC301",)}, ALL - {"VC301", "VC304"}, id="ignored-both"),
        pytest.param({"select": ("VC304",)}, {"ignore": ("VC3",)}, set(), id="ignored-though-closer"),
        pytest.param({"select": ("VC304",)}, {"select": ("VC301",)}, {"VC301"}, id="selected-instead"),
        pytest.param(_FEW, {"extend_select": ("VC302",)}, {"VC301", "VC302", "VC304"}, id="added"),
        pytest.param(_FEW, {"extend_select": ("VC301",), "ignore": ("VC30",)}, {"VC301"}, id="closer-of-those-typed"),
        pytest.param(_FEW, {"extend_select": ("VC301",), "ignore": ("VC301",)}, {"VC304"}, id="equal-of-those-typed"),
        pytest.param({"extend_select": ("VC006",)}, {"select": ("ALL",)}, ALL, id="on-demand-no-more"),
        pytest.param(_FEW, {}, {"VC301", "VC304"}, id="nothing"),
    ],
)
def test_what_is_typed_goes_before_the_settings(values: dict[str, Any], typed: dict[str, Any], codes: set[str]) -> None:
    assert select(**values, typed=RuleChoice(**typed)).codes == codes


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param(
            {"select": ("VC3O4",)}, "select names 'VC3O4', which is no rule; did you mean 'VC304'?", id="code"
        ),
        pytest.param({"ignore": ("stale-imports",)}, "did you mean 'stale-import'?", id="name"),
        pytest.param({"ignore": ("VC7",)}, "ignore names 'VC7'", id="empty-range"),
        pytest.param({"typed": RuleChoice(ignore=("VC7",))}, "ignore names 'VC7'", id="typed"),
        pytest.param({"severity": {"X": Severity.INFO}}, "severity names 'X'", id="severity"),
        pytest.param({"per_file_ignores": {"a": ("X",)}}, "per-file-ignores names 'X'", id="per-file"),
    ],
)
def test_word_for_no_rule_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        select(**values)
    assert message in str(caught.value)


def build(code: str, file: str = "nb/a.ipynb", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code, "name", severity, "message", "hint", Location(file))


@pytest.mark.parametrize(
    ("severity", "code", "found"),
    [
        pytest.param({"VC304": Severity.INFO}, "VC304", Severity.INFO, id="code"),
        pytest.param({"VC3": Severity.INFO, "VC304": Severity.WARNING}, "VC304", Severity.WARNING, id="closer"),
        pytest.param({"VC304": Severity.WARNING, "ALL": Severity.INFO}, "VC304", Severity.WARNING, id="closer-first"),
        pytest.param({"stale-import": Severity.INFO, "VC30": Severity.WARNING}, "VC304", Severity.INFO, id="name"),
        pytest.param({"VC4": Severity.INFO}, "VC304", Severity.ERROR, id="other"),
    ],
)
def test_severity_is_the_one_chosen(severity: dict[str, Severity], code: str, found: Severity) -> None:
    (finding,) = select(severity=severity).apply([build(code)])
    assert finding.severity is found


@pytest.mark.parametrize(
    ("pattern", "file", "folder", "is_left_out"),
    [
        pytest.param("nb/*.ipynb", "nb/a.ipynb", ROOT, True, id="path"),
        pytest.param("a.ipynb", "nb/a.ipynb", ROOT, True, id="name"),
        pytest.param("*", "nb/a.ipynb", ROOT, True, id="everything"),
        pytest.param("nb/", "nb/a.ipynb", ROOT, False, id="folder-alone"),
        pytest.param("nb/**", "nb/deep/a.ipynb", ROOT, True, id="folders"),
        pytest.param("b.ipynb", "nb/a.ipynb", ROOT, False, id="other-name"),
        pytest.param("nb/*.ipynb", "a.ipynb", ROOT / "nb", True, id="from-inside"),
        pytest.param("nb/*.ipynb", "../nb/a.ipynb", ROOT / "docs", True, id="from-beside"),
    ],
)
def test_rule_is_left_out_for_files(pattern: str, file: str, folder: Path, is_left_out: bool) -> None:
    selection = select(folder, per_file_ignores={pattern: ("VC3",)})
    kept = [*selection.apply([build("VC304", file), build("VC101", file)])]
    assert [one.code for one in kept] == (["VC101"] if is_left_out else ["VC304", "VC101"])


def test_word_means_codes_in_the_order_of_the_rules() -> None:
    assert find_codes(RULES, "VC201") == ("VC201",)
    assert find_codes(RULES, "all") == tuple(rule.code for rule in RULES)
    assert find_codes(RULES, "") == ()
