"""The power cut at any moment: an archive is as before or as after, since everything is synced in the right order."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import FOREIGN, PASSWORD, make_foreign, make_vault, put
from tests.vault_magic.archive.disk import Disk
from vault_magic.archive import durable
from vault_magic.archive.archive import Archive
from vault_magic.archive.opening import open_archive
from vault_magic.errors import ArchiveError, PasswordError

ROUNDS = 200 if os.environ.get("VAULTCHECK_THOROUGH") else 4
NOISE = random.Random(3).randbytes(6000)
OLD = {"kept": b"kept" * 500, "m/x": NOISE, "m/y": b"2"}
OTHER = b"another password"


def _store(archive: Archive) -> dict[str, bytes]:
    put(archive, {"n/z": NOISE[::-1]})
    return OLD | {"n/z": NOISE[::-1]}


def _overwrite(archive: Archive) -> dict[str, bytes]:
    put(archive, {"m/x": NOISE[::-1]})
    return OLD | {"m/x": NOISE[::-1]}


def _store_several(archive: Archive) -> dict[str, bytes]:
    new = {"m/x": NOISE[::-1], "n/a": b"", "n/b": NOISE * 2}
    put(archive, new)
    return OLD | new


def _delete(archive: Archive) -> dict[str, bytes]:
    put(archive, {}, delete=("m/x",))
    return {name: data for name, data in OLD.items() if name != "m/x"}


def _compact(archive: Archive) -> dict[str, bytes]:
    with archive.lock(holder="a test"):
        archive.compact()
    return OLD


def _rekey(archive: Archive) -> dict[str, bytes]:
    with archive.lock(holder="a test"):
        archive.rekey(OTHER)
    return OLD


CHANGES: dict[str, Callable[[Archive], dict[str, bytes]]] = {
    "store": _store,
    "overwrite": _overwrite,
    "several": _store_several,
    "delete": _delete,
    "compact": _compact,
    "rekey": _rekey,
}


def _read(path: Path, passwords: tuple[bytes | None, ...]) -> tuple[Archive, dict[str, bytes]]:
    for password in passwords:
        try:
            archive = open_archive(path, password=password, variable="KEY")
        except PasswordError:
            continue
        return archive, {name: archive.read(name).data for name in archive.list().objects}
    raise AssertionError("no password opens it")


def _check_cuts(
    disk: Disk, old: dict[str, bytes], new: dict[str, bytes], *, passwords: tuple[bytes | None, ...], seed: int
) -> None:
    place = disk.folder.with_name("after")
    for files in disk.cut(random.Random(seed)):
        place.mkdir()
        for name, data in files.items():
            (place / name).write_bytes(data)
        archive, found = _read(place / "storage.zip", passwords)
        assert found in (old, new)
        put(archive, {"later": b"1"})
        assert _read(archive.path, passwords)[1] == found | {"later": b"1"}
        shutil.rmtree(place)


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_old_or_new_after_a_power_cut(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Archive], dict[str, bytes]],
    password: bytes | None,
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    archive = make_vault(folder / "storage.zip", OLD, password=password)
    disk = Disk(folder)
    with monkeypatch.context() as watching:
        disk.watch(watching)
        new = change(archive)
    assert len(disk.states) > 3
    for seed in range(ROUNDS if password is None else ROUNDS // 4):  # deriving keys takes most of the time
        _check_cuts(disk, OLD, new, passwords=(password, OTHER), seed=seed)


def test_archive_of_another_tool_after_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    make_foreign(folder / "storage.zip")
    archive = open_archive(folder / "storage.zip", password=None)
    disk = Disk(folder)
    with monkeypatch.context() as watching:
        disk.watch(watching)
        put(archive, {"ours": b"1"})
    for seed in range(ROUNDS):
        _check_cuts(disk, FOREIGN, FOREIGN | {"ours": b"1"}, passwords=(None,), seed=seed)


def test_without_the_first_sync_something_would_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    archive = make_vault(folder / "storage.zip", OLD)
    disk = Disk(folder)
    calls: list[object] = []
    with monkeypatch.context() as watching:
        disk.watch(watching)
        honest = durable.sync
        watching.setattr(durable, "sync", lambda file: calls.append(file) if not calls else honest(file))
        put(archive, {"n/z": NOISE[::-1]})
    faults = 0
    for seed in range(60):
        for files in disk.cut(random.Random(seed)):
            (folder / "storage.zip").write_bytes(files["storage.zip"])
            try:
                faults += _read(folder / "storage.zip", (None,))[1] not in (OLD, OLD | {"n/z": NOISE[::-1]})
            except ArchiveError:
                faults += 1
    assert faults > 0
