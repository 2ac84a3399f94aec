"""`%vault status`: how the variables of a session stand to the objects of the vault."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.vault_magic.archive.builders import Notebook
from vault_magic.options import FrameFormat, OpenOptions

Change = Callable[[Notebook, Notebook], object]


def rows_of(notebook: Notebook) -> list[tuple[str, str, str]]:
    table = notebook.run("status").table
    assert table is not None
    return [(row[0], row[1], row[2]) for row in table.rows]


def note_of(notebook: Notebook) -> str:
    table = notebook.run("status").table
    assert table is not None
    return table.note


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    notebook = Notebook(tmp_path / "storage.zip", names={"x": [1], "f": str})
    notebook.run("store x in m")
    return notebook


def set_here(notebook: Notebook, _: Notebook) -> None:
    notebook.names["x"] = [2]


def mutate_here(notebook: Notebook, _: Notebook) -> None:
    notebook.names["x"].append(2)  # type: ignore[attr-defined]


def store_there(_: Notebook, other: Notebook) -> None:
    other.names["x"] = [3]
    other.run("store x in m")


def change_both(notebook: Notebook, other: Notebook) -> None:
    set_here(notebook, other)
    store_there(notebook, other)


HERE = "changed here since; store it to keep it"
THERE = "changed in the vault since; import it again"


@pytest.mark.parametrize(
    ("change", "state"),
    [
        pytest.param(set_here, HERE, id="set here"),
        pytest.param(mutate_here, HERE, id="mutated here"),
        pytest.param(lambda one, _: one.names.update(x=lambda: 1), HERE, id="not even storable now"),
        pytest.param(store_there, THERE, id="stored by another"),
        pytest.param(
            change_both, "changed here and in the vault; store it under another name, or import it again", id="both"
        ),
        pytest.param(
            lambda _, other: other.run("del x from m"), "not in the vault any more; store it to keep it", id="gone"
        ),
        pytest.param(lambda one, _: one.names.pop("x"), "deleted here", id="deleted here"),
    ],
)
def test_difference_is_told(notebook: Notebook, change: Change, state: str) -> None:
    change(notebook, Notebook(notebook.path))
    assert rows_of(notebook) == [("x", "m/x", state)]


def test_nothing_differs(notebook: Notebook) -> None:
    notebook.run("import x from m as y")
    assert rows_of(notebook) == []
    assert note_of(notebook) == "2 variables are as in the vault."


def test_session_without_objects_says_so(tmp_path: Path) -> None:
    assert note_of(Notebook(tmp_path / "storage.zip")) == "Nothing was stored or imported in this session."


def test_variable_that_was_imported_anew_is_the_new_object_alone(notebook: Notebook) -> None:
    notebook.names["z"] = [9]
    notebook.run("store z in m")
    notebook.run("import z from m as x")
    assert rows_of(notebook) == []
    assert note_of(notebook) == "2 variables are as in the vault."


def test_what_a_function_wrote_cannot_be_compared(notebook: Notebook) -> None:
    notebook.run("store x in m with f as text")
    assert rows_of(notebook) == [("x", "m/text", "cannot tell whether it was changed")]


def test_frame_that_was_optimised_on_import_is_the_stored_one(tmp_path: Path) -> None:
    frame = pd.DataFrame({"city": ["London", "Delhi"] * 500})
    notebook = Notebook(tmp_path / "storage.zip", names={"frame": frame})
    notebook.run("store frame in m")
    notebook.run("import frame from m")
    assert rows_of(notebook) == []
    notebook.names["frame"] = notebook.names["frame"].iloc[1:]  # type: ignore[attr-defined]
    assert rows_of(notebook) == [("frame", "m/frame", HERE)]


def test_object_is_compared_in_its_own_format(tmp_path: Path) -> None:
    names: dict[str, object] = {"frame": pd.DataFrame({"city": ["London", "Delhi"]})}
    notebook = Notebook(tmp_path / "storage.zip", names=names)
    notebook.run("store frame in m")
    notebook.options = OpenOptions(frame_format=FrameFormat.PARQUET)
    assert rows_of(notebook) == []


def test_parquet_that_was_optimised_on_import_is_the_stored_one(tmp_path: Path) -> None:
    options = OpenOptions(frame_format=FrameFormat.PARQUET)
    names: dict[str, object] = {"x": pd.DataFrame({"a": ["Lon", "Del"] * 500})}
    notebook = Notebook(tmp_path / "storage.zip", names=names, options=options)
    notebook.run("store x in m")
    notebook.run("import x from m")
    assert isinstance(notebook.names["x"].dtypes["a"], pd.CategoricalDtype)  # type: ignore[attr-defined]
    assert rows_of(notebook) == []


def test_value_of_another_format_is_another_value(tmp_path: Path) -> None:
    options = OpenOptions(frame_format=FrameFormat.PARQUET)
    notebook = Notebook(tmp_path / "storage.zip", names={"x": pd.DataFrame({"a": [1]})}, options=options)
    notebook.run("store x in m")
    notebook.names["x"] = pd.DataFrame({"a": [object()]})  # a pickle, of which equal values can differ in bytes too
    assert rows_of(notebook) == [("x", "m/x", HERE)]


def test_variable_of_a_function_is_not_the_notebooks(notebook: Notebook) -> None:
    notebook.local = frozenset({"y"})
    notebook.names["y"] = 5
    notebook.run("store y in m")
    del notebook.names["y"]
    assert rows_of(notebook) == []
    assert note_of(notebook) == "1 variable is as in the vault."


def test_status_of_another_vault_is_its_own(notebook: Notebook, tmp_path: Path) -> None:
    other = Notebook(tmp_path / "other.zip", names=notebook.names, session=notebook.session)
    assert note_of(other) == "Nothing was stored or imported in this session."


def test_optimised_frame_whose_object_was_replaced_is_not_called_changed_here(tmp_path: Path) -> None:
    frame = pd.DataFrame({"city": ["London", "Delhi"] * 500})
    notebook = Notebook(tmp_path / "storage.zip", names={"frame": frame})
    notebook.run("store frame in m")
    notebook.run("import frame from m")
    other = Notebook(notebook.path, names={"frame": frame.iloc[1:]})
    other.run("store frame in m")
    assert rows_of(notebook) == [("frame", "m/frame", THERE)]


@pytest.mark.parametrize("optimised", [True, False])
def test_entry_of_another_tool_is_followed_through_its_migration(tmp_path: Path, optimised: bool) -> None:
    with zipfile.ZipFile(tmp_path / "storage.zip", "w") as archive:
        archive.writestr("m/t", "\tcity\n" + "".join(f"{at}\tLondon\n" for at in range(500)))
    options = OpenOptions(optimize_df=optimised)
    notebook = Notebook(tmp_path / "storage.zip", names={"x": [1]}, options=options)
    notebook.run("import t from m")
    assert note_of(notebook) == "1 variable is as in the vault."
    notebook.run("store x in m")
    assert note_of(notebook) == "2 variables are as in the vault."
    notebook.names["t"] = 3
    assert rows_of(notebook) == [("t", "m/t", "cannot tell whether it was changed")]
