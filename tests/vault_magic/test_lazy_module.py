"""Whole modules: listed, completed, read when asked for, fresh after a store."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vault_magic.archive.builders import PASSWORD, Notebook
from vault_magic.errors import ArchiveError, CodecError, CommandError, MissingObject, VaultError
from vault_magic.operations.lazy_module import LazyModule


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    """Return a notebook with `data` imported, which holds `x`, `y`, `deep/z` and a name that is none of Python."""
    notebook = Notebook(tmp_path / "storage.zip", names={"x": [1], "y": "two", "z": 3.0, "f": str})
    for command in ("store x, y in data", "store z in data.deep", "store x in 'data/a b.txt' with f"):
        notebook.run(command)
    notebook.run("import data")
    return notebook


def module_of(notebook: Notebook, name: str = "data") -> Any:
    return notebook.names[name]


def test_nothing_is_read_before_it_is_asked_for(notebook: Notebook) -> None:
    assert isinstance(module_of(notebook), LazyModule)
    assert notebook.loaded == []


def test_members_are_values_and_modules(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert (data.x, data.y, data.deep.z) == ([1], "two", 3.0)
    assert [record.command for record in notebook.loaded] == ["data.x", "data.y", "data.deep.z"]


def test_reading_is_an_import_with_its_record(notebook: Notebook) -> None:
    _ = module_of(notebook).x
    (record,) = notebook.loaded
    assert (record.action, record.results[0].path, record.results[0].variable) == ("import", "data/x", None)
    assert [one.path for one in notebook.session.inputs] == ["data/x"]


def test_member_is_read_once(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert data.x is data.x
    assert len(notebook.loaded) == 1


def test_member_is_read_again_after_a_store(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert data.x == [1]
    notebook.names["x"] = [2]
    notebook.run("store x in data")
    assert (data.x, data.y) == ([2], "two")


def test_store_of_the_same_reads_nothing_again(notebook: Notebook) -> None:
    data = module_of(notebook)
    before = data.x
    notebook.run("store x in data")
    assert data.x is before


def test_names_are_listed_as_they_are_now(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert dir(data) == ["deep", "x", "y"]
    notebook.run("del y from data")
    assert dir(data) == ["deep", "x"]
    assert data._ipython_key_completions_() == ["a b.txt", "deep", "x"]


def test_any_name_is_an_item(notebook: Notebook) -> None:
    data = module_of(notebook)
    data.set_importers({"a b.txt": lambda file: file.read()})
    assert data["a b.txt"] == b"[1]"
    assert data["x"] == [1]


def test_module_below_keeps_members_and_importers(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert data.deep is data.deep
    assert data.deep.z is data.deep.z
    assert len(notebook.loaded) == 1
    data.deep.set_importers({"z": lambda _: "by hand"})
    assert data.deep.z == "by hand"


def test_names_are_gone_through(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert [*data] == ["a b.txt", "deep", "x", "y"]
    assert "x" in data
    assert notebook.loaded == []


def test_number_is_no_member(notebook: Notebook) -> None:
    with pytest.raises(CommandError) as caught:
        module_of(notebook)[3]
    assert str(caught.value) == "data[3] names no member; write its name in quotes"


def test_member_cannot_be_set(notebook: Notebook) -> None:
    data = module_of(notebook)
    with pytest.raises(AttributeError) as caught:
        data.x = 5
    assert str(caught.value) == "data.x cannot be set; to keep a value write: %vault store x in data"
    assert data.x == [1]


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_module_is_not_duplicated_with_its_password(tmp_path: Path, duplicate: Callable[[object], object]) -> None:
    notebook = Notebook(tmp_path / "storage.zip", password=PASSWORD, names={"x": [1]})
    notebook.run("store x in data")
    notebook.run("import data")
    for one in (module_of(notebook), notebook.vault):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            duplicate(one)


def test_tab_reads_nothing_that_is_not_there_already(notebook: Notebook) -> None:
    ask = {"__name__": "jedi.inference.compiled.access", "data": module_of(notebook)}
    assert eval("hasattr(data, 'x'), data.deep is not None", ask) == (False, True)
    assert notebook.loaded == []
    _ = module_of(notebook).x
    assert eval("data.x", ask) == [1]


def test_importers_read_their_members(notebook: Notebook) -> None:
    data = module_of(notebook)
    assert data.y == "two"
    data.set_importers({"y": lambda file: len(file.read())})
    assert data.y == len(notebook.archive.read("data/y").data)


@pytest.mark.parametrize("importers", [{"y": 5}, ["y"], None], ids=["number", "list", "None"])
def test_importers_are_functions_by_name(notebook: Notebook, importers: Any) -> None:
    with pytest.raises(CommandError) as caught:
        module_of(notebook).set_importers(importers)
    assert str(caught.value) == "set_importers takes functions by the names of members, as in {'config': json.load}"
    assert module_of(notebook).y == "two"


def test_member_of_a_function_says_how_to_read_it(notebook: Notebook) -> None:
    with pytest.raises(CodecError) as caught:
        _ = module_of(notebook)["a b.txt"]
    advice = "import it with one that reads it: .set_importers({'a b.txt': FUNC})"
    assert str(caught.value) == f"'data/a b.txt' was stored with f; {advice}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("xx", "there is no 'data/xx' in storage.zip; did you mean 'x'?", id="near"),
        pytest.param("qqq", "there is no 'data/qqq' in storage.zip; see what is: %vault list", id="far"),
    ],
)
def test_missing_member_is_named(notebook: Notebook, name: str, message: str) -> None:
    data = module_of(notebook)
    with pytest.raises(AttributeError) as caught:
        getattr(data, name)
    assert str(caught.value) == message
    assert not hasattr(data, name)
    with pytest.raises(KeyError):
        data[name]
    assert isinstance(caught.value, VaultError)  # shown in one line


def test_what_python_asks_of_any_object_is_not_looked_up(notebook: Notebook) -> None:
    data = module_of(notebook)
    notebook.path.unlink()
    assert not hasattr(data, "_repr_png_")
    assert not hasattr(data, "__wrapped__")


def test_table_stands_for_the_module(notebook: Notebook) -> None:
    lines = repr(module_of(notebook)).splitlines()
    assert [line.split()[0] for line in lines] == ["object", "a", "deep/", "x", "y", "Module"]
    assert lines[-1] == "Module 'data' of storage.zip."
    assert module_of(notebook)._repr_html_().startswith("<table>")


@pytest.mark.parametrize(
    ("command", "name", "members"),
    [
        pytest.param("import data as d", "d", ["deep", "x", "y"], id="as"),
        pytest.param("import data.deep", "data", ["deep", "x", "y"], id="nested binds the first part, as in Python"),
        pytest.param("import data/deep as deep", "deep", ["z"], id="nested as"),
    ],
)
def test_module_is_bound_as_the_command_says(notebook: Notebook, command: str, name: str, members: list[str]) -> None:
    outcome = notebook.run(command)
    assert [*outcome.imported] == [name]
    assert dir(outcome.imported[name]) == members
    assert outcome.record.results == ()


def test_reading_names_the_expression_that_asked(notebook: Notebook) -> None:
    notebook.run("import data/deep as d")
    _ = module_of(notebook, "d").z
    _ = module_of(notebook)["deep"]["z"]
    assert [record.command for record in notebook.loaded] == ["d.z", "data['deep']['z']"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param("import dat", "there is no module 'dat' in storage.zip; did you mean 'data'?", id="near"),
        pytest.param(
            "import data/x as q", "there is no module 'data/x' in storage.zip; did you mean 'data'?", id="object"
        ),
        pytest.param(
            "import zzz",
            "there is no module 'zzz' in storage.zip; for a variable write: %vault import VAR from MODULE",
            id="far",
        ),
    ],
)
def test_missing_module_is_refused(notebook: Notebook, command: str, message: str) -> None:
    with pytest.raises(MissingObject) as caught:
        notebook.run(command)
    assert str(caught.value) == message


def test_modules_of_an_encrypted_vault_are_read(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "storage.zip", password=PASSWORD, names={"x": [1]})
    notebook.run("store x in data")
    notebook.run("import data")
    assert module_of(notebook).x == [1]


def test_lost_archive_is_told(notebook: Notebook) -> None:
    data = module_of(notebook)
    notebook.path.unlink()
    with pytest.raises(ArchiveError, match=r"storage\.zip is not there any more"):
        _ = data.x
