"""Tests of the search for notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultcheck.discovery import MissingPath, display_path, find_notebooks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.ipynb",
        "a.ipynb",
        "deep/er/c.ipynb",
        "deep/er.ipynb",
        "notes.txt",
        ".hidden.ipynb",
        ".ipynb_checkpoints/a-checkpoint.ipynb",
        ".venv/lib/x.ipynb",
        "env/pyvenv.cfg",
        "env/lib/x.ipynb",
        "node_modules/x.ipynb",
        "lib/site-packages/x.ipynb",
        "__pycache__/x.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def _find(folder: Path, *names: str) -> list[str]:
    found = find_notebooks([folder / name for name in names], working_directory=folder)
    return [one.path for one in found]


_TABLE: dict[str, tuple[list[str], list[str]]] = {
    "folder": (["."], [".hidden.ipynb", "a.ipynb", "b.ipynb", "deep/er.ipynb", "deep/er/c.ipynb"]),
    "folder-below": (["deep"], ["deep/er.ipynb", "deep/er/c.ipynb"]),
    "file": (["b.ipynb"], ["b.ipynb"]),
    "file-of-another-name": (["notes.txt"], ["notes.txt"]),
    "files-in-any-order": (["b.ipynb", "a.ipynb"], ["a.ipynb", "b.ipynb"]),
    "file-twice": (["a.ipynb", "deep/../a.ipynb"], ["a.ipynb"]),
    "file-and-its-folder": (["deep/er.ipynb", "deep"], ["deep/er.ipynb", "deep/er/c.ipynb"]),
    "checkpoint-named-directly": ([".ipynb_checkpoints/a-checkpoint.ipynb"], [".ipynb_checkpoints/a-checkpoint.ipynb"]),
    "hidden-folder-named-directly": ([".venv"], [".venv/lib/x.ipynb"]),
    "nothing-there": (["node_modules", "lib"], ["node_modules/x.ipynb"]),
    "no-paths": ([], []),
}


@pytest.mark.parametrize(("named", "expected"), _TABLE.values(), ids=_TABLE)
def test_found_notebooks(folder: Path, named: list[str], expected: list[str]) -> None:
    assert _find(folder, *named) == expected


def test_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match=r"nowhere does not exist; name notebooks or folders"):
        find_notebooks([tmp_path / "nowhere"], working_directory=tmp_path)


def test_link_to_a_notebook_counts_once(folder: Path) -> None:
    (folder / "z.ipynb").symlink_to(folder / "a.ipynb")
    assert len(_find(folder, "a.ipynb", "z.ipynb")) == 1


def test_found_file_can_be_opened(folder: Path) -> None:
    (found,) = find_notebooks([folder / "deep/er.ipynb"], working_directory=folder / "deep")
    assert (found.path, found.file.read_text()) == ("er.ipynb", "")


def test_path_outside_the_working_directory_is_shown_from_there(tmp_path: Path) -> None:
    assert display_path(tmp_path / "a" / "x.ipynb", tmp_path / "b") == "../a/x.ipynb"


def test_links_in_a_circle_are_found_where_they_are(folder: Path) -> None:
    (folder / "deep/y.ipynb").symlink_to("z.ipynb")
    (folder / "deep/z.ipynb").symlink_to("y.ipynb")
    assert _find(folder, "deep") == ["deep/er.ipynb", "deep/er/c.ipynb", "deep/y.ipynb", "deep/z.ipynb"]


@pytest.mark.parametrize(
    ("named", "exclude", "found"),
    [
        pytest.param("deep/er/c.ipynb", "deep/er/*", [], id="path"),
        pytest.param("deep/er/c.ipynb", "c.ipynb", [], id="name"),
        pytest.param("deep/er/c.ipynb", "deep", [], id="folder-around"),
        pytest.param("deep/er/c.ipynb", "er", [], id="folder-by-name"),
        pytest.param("deep", "deep", [], id="folder-named"),
        pytest.param("deep", "er", ["deep/er.ipynb"], id="folder-below"),
        pytest.param("deep/er/c.ipynb", "ee", ["deep/er/c.ipynb"], id="part-of-a-name"),
    ],
)
def test_what_is_named_is_left_out_where_that_is_forced(
    folder: Path, named: str, exclude: str, found: list[str]
) -> None:
    listed = find_notebooks([folder / named], working_directory=folder, exclude=[exclude], is_forced=True)
    assert [one.path for one in listed] == found


@pytest.mark.parametrize(
    ("named", "exclude"), [("deep/er/c.ipynb", "deep/er/*"), ("deep/er/c.ipynb", "deep"), ("deep", "deep")]
)
def test_what_is_named_is_taken_all_the_same(folder: Path, named: str, exclude: str) -> None:
    listed = find_notebooks([folder / named], working_directory=folder, exclude=[exclude])
    assert [one.path for one in listed] == _find(folder, named)


def test_exclusion_begins_at_the_root_of_the_settings(folder: Path) -> None:
    inner, name = folder / "deep", "deep/er.ipynb"
    found = find_notebooks([inner], working_directory=inner, exclude=[name], root=folder)
    assert [one.path for one in found] == ["er/c.ipynb"]


def test_missing_path_is_named_whatever_is_excluded(folder: Path) -> None:
    with pytest.raises(MissingPath):
        find_notebooks([folder / "no.ipynb"], working_directory=folder, exclude=["*"], is_forced=True)


def test_folder_of_the_project_is_not_meant_by_its_name(folder: Path) -> None:
    found = find_notebooks([folder / "b.ipynb"], working_directory=folder, exclude=[folder.name], is_forced=True)
    assert len(found) == 1
