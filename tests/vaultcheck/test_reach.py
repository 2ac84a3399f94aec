"""Tests of what a check could have found."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.reach import Reach, build_reach, covers

CODES = frozenset({"VC304"})


@pytest.mark.parametrize(
    ("code", "file", "is_whole", "is_included"),
    [
        pytest.param("VC304", "nb/a.ipynb", False, True, id="checked"),
        pytest.param("VC304", "a.ipynb", False, False, id="name-in-another-folder"),
        pytest.param("VC301", "nb/a.ipynb", False, False, id="rule-that-did-not-run"),
        pytest.param("VC304", "nb/gone.ipynb", False, False, id="not-checked"),
        pytest.param("VC304", "nb/gone.ipynb", True, True, id="whole-project"),
        pytest.param("VC304", "../gone.ipynb", True, False, id="outside-the-project"),
        pytest.param("VC301", "nb/gone.ipynb", True, False, id="rule-that-did-not-run-on-the-whole"),
    ],
)
def test_reach(*, code: str, file: str, is_whole: bool, is_included: bool) -> None:
    reach = build_reach(CODES, ["a.ipynb"], root=Path("/p"), folder=Path("/p/nb"), is_whole=is_whole)
    assert reach.includes(code, file=file) is is_included


@pytest.mark.parametrize(
    ("prefix", "file", "placed"),
    [
        pytest.param("", "a.ipynb", "a.ipynb", id="none"),
        pytest.param(".", "a.ipynb", "a.ipynb", id="same"),
        pytest.param("nb", "a.ipynb", "nb/a.ipynb", id="inside"),
        pytest.param("nb", "../a.ipynb", "a.ipynb", id="back-again"),
    ],
)
def test_finding_is_placed(prefix: str, file: str, placed: str) -> None:
    finding = Finding("VC304", "stale-import", Severity.ERROR, "m", "h", Location(file, cell=2))
    assert Reach(prefix=prefix).place(finding).location == Location(placed, cell=2)


@pytest.mark.parametrize(
    ("paths", "is_whole"),
    [
        pytest.param(["."], True, id="root"),
        pytest.param([".."], True, id="around-it"),
        pytest.param(["nb", "nb/.."], True, id="one-of-them"),
        pytest.param(["nb"], False, id="below-it"),
        pytest.param(["nb/a.ipynb"], False, id="notebook"),
        pytest.param([], False, id="none"),
    ],
)
def test_whole_project(tmp_path: Path, paths: list[str], *, is_whole: bool) -> None:
    (tmp_path / "p/nb").mkdir(parents=True)
    assert covers([tmp_path / "p" / path for path in paths], tmp_path / "p") is is_whole
