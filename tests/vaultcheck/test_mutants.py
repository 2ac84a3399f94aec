"""Tests of the check on damaged files: it ends, tells, writes nothing, and judges what is intact as ever."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.vaultcheck.archive_mutants import spoil_archive
from tests.vaultcheck.conftest import FIXTURES
from tests.vaultcheck.mutants import spoil_text
from tests.vaultcheck.odd_files import NO_FILES, ODD_FILES, Arrange
from vault_magic.manifest import SUFFIX
from vaultcheck.cli import main
from vaultcheck.notebook import UnreadableNotebook, read_notebook
from vaultcheck.reporters import REPORTERS

THOROUGH = os.environ.get("VAULTCHECK_THOROUGH") == "1"
BATCHES = 20
EACH = 1000 if THOROUGH else 15  # mutants of a batch
LONGEST = 3.0  # seconds of this process; a second is what the largest take, and machines are noisy

# The project of which one file is damaged, and the one beside it.
_PAIRS = (
    ("quickstart", "VC304-stale-import/broken"),
    ("VC304-stale-import/broken", "VC312-object-of-former-import/broken"),
    ("VC312-object-of-former-import/broken", "VC304-stale-import/broken"),
    ("VC311-mixed-sessions/broken", "VC402-rival-producers/broken"),
    ("VC402-rival-producers/broken", "VC311-mixed-sessions/broken"),
    ("VC302-reformatted-cell/broken", "VC202-not-last-recorded/broken"),
    ("VC205-unencrypted-entry/broken", "VC305-object-of-edited-code/broken"),
    ("legacy", "VC205-unencrypted-entry/broken"),
    ("VC305-object-of-edited-code/broken", "legacy"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has told of the project beside the damaged one, and how it ended."""

    code: int
    complaints: str
    findings: tuple[str, ...]
    notebooks: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder with two projects that share no object; the reports lie outside."""

    folder: Path
    reports: Path
    capsys: pytest.CaptureFixture[str]

    def lay_out(self, first: str, second: str) -> dict[str, bytes]:
        """Put copies of two fixtures side by side, and return their files."""
        for project in self.folder.iterdir():  # the folder itself is where we are
            shutil.rmtree(project)
        shutil.copytree(FIXTURES / first, self.folder / "damaged")
        shutil.copytree(FIXTURES / second, self.folder / "intact")
        return self.read_files()

    def read_files(self) -> dict[str, bytes]:
        """Return all files by their paths."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        readable = (path for path in files if os.access(path, os.R_OK))
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in readable}

    def check(self, *options: str) -> Outcome:
        """Check the folder, and have every report written."""
        reports = [f"--output={name}={self.reports / name}" for name in REPORTERS]
        for former in self.reports.iterdir():
            former.unlink()
        start = time.process_time()
        code = main([*reports, *options, str(self.folder)])
        seconds = time.process_time() - start
        complaints = self.capsys.readouterr().err
        if {*REPORTERS} != {one.name for one in self.reports.iterdir()}:
            return Outcome(code, complaints or "wrote no report", (), (), seconds)
        report = json.loads((self.reports / "json").read_text(encoding="utf-8"))
        return Outcome(
            code, complaints, _select(report["findings"], "notebook"), _select(report["notebooks"], "path"), seconds
        )


def _select(told: list[dict[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(json.dumps(one, sort_keys=True) for one in told if one[key].startswith("intact/"))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    bench = Bench(tmp_path / "projects", tmp_path / "reports", capsys)
    for folder in (bench.folder, bench.reports):
        folder.mkdir()
    monkeypatch.chdir(bench.folder)
    (bench.folder / "damaged").mkdir()
    (bench.folder / "damaged/a.ipynb").write_text("{}")
    assert bench.check().code == 1  # nbformat is imported now, and not while a mutant is timed
    return bench


def _claims_to_be_a_run(file: Path) -> bool:
    """Tell whether a damaged notebook says that it is papermill's copy of another: that may then be a neighbour."""
    try:
        return read_notebook(file, path=file.name).papermill is not None
    except UnreadableNotebook:
        return False


def _name_fault(before: Outcome, after: Outcome, *, is_alone: bool = True) -> str:
    """Return what is wrong with the check of a damaged project, or nothing."""
    if after.code not in (0, 1):
        return f"exit code {after.code}: {after.complaints[-2000:]}"
    if after.complaints:
        return f"says on stderr: {after.complaints[-2000:]}"
    if is_alone and (after.findings, after.notebooks) != (before.findings, before.notebooks):
        return f"judges its neighbour otherwise: {after.findings}"
    return f"takes {after.seconds:.1f} seconds" if after.seconds > LONGEST else ""


def _choose_mutant(files: Mapping[str, bytes], dice: random.Random) -> tuple[str, dict[str, bytes | None]]:
    """Return which file of a project is damaged, and the changes; `None` is a file that is gone."""
    name = dice.choice(sorted(one for one in files if one.startswith("damaged/") and not one.endswith(".ipy")))
    spoil = spoil_archive if name.endswith(".zip") else spoil_text
    changes: dict[str, bytes | None] = {name: spoil(files[name], dice)}
    if name.endswith(".zip") and dice.random() < 0.5:  # who made the objects is then told by the archive alone
        changes |= {f"{name}{SUFFIX}": None}
    return name, changes


def _write(folder: Path, changes: Mapping[str, bytes | None]) -> None:
    for name, content in changes.items():
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_bytes(content)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damage_ends_in_a_report_and_leaves_the_neighbour_alone(batch: int, bench: Bench) -> None:
    files = bench.lay_out(*_PAIRS[batch % len(_PAIRS)])
    before = bench.check()
    assert _name_fault(before, before) == ""
    assert before.findings
    faults = []
    for number in range(EACH):
        seed = batch * 1_000_000 + number
        name, changes = _choose_mutant(files, random.Random(seed))
        _write(bench.folder, changes)
        fault = _name_fault(before, bench.check(), is_alone=not _claims_to_be_a_run(bench.folder / name))
        expected = {one: content for one, content in (files | changes).items() if content is not None}
        fault = fault or ("files were changed" if bench.read_files() != expected else "")
        faults += [f"seed {seed}, {name}: {fault}"] if fault else []
        _write(bench.folder, {one: files.get(one) for one in changes})
    assert faults == []


_on_linux = pytest.mark.skipif(sys.platform != "linux", reason="pipes, links and names that others do not have")


@pytest.mark.parametrize(
    ("arrange", "options"),
    [
        *[pytest.param(arrange, (), id=name) for name, arrange in ODD_FILES.items()],
        *[pytest.param(arrange, (), id=name, marks=_on_linux) for name, arrange in NO_FILES.items()],
        *[
            pytest.param(arrange, ("--lineage",), id=f"{name}-lineage", marks=_on_linux)
            for name, arrange in NO_FILES.items()
        ],
    ],
)
def test_odd_file_ends_in_a_report_and_leaves_the_neighbour_alone(
    arrange: Arrange, options: tuple[str, ...], bench: Bench
) -> None:
    bench.lay_out("quickstart", "VC304-stale-import/broken")
    before = bench.check(*options)
    shutil.rmtree(bench.folder / "damaged")
    (bench.folder / "damaged").mkdir()
    arrange(bench.folder / "damaged")
    files = bench.read_files()
    assert _name_fault(before, bench.check(*options)) == ""
    assert bench.read_files() == files
