"""Other tools read what is written here, and what they write is read here."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import pyzipper

from tests.vault_magic.archive.builders import PASSWORD, make_vault, put, read_members, rewrite
from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Member
from vault_magic.archive.directory import build_directory, read_directory
from vault_magic.archive.headers import LOCAL, build_headers
from vault_magic.archive.layout import SENTINEL
from vault_magic.archive.opening import open_archive

DICE = random.Random(11)
NAMES = ["a", "m/x", "m/y", "with space/z", "za\u017c\u00f3\u0142\u0107/\u4e2d", "deep/er/and/deep/er/still", "l" * 200]
Extract = Callable[[Path, Path], None]


def _demand(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is a program of its own; .ci/run installs it")


def _call(*command: str | Path, folder: Path | None = None) -> str:
    done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def _extract_with_7z(archive: Path, folder: Path) -> None:
    _call("7z", "x", "-y", f"-p{PASSWORD.decode()}", f"-o{folder}", archive)


def _extract_with_unzip(archive: Path, folder: Path) -> None:
    _call("unzip", "-q", archive, "-d", folder)


def _extract_with_bsdtar(archive: Path, folder: Path) -> None:
    folder.mkdir()
    _call("bsdtar", "--passphrase", PASSWORD.decode(), "-xf", archive, "-C", folder)


def _extract_with_zipfile(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        opened.extractall(folder)


def _extract_with_pyzipper(archive: Path, folder: Path) -> None:
    with pyzipper.AESZipFile(archive) as opened:
        opened.setpassword(PASSWORD)
        assert opened.testzip() is None
        opened.extractall(folder)


TOOLS: dict[str, Extract] = {
    "7z": _extract_with_7z,
    "bsdtar": _extract_with_bsdtar,
    "unzip": _extract_with_unzip,
    "zipfile": _extract_with_zipfile,
    "pyzipper": _extract_with_pyzipper,
}
OF_PYTHON = {"zipfile", "pyzipper"}
READS_AES = {"7z", "bsdtar", "pyzipper"}


def _work(archive: Archive) -> dict[str, bytes]:
    """Store, replace and delete fifty times; return what is there then."""
    model: dict[str, bytes] = {}
    for _ in range(50):
        if model and DICE.random() < 0.2:
            name = DICE.choice(sorted(model))
            put(archive, {}, delete=(name,))
            del model[name]
        else:
            kind = DICE.choice([b"", b"text\n" * 500, DICE.randbytes(3000)])
            objects = {name: kind + name.encode() for name in DICE.sample(NAMES, DICE.choice([1, 1, 2]))}
            put(archive, objects)
            model |= objects
    put(archive, {"empty": b""})
    return model | {"empty": b""}


def _read_files(folder: Path) -> dict[str, bytes]:
    files = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return {name: data for name, data in files.items() if not name.startswith(".vault/")}


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_every_tool_extracts_the_same_after_fifty_changes(tmp_path: Path, password: bytes | None) -> None:
    archive = open_archive(tmp_path / "storage.zip", password=password, variable="KEY")
    model = _work(archive)

    assert {name: archive.read(name).data for name in archive.list().objects} == model
    for tool, extract in TOOLS.items():
        if (password and tool not in READS_AES) or (tool not in OF_PYTHON and shutil.which(tool) is None):
            continue
        extract(archive.path, tmp_path / tool)
        assert _read_files(tmp_path / tool) == model, tool


@pytest.mark.parametrize("command", [["7z", "t"], ["unzip", "-t"], ["bsdtar", "-tf"]], ids=lambda it: it[0])
def test_no_tool_complains(tmp_path: Path, command: list[str]) -> None:
    _demand(command[0])
    archive = open_archive(tmp_path / "storage.zip", password=None)
    _work(archive)

    told = _call(*command, archive.path).lower().replace("no errors detected", "")

    assert not any(word in told for word in ("warning", "error", "extra bytes"))


# The other way round


def _update_with_7z(folder: Path, archive: Path) -> None:
    _call("7z", "u", archive, "m/x", "theirs", folder=folder)
    _call("7z", "d", archive, "m/y", folder=folder)


def _update_with_zip(folder: Path, archive: Path) -> None:
    _call("zip", "-q", archive, "m/x", "theirs", folder=folder)
    _call("zip", "-q", "-d", archive, "m/y", folder=folder)


@pytest.mark.parametrize(("program", "update"), [("7z", _update_with_7z), ("zip", _update_with_zip)], ids=["7z", "zip"])
def test_what_another_tool_did_to_a_vault_is_seen_and_the_rest_stays(
    tmp_path: Path, program: str, update: Callable[[Path, Path], None]
) -> None:
    _demand(program)
    archive = make_vault(tmp_path / "storage.zip", {"m/x": b"ours", "m/y": b"2", "m/z": b"3"})
    kept = archive.read("m/z")
    (tmp_path / "m").mkdir()
    (tmp_path / "m/x").write_bytes(b"theirs")
    (tmp_path / "theirs").write_bytes(b"new")

    update(tmp_path, archive.path)

    again = open_archive(archive.path, password=None)
    assert again.vault == archive.vault
    assert list(again.list().objects) == ["m/x", "m/z", "theirs"]
    assert (again.read("m/x").data, again.read("m/x").sidecar) == (b"theirs", None)
    assert again.read("m/z") == kept
    put(again, {"m/later": b"4"})
    assert read_members(archive.path) == {"m/x": b"theirs", "m/z": b"3", "theirs": b"new", "m/later": b"4"}
    assert again.read("m/z") == kept
    assert zipfile.ZipFile(archive.path).namelist()[0] == SENTINEL


def test_torn_tail_shows_no_tool_what_is_inside_a_stored_zip(tmp_path: Path) -> None:
    archive = make_vault(tmp_path / "storage.zip", {"m/x": b"1"})
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as opened:
        opened.writestr("inner/member", DICE.randbytes(3000))
    size = archive.path.stat().st_size
    put(archive, {"m/zip": inner.read_bytes()})
    archive.path.write_bytes(archive.path.read_bytes()[: size + 3400])

    assert list(archive.list().objects) == ["m/x"]
    try:
        with zipfile.ZipFile(archive.path) as opened:
            assert "inner/member" not in opened.namelist()
    except zipfile.BadZipFile:
        pass


# More than 32 bits


def test_more_members_than_sixteen_bits_count(tmp_path: Path) -> None:
    path = tmp_path / "storage.zip"
    members = [Member(f"m/{number}", b"") for number in range(70_000)]
    make_vault(path, {"m/x": b"1"})
    rewrite(path, add=members)
    archive = open_archive(path, password=None)

    put(archive, {"n/later": b"2"})
    put(archive, {}, delete=("m/7",))

    with zipfile.ZipFile(path) as opened:
        assert len(opened.namelist()) == 70_000 + 1 + 2 + 2 - 1
        assert opened.read("n/later") == b"2"
    if shutil.which("7z"):
        assert "Everything is Ok" in _call("7z", "t", path)


SIZE = 5 * 2**30


def _make_sparse(path: Path) -> None:
    """Make an archive whose one member is five gigabytes of nothing, which takes no room on the disk."""
    crc = 0xDEADBEEF  # nobody reads it
    local, record = build_headers(
        "huge", crc=crc, compressed=SIZE, size=SIZE, offset=0, stamp=(0, 33), aes=False, comment=b""
    )
    stored = struct.pack("<H", 0)
    local, record = local[:8] + stored + local[10:], record[:10] + stored + record[12:]
    with path.open("wb") as file:
        file.write(local)
        file.seek(len(local) + SIZE)
        directory = build_directory({"huge": record}, start=file.tell(), comment=b"")
        file.write(directory.raw + directory.render_end())


def test_entry_of_more_than_four_gigabytes_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "storage.zip"
    _make_sparse(path)
    if path.stat().st_blocks * 512 > 2**30:
        pytest.skip("this file system keeps no holes, so the file would take five gigabytes")

    with zipfile.ZipFile(path) as opened:
        assert opened.getinfo("huge").file_size == SIZE
    assert open_archive(path, password=None).list().objects["huge"].bytes == SIZE


def test_store_behind_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "storage.zip"
    archive = make_vault(path, {"m/x": b"1"})
    with path.open("r+b") as file:
        directory = read_directory(file)
        hole = SIZE - directory.end.stop
        shifted = {entry.name: entry.raw for entry in directory}
        local, record = build_headers(
            "huge", crc=0, compressed=hole, size=hole, offset=directory.end.stop, stamp=(0, 33), aes=False, comment=b""
        )
        stored = struct.pack("<H", 0)
        file.seek(directory.end.stop)
        file.write(local[:8] + stored + local[10:])
        start = file.seek(len(local) + hole, 1)
        records = shifted | {"huge": record[:10] + stored + record[12:]}
        new = build_directory(records, start=start, comment=directory.end.comment)
        file.write(new.raw + new.render_end())

    put(archive, {"m/later": b"2"})
    put(archive, {"m/x": b"3"})

    with path.open("rb") as file:
        found = read_directory(file)
    assert found["m/later"].offset > 2**32
    assert {name: archive.read(name).data for name in ("m/x", "m/later")} == {"m/x": b"3", "m/later": b"2"}
    with zipfile.ZipFile(path) as opened:
        assert (opened.read("m/later"), opened.read("m/x")) == (b"2", b"3")
        assert LOCAL.size < opened.getinfo("m/later").header_offset
    if shutil.which("7z"):
        assert "m/later" in _call("7z", "l", path)
