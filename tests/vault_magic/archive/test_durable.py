"""Files that appear whole or not at all, whatever fails and whatever is killed."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.vault_magic.archive.builders import list_folder, make_vault, put, read_members, run_killed
from vault_magic.archive import durable
from vault_magic.archive.durable import replace_file
from vault_magic.archive.opening import open_archive


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _new(file: BinaryIO) -> None:
    file.write(b"new")


@pytest.mark.parametrize("there", [True, False], ids=["replaced", "new"])
def test_file_is_written(path: Path, there: bool) -> None:
    if there:
        path.write_bytes(b"old and longer")

    replace_file(path, _new)

    assert path.read_bytes() == b"new"
    assert list_folder(path.parent) == {"storage.zip"}


def test_until_the_end_the_old_file_is_there(path: Path) -> None:
    path.write_bytes(b"old")

    def look(file: BinaryIO) -> None:
        file.write(b"new")
        assert path.read_bytes() == b"old"

    replace_file(path, look)

    assert path.read_bytes() == b"new"


def test_data_is_durable_before_the_name_and_the_name_afterwards(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, Path.replace

    def note_fsync(descriptor: int) -> None:
        steps.append("folder" if os.path.isdir(f"/dev/fd/{descriptor}/") else "data")  # noqa: PTH112
        fsync(descriptor)

    def note_rename(self: Path, target: Path) -> Path:
        steps.append(f"{self.name} to {target.name}: {self.read_bytes().decode()}")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_rename)
    replace_file(path, _new)

    assert steps[:2] == ["data", "storage.zip.tmp to storage.zip: new"]
    assert len(steps) == (2 if os.name == "nt" else 3)


def test_failing_writer_leaves_the_old_file(path: Path) -> None:
    path.write_bytes(b"old")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace_file(path, fail)

    assert path.read_bytes() == b"old"
    assert list_folder(path.parent) == {"storage.zip"}


@pytest.mark.parametrize("interruption", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_interrupted_step_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str, interruption: BaseException
) -> None:
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise interruption

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(type(interruption)):
        replace_file(path, _new)

    assert path.read_bytes() == b"old"
    assert list_folder(path.parent) == {"storage.zip"}


def test_full_disk_leaves_the_archive_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = make_vault(path, {"x": b"1"})
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space"):
            put(archive, {"x": b"2"})

    assert path.read_bytes() == before
    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock"}


def test_what_a_killed_writer_left_is_overwritten(path: Path) -> None:
    leftover = path.with_name("storage.zip.tmp")
    leftover.write_bytes(b"half of something much longer")

    replace_file(path, _new)

    assert path.read_bytes() == b"new"
    assert not leftover.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_stay(path: Path) -> None:
    path.write_bytes(b"old")
    path.chmod(0o600)

    replace_file(path, _new)

    assert path.stat().st_mode & 0o777 == 0o600


POINTS = {
    "half-written": "kill(durable, 'write', call=2)",
    "not-yet-durable": "kill(os, 'fsync', call=1)",
    "durable-but-not-in-place": "kill(Path, 'replace', call=1)",
    "in-place": "kill(Path, 'replace', call=1, after=True)",
}
DELETE = "put(archive, {}, delete=('x',))"
OLD: dict[str, bytes] = {"x": b"old", "kept": b"1"}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_writer_killed_while_it_makes_the_file_anew_leaves_old_or_new_and_no_obstacle(path: Path, point: str) -> None:
    archive = make_vault(path, OLD)
    script = f"archive = open_archive(folder / 'storage.zip', password=None)\n{point}\n{DELETE}\nprint('alive')"

    run_killed(script, path.parent)

    assert read_members(path) == ({"kept": b"1"} if "after=True" in point else OLD)
    put(open_archive(path, password=None), {"next": b"2"})
    assert read_members(path)["next"] == b"2"
    assert archive.read("kept").data == b"1"
    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock"}


def test_killed_first_opening_leaves_nothing_or_a_vault(path: Path) -> None:
    script = f"{POINTS['durable-but-not-in-place']}\nopen_archive(folder / 'storage.zip', password=None)"

    run_killed(script, path.parent)

    assert not path.exists()
    assert open_archive(path, password=None).created
    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_temporary_file_is_no_more_readable_than_the_file(path: Path) -> None:
    path.write_bytes(b"secret")
    path.chmod(0o600)
    seen: list[int] = []
    replace_file(path, lambda file: seen.append(os.fstat(file.fileno()).st_mode & 0o777))
    assert seen == [0o600]


def test_file_that_somebody_reads_is_replaced_when_they_are_done(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename, refusals = Path.replace, [PermissionError(13, "Access is denied")] * 2

    def refuse(self: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return rename(self, target)

    monkeypatch.setattr(durable, "_TRIES", 3)
    monkeypatch.setattr(durable, "_PAUSE", 0.0)
    monkeypatch.setattr(Path, "replace", refuse)
    replace_file(path, _new)
    assert (path.read_bytes(), [*path.parent.iterdir()]) == (b"new", [path])
