"""Tests of what the rules get to see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import Lab
from vault_magic.errors import CommandError
from vault_magic.options import OpenOptions
from vaultcheck.cli import main
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


def test_stripped_notebook_ran_as_for_its_latest_store(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "y = 2", "%vault store x in m")
    author.restart()
    author.run("%vault store x in n")
    author.strip()
    for path, generation in (("m/x", 1), ("n/x", 2)):
        lab.producers[path] = replace(lab.producers[path], generation=generation)
    lab.save(archive=False)
    assert len(lab.load().executions["a.ipynb"].runs) == 2


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
    lab.start("a.ipynb").write(f"%open_vault -p {'a' * 999}\n%vault store x in m")
    lab.save()
    assert ("VC103", "a.ipynb", 2) in lab.find()


def test_calls_are_commands_where_a_cell_above_opened_the_vault(lab: Lab) -> None:
    author = lab.start("a.ipynb", "from vault_magic import open_vault\nv = open_vault('storage.zip')")
    author.write("v.store('m/x', df)\nother.store('m/y', df)")
    lab.save()
    assert [step.paths for step in lab.load().steps] == [("m/x",)]


def test_includes_are_those_of_each_notebook(lab: Lab) -> None:
    lab.start("setup.ipynb")
    lab.start("a.ipynb", "%run setup.ipynb")
    lab.save()
    includes = lab.load().includes
    assert {path: [one.file.name for one in found] for path, found in includes.items()} == {
        "a.ipynb": ["setup.ipynb"],
        "setup.ipynb": [],
    }


def test_ten_notebooks_that_run_one_setup_notebook_share_its_vault(lab: Lab) -> None:
    lab.archive = "data/storage.zip"
    (lab.folder / "nb").mkdir()
    (lab.folder / "nb" / "helper.py").write_text("from os import chdir\nchdir('..')\n")
    setup = lab.start("nb/setup.ipynb")
    setup.cells.clear()
    setup.run("import helper\n%open_vault -p data/storage.zip")
    for number in range(10):
        author = lab.start(f"nb/{number}.ipynb")
        author.cells.clear()
        author.run("%run setup.ipynb", did=[])
        author.run(f"%vault store x in m{number}")
        reference = author.cells[1]["outputs"][0]["metadata"]["vault"]["archive"]
        reference |= {"path": "data/storage.zip", "from_notebook": None}
    lab.save()
    assert [vault.path for vault in lab.load().vaults] == ["data/storage.zip"]
    assert lab.find() == []


# What the project says


def _break(lab: Lab) -> None:
    (lab.folder / "pyproject.toml").write_text('[tool.vault_magic]\nwhere = "a.zip"\n')


def test_broken_configuration_is_an_error(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    _break(lab)
    with pytest.raises(CommandError, match="where"):
        lab.load()


def test_broken_configuration_is_a_usage_error_in_one_line(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    _break(lab)
    assert main([str(lab.folder)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith("vaultcheck: pyproject.toml")


def test_configuration_is_not_read_for_notebooks_without_commands(lab: Lab) -> None:
    lab.start("a.ipynb").cells.clear()
    lab.save()
    _break(lab)
    assert lab.load().steps == ()


def test_configuration_is_read_once_for_a_folder(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def load(folder: Path) -> OpenOptions:
        read.append(folder)
        return OpenOptions()

    monkeypatch.setattr("vaultcheck.workspace.load_defaults", load)
    lab.start("a.ipynb", "%vault store x in m", "%vault store y in m")
    lab.start("b.ipynb", "%vault import x from m")
    lab.save()
    lab.load()
    assert read == [lab.folder.resolve()]


def test_vault_of_two_names_is_one(lab: Lab) -> None:
    """As `Storage.zip` is where capitals make no difference."""
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb").write("%open_vault -p other.zip\n%vault import x from m")
    lab.save()
    (lab.folder / "other.zip").hardlink_to(lab.archive_path)
    assert [vault.path for vault in lab.load().vaults] == ["storage.zip"]


def test_vaults_of_two_folders_are_two_though_they_share_a_file(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb").write("%open_vault -p copy/storage.zip\n%vault import x from m")
    lab.save()
    (lab.folder / "copy").mkdir()
    (lab.folder / "copy/storage.zip").hardlink_to(lab.archive_path)
    assert [vault.path for vault in lab.load().vaults] == ["copy/storage.zip", "storage.zip"]


def test_home_folder_is_found(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(lab.folder / "home"))
    lab.start("a.ipynb").write("%open_vault -p ~/x.zip\n%vault list")
    lab.start("b.ipynb").write("%open_vault -p ~nobody-here/x.zip\n%vault list")
    lab.save()
    assert [vault.path for vault in lab.load().vaults] == ["home/x.zip", "~nobody-here/x.zip"]
