"""What a password and an encrypted value leave behind: nothing, in no file, text or list of processes."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import Notebook, start_python
from vault_magic.archive.opening import open_archive
from vault_magic.errors import VaultError
from vaultcheck.cli import main

PASSWORD = "swordfish-4711"
MARK = b"a value that nobody may see"
VALUE = MARK.decode() * 4000

NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

cells = [
    "%load_ext vault_magic",
    "%open_vault -p storage.zip -e KEY",
    "import os\\nvalue = os.environ['VALUE'] * 4000",
    "%vault store value in m",
    "%vault store value in n with write",
    "%vault import value from m as again",
    "%vault list",
    "%open_vault -p storage.zip -e WRONG",
    "%open_vault -p storage.zip -e EMPTY",
]
cells.insert(3, "def write(value, path):\\n    open(path, 'w').write(value)")
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
NotebookClient(book, allow_errors=True).execute()
nbformat.write(book, "work.ipynb")
"""


def _read_all(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def _occurs(what: bytes, data: bytes) -> bool:
    return what in data or what.decode().encode("utf-16-le") in data


@pytest.mark.kernel
def test_nothing_of_password_or_value_is_in_any_file(tmp_path: Path) -> None:
    folder, temporary = tmp_path / "project", tmp_path / "temporary"
    for one in (folder, temporary):
        one.mkdir()
    secrets = {"KEY": PASSWORD, "WRONG": "another-0815", "EMPTY": "", "VALUE": MARK.decode(), "TMPDIR": str(temporary)}
    subprocess.run([sys.executable, "-c", NOTEBOOK], cwd=folder, env=os.environ | secrets, check=True)

    files = _read_all(folder)
    assert {"work.ipynb", "storage.zip", "storage.zip.manifest.json", "storage.zip.vault.log.gz"} <= files.keys()
    assert b"does not open storage.zip" in files["work.ipynb"]
    assert b"is empty" in files["work.ipynb"]
    log = zlib.decompressobj(31).decompress(files["storage.zip.vault.log.gz"])
    for name, data in {**files, **_read_all(temporary), "log": log}.items():
        assert not _occurs(PASSWORD.encode(), data), name
        assert not _occurs(b"another-0815", data), name
        assert not _occurs(MARK, data), name


STORE = """
import sys, time
from pathlib import Path
from tests.vault_magic.archive.builders import Notebook

Notebook(Path(sys.argv[1]), password=sys.stdin.readline().strip().encode(), names={"x": 1}).run("store x in m")
print("stored", flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="the list of processes is read where Linux has it")
def test_password_is_not_in_the_list_of_processes(tmp_path: Path) -> None:
    with start_python(STORE, tmp_path / "storage.zip") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{PASSWORD}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "stored\n"
        seen = b"".join(one.read_bytes() for one in Path("/proc").glob(f"{process.pid}*/cmdline"))
        process.stdin.write("\n")
    assert seen
    assert PASSWORD.encode() not in seen


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", PASSWORD)
    monkeypatch.setenv("WRONG", "another-0815")
    Notebook(tmp_path / "storage.zip", password=PASSWORD.encode(), names={"x": VALUE}).run("store x in m")
    return tmp_path / "storage.zip"


@pytest.mark.parametrize(
    "command",
    [
        ["show", "storage.zip"],
        ["verify", "storage.zip", "-e", "KEY"],
        ["verify", "storage.zip", "-e", "WRONG"],
        ["verify", "storage.zip", "-e", PASSWORD],
        ["rekey", "storage.zip", "-e", "KEY", "--new", PASSWORD],
        ["rekey", "storage.zip", "-e", "WRONG", "--new", "KEY"],
        ["rekey", "storage.zip", "-e", "KEY", "--new", "WRONG"],
        ["manifest", "storage.zip", "-e", "KEY"],
        ["check", "."],
    ],
    ids=" ".join,
)
def test_commands_tell_neither(vault: Path, command: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    main(command)

    out, err = capfd.readouterr()
    for secret in (PASSWORD, "another-0815", MARK.decode()):
        assert secret not in out + err


def test_errors_tell_no_password_however_they_are_printed(vault: Path) -> None:
    wrong = os.environ["WRONG"]
    with pytest.raises(VaultError) as caught:
        open_archive(vault, password=wrong.encode(), variable="WRONG")
    text = "".join(traceback.format_exception(caught.value, chain=True))

    assert "does not open storage.zip" in text
    assert wrong not in text + repr(caught.value)


def test_temporary_files_hold_no_plain_bytes_while_a_large_object_is_stored(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        fsync(descriptor)
        seen.extend(_read_all(vault.parent).values())

    monkeypatch.setattr(os, "fsync", look)
    notebook = Notebook(vault, password=PASSWORD.encode(), names={"y": VALUE * 5})
    notebook.run("store y in m")
    notebook.run("import y from m")
    notebook.run("del y from m")

    assert len(seen) > 10
    assert not any(MARK in data for data in seen)


def test_keyed_digests_let_nobody_try_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for keyed in (False, True):
        folder = tmp_path / str(keyed)
        folder.mkdir()
        notebook = Notebook(folder / "storage.zip", password=PASSWORD.encode(), names={"x": 42}, keyed=keyed)
        record = notebook.run("store x in m").record
        data = notebook.archive.read("m/x").data
        digests = (sha256(data).hexdigest(), f"{zlib.crc32(data):08X}")
        files = b"".join(_read_all(folder).values()) + str(record.to_json()).encode()
        log = zlib.decompressobj(31).decompress((folder / "storage.zip.vault.log.gz").read_bytes())
        assert any(one.encode() in files + log for one in digests) is not keyed
