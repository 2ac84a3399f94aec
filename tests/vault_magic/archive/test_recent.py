"""The directory that is remembered: used while nobody has written, and never after."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import make_vault, put
from vault_magic.archive import reading
from vault_magic.archive.archive import Archive
from vault_magic.archive.opening import open_archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = make_vault(tmp_path / "storage.zip", {"m/x": b"1"})
    archive.list()
    return archive


def _forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(reading, "load_directory")


def test_directory_is_read_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    _forbid(monkeypatch)

    assert list(archive.list().objects) == ["m/x"]
    assert archive.read("m/x").data == b"1"


def test_own_store_is_remembered(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    _forbid(monkeypatch)
    for number in range(3):
        put(archive, {f"m/y{number}": b"2", "m/x": bytes([number])})

    assert list(archive.list().objects) == ["m/x", "m/y0", "m/y1", "m/y2"]
    assert archive.read("m/x").data == b"\2"


def _store_elsewhere(archive: Archive) -> None:
    put(open_archive(archive.path, password=None), {"m/y": b"2"})


def _delete_elsewhere(archive: Archive) -> None:
    put(open_archive(archive.path, password=None), {"m/y": b"2"}, delete=("m/x",))


def _tear(archive: Archive) -> None:
    with archive.path.open("ab") as file:
        file.write(b"torn")


def _restore_a_copy(archive: Archive) -> None:
    """Put another state of the same size in place, with the time of the old one."""
    found = archive.path.stat()
    raw = archive.path.read_bytes()
    archive.path.write_bytes(raw.replace(b'"generation": 1', b'"generation": 7').replace(b"m/x", b"m/y"))
    os.utime(archive.path, ns=(found.st_atime_ns, found.st_mtime_ns))


CHANGES: dict[str, tuple[Callable[[Archive], None], list[str]]] = {
    "store": (_store_elsewhere, ["m/x", "m/y"]),
    "delete": (_delete_elsewhere, ["m/y"]),
    "torn": (_tear, ["m/x"]),
    "copy": (_restore_a_copy, ["m/y"]),
}


@pytest.mark.parametrize(("change", "paths"), CHANGES.values(), ids=CHANGES.keys())
def test_what_others_did_is_seen(archive: Archive, change: Callable[[Archive], None], paths: list[str]) -> None:
    change(archive)

    assert list(archive.list().objects) == paths
