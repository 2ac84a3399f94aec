"""`vaultcheck init`: what it finds, what it writes, and that it does so once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.builders import build_cell, build_notebook, write_notebook
from tests.vault_magic.archive.builders import list_folder, make_vault
from vaultcheck.cli import main
from vaultcheck.setup_files import HOOK

Read = pytest.CaptureFixture[str]
FILES = {".gitattributes", ".gitignore", ".pre-commit-config.yaml"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


@pytest.fixture
def repository(folder: Path) -> Path:
    _git("init", "--quiet")
    return folder


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


def _write(folder: Path, source: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_notebook(folder / "a.ipynb", build_notebook([build_cell(source, id="a")]))


def _find_vaults(out: str) -> list[str]:
    return [line.removeprefix("vault: ") for line in out.splitlines() if line.startswith("vault: ")]


def test_everything_is_written_once(repository: Path, capsys: Read) -> None:
    make_vault(repository / "data/storage.zip", {"x": b"1"})

    assert main(["init"]) == 0
    out, err = capsys.readouterr()
    assert out.count(": written\n") == 6
    assert "whoever clones the repository runs `vaultcheck init` once" in err
    before = {name: (repository / name).read_bytes() for name in FILES}
    assert _git("config", "merge.vault.driver") == "vaultcheck merge %O %A %B\n"

    assert main(["init"]) == 0
    out, err = capsys.readouterr()
    assert (out.count(": nothing to add\n"), err) == (6, "")
    assert {name: (repository / name).read_bytes() for name in FILES} == before


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param(
            "%open_vault -p data/store.zip --secure False\n%vault store x in m",
            "notebooks/data/store.zip",
            id="in-a-folder",
        ),
        pytest.param("%open_vault\n%vault store x in m", "notebooks/storage.zip", id="default"),
        pytest.param(
            "import vault_magic\nvault_magic.open_vault('x.zip').store('m/x', 1)", "notebooks/x.zip", id="from-python"
        ),
    ],
)
def test_vaults_of_notebooks_are_found(repository: Path, capsys: Read, source: str, found: str) -> None:
    _write(repository / "notebooks", source)
    main(["init"])

    assert _find_vaults(capsys.readouterr().out) == [found]


def test_vaults_of_the_project_and_those_that_are_there_are_found(repository: Path, capsys: Read) -> None:
    (repository / "pyproject.toml").write_text('[tool.vault_magic]\npath = "shared/one.zip"\n')
    make_vault(repository / "two/storage.zip", {"x": b"1"})
    (repository / "three").mkdir()
    (repository / "three/any.zip.manifest.json").write_text("{}")
    (repository / ".hidden").mkdir()
    (repository / ".hidden/storage.zip").write_bytes(b"")
    main(["init"])

    assert _find_vaults(capsys.readouterr().out) == ["shared/one.zip", "three/any.zip", "two/storage.zip"]


def test_archive_that_is_tracked_is_not_ignored(repository: Path, capsys: Read) -> None:
    make_vault(repository / "storage.zip", {"x": b"1"})
    _git("add", "storage.zip")
    main(["init"])

    assert _find_vaults(capsys.readouterr().out) == ["storage.zip (tracked)"]
    assert "\n/storage.zip\n" not in (repository / ".gitignore").read_text()
    assert "\n/storage.zip.*\n" in (repository / ".gitignore").read_text()


def test_run_in_a_folder_of_the_repository_writes_at_its_top(
    repository: Path, capsys: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vault(repository / "deep/er/storage.zip", {"x": b"1"})
    monkeypatch.chdir(repository / "deep")
    main(["init"])

    assert _find_vaults(capsys.readouterr().out) == ["deep/er/storage.zip"]
    assert list_folder(repository) >= FILES


def test_hook_that_cannot_be_added_is_shown(repository: Path, capsys: Read) -> None:
    (repository / ".pre-commit-config.yaml").write_text("repos: []\n")
    main(["init"])

    out, _ = capsys.readouterr()
    assert ".pre-commit-config.yaml: add by hand\n" + "".join(f"    {line}\n" for line in HOOK) in out
    assert (repository / ".pre-commit-config.yaml").read_text() == "repos: []\n"


def test_without_a_repository_only_the_hook_is_written(folder: Path, capsys: Read) -> None:
    assert main(["init"]) == 0

    _, err = capsys.readouterr()
    assert list_folder(folder) == {".pre-commit-config.yaml"}
    assert "this is no git repository, or git is not installed" in err
    assert "no vault was found here" in err


def test_without_git_nothing_fails(folder: Path, capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr("vaultcheck.git.subprocess.run", fail)
    assert main(["init"]) == 0
    assert "git is not installed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "content", "code", "reason"),
    [
        pytest.param(".gitignore", b"\xff\xfe", 1, "a file to be added to is not UTF-8", id="not-utf-8"),
        pytest.param("pyproject.toml", b"[tool.vault_magic]\nfoo = 1\n", 2, "has no option 'foo'", id="configuration"),
    ],
)
def test_what_cannot_be_read_is_told(
    repository: Path, capsys: Read, file: str, content: bytes, code: int, reason: str
) -> None:
    (repository / file).write_bytes(content)

    assert main(["init"]) == code
    assert reason in capsys.readouterr().err
    assert (repository / file).read_bytes() == content


def test_folder_that_is_not_there_is_wrong_usage(folder: Path, capsys: Read) -> None:
    assert main(["init", "nowhere"]) == 2
    assert "nowhere is not a folder" in capsys.readouterr().err
