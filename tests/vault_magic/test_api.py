"""The same from Python: in scripts, and in notebooks, where calls leave what the magics leave."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import vault_magic
from tests.vault_magic.ipython.conftest import shell as shell  # a fixture
from vault_magic.archive.log import read_latest
from vault_magic.calls import build_call, parse_executed
from vault_magic.errors import (
    ArchiveError,
    CodecError,
    CommandError,
    MissingObject,
    PathError,
    VaultError,
    VaultNotOpen,
)
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
    with pytest.raises(VaultNotOpen) as caught:
        vault_magic.vault.store("m/x", 1)
    assert str(caught.value) == 'no vault is open; type first: vault_magic.open_vault("storage.zip")'
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
    records, _ = read_latest(folder / "x.log", count=2)
    assert [one.command for one in records] == ["vault.store('m/x', ...)"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"frame_format": "xls"}, "frame_format= is tsv or parquet, not 'xls'", id="format"),
        pytest.param({"timestamp": "False"}, "timestamp= is True or False, not 'False'", id="boolean in quotes"),
        pytest.param({"secure": 0}, "secure= is True or False, not 0", id="number"),
        pytest.param(
            {"encryption_variable": "pa ss!"},
            "encryption_variable= names an environment variable; the text given is not a name "
            "(never put a password here)",
            id="password",
        ),
    ],
)
def test_wrong_options_are_refused_and_no_vault_is_open(folder: Path, options: dict[str, Any], message: str) -> None:
    vault_magic.open_vault("one.zip", secure=False)
    with pytest.raises(CommandError) as caught:
        vault_magic.open_vault("two.zip", **options)
    assert str(caught.value) == message
    assert repr(vault_magic.vault) == "<no vault is open>"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda vault: vault.store(Path("m/x"), 1),
            f"a path in the vault is a text such as 'datasets/salaries', not of type {type(Path()).__name__!r}",
            id="store",
        ),
        pytest.param(
            lambda vault: vault.list(5),
            "a path in the vault is a text such as 'datasets/salaries', not of type 'int'",
            id="list",
        ),
        pytest.param(
            lambda vault: vault.load("m/x", function="read_csv"),
            "function= takes the function itself, as in function=json.dump, not of type 'str'",
            id="function",
        ),
    ],
)
def test_values_of_another_kind_are_refused(folder: Path, call: Callable[[Any], object], message: str) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False)
    with pytest.raises(CommandError) as caught:
        call(vault)
    assert str(caught.value) == message


@pytest.mark.parametrize("path", [b"a.zip", 5, ""], ids=repr)
def test_path_of_a_vault_is_a_text_or_a_path(folder: Path, path: Any) -> None:
    with pytest.raises(CommandError) as caught:
        vault_magic.open_vault(path, secure=False)
    assert str(caught.value) == f"the path of a vault is a text or a Path, not {path!r}"
    assert not [*folder.iterdir()]


@pytest.mark.parametrize(("path", "advice"), [(".", "./"), ("sub", "sub/")])
def test_folder_in_place_of_an_archive_is_named_as_typed(folder: Path, path: str, advice: str) -> None:
    (folder / "sub").mkdir()
    with pytest.raises(ArchiveError) as caught:
        vault_magic.open_vault(path, secure=False)
    assert str(caught.value) == f"{path} is a folder; for the archive in it write: -p {advice}"


def test_function_that_is_missing_is_asked_for_as_calls_give_it(folder: Path) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False)
    vault.store("m/x", 1, function=str)
    with pytest.raises(CodecError, match=r"import it with one that reads it: function=FUNC$"):
        vault.load("m/x")


def test_list_understands_dots_as_the_magic_does(folder: Path) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False)
    vault.store("a/b/x", 1)
    assert vault.list("a.b") == vault.list("a/b/") == ("a/b/x",)


def test_list_understands_dots_as_the_original_did(folder: Path) -> None:
    with zipfile.ZipFile(folder / "storage.zip", "w") as archive:
        archive.writestr("a.b/x", "")
    vault = vault_magic.open_vault("storage.zip", secure=False)
    assert vault.list("a.b") == vault.list("a") == ("a.b/x",)


def test_list_of_a_lost_archive_is_one_error(folder: Path) -> None:
    vault = vault_magic.open_vault("storage.zip", secure=False)
    (folder / "storage.zip").unlink()
    with pytest.raises(ArchiveError) as caught:
        vault.list()
    assert str(caught.value) == "storage.zip is not there any more; restore it, and open it again"


def test_vault_is_not_pickled_with_its_password(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "correct horse")
    vault = vault_magic.open_vault("storage.zip", encryption_variable="KEY")
    with pytest.raises(TypeError, match="an open vault cannot be pickled"):
        pickle.dumps(vault)
    with pytest.raises(CodecError):
        vault_magic.open_vault("plain.zip", secure=False).store("m/v", vault)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        pytest.param("{path}", "--logs_path is the path of the archive; {advice}", id="archive"),
        pytest.param(
            "sub/../storage.zip", "--logs_path is the path of the archive; {advice}", id="archive by a detour"
        ),
        pytest.param("{path}.manifest.json", "--logs_path is the path of the manifest; {advice}", id="manifest"),
        pytest.param("sub", "--logs_path is the path of a folder; {advice}", id="folder"),
        pytest.param(
            "new/", "logs_path= 'new/' is a folder; name a file in it, as in: logs_path= new/my.log", id="new folder"
        ),
    ],
)
def test_log_does_not_overwrite_the_vault(folder: Path, log: str, message: str) -> None:
    (folder / "sub").mkdir()
    with pytest.raises(CommandError) as caught:
        vault_magic.open_vault("storage.zip", secure=False, logs_path=log)
    assert str(caught.value) == message.replace("{advice}", "name another file, as in: --logs_path my.log")


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


def test_encryption_that_is_wanted_and_not_there_is_warned_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault_magic.open_vault("storage.zip", secure=True)
    assert "Warning: storage.zip is not encrypted" in capsys.readouterr().err


TORN = "Warning: storage.zip ends in 4 bytes of a write that was never finished"


def _tear(folder: Path) -> None:
    vault_magic.open_vault("storage.zip", secure=False).store("m/x", 1)
    with (folder / "storage.zip").open("ab") as file:
        file.write(b"torn")


def test_write_that_was_never_finished_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _tear(folder)
    vault = vault_magic.open_vault("storage.zip", secure=False)
    assert TORN in capsys.readouterr().err

    vault.store("m/y", 2)
    assert (
        "storage.zip ended in 4 bytes of a write that was never finished; they were cut off" in capsys.readouterr().err
    )
    vault_magic.open_vault("storage.zip", secure=False)
    assert (capsys.readouterr().err, vault.load("m/x"), vault.load("m/y")) == ("", 1, 2)


def test_write_that_goes_on_just_now_is_nothing_to_warn_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _tear(folder)
    capsys.readouterr()
    script = (
        "import sys\nfrom pathlib import Path\nfrom vault_magic.archive.lock import lock_archive\n"
        "with lock_archive(Path('storage.zip'), holder='x'): print('held', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, text=True, cwd=folder) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        vault_magic.open_vault("storage.zip", secure=False)
        assert capsys.readouterr().err == ""
        holder.communicate("\n")
    vault_magic.open_vault("storage.zip", secure=False)
    assert TORN in capsys.readouterr().err


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


_NAMES = {
    "no-home": ("~nobody-here/x.zip", "'~nobody-here' names no home folder here; write the folder out"),
    "nul": ("a\0b.zip", "no file can be called 'a\\x00b.zip' here; choose another path"),
}


@pytest.mark.parametrize(("path", "message"), _NAMES.values(), ids=_NAMES)
def test_name_that_no_file_can_have_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    monkeypatch.setenv("USERNAME", "nobody-else")  # or Windows takes any name for that of a neighbour
    with pytest.raises(VaultError) as caught:
        vault_magic.open_vault(path, secure=False)
    assert str(caught.value) == message
