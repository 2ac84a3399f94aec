"""Tests of what the rules get to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import Lab
from vaultcheck.rules.inputs import DamagedVault, MissingVault


def test_unreadable_files_are_kept_apart(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m")
    lab.save()
    (lab.folder / "a.ipynb").write_text("")
    workspace = lab.load()
    assert [one.path for one in workspace.notebooks] == ["b.ipynb"]
    assert [one.path for one in workspace.unreadable] == ["a.ipynb"]


def test_vault_is_read_once_for_all_notebooks(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("nb/b.ipynb", "%vault import x from m")
    lab.save()
    workspace = lab.load()
    assert [vault.path for vault in workspace.vaults] == ["storage.zip"]
    assert all(step.vault is workspace.vaults[0] for step in workspace.steps)


def test_vaults_are_sorted_and_only_those_used(lab: Lab) -> None:
    lab.start("a.ipynb").write("%open_vault -p z.zip\n%vault list")
    lab.start("b.ipynb").write("%open_vault -p y.zip\n%vault list")
    lab.save()
    workspace = lab.load()
    assert [vault.path for vault in workspace.vaults] == ["y.zip", "z.zip"]
    assert workspace.get_vault("z.zip") is workspace.vaults[1]


def test_named_vault_overrides_what_notebooks_say(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    other = lab.folder / "elsewhere" / "other.zip"
    (vault,) = lab.load(vault=other).vaults
    assert (vault.path, vault.is_known) == ("elsewhere/other.zip", False)


def test_every_notebook_has_an_execution(lab: Lab) -> None:
    lab.start("a.ipynb")
    lab.start("b.ipynb", "%vault store x in m")
    lab.save()
    evidence = {path: execution.has_evidence for path, execution in lab.load().executions.items()}
    assert evidence == {"a.ipynb": False, "b.ipynb": True}


@pytest.mark.parametrize("name", ["a.ipynb", "nb/a.ipynb"])
def test_stripped_notebook_is_judged_by_the_manifest(lab: Lab, name: str) -> None:
    lab.archive = "data/storage.zip"
    lab.start(name, "x = 1", "%vault store x in m").strip()
    lab.save(archive=False)
    assert len(lab.load().executions[name].runs) == 3


def test_manifest_of_another_notebook_is_not_taken_for_ours(lab: Lab) -> None:
    lab.start("nb/a.ipynb", "x = 1", "%vault store x in m")
    lab.start("a.ipynb", "x = 2", "%vault list").strip()
    lab.save()
    assert not lab.load().executions["a.ipynb"].has_evidence


def test_stripped_import_is_judged_by_the_manifest(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", "%vault import x from m").strip()
    lab.save()
    assert len(lab.load().executions["a.ipynb"].runs) == 1


def test_import_of_another_notebook_is_not_taken_for_ours(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("b.ipynb", "%vault import x from m")
    lab.start("a.ipynb", "%vault list").strip()
    lab.save()
    assert not lab.load().executions["a.ipynb"].has_evidence


def test_archive_behind_a_link_is_the_same_vault(lab: Lab) -> None:
    (lab.folder / "link").symlink_to(lab.folder)
    lab.start("a.ipynb").write("%open_vault -p link/storage.zip\n%vault list")
    lab.start("b.ipynb").write("%vault list")
    lab.save()
    assert len({id(step.vault) for step in lab.load().steps}) == 1


def test_archive_reached_by_two_ways_is_one_vault(lab: Lab, tmp_path: Path) -> None:
    lab.start("a.ipynb").write("%open_vault -p ./nb/../storage.zip\n%vault list")
    lab.start("b.ipynb").write("%open_vault -p storage.zip\n%vault list")
    lab.save()
    assert len(lab.load().vaults) == 1


_IMPOSSIBLE = {"half-a-character": "\ud800.zip", "nul": "a\0.zip"}


@pytest.mark.parametrize("name", _IMPOSSIBLE.values(), ids=_IMPOSSIBLE)
def test_archive_name_that_no_file_can_have_is_a_missing_vault(lab: Lab, name: str) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.edit(1, f"%open_vault -p {name}")
    author.cells[1]["outputs"][0]["metadata"]["vault"]["archive"] |= {"path": name, "from_notebook": name}
    lab.save()
    assert lab.find([MissingVault(), DamagedVault()]) == [("VC003", "a.ipynb", 2)]


def test_recorded_name_that_no_file_can_have_gives_way_to_the_typed_one(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.cells[1]["outputs"][0]["metadata"]["vault"]["archive"] |= {"from_notebook": "\ud800"}
    lab.save()
    assert lab.find() == []


def test_archive_behind_links_in_a_circle_cannot_be_read(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save(archive=False, manifest=False)
    lab.archive_path.symlink_to("storage.zip")
    assert lab.find() == [("VC004", "storage.zip", None)]


def test_archive_with_a_name_too_long_is_no_crash(lab: Lab) -> None:
    lab.start("a.ipynb").write(f"%open_vault -p {'a' * 999}\n%vault list")
    lab.save()
    assert ("VC103", "a.ipynb", 2) in lab.find()
