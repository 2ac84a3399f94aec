"""Tests that a laptop, which has the archive, and CI, which has the manifest alone, come to the same verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.vaultcheck.conftest import FIXTURES
from vault_magic.manifest import SUFFIX
from vaultcheck.checker import check
from vaultcheck.finding import Consequence
from vaultcheck.report import Report

Check: TypeAlias = Callable[[str, str | None], Report]
Verdict: TypeAlias = tuple[str, str, int | None, str | None, str]
"""The code, file, cell, object and severity of a finding."""

# What is found in the bytes and entries of an archive, and nowhere else.
_OF_THE_ARCHIVE = {
    "VC004": "the archive is damaged, or ends in a write that was not finished",
    "VC005": "the manifest is not that of the archive",
    "VC203": "an entry contradicts its own bytes",
    "VC205": "an entry lies in clear beside encrypted ones",
}
# What is found only where the manifest tells what notebooks elsewhere have imported.
_OF_THE_MANIFEST = {"VC405": "nobody uses the object"}

_LEFT_OUT = {
    "VC001-unreadable-notebook/broken": "none of its notebooks can be read, so neither is its vault",
    "VC003-missing-vault/broken": "has neither archive nor manifest",
    "VC005-manifest-behind/broken": "its archive is not the one that its manifest tells of",
    "legacy": "its archive is older than manifests",
}
_UNREADABLE = "VC004-damaged-vault/broken"


def _find_projects() -> Iterator[str]:
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        twins = [path for path in (folder / "clean", folder / "broken") if path.is_dir()]
        yield from (path.relative_to(FIXTURES).as_posix() for path in twins or [folder])


_PROJECTS = [name for name in _find_projects() if name not in _LEFT_OUT]


@pytest.fixture
def check_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that checks a copy of a fixture without the file that its name ends in, if one is named."""

    def check_without(name: str, end: str | None) -> Report:
        folder = tmp_path / f"without {end}"
        shutil.copytree(FIXTURES / name, folder)
        if end is not None:
            (gone,) = (path for path in folder.rglob("*") if path.name.endswith(end))
            gone.unlink()
        monkeypatch.chdir(folder)
        return check([Path()])

    return check_without


def _list_verdicts(report: Report, leave_out: Container[str]) -> list[Verdict]:
    told = [one for one in report.findings if one.code not in leave_out]
    return [(one.code, one.location.file, one.location.cell, one.object, one.severity.value) for one in told]


def _list_consequences(report: Report, leave_out: Container[str]) -> list[Consequence]:
    return [one for finding in report.findings if finding.code not in leave_out for one in finding.consequences]


def _list_sources(report: Report) -> list[str]:
    return [vault.source for vault in report.vaults]


def test_what_is_left_out_is_there() -> None:
    assert {*_LEFT_OUT, _UNREADABLE} <= {*_find_projects()}


@pytest.mark.parametrize("name", _PROJECTS)
def test_manifest_alone_gives_the_verdicts_of_both(check_copy: Check, name: str) -> None:
    laptop, ci = check_copy(name, None), check_copy(name, ".zip")
    assert (_list_sources(laptop), _list_sources(ci)) == (
        ["manifest" if name == _UNREADABLE else "archive"],
        ["manifest"],
    )
    assert _list_verdicts(laptop, _OF_THE_ARCHIVE) == _list_verdicts(ci, _OF_THE_ARCHIVE)
    assert _list_consequences(laptop, _OF_THE_ARCHIVE) == _list_consequences(ci, _OF_THE_ARCHIVE)
    assert (laptop.lineage.edges, laptop.notebooks) == (ci.lineage.edges, ci.notebooks)


@pytest.mark.parametrize("name", [name for name in _PROJECTS if name != _UNREADABLE])
def test_archive_alone_gives_the_verdicts_of_both(check_copy: Check, name: str) -> None:
    laptop, friend = check_copy(name, None), check_copy(name, SUFFIX)
    assert (_list_sources(laptop), _list_sources(friend)) == (["archive"], ["archive"])
    assert _list_verdicts(laptop, _OF_THE_MANIFEST) == _list_verdicts(friend, _OF_THE_MANIFEST)
    assert _list_consequences(laptop, _OF_THE_MANIFEST) == _list_consequences(friend, _OF_THE_MANIFEST)
    assert (laptop.lineage.edges, laptop.notebooks) == (friend.lineage.edges, friend.notebooks)
