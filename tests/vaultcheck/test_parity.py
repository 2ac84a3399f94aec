"""Tests that a laptop, which has the archive, and CI, which has the manifest alone, come to the same verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.vaultcheck.conftest import FIXTURES
from vault_magic.manifest import SUFFIX
from vaultcheck.checker import check
from vaultcheck.report import Report

Verdict: TypeAlias = tuple[str, str, int | None, str | None, str]
"""The code, file, cell, object and severity of a finding."""

# What is found in the bytes and the entries of an archive, and nowhere else.
_OF_THE_ARCHIVE = {
    "VC004": "the archive is damaged, or ends in a write that was not finished",
    "VC005": "the manifest is not that of the archive",
    "VC203": "an entry contradicts its own bytes",
    "VC205": "an entry lies in clear beside encrypted ones",
}

_LEFT_OUT = {
    "VC003-missing-vault/broken": "has neither archive nor manifest",
    "VC005-manifest-behind/broken": "its archive is not the one of its manifest",
    "legacy": "its archive is older than manifests",
}


def _find_projects() -> Iterator[str]:
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        twins = [path for path in (folder / "clean", folder / "broken") if path.is_dir()]
        yield from (path.relative_to(FIXTURES).as_posix() for path in twins or [folder])


_PROJECTS = tuple(name for name in _find_projects() if name not in _LEFT_OUT)


Check = Callable[[str, str], Report]


@pytest.fixture
def check_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that checks a copy of a fixture without the files whose names have an end."""

    def check_copy(name: str, end: str) -> Report:
        folder = tmp_path / f"without{end}"
        shutil.copytree(FIXTURES / name, folder)
        for path in [path for path in folder.rglob("*") if path.name.endswith(end)]:
            path.unlink()
        monkeypatch.chdir(folder)
        return check([Path()])

    return check_copy


def _list_verdicts(report: Report) -> list[Verdict]:
    told = [one for one in report.findings if one.code not in _OF_THE_ARCHIVE]
    return [(one.code, one.location.file, one.location.cell, one.object, one.severity.value) for one in told]


def _list_consequences(report: Report) -> list[Consequence]:
    return [more for one in report.findings if one.code not in _OF_THE_ARCHIVE for more in one.consequences]


def test_projects_left_out_are_there() -> None:
    assert {*_LEFT_OUT} <= {*_find_projects()}


@pytest.mark.parametrize("name", _PROJECTS)
def test_manifest_alone_gives_the_verdicts_of_the_archive(check_without: Check, name: str) -> None:
    laptop, ci = check_without(name, _NOTHING), check_without(name, ARCHIVE)
    sources = [[vault.source for vault in report.vaults] for report in (laptop, ci)]
    ...
