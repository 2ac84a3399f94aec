"""Vaults in real git repositories: shown, merged, in conflict, and set up by one command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import Notebook
from vault_magic.archive.opening import open_archive

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is a program of its own")

PASSWORD = b"correct horse"
LOG = "storage.zip.vault.log.gz"


class Project:
    """A repository with a vault, worked on by notebooks that each store one variable."""

    def __init__(self, folder: Path, *, password: bytes | None = None) -> None:
        self.folder, self.password = folder, password
        programs = str(Path(sys.executable).parent)
        settings = {
            "HOME": str(folder.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH": programs + os.pathsep + os.environ["PATH"],
        }
        for who in ("AUTHOR", "COMMITTER"):
            settings |= {f"GIT_{who}_NAME": "somebody", f"GIT_{who}_EMAIL": "somebody@example.org"}
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | settings

    def run(self, *command: str, fails: bool = False) -> str:
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self) -> None:
        self.folder.mkdir()
        self.run("git", "init", "--quiet", "--initial-branch", "main")
        self.store(start=[1])
        self.run("git", "add", "--force", "storage.zip")
        self.run("vaultcheck", "init")
        self.commit("start")

    def store(self, **values: object) -> None:
        notebook = self.open()
        notebook.names.update(values)
        for name in values:
            notebook.run(f"store {name} in m")

    def open(self) -> Notebook:
        return Notebook(self.folder / "storage.zip", password=self.password)

    def commit(self, message: str) -> None:
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--message", message)

    def branch(self, **values: object) -> None:
        """Store something on another branch, and come back."""
        self.run("git", "switch", "--quiet", "--create", "other")
        self.store(**values)
        self.commit("theirs")
        self.run("git", "switch", "--quiet", "main")

    def read(self) -> dict[str, object]:
        notebook = self.open()
        return {name: notebook.run(f"import {name} from m").imported[name] for name in self.list()}

    def list(self) -> list[str]:
        return [path.removeprefix("m/") for path in self.open().archive.list().objects]


@pytest.fixture(params=[None, PASSWORD], ids=["plain", "encrypted"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    project = Project(tmp_path / "project", password=request.param)
    project.start()
    return project


def test_branches_that_store_other_objects_merge(project: Project) -> None:
    project.branch(theirs="two")
    project.store(ours="one")
    project.commit("ours")

    project.run("git", "merge", "--quiet", "--no-edit", "other")

    assert project.run("git", "status", "--porcelain") == ""
    assert project.run("vaultcheck", "diff", "storage.zip", "storage.zip.manifest.json") == ""
    assert project.run("vaultcheck", "manifest", "storage.zip", "--no-password", "--check").endswith("up to date\n")
    assert project.read() == {"ours": "one", "start": [1], "theirs": "two"}


def test_same_object_on_both_sides_is_a_conflict_told_in_words(project: Project) -> None:
    project.branch(start="theirs", theirs="two")
    project.store(start="ours")
    project.commit("ours")

    told = project.run("git", "merge", "--no-edit", "other", fails=True)

    assert "conflict: 'm/start' was stored on both sides: " in told
    assert "run the notebook that stores them again" in told
    assert project.run("git", "diff", "--name-only", "--diff-filter=U").split() == [
        "storage.zip",
        "storage.zip.manifest.json",
    ]
    assert project.list() == ["start", "theirs"]
    project.store(start="decided")
    project.commit("merged")
    assert project.read() == {"start": "decided", "theirs": "two"}


def test_conflict_is_ended_by_taking_the_other_side_whole(project: Project) -> None:
    project.branch(start="theirs")
    project.store(start="ours")
    project.commit("ours")
    project.run("git", "merge", "--no-edit", "other", fails=True)

    project.run("git", "checkout", "--theirs", "storage.zip", "storage.zip.manifest.json")
    project.commit("merged")

    assert project.read() == {"start": "theirs"}


def test_deleted_on_one_side_and_stored_anew_on_the_other(project: Project) -> None:
    project.branch(start="theirs")
    project.run("vaultcheck", "rm", "storage.zip", "m/start")
    project.commit("ours")

    told = project.run("git", "merge", "--no-edit", "other", fails=True)

    assert "conflict: 'm/start' was deleted in ours and stored anew in theirs" in told


def test_rebase_replays_object_by_object(project: Project) -> None:
    project.branch(theirs="two")
    project.store(ours="one")
    project.commit("ours")

    project.run("git", "rebase", "--quiet", "other")

    assert project.read() == {"ours": "one", "start": [1], "theirs": "two"}


def test_git_shows_what_changed_in_a_vault(project: Project) -> None:
    project.store(fresh="one", start=[2])

    shown = project.run("git", "diff", "storage.zip").splitlines()

    assert sorted(line.split()[0] for line in shown if line.startswith(("+m/", "-m/"))) == [
        "+m/fresh",
        "+m/start",
        "-m/start",
    ]


def test_clone_without_the_driver_loses_nothing(project: Project, tmp_path: Path) -> None:
    project.branch(theirs="two")
    project.store(ours="one")
    project.commit("ours")
    project.run("git", "clone", "--quiet", ".", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone", password=project.password)
    clone.run("git", "merge", "--no-edit", "origin/other", fails=True)

    assert clone.list() == ["ours", "start"]
    clone.run("git", "merge", "--abort")
    clone.run("vaultcheck", "init")
    clone.run("git", "merge", "--quiet", "--no-edit", "origin/other")
    assert clone.read() == {"ours": "one", "start": [1], "theirs": "two"}


def test_password_changed_on_one_side_is_a_conflict(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", password=PASSWORD)
    project.start()
    project.environment |= {"KEY": PASSWORD.decode(), "NEW": "another"}
    project.branch(theirs="two")
    project.run("vaultcheck", "rekey", "storage.zip", "-e", "KEY", "--new", "NEW")
    project.commit("ours")

    told = project.run("git", "merge", "--no-edit", "other", fails=True)

    assert "the password was changed on one side" in told
    archive = open_archive(project.folder / "storage.zip", password=b"another", variable="NEW")
    assert list(archive.list().objects) == ["m/start"]
