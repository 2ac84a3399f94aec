"""The hook as pre-commit runs it: installed from the repository, with the names of the files of a commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.build import NOTEBOOKS
from fixtures.running import edit_cell

pytestmark = pytest.mark.packaging

ROOT = NOTEBOOKS.parent.parent

_NAMED = ("-c", "user.name=n", "-c", "user.email=n@example.org")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a committed copy of the quickstart, with caches of pre-commit's own."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "project"
    shutil.copytree(NOTEBOOKS / "quickstart", folder)
    for command in (("init", "--quiet"), ("add", "."), (*_NAMED, "commit", "--quiet", "--message", "first")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def run_hook(project: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Run the hook of this repository on some files."""
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "vaultcheck", "--verbose", "--files", *files]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_hook_checks_the_files_of_a_commit_with_their_lineage(project: Path) -> None:
    clean = run_hook(project, "02_model.ipynb", "data/storage.zip.manifest.json")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "No findings: 3 notebooks checked" in clean.stdout

    edit_cell(project / "02_model.ipynb", cell=4, old="= 10", new="= 20")
    broken = run_hook(project, "02_model.ipynb")
    assert broken.returncode == 1
    assert "error VC301 [edited-cell]" in broken.stdout
