"""WinZip's encryption as pyzipper reads and writes it."""

from __future__ import annotations

import io

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from vault_magic.archive.container import Member, compose
from vault_magic.archive.directory import read_directory
from vault_magic.archive.encryption import encrypt
from vault_magic.archive.members import read_member
from vault_magic.errors import ArchiveError, PasswordError

PASSWORD = "za\u017c\u00f3\u0142\u0107 correct horse".encode()


@pytest.mark.parametrize("strength", [128, 192, 256])
@pytest.mark.parametrize("method", [pyzipper.ZIP_STORED, pyzipper.ZIP_DEFLATED, pyzipper.ZIP_BZIP2, pyzipper.ZIP_LZMA])
@pytest.mark.parametrize("data", [b"", b"x", b"salary\n" * 40_000], ids=["empty", "byte", "much"])
def test_what_pyzipper_writes_is_read(strength: int, method: int, data: bytes) -> None:
    file = io.BytesIO()
    with pyzipper.AESZipFile(file, "w", compression=method) as archive:
        archive.setpassword(PASSWORD)
        archive.setencryption(pyzipper.WZ_AES, nbits=strength)
        archive.writestr("m/x", data)

    assert read_member(file, read_directory(file), "m/x", password=PASSWORD) == data


@settings(max_examples=25)
@given(data=st.binary(max_size=200), password=st.binary(min_size=1, max_size=40))
def test_what_is_written_is_read_by_pyzipper(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, password: bytes
) -> None:
    path = tmp_path_factory.mktemp("archive") / "storage.zip"
    compose(path, [Member("m/x", data)], comment=b"", password=password)

    with pyzipper.AESZipFile(path) as archive:
        assert archive.read("m/x", pwd=password) == data


def test_every_member_has_a_salt_of_its_own() -> None:
    assert len({next(encrypt([b"same"], password=PASSWORD)) for _ in range(20)}) == 20


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_changed_byte_is_noticed(at: int) -> None:
    file = io.BytesIO()
    with pyzipper.AESZipFile(file, "w") as archive:
        archive.setpassword(PASSWORD)
        archive.setencryption(pyzipper.WZ_AES)
        archive.writestr("x", b"s" * 32)
    directory = read_directory(file)
    raw = bytearray(file.getvalue())
    raw[42 + at] ^= 1

    with pytest.raises((ArchiveError, PasswordError), match="'x'"):
        read_member(io.BytesIO(raw), directory, "x", password=PASSWORD)
