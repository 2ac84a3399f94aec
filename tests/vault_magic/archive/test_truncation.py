"""An archive cut off anywhere behind what was committed: the old state is there, and the next store goes on from it."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import PASSWORD, make_vault, put, read_members, render
from vault_magic.archive import deflating
from vault_magic.archive.archive import Archive
from vault_magic.archive.directory import build_directory
from vault_magic.archive.headers import LOCAL, build_headers
from vault_magic.archive.layout import (
    SENTINEL,
    CommitMarker,
    write_commit_marker,
    write_entry_comment,
    write_sentinel_comment,
)
from vault_magic.archive.opening import open_archive
from vault_magic.identity import Identity
from vault_magic.zlib_library import ZLIB

OLD = {"kept": b"kept" * 30, "m/x": b"old"}
NOISE = random.Random(1).randbytes(300)
EVERY = 1 if os.environ.get("VAULTCHECK_THOROUGH") else 97
"""How many cuts there are to one after which everything is read, not only listed."""


def _zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("inner/member", data)
    return file.getvalue()


CHANGES: dict[str, dict[str, bytes]] = {
    "another-object": {"n/y": b"new" * 20},
    "overwrite": {"m/x": b"new" * 20},
    "several-objects": {"m/x": b"new", "n/y": b"2", "n/z": NOISE},
    "zip-inside": {"n/y": _zip(NOISE)},
    "zip-without-members-inside": {"n/y": NOISE + _zip(b"")[-22:]},
    "signatures-inside": {"n/y": b"".join(NOISE[at : at + 9] + b"PK\5\6" for at in range(40))},
}
PASSWORDS = pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _read_all(archive: Archive) -> dict[str, bytes]:
    return {name: archive.read(name).data for name in archive.list().objects}


def _check_every_cut(path: Path, archive: Archive, change: dict[str, bytes]) -> None:
    old, listed = path.read_bytes(), archive.list().objects
    expected = dict(listed)
    before = _read_all(archive)
    put(archive, change)
    whole = path.read_bytes()
    assert whole.startswith(old)
    for size in range(len(old), len(whole)):
        path.write_bytes(whole[:size])
        assert dict(archive.list().objects) == expected
        assert archive.list().torn == size - len(old)
        if size % EVERY == 0 or size - len(old) < 3:
            assert _read_all(open_archive(path, password=archive.password, variable="KEY")) == before
    path.write_bytes(whole)
    assert _read_all(archive) == before | change


@PASSWORDS
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_cut_at_every_byte(path: Path, password: bytes | None, change: dict[str, bytes]) -> None:
    _check_every_cut(path, make_vault(path, OLD, password=password), change)


@PASSWORDS
def test_cut_at_every_byte_of_a_copy_of_the_vault_in_itself(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, OLD, password=password)

    _check_every_cut(path, archive, {"backup": path.read_bytes()})


def _forge(archive: Archive, *, start: int, offset: int) -> bytes:
    """Return what looks like a state of this very vault, if it lies at `start`: a pickle of ours at `offset`."""
    payload = b"\x80\x05K*."
    identity = Identity(f"{zlib.crc32(payload):08X}", "0" * 64, "pickle", bytes=len(payload))
    local, _ = build_headers(
        "m/x", crc=zlib.crc32(payload), compressed=5, size=5, offset=offset, stamp=(0, 33), aes=False, comment=b""
    )
    records = {
        SENTINEL: build_headers(
            SENTINEL,
            crc=0,
            compressed=1,
            size=1,
            offset=0,
            stamp=(0, 33),
            aes=False,
            comment=write_sentinel_comment(archive.vault or ""),
        )[1],
        "m/x": build_headers(
            "m/x",
            crc=zlib.crc32(payload),
            compressed=5,
            size=5,
            offset=offset,
            stamp=(0, 33),
            aes=False,
            comment=write_entry_comment(identity),
        )[1],
    }
    body = local + payload
    marker = write_commit_marker(CommitMarker(archive.vault or "", 99))
    return body + render(build_directory(records, start=start + len(body), comment=marker))


def test_state_that_somebody_has_put_into_an_object_is_never_taken_for_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_vault(path, OLD)
    # In front of the bytes of a stored block stand the local header, its name and five bytes of deflate.
    start = path.stat().st_size + LOCAL.size + len("n/y") + 5 + len(NOISE)
    forged = NOISE + _forge(archive, start=start, offset=start)
    monkeypatch.setattr(
        deflating, "choose_library", lambda _size: replace(ZLIB, level=0)
    )  # as if none of it could be compressed
    assert zlib.compress(forged, 0, wbits=-15)[5:] == forged  # so it would lie in the file where its offsets say

    _check_every_cut(path, archive, {"n/y": forged})


@PASSWORDS
def test_store_behind_a_torn_tail_keeps_everything(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, OLD, password=password)
    old = path.read_bytes()
    put(archive, {"m/x": b"new", "n/y": NOISE})
    whole = path.read_bytes()
    for size in range(len(old), len(whole), 97):
        path.write_bytes(whole[:size])
        put(open_archive(path, password=password, variable="KEY"), {"later": b"1"})
        assert _read_all(archive) == OLD | {"later": b"1"}
        if password is None:
            assert zipfile.ZipFile(path).testzip() is None
            assert read_members(path) == OLD | {"later": b"1"}


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"\0", id="a-byte"),
        pytest.param(b"\0" * 70_000, id="more-than-a-comment-can-be"),
        pytest.param(b"PK\5\6" * 5000, id="signatures"),
        pytest.param(_zip(NOISE), id="a-whole-zip"),
        pytest.param(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0), id="an-empty-zip"),
    ],
)
def test_garbage_behind_the_archive_hides_nothing(path: Path, garbage: bytes) -> None:
    archive = make_vault(path, OLD)
    path.write_bytes(path.read_bytes() + garbage)
    assert _read_all(open_archive(path, password=None)) == OLD
    put(archive, {"later": b"1"})
    assert _read_all(archive) == OLD | {"later": b"1"}
    assert garbage[-20:] not in path.read_bytes()[-20:]
