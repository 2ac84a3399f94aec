"""Tests of the commands of notebooks and the vaults they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import Author, Lab, identify
from vault_magic.forms import Verb
from vault_magic.identity import Identity
from vaultcheck.steps import Step


def _load(lab: Lab) -> tuple[Step, ...]:
    lab.save()
    return lab.load().steps


def test_steps_are_in_the_order_of_cells_and_lines(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m\n%vault store y in m", "%vault del x from m")
    steps = _load(lab)
    assert [(step.location.cell, step.location.line, step.verb) for step in steps] == [
        (2, 1, Verb.STORE),
        (2, 2, Verb.STORE),
        (3, 1, Verb.DEL),
    ]


def test_text_is_believed_before_the_record(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%vault del  y from n")
    (step,) = _load(lab)
    assert (step.verb, step.paths, step.text, step.differs) == (Verb.DEL, ("n/y",), "%vault del y from n", True)


def test_record_is_believed_where_the_text_tells_nothing(lab: Lab) -> None:
    lab.start("a.ipynb").run("keep(x)", did=["store x in m"])
    (step,) = _load(lab)
    assert (step.verb, step.paths, step.text, step.differs) == (Verb.STORE, ("m/x",), "%vault store x in m", False)
    assert step.location.line == 1


def test_recorded_path_is_believed_where_the_line_is_what_ran(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.cells[1]["outputs"][0]["metadata"]["vault"]["results"][0]["path"] = "m;/x"
    (step,) = _load(lab)
    assert step.paths == ("m;/x",)


def test_recorded_path_of_a_line_with_variables_is_known(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in $mod", did=["store x in m"])
    assert [step.paths for step in _load(lab)] == [("m/x",)]


def test_import_of_a_module_names_no_objects(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault import m")
    (step,) = _load(lab)
    assert (step.verb, step.paths) == (Verb.IMPORT, ())


def test_call_is_shown_as_a_call(lab: Lab) -> None:
    lab.start("a.ipynb", "from vault_magic import vault").write("vault.store('m/x',\n  df)")
    (step,) = _load(lab)
    assert (step.verb, step.paths, step.text) == (Verb.STORE, ("m/x",), "vault.store('m/x', ...)")


def test_recorded_call_is_shown_as_a_call(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("keep(x)", did=["store x in m"])
    author.cells[1]["outputs"][0]["metadata"]["vault"]["command"] = "vault.store('m/x', ...)"
    assert [step.text for step in _load(lab)] == ["vault.store('m/x', ...)"]


def test_command_that_did_not_run_has_nothing_recorded(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x in m")
    (step,) = _load(lab)
    assert (step.record, step.recorded("m/x")) == (None, None)


def test_recorded_identity_is_the_one_left_behind(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.run("%vault store x in m", content="2")
    author.run("%vault del x from m")
    assert [step.recorded("m/x") for step in _load(lab)] == [identify("1"), identify("2"), None]


def test_import_of_a_stripped_notebook_is_known_by_its_name(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("nb/use.ipynb", "%vault import x from m").strip()
    (step,) = _load(lab)
    assert step.imported("m/x") == identify("1")
    assert step.imported("m/y") is None


def test_import_of_another_notebook_is_not_taken_for_ours(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", "%vault import x from m")
    lab.put("m/x", "2")
    lab.start("b.ipynb").write("%vault import x from m")
    assert [step.imported("m/x") for step in _load(lab)] == [identify("1"), None]


@pytest.mark.parametrize("edited", [False, True], ids=["as-it-ran", "edited"])
def test_import_of_an_unnamed_notebook_is_known_by_its_cell(lab: Lab, *, edited: bool) -> None:
    lab.put("m/x", "1")
    author = lab.start("a.ipynb", "%vault import x from m")
    author.strip()
    author.edit(2, "y = 2\n%vault import x from m" if edited else "%vault import x from m")
    lab.save()
    manifest = Path(f"{lab.archive_path}.manifest.json")
    manifest.write_text(manifest.read_text().replace('"notebook": "a.ipynb", "path"', '"notebook": null, "path"'))
    (step,) = lab.load().steps
    assert step.imported("m/x") == (None if edited else identify("1"))


_MANIFEST = {
    "store": ("%vault store x in m", "%vault store x in m", True),
    "store-spelt-otherwise": ("%vault store x in m", "%vault  store  x in m # kept", True),
    "store-filled-in": ("%vault store x in m", "%vault store x in $mod", True),
    "other-store": ("%vault store x in m", "%vault store y in m", False),
    "store-of-another-variable": ("%vault store x in m", "%vault store y in m as x", False),
    "import": ("%vault import z from m", "%vault import z from m", True),
    "import-filled-in": ("%vault import z from m", "%vault from $mod import z", True),
    "import-filled-in-that-did-not-run": ("%vault list", "%vault from $mod import z", False),
    "module": ("%vault list", "%vault import m", False),
    "other-import": ("%vault list", "%vault import z from m", False),
    "delete": ("%vault del z from m", "%vault del z from m", False),
    "list": ("%vault list", "%vault list", False),
}


@pytest.mark.parametrize(("ran", "saved", "told"), _MANIFEST.values(), ids=_MANIFEST)
def test_what_the_manifest_tells_of_a_stripped_command(lab: Lab, ran: str, saved: str, *, told: bool) -> None:
    lab.put("m/z", "1")
    author = lab.start("a.ipynb", ran)
    author.strip()
    author.edit(2, saved)
    assert [step.is_in_manifest for step in _load(lab)] == [told]


@pytest.mark.parametrize("word", ["store", "import", "from", "del"])
def test_first_word_tells_what_a_line_with_variables_does(lab: Lab, word: str) -> None:
    lab.start("a.ipynb").write(f"%vault {word} $rest")
    assert [step.verb and step.verb.value for step in _load(lab)] == ["import" if word == "from" else word]


def _use_module(lab: Lab) -> Author:
    """Let a notebook ask a lazy module for a member."""
    lab.put("m/x", "1")
    author = lab.start("a.ipynb", "x = 1")
    author.write("%vault import m")
    author.run("y = m.x + 1", did=["import x from m"])
    author.cells[3]["outputs"][0]["metadata"]["vault"]["command"] = "m.x"
    return author


def _list_imports(lab: Lab) -> list[tuple[int, tuple[str, ...], Identity | None]]:
    return [(step.cell.number, step.paths, step.imported("m/x")) for step in _load(lab) if step.paths]


@pytest.mark.parametrize("stripped", [False, True], ids=["recorded", "in-the-manifest"])
def test_member_of_a_module_belongs_to_the_cell_that_asked_for_it(lab: Lab, *, stripped: bool) -> None:
    author = _use_module(lab)
    if stripped:
        author.strip()
    assert _list_imports(lab) == [(4, ("m/x",), identify("1"))]


def test_member_is_known_by_the_code_of_its_cell(lab: Lab) -> None:
    author = _use_module(lab)
    author.strip()
    author.edit(4, "y = (m.x + 1)  # laid out anew")
    assert _list_imports(lab) == [(4, ("m/x",), identify("1"))]


def test_member_that_no_cell_asks_for_any_more_is_forgotten(lab: Lab) -> None:
    author = _use_module(lab)
    author.strip()
    author.edit(4, "y = 2")
    assert _list_imports(lab) == []


def test_manifest_tells_nothing_of_other_notebooks(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb").write("%vault store x in m")
    assert [step.is_in_manifest for step in _load(lab)] == [True, False]


# Which archive


def _stay_unrun(lab: Lab, name: str, *cells: str) -> None:
    author = lab.start(name)
    author.cells.clear()
    for source in cells:
        author.write(source)


def test_opening_above_the_command_counts(lab: Lab) -> None:
    _stay_unrun(lab, "a.ipynb", "%vault list\n%open_vault -p b.zip\n%vault list", "%vault list\n%open_vault -p c.zip")
    assert [step.vault.path for step in _load(lab)] == ["storage.zip", "b.zip", "b.zip"]


def test_last_opening_of_a_cell_counts_for_the_next(lab: Lab) -> None:
    _stay_unrun(lab, "a.ipynb", "%open_vault -p b.zip\n%open_vault -p c.zip", "%vault list")
    assert [step.vault.path for step in _load(lab)] == ["c.zip"]


def test_damaged_archive_counts_as_one_that_exists(lab: Lab) -> None:
    _stay_unrun(lab, "nb/a.ipynb", "%vault list")
    (lab.folder / "pyproject.toml").touch()
    (lab.folder / "nb").mkdir()
    (lab.folder / "nb" / "storage.zip").write_text("damaged")
    assert [step.vault.path for step in _load(lab)] == ["nb/storage.zip"]


def test_opening_that_cannot_be_read_is_passed_over(lab: Lab) -> None:
    _stay_unrun(lab, "a.ipynb", "%open_vault -p b.zip", "%open_vault -p $where", "%open_vault --oops 1", "%vault list")
    assert [step.vault.path for step in _load(lab)] == ["b.zip"]


def test_archive_is_looked_for_from_the_folder_of_the_notebook(lab: Lab) -> None:
    lab.archive = "nb/storage.zip"
    _stay_unrun(lab, "nb/a.ipynb", "%vault list")
    (lab.folder / "pyproject.toml").touch()
    (lab.folder / "storage.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    assert [step.vault.path for step in _load(lab)] == ["nb/storage.zip"]


@pytest.mark.parametrize("mark", ["pyproject.toml", ".git"])
def test_archive_is_looked_for_from_the_root_of_the_project(lab: Lab, mark: str) -> None:
    _stay_unrun(lab, "nb/deep/a.ipynb", "%vault list")
    (lab.folder / mark).mkdir()
    (step,) = _load(lab)
    assert (step.vault.path, step.vault.has_archive) == ("storage.zip", True)


def test_archive_that_is_nowhere_is_expected_beside_the_notebook(lab: Lab) -> None:
    _stay_unrun(lab, "nb/a.ipynb", "%open_vault -p data/", "%vault list")
    (lab.folder / "pyproject.toml").touch()
    (step,) = _load(lab)
    assert (step.vault.path, step.vault.is_known) == ("nb/data/storage.zip", False)


def test_recorded_place_counts_before_the_typed_one(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(1, "%open_vault -p elsewhere.zip")
    assert [step.vault.path for step in _load(lab)] == ["storage.zip"]


def test_id_decides_between_two_archives(lab: Lab) -> None:
    lab.start("nb/a.ipynb", "%vault store x in m").metadata["note"] = "ran with the folder above as its own"
    reference = lab.notebooks["nb/a.ipynb"].cells[1]["outputs"][0]["metadata"]["vault"]["archive"]
    reference |= {"path": "storage.zip", "from_notebook": None}
    (lab.folder / "pyproject.toml").touch()
    other = Lab(lab.folder, archive="nb/storage.zip", vault="2" * 32)
    other.save()
    assert [(step.vault.path, step.vault.vault) for step in _load(lab)] == [("storage.zip", lab.vault)]


def test_without_the_id_the_archive_that_exists_counts(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.vault = "2" * 32
    assert [step.vault.path for step in _load(lab)] == ["storage.zip"]


def test_record_without_an_archive_leaves_it_to_the_opening(lab: Lab) -> None:
    lab.archive = "data/storage.zip"
    author = lab.start("a.ipynb", "%vault store x in m")
    reference = author.cells[1]["outputs"][0]["metadata"]["vault"]["archive"]
    reference |= {"vault": None, "path": "", "from_notebook": None}
    assert [step.vault.path for step in _load(lab)] == ["data/storage.zip"]


def test_record_of_what_a_cell_runs_belongs_to_the_vault_it_opens(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("prepare()\n%open_vault -p b.zip", did=["store x in m"])
    reference = author.cells[1]["outputs"][0]["metadata"]["vault"]["archive"]
    reference |= {"vault": None, "path": "", "from_notebook": None}
    assert [step.vault.path for step in _load(lab)] == ["b.zip"]


_OPENED = {
    "call": ["from vault_magic import open_vault\nv = open_vault('b.zip')\nv.list()"],
    "call-in-another-cell": ["from vault_magic import open_vault", "v = open_vault('b.zip')", "v.list()"],
    "chained-call": ["import vault_magic as vm\nvm.open_vault('b.zip').list()"],
    "called-magic": ["ip.run_line_magic('open_vault', '-p b.zip')\n%vault list"],
    "automagic": ["open_vault -p b.zip", "vault list"],
    "magic-and-call": ["%open_vault -p b.zip", "from vault_magic import vault\nvault.list()"],
}


@pytest.mark.parametrize("cells", _OPENED.values(), ids=_OPENED)
def test_every_kind_of_opening_counts(lab: Lab, cells: list[str]) -> None:
    _stay_unrun(lab, "a.ipynb", *cells)
    assert [step.vault.path for step in _load(lab)] == ["b.zip"]


# What the project says


def _configure(folder: Path, path: str = "data/") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f'[tool.vault_magic]\npath = "{path}"\n')


_DEFAULTS = {
    "without-a-path": (["%open_vault", "%vault list"], "data/storage.zip"),
    "with-other-options": (["%open_vault --secure False", "%vault list"], "data/storage.zip"),
    "without-an-opening": (["%vault list"], "data/storage.zip"),
    "by-call": (["from vault_magic import open_vault\nopen_vault().list()"], "data/storage.zip"),
    "typed": (["%open_vault -p b.zip", "%vault list"], "nb/b.zip"),
    "typed-on-windows": (["%open_vault -p a\\b.zip", "%vault list"], "nb/a/b.zip"),
    "called-on-windows": (["from vault_magic import open_vault\nopen_vault(r'a\\b.zip').list()"], "nb/a/b.zip"),
    "back-to-it": (["%open_vault -p b.zip", "%open_vault", "%vault list"], "data/storage.zip"),
    "moved": (["%cd ..", "%open_vault", "%vault list"], "data/storage.zip"),
}


@pytest.mark.parametrize(("cells", "archive"), _DEFAULTS.values(), ids=_DEFAULTS)
def test_project_says_where_the_archive_is_if_the_notebook_does_not(lab: Lab, cells: list[str], archive: str) -> None:
    _stay_unrun(lab, "nb/a.ipynb", *cells)
    _configure(lab.folder)
    assert [step.vault.path for step in _load(lab)] == [archive]


def test_nearest_project_counts(lab: Lab) -> None:
    _stay_unrun(lab, "nb/a.ipynb", "%vault list")
    _configure(lab.folder)
    _configure(lab.folder / "nb", "b.zip")
    assert [step.vault.path for step in _load(lab)] == ["nb/b.zip"]


# Where notebooks and what they run have moved to

_SETUP = "%open_vault -p data/storage.zip --secure False"
_LIVES: dict[str, tuple[str, dict[str, str]]] = {
    "moved-by-a-module": ("import helper", {"nb/helper.py": "from os import chdir\nchdir('..')"}),
    "moved-by-a-module-that-computes-it": (
        "import helper",
        {"nb/helper.py": "import os\nfrom pathlib import Path\nos.chdir(Path(__file__).parent.parent)"},
    ),
    "moved-by-a-module-that-nobody-can-read": ("import helper", {"nb/helper.py": "os.chdir(root)", ".git": ""}),
    "moved-by-itself": ("%cd ..", {}),
    "moved-by-a-call": ("import os\nos.chdir('..')", {}),
    "not-moved-but-at-the-root": ("x = 1", {"pyproject.toml": ""}),
}


@pytest.mark.parametrize(("first", "files"), _LIVES.values(), ids=_LIVES)
def test_archive_opened_by_a_setup_notebook_is_found_from_where_it_moved_to(
    lab: Lab, first: str, files: dict[str, str]
) -> None:
    lab.archive = "data/storage.zip"
    _stay_unrun(lab, "nb/setup.ipynb", first, _SETUP)
    _stay_unrun(lab, "nb/use.ipynb", "%run setup.ipynb", "%vault list")
    for name, text in files.items():
        (lab.folder / "nb").mkdir(exist_ok=True)
        (lab.folder / name).write_text(text)
    steps = _load(lab)
    assert [(step.vault.path, step.vault.has_archive) for step in steps] == [("data/storage.zip", True)]


def test_archive_beside_the_setup_notebook_is_the_last_resort(lab: Lab) -> None:
    lab.archive = "setup/storage.zip"
    _stay_unrun(lab, "setup/setup.ipynb", "%open_vault")
    _stay_unrun(lab, "nb/use.ipynb", "%run ../setup/setup.ipynb", "%vault list")
    assert [step.vault.path for step in _load(lab)] == ["setup/storage.zip"]


def test_archive_where_the_notebook_works_counts_before_one_beside_it(lab: Lab) -> None:
    _stay_unrun(lab, "nb/a.ipynb", "%cd ..", "%open_vault", "%vault list")
    Lab(lab.folder, archive="nb/storage.zip", vault="2" * 32).save()
    assert [step.vault.path for step in _load(lab)] == ["storage.zip"]


def test_move_after_the_opening_changes_nothing(lab: Lab) -> None:
    _stay_unrun(lab, "nb/a.ipynb", "%open_vault", "%cd ..", "%vault list")
    Lab(lab.folder, archive="nb/storage.zip", vault="2" * 32).save()
    assert [step.vault.path for step in _load(lab)] == ["nb/storage.zip"]


def test_member_beside_a_nested_module_is_known_too(lab: Lab) -> None:
    author = _use_module(lab)
    author.edit(3, "%vault import m.deep")  # which binds `m`, as in Python
    author.strip()
    assert _list_imports(lab) == [(4, ("m/x",), identify("1"))]
