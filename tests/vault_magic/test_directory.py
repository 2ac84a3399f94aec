"""What a vault holds, as last seen: listed again only when its file has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import Notebook
from vault_magic.archive.archive import Archive
from vault_magic.errors import ArchiveError
from vault_magic.identity import Identity
from vault_magic.operations.directory import Directory, describe_object


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    notebook = Notebook(tmp_path / "storage.zip", names={"x": 1})
    notebook.run("store x in m")
    return notebook


def test_file_that_has_not_changed_is_listed_once(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = Directory()
    before = directory.list(notebook.vault)
    monkeypatch.delattr(Archive, "list")
    assert directory.list(notebook.vault) is before
    assert [*before] == ["m/x"]


def test_file_that_has_changed_is_listed_again(notebook: Notebook) -> None:
    directory = Directory()
    directory.list(notebook.vault)
    notebook.run("store x in later")
    assert [*directory.list(notebook.vault)] == ["later/x", "m/x"]


def test_another_vault_is_listed_by_itself(notebook: Notebook, tmp_path: Path) -> None:
    directory = Directory()
    directory.list(notebook.vault)
    other = tmp_path / "other.zip"
    other.hardlink_to(notebook.path)
    other_vault = Notebook(other).vault
    assert directory.list(other_vault) is not directory.list(notebook.vault)


@pytest.mark.parametrize("is_known", [False, True], ids=["never-seen", "seen"])
def test_file_that_is_gone_is_told(notebook: Notebook, is_known: bool) -> None:
    directory = Directory()
    if is_known:
        directory.list(notebook.vault)
    notebook.path.unlink()
    with pytest.raises(ArchiveError, match=r"storage\.zip is not there any more"):
        directory.list(notebook.vault)


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        pytest.param(
            Identity("6DE33062", "a" * 64, format="tsv", bytes=12345), ("tsv", "12,345", "6DE33062"), id="ours"
        ),
        pytest.param(Identity(None, None), ("other tool", "", "unknown"), id="of-another-tool"),
    ],
)
def test_object_is_described_for_a_listing(identity: Identity, said: tuple[str, str, str]) -> None:
    assert describe_object("x", identity) == ("x", *said)
