"""Large objects are compressed, encrypted and written a piece at a time, and are members like any other."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import PASSWORD, build_entry, make_vault, put
from vault_magic.archive import container
from vault_magic.archive.archive import Archive
from vault_magic.archive.deflating import deflate_pieces
from vault_magic.archive.ending import SIGNATURE
from vault_magic.archive.opening import open_archive
from vault_magic.content import Content
from vault_magic.errors import ArchiveError
from vault_magic.zlib_library import ZLIB

PASSWORDS = pytest.mark.parametrize(
    "password", [pytest.param(None, id="plain"), pytest.param(PASSWORD, id="encrypted")]
)
DICE = random.Random(6)
PIECES = [b"0123456789\t" * 300_000, DICE.randbytes(1_500_000), b"", SIGNATURE * 100_000, b"end"]
WHOLE = b"".join(PIECES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def make_content(pieces: list[bytes] = PIECES, *, size: int | None = None) -> Content:
    return Content(sum(map(len, pieces)) if size is None else size, lambda: iter(pieces))


def stream(archive: Archive, content: Content, *, whole: bytes = WHOLE) -> None:
    _, sidecar = build_entry("m/large", whole)
    with archive.lock(holder="a test"):
        archive.change(store={"m/large": (content, sidecar)})


@PASSWORDS
def test_object_that_came_in_pieces_is_read_like_any_other(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"m/x": b"x"}, password=password)

    stream(archive, make_content())
    put(archive, {"m/y": b"y"})

    found = archive.read_all(["m/x", "m/large", "m/y"])
    assert {name: one.data for name, one in found.items()} == {"m/x": b"x", "m/large": WHOLE, "m/y": b"y"}
    assert b"".join(archive.stream("m/large")) == WHOLE


@PASSWORDS
@pytest.mark.parametrize("is_wide", [False, True])
def test_other_tools_read_it(
    path: Path, password: bytes | None, is_wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("7z") is None:
        pytest.skip("7z is a program of its own; .ci/run installs it")
    if is_wide:
        monkeypatch.setattr(container, "_NARROWEST", 0)  # as if it were too large for sizes of 32 bits
    stream(make_vault(path, {}, password=password), make_content())

    command = ["7z", "x", "-so", f"-p{PASSWORD.decode()}", str(path), "m/large"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == WHOLE
    if password is None:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert archive.read("m/large") == WHOLE


@PASSWORDS
def test_little_more_than_a_piece_is_in_memory(path: Path, password: bytes | None) -> None:
    archive, alive = make_vault(path, {}, password=password), []
    pieces = [DICE.randbytes(2**20) for _ in range(8)]

    def give() -> Iterator[bytes]:
        for piece in pieces:
            alive.append(path.stat().st_size)
            yield piece

    stream(archive, Content(2**23, give), whole=b"".join(pieces))

    assert all(later - earlier >= 2**20 for earlier, later in pairwise(alive))


@PASSWORDS
def test_failure_in_the_midst_of_the_pieces_leaves_the_archive_as_it_was(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"m/x": b"x"}, password=password)
    before = path.read_bytes()

    def fail() -> Iterator[bytes]:
        yield PIECES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream(archive, Content(len(WHOLE), fail))

    assert path.read_bytes() == before


@PASSWORDS
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(make_content([*PIECES[:-1], b"END"]), id="of-other-bytes"),
        pytest.param(make_content(PIECES[:-1], size=len(WHOLE)), id="shorter"),
        pytest.param(make_content([*PIECES, b"more"], size=len(WHOLE)), id="longer"),
    ],
)
def test_object_that_changes_while_it_is_written_is_refused(
    path: Path, password: bytes | None, content: Content
) -> None:
    archive = make_vault(path, {"m/x": b"x"}, password=password)
    before = path.read_bytes()

    with pytest.raises(ArchiveError, match=r"changed while it was written; store it again$"):
        stream(archive, content)

    assert path.read_bytes() == before
    assert open_archive(path, password=password, variable="PASSWORD").read("m/x").data == b"x"


def inflate(packed: bytes) -> bytes:
    inflater = ZLIB.build_inflater(-15)
    data: bytes = inflater.decompress(packed)
    assert inflater.eof
    assert not inflater.unused_data
    return data


@given(st.lists(st.binary(max_size=50) | st.just(SIGNATURE * 3) | st.just(SIGNATURE[:2]) | st.just(SIGNATURE[2:])))
@pytest.mark.parametrize("size", [0, 2**20])
def test_pieces_have_no_end_record_among_them(size: int, pieces: list[bytes]) -> None:
    packed = b"".join(deflate_pieces(pieces, size=size))

    assert inflate(packed) == b"".join(pieces)
    assert SIGNATURE not in packed


@pytest.mark.parametrize("size", [0, 2**20])
def test_no_end_record_reaches_over_the_border_of_blocks(size: int) -> None:
    noise = os.urandom(2**20 - 2)

    packed = b"".join(deflate_pieces([noise + SIGNATURE + noise], size=size))

    assert inflate(packed) == noise + SIGNATURE + noise
    assert SIGNATURE not in packed
