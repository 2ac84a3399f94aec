"""When a change appends, and when the file is made anew."""

from __future__ import annotations

import errno
import random
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.vault_magic.archive.builders import list_folder, make_foreign, make_vault, put, read_members
from vault_magic.archive import container, durable, transaction
from vault_magic.archive.archive import Archive
from vault_magic.archive.layout import SENTINEL
from vault_magic.archive.opening import open_archive

DICE = random.Random(1)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return make_vault(tmp_path / "storage.zip", {"m/x": DICE.randbytes(5000), "m/y": b"1"})


def _change(archive: Archive, *, delete: tuple[str, ...]) -> tuple[str, ...]:
    with archive.lock(holder="a test"):
        return archive.change(store={}, delete=delete)


def test_store_leaves_every_byte_that_was_there(archive: Archive) -> None:
    before, inode = archive.path.read_bytes(), archive.path.stat().st_ino

    put(archive, {"m/x": b"2", "m/z": b"3"})

    assert archive.path.read_bytes().startswith(before)
    assert archive.path.stat().st_ino == inode
    assert read_members(archive.path) == {"m/y": b"1", "m/x": b"2", "m/z": b"3"}


def test_generation_grows_with_each_write_and_not_by_compacting(archive: Archive) -> None:
    before = archive.list().generation
    put(archive, {"m/z": b"3"})
    _change(archive, delete=("m/z",))
    with archive.lock(holder="a test"):
        archive.compact()

    assert archive.list().generation == before + 2


def test_file_is_made_anew_when_more_than_half_of_it_is_dead(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "_FEW", 0)
    sizes = []
    for number in range(12):
        put(archive, {"m/y": DICE.randbytes(3000 + number)})
        sizes.append(archive.path.stat().st_size)

    assert any(later < earlier for earlier, later in pairwise(sizes))
    assert max(sizes) < 2 * 16_000


def test_small_file_is_not_made_anew_for_a_little(archive: Archive) -> None:
    inode = archive.path.stat().st_ino
    for number in range(12):
        put(archive, {"m/y": DICE.randbytes(3000 + number)})

    assert archive.path.stat().st_ino == inode


def test_deleted_bytes_are_gone(archive: Archive) -> None:
    secret = archive.path.read_bytes()[400:1000]

    assert _change(archive, delete=("m/x",)) == ()

    assert secret not in archive.path.read_bytes()
    assert b"m/x" not in archive.path.read_bytes()


def test_delete_that_cannot_erase_says_so_and_is_done_all_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as held:
        held.setattr(durable, "move", fail)
        notices = _change(archive, delete=("m/x",))

    assert notices == (
        "deleted, not yet erased: storage.zip could not be made anew (Permission denied); try: vaultcheck compact",
    )
    assert read_members(archive.path) == {"m/y": b"1"}
    assert not any(name.endswith(".tmp") for name in list_folder(archive.path.parent))


def test_compaction_that_fails_behind_a_store_is_left_for_another_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transaction, "_FEW", 0)
    monkeypatch.setattr(durable, "move", fail)
    for number in range(9):
        put(archive, {"m/y": DICE.randbytes(3000 + number)})

    assert archive.list().generation == 10


def test_failing_store_leaves_the_file_as_long_as_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before = archive.path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(durable, "sync", fail)
        with pytest.raises(OSError, match="No space"):
            put(archive, {"m/z": b"3"})

    assert archive.path.read_bytes() == before


def test_members_and_directory_are_durable_before_the_end_that_names_them(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    write = durable.write

    def note_write(file: BinaryIO, data: bytes) -> None:
        steps.append("write")
        write(file, data)

    monkeypatch.setattr(durable, "write", note_write)
    monkeypatch.setattr(durable, "sync", lambda _: steps.append("sync"))

    put(archive, {"m/z": b"3"})

    assert steps == [*["write"] * 5, "sync", "write", "sync"]


def test_unfinished_write_is_cut_off_and_told(archive: Archive) -> None:
    whole = archive.path.read_bytes()
    archive.path.write_bytes(whole + b"PK\x03\x04 half of a member")

    with archive.lock(holder="a test"):
        notices = archive.change(store={}, delete=("m/y",))

    assert notices == ("storage.zip ended in 21 bytes of a write that was never finished; they were cut off",)
    assert b"half of a member" not in archive.path.read_bytes()


def test_vault_that_another_tool_wrote_anew_is_made_ours_again(archive: Archive) -> None:
    with zipfile.ZipFile(archive.path) as old:
        members = {info: old.read(info) for info in reversed(old.infolist())}
    with zipfile.ZipFile(archive.path, "w") as other:
        for info, data in members.items():
            other.writestr(info, data)
    assert archive.list().generation == 0

    put(archive, {"m/z": b"3"})

    assert zipfile.ZipFile(archive.path).namelist()[0] == SENTINEL
    assert archive.read("m/y").sidecar is not None
    assert archive.list().generation == 1
    assert not archive.path.with_name("storage.zip.orig").exists()


def test_archive_of_another_tool_that_fails_to_become_ours_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.zip"
    make_foreign(path)
    before, archive = path.read_bytes(), open_archive(path, password=None)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(container, "_write_member", fail)
        with pytest.raises(OSError, match="No space"):
            put(archive, {"ours": b"1"})

    assert path.read_bytes() == before
    put(archive, {"ours": b"1"})
    assert path.with_name("storage.zip.orig").read_bytes() == before
