"""Archives made to deceive: read truthfully or refused in a line, within bounds, with nothing written."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.vault_magic.archive.builders import PASSWORD, Notebook, list_folder, make_vault, put, rewrite
from tests.vault_magic.archive.hostile import HOSTILE
from vault_magic.archive.container import Member
from vault_magic.archive.layout import write_entry_comment
from vault_magic.archive.listing import read_listing
from vault_magic.archive.opening import open_archive
from vault_magic.digest import sha256_hex
from vault_magic.errors import ArchiveError, VaultError
from vaultcheck.cli import main

MUTANTS = 20_000 if os.environ.get("VAULTCHECK_THOROUGH") else 800
LONGEST = 3.0  # seconds of this process; a second is what it takes, and machines are noisy
MOST = 200 * 2**20  # bytes of memory of a whole process
EACH = pytest.mark.parametrize("build", HOSTILE.values(), ids=HOSTILE.keys())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _read_everything(path: Path) -> None:
    for name in read_listing(path).objects:
        try:
            data = open_archive(path, password=None).read(name)
        except VaultError as err:
            _check_line(err)
            continue
        assert data.identity.sha256 == sha256_hex(data.data)


def _store(path: Path) -> None:
    put(open_archive(path, password=None), {"later": b"1"})


def _compact(path: Path) -> None:
    archive = open_archive(path, password=None)
    with archive.lock(holder="a test"):
        archive.compact()


def _check_line(err: VaultError) -> None:
    (line,) = err._render_traceback_()
    assert len(line) < 1000
    assert line.isprintable()


@EACH
@pytest.mark.parametrize("act", [_read_everything, _store, _compact], ids=["read", "store", "compact"])
def test_hostile_archive_is_read_truthfully_or_refused(
    path: Path, build: Callable[[], bytes], act: Callable[[Path], None]
) -> None:
    raw = build()
    path.write_bytes(raw)
    start = time.process_time()
    try:
        act(path)
    except VaultError as err:
        _check_line(err)
        assert path.read_bytes() == raw
        assert list_folder(path.parent) <= {"storage.zip", "storage.zip.lock", "storage.zip.orig"}
    assert time.process_time() - start < LONGEST


COMMANDS = {
    "show": ["show", "storage.zip"],
    "verify": ["verify", "storage.zip"],
    "extract": ["extract", "storage.zip", "-d", "out"],
    "check": ["check", "."],
}
NOTEBOOK = (
    '{"cells": [{"cell_type": "code", "source": "%open_vault -p storage.zip\\n%vault import x from m", "metadata": {}, '
    '"outputs": [], "execution_count": 1, "id": "a"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
)


@EACH
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_commands_say_it_in_a_line_and_write_nothing_elsewhere(
    path: Path,
    build: Callable[[], bytes],
    command: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = build()
    path.write_bytes(raw)
    path.with_name("a.ipynb").write_text(NOTEBOOK)
    monkeypatch.chdir(path.parent)

    code = main(command)

    _, err = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "Traceback" not in err
    assert path.read_bytes() == raw
    assert list_folder(path.parent) <= {"storage.zip", "a.ipynb", "out"}
    files = [one for one in (path.parent / "out").rglob("*") if one.is_file()] if command[0] == "extract" else []
    assert all(one.resolve().is_relative_to(path.parent / "out") and not one.is_symlink() for one in files)


HEAVY = [
    "a-million-entries",
    "count-of-millions",
    "bomb-that-says-so",
    "false-ends",
    "sidecar-huge",
    "overlap-full-vault",
]


MEASURED = """
import sys
from pathlib import Path
from vaultcheck.cli import main

main(sys.argv[1:])
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(peak.split()[1], file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak of a process; others do not")
@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_memory_stays_within_bounds(path: Path, name: str, command: list[str]) -> None:
    path.write_bytes(HOSTILE[name]())
    path.with_name("a.ipynb").write_text(NOTEBOOK)

    done = subprocess.run([sys.executable, "-c", MEASURED, *command], cwd=path.parent, capture_output=True, text=True)

    assert int(done.stderr.split()[-1]) * 1024 < MOST


# Somebody without the password


def test_plain_member_in_an_encrypted_vault_is_refused(path: Path) -> None:
    archive = make_vault(path, {"m/x": b"secret"}, password=PASSWORD)
    identity = archive.read("m/x").identity
    rewrite(path, add=[Member("m/x", b"forged", write_entry_comment(identity))])

    with pytest.raises(
        ArchiveError, match="'m/x' is not encrypted, in an archive that is: somebody without the password"
    ):
        archive.read("m/x")


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_object_under_the_name_of_another_is_refused(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"m/x": b"1", "m/y": b"2"}, password=password)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"m/x", b"m/!").replace(b"m/y", b"m/x").replace(b"m/!", b"m/y"))

    for name in ("m/x", "m/y"):
        with pytest.raises(ArchiveError, match="do not belong together"):
            archive.read(name)


def _read_text(file: BinaryIO) -> str:
    return file.read().decode()


def test_object_stripped_of_what_binds_it_is_warned_of(path: Path) -> None:
    notebook = Notebook(path, password=PASSWORD, names={"x": "secret", "y": "other", "read": _read_text})
    notebook.run("store x, y in m with str")
    with zipfile.ZipFile(path) as archive:
        comment = archive.getinfo("m/y").comment
    raw = path.read_bytes().replace(comment, b" " * len(comment)).replace(b"m/x", b"m/!").replace(b"m/y", b"m/x")
    path.write_bytes(raw.replace(b"m/!", b"m/y"))

    outcome = notebook.run("import x from m with read")

    assert outcome.imported == {"x": "other"}
    assert outcome.warnings[0] == (
        "'m/x' was written by another tool, so nothing proves that it belongs there; store it again"
    )


# Damage of any kind


def _mutate(raw: bytes, dice: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(dice.choice([1, 1, 2, 5])):
        at, length = dice.randrange(len(changed)), dice.choice([1, 1, 2, 4, 30])
        match dice.randrange(4):
            case 0:
                changed[at] ^= 1 << dice.randrange(8)
            case 1:
                changed[at : at + length] = dice.randbytes(length)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = changed[at : at + length]
        changed = changed or bytearray(b"\0")
    return bytes(changed)


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_no_mutant_gives_another_value_or_another_error(path: Path, password: bytes | None) -> None:
    objects = {"m/x": b"salary\n42\n" * 20, "m/y": b"", "n/z": random.Random(1).randbytes(300)}
    archive = make_vault(path, objects, password=password)
    put(archive, {"m/y": b"again"})
    raw, dice, read = path.read_bytes(), random.Random(2), 0
    for _ in range(MUTANTS if password is None else MUTANTS // 10):
        path.write_bytes(_mutate(raw, dice))
        try:
            names = list(open_archive(path, password=password, variable="KEY").list().objects)
        except VaultError:
            continue
        for name in names:
            try:
                found = archive.read(name)
            except VaultError:
                continue
            read += 1
            if found.sidecar is not None:
                assert found.data in (objects.get(name), b"again", b"")
    assert read > 0
