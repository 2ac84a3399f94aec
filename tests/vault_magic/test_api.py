"""The same from Python: in scripts, and in notebooks, where calls leave what the magics leave."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import vault_magic
from tests.vault_magic.ipython.conftest import shell as shell  # a fixture
from vault_magic.archive.log import read_log
from vault_magic.calls import build_call, parse_executed
from vault_magic.errors import CommandError, MissingObject, PathError, VaultError, VaultNotOpen
from vault_magic.options import OPTIONS
from vault_magic.record import read_record


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to work in, without a notebook around."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vault_magic.operations.host._Hosts.notebook", None)
    monkeypatch.setattr("vault_magic._find_shell", lambda: None)
    return tmp_path


def test_values_come_back(folder: Path) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False, optimize_df=False)
    frame = pd.DataFrame({"a": [1, 2]})
    vault.store("datasets/frame", frame)
    vault.store("models/weights", {"w": 1.5})

    assert vault.load("datasets/frame").equals(frame)
    assert vault.load("models/weights") == {"w": 1.5}
    assert vault.list() == ("datasets/frame", "models/weights")
    assert vault.list("models") == vault.list("models/") == ("models/weights",)
    vault.delete("models/weights")
    assert vault.list() == ("datasets/frame",)
    assert repr(vault) == "<vault storage.zip>"


def test_functions_write_and_read(folder: Path) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False)
    vault.store("config/a.json", {"a": 1}, function=json.dump)
    assert vault.load("config/a.json", function=json.load) == {"a": 1}


def test_present_vault_is_that_opened_last(folder: Path) -> None:
    one = vault_magic.open_vault("one.zip", secure=False)
    vault_magic.open_vault("two.zip", secure=False)
    vault_magic.vault.store("m/x", 2)
    one.store("m/x", 1)
    assert (one.load("m/x"), vault_magic.vault.load("m/x")) == (1, 2)


def test_nothing_open_says_what_to_type(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault_magic.operations.host._Hosts.script._vault", None)
    with pytest.raises(VaultNotOpen):
        vault_magic.vault.store("m/x", 1)
    assert repr(vault_magic.vault) == "<no vault is open>"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        pytest.param("../x", PathError, id="leaves the archive"),
        pytest.param("", CommandError, id="empty"),
        pytest.param("m\\x", PathError, id="backslash"),
        pytest.param("m/none", MissingObject, id="missing"),
    ],
)
def test_wrong_paths_are_refused(folder: Path, path: str, error: type[VaultError]) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False)
    with pytest.raises(error):
        vault.load(path)


def test_every_option_can_be_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import inspect

    names = [one for one in inspect.signature(vault_magic.open_vault).parameters if one != "path"]
    assert names == [option.field for option in OPTIONS if option.field != "path"]
    monkeypatch.setenv("KEY", "correct horse")
    vault_magic.open_vault("e.zip", encryption_variable="KEY", logs_path="x.log", gzip_logs=False).store("m/x", 1)
    assert [one.command for one in read_log(folder / "x.log")] == ["vault.store('m/x', ...)"]
    with pytest.raises(CommandError, match="frame_format is 'tsv' or 'parquet', not 'xls'"):
        vault_magic.open_vault("e.zip", frame_format="xls")


def test_folder_and_project_are_understood(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pyproject.toml").write_text('[tool.vault_magic]\npath = "data/"\nsecure = false\n', encoding="utf-8")
    (folder / "notebooks").mkdir()
    monkeypatch.chdir(folder / "notebooks")
    vault_magic.open_vault().store("m/x", 1)
    vault_magic.open_vault("own/").store("m/x", 1)
    assert (folder / "data/storage.zip").exists()
    assert (folder / "notebooks/own/storage.zip").exists()


def test_script_runs_without_ipython(folder: Path) -> None:
    script = folder / "script.py"
    script.write_text(
        "import sys\n"
        "from vault_magic import open_vault, vault\n"
        "open_vault('storage.zip').store('m/x', [1, 2])\n"
        "print(vault.load('m/x'))\n"
        "assert 'IPython' not in sys.modules\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[1, 2]\n"), done.stderr
    assert done.stderr.splitlines() == [
        "Created a new vault: storage.zip",
        "Warning: storage.zip is not encrypted; name a variable with a password (-e NAME), or say that this is meant "
        "(--secure False)",
    ]


def test_package_offers_nothing_else() -> None:
    with pytest.raises(AttributeError, match="module 'vault_magic' has no attribute 'valut'"):
        _ = vault_magic.valut


# In a notebook


def test_calls_leave_records_like_the_magic(shell: InteractiveShell) -> None:
    cells = (
        "from vault_magic import open_vault\nv = open_vault('storage.zip', secure=False)",
        "v.store('m/x', [1])",
        "y = v.load('m/x')",
    )
    for cell in cells:
        with capture_output() as captured:
            shell.run_cell(cell, store_history=True).raise_error()
    (output,) = captured.outputs
    assert output.data["text/plain"].startswith("Imported m/x (")
    record = read_record(output.metadata["vault"])
    assert parse_executed(record.command) == build_call("load", "m/x")
    assert record.cell is not None
    assert [one.path for one in record.results] == ["m/x"]
    assert shell.user_ns["y"] == [1]


def test_magic_and_calls_share_the_vault(shell: InteractiveShell) -> None:
    with capture_output():
        shell.run_cell("%open_vault -p storage.zip --secure False\nx = 1\n%vault store x in m").raise_error()
        shell.run_cell("from vault_magic import vault\ny = vault.load('m/x')\nvault.store('m/z', y)").raise_error()
        shell.run_cell("%vault import z from m").raise_error()
    assert shell.user_ns["z"] == 1
