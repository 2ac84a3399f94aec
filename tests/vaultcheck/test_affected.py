"""Tests of which notebooks a change concerns."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.builders import Lab
from vaultcheck.affected import Change, find_affected, select_affected
from vaultcheck.scope import UnknownRevision, find_change


def build_chain(lab: Lab) -> None:
    """Let `a` hand on to `b` and that to `c`; `other` has nothing to do with them, `setup.py` is imported by `b`."""
    (lab.folder / "setup_names.py").write_text("names = 1\n")
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "import setup_names", "%vault import x from m", "%vault store y in m")
    lab.start("c.ipynb", "%vault import y from m")
    lab.start("other.ipynb", "%vault store z in n")


def find(lab: Lab, *files: str, objects: tuple[str, ...] = ()) -> list[str]:
    lab.save()
    change = Change(
        frozenset(lab.folder.resolve() / file for file in files),
        frozenset((lab.archive, path) for path in objects),
    )
    return sorted(find_affected(lab.load(), change))


@pytest.mark.parametrize(
    ("files", "objects", "affected"),
    [
        pytest.param(("a.ipynb",), (), ["a.ipynb", "b.ipynb", "c.ipynb"], id="producer"),
        pytest.param(("b.ipynb",), (), ["b.ipynb", "c.ipynb"], id="middle"),
        pytest.param(("c.ipynb",), (), ["c.ipynb"], id="consumer"),
        pytest.param(("other.ipynb",), (), ["other.ipynb"], id="unrelated"),
        pytest.param(("setup_names.py",), (), ["b.ipynb", "c.ipynb"], id="imported-module"),
        pytest.param((), ("m/y",), ["b.ipynb", "c.ipynb"], id="object"),
        pytest.param(("README.md",), ("m/unknown",), [], id="nothing-of-ours"),
    ],
)
def test_change_concerns_what_depends_on_it(
    lab: Lab, files: tuple[str, ...], objects: tuple[str, ...], affected: list[str]
) -> None:
    build_chain(lab)
    assert find(lab, *files, objects=objects) == affected


def test_cycle_of_notebooks_ends(lab: Lab) -> None:
    lab.put("m/y", "1")
    lab.start("a.ipynb", "%vault import y from m", "%vault store x in m")
    lab.start("b.ipynb", "%vault import x from m", "%vault store y in m")
    assert find(lab, "a.ipynb") == ["a.ipynb", "b.ipynb"]


def test_finding_upstream_is_kept_for_what_follows_from_it(lab: Lab) -> None:
    build_chain(lab)
    lab.notebooks["a.ipynb"].run_unsaved(2, content="2")
    lab.notebooks["other.ipynb"].edit(2, "%vault store w in n")
    lab.save()
    workspace = lab.load()
    selected = select_affected(lab.check(), {"c.ipynb"}, workspace=workspace)
    assert [(one.code, one.location.file) for one in selected] == [("VC206", "a.ipynb")]


def test_finding_at_a_vault_is_kept_for_its_notebooks(lab: Lab) -> None:
    build_chain(lab)
    lab.save()
    lab.archive_path.write_bytes(b"no archive")
    workspace = lab.load()
    for affected, codes in ({"c.ipynb"}, ["VC004"]), (set[str](), []):
        assert [one.code for one in select_affected(lab.check(), affected, workspace=workspace)] == codes


# What git tells


@pytest.fixture
def repository(lab: Lab) -> Lab:
    """Return a lab whose first state is committed."""
    build_chain(lab)
    lab.save()
    for command in (["init", "--quiet"], ["add", "."], [*_NAMED, "commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *command], cwd=lab.folder, check=True)
    return lab


_NAMED = ["-c", "user.name=n", "-c", "user.email=n@example.org"]


def changed(lab: Lab, revision: str = "HEAD") -> Change:
    return find_change(revision, folder=lab.folder, vaults=lab.load().vaults)


def test_nothing_changed_since_the_commit(repository: Lab) -> None:
    assert changed(repository) == Change()


def test_changed_and_new_files_are_told(repository: Lab) -> None:
    repository.start("new ż.ipynb")
    repository.notebooks["c.ipynb"].write("pass")
    repository.save()
    names = {file.name for file in changed(repository).files}
    assert {"new ż.ipynb", "c.ipynb"} <= names
    assert "a.ipynb" not in names


def test_object_stored_anew_is_told(repository: Lab) -> None:
    repository.put("m/x", "2")
    repository.save()
    assert changed(repository).objects == {(repository.archive, "m/x")}


def test_object_is_not_told_without_a_manifest_before(repository: Lab) -> None:
    manifest = f"{repository.archive}.manifest.json"
    subprocess.run(["git", "rm", "--quiet", "--cached", manifest], cwd=repository.folder, check=True)
    subprocess.run(["git", *_NAMED, "commit", "--quiet", "--message", "second"], cwd=repository.folder, check=True)
    repository.put("m/x", "2")
    repository.save()
    assert changed(repository).objects == frozenset()


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:a.ipynb", ""])
def test_unknown_revision_is_refused(repository: Lab, revision: str) -> None:
    with pytest.raises(UnknownRevision, match="git knows no such commit"):
        changed(repository, revision)
    assert not (repository.folder / "x").exists()


def test_folder_without_a_repository_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UnknownRevision, match="needs a git repository"):
        find_change("HEAD", folder=tmp_path, vaults=())
