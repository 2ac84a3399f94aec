"""Tests of where notebook and archive lie from each other, and of what is kept to oneself."""

from __future__ import annotations

from pathlib import Path

import pytest

from vault_magic.whereabouts import hide_absolute, relate


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home" / "ada"
    folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


@pytest.mark.parametrize(
    ("target", "folder", "relation"),
    [
        pytest.param("work/data.zip", "work", "data.zip", id="beside"),
        pytest.param("work/data/x.zip", "work", "data/x.zip", id="below"),
        pytest.param("work/x.zip", "work/notebooks/deep", "../../x.zip", id="above"),
        pytest.param("work/data/x.zip", "work/notebooks", "../data/x.zip", id="across"),
        pytest.param("work/./a/../x.zip", "work", "x.zip", id="not-normal"),
        pytest.param("x.zip", "work", "../x.zip", id="in-the-home-folder"),
        pytest.param("work", "work", ".", id="the-folder-itself"),
    ],
)
def test_way_inside_the_home_folder_is_told(home: Path, target: str, folder: str, relation: str) -> None:
    assert relate(home / target, folder=home / folder) == relation


@pytest.mark.parametrize(
    ("target", "folder"),
    [
        pytest.param("ada/x.zip", "bob/notebooks", id="from-another-user"),
        pytest.param("bob/x.zip", "ada/notebooks", id="to-another-user"),
        pytest.param("shared/x.zip", "ada", id="beside-the-home-folder"),
        pytest.param("ada/x.zip", ".", id="from-the-folder-of-homes"),
        pytest.param("../disk/x.zip", "ada", id="only-higher-folders-shared"),
    ],
)
def test_way_past_the_home_folder_is_not_told(home: Path, target: str, folder: str) -> None:
    assert relate(home.parent / target, folder=home.parent / folder) is None


def test_way_outside_the_home_folder_is_told(home: Path) -> None:
    disk = home.parent.parent / "disk"
    assert relate(disk / "data" / "x.zip", folder=disk / "notebooks") == "../data/x.zip"


def test_way_over_the_root_is_not_told(home: Path) -> None:
    root = Path(home.anchor)
    assert relate(root / "data" / "x.zip", folder=root / "srv" / "notebooks") is None
    assert relate(root / "x.zip", folder=root) is None


def test_way_over_the_root_is_not_told_even_if_it_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(Path.cwd().anchor)
    monkeypatch.setattr(Path, "home", lambda: root)
    assert relate(root / "data" / "x.zip", folder=root / "srv") is None


def test_way_past_a_home_folder_behind_a_link_is_not_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = home.parent.parent / "users"
    link.symlink_to(home.parent)
    monkeypatch.setenv("HOME", str(link / "ada"))
    monkeypatch.setenv("USERPROFILE", str(link / "ada"))
    assert relate(home.parent / "bob" / "x.zip", folder=home) is None


def test_links_are_followed(home: Path) -> None:
    (home / "work").mkdir()
    (home / "shortcut").symlink_to(home / "work")
    assert relate(home / "work" / "x.zip", folder=home / "shortcut") == "x.zip"


def test_nothing_is_told_where_the_home_folder_is_not_known(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", refuse)
    assert relate(home / "x.zip", folder=home) is None


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("storage.zip", "storage.zip", id="name"),
        pytest.param("data/storage.zip", "data/storage.zip", id="folder"),
        pytest.param("../data/storage.zip", "../data/storage.zip", id="folder-above"),
        pytest.param("data\\storage.zip", "data/storage.zip", id="windows-folder"),
        pytest.param("..\\storage.zip", "../storage.zip", id="windows-folder-above"),
        pytest.param("my data/first~1.zip", "my data/first~1.zip", id="tilde-inside"),
        pytest.param("/home/ada/storage.zip", "storage.zip", id="absolute"),
        pytest.param("//server/ada/storage.zip", "storage.zip", id="two-slashes"),
        pytest.param("~/storage.zip", "storage.zip", id="home"),
        pytest.param("~ada/data/storage.zip", "storage.zip", id="home-of-a-user"),
        pytest.param("~\\storage.zip", "storage.zip", id="windows-home"),
        pytest.param("C:\\Users\\ada\\storage.zip", "storage.zip", id="drive"),
        pytest.param("C:/Users/ada/storage.zip", "storage.zip", id="drive-with-slashes"),
        pytest.param("c:storage.zip", "storage.zip", id="drive-without-slash"),
        pytest.param("\\Users\\ada\\storage.zip", "storage.zip", id="root-of-the-drive"),
        pytest.param("\\\\server\\ada\\storage.zip", "storage.zip", id="network"),
        pytest.param("\\\\?\\C:\\Users\\ada\\storage.zip", "storage.zip", id="extended"),
        pytest.param("file:///home/ada/storage.zip", "storage.zip", id="address"),
        pytest.param("s3://ada-bucket/storage.zip", "storage.zip", id="bucket"),
    ],
)
def test_absolute_paths_are_written_as_names(typed: str, written: str) -> None:
    assert hide_absolute(typed) == written
