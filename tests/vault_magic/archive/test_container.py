"""The ZIP file itself, as this package writes it and as other tools see it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import (
    FOREIGN,
    PASSWORD,
    list_folder,
    make_foreign,
    read_members,
    read_one,
    rewrite,
)
from vault_magic.archive.container import Member
from vault_magic.errors import ArchiveError, PasswordError
from vault_magic.zlib_library import ZLIB

TEXT = b"salary\tcity\n42\tLondon\n"
OBJECTS = {"datasets/salaries": TEXT, "empty": b"", "unicode/za\u017c\u00f3\u0142\u0107": b"\0\xff" * 50}
AE2_AES256_DEFLATED = bytes.fromhex("0199 0700 0200 4145 03 0800")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _write(
    path: Path, objects: dict[str, bytes], *, password: bytes | None = None, first: tuple[Member, ...] = ()
) -> None:
    members = [Member(name, data, comment=f"about {name}".encode()) for name, data in objects.items()]
    rewrite(path, first=first, add=members, comment=b"the archive", password=password)


def _slices(path: Path) -> dict[str, bytes]:
    """Return each member as it lies in the file, up to where the next begins."""
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        ends = [info.header_offset for info in infos[1:]] + [archive.start_dir]
    return {info.filename: raw[info.header_offset : end] for info, end in zip(infos, ends, strict=True)}


def _patch_directory(path: Path, *, at: int, value: bytes) -> None:
    """Change bytes of the last entry in the directory."""
    raw = bytearray(path.read_bytes())
    entry = raw.rfind(b"PK\x01\x02")
    raw[entry + at : entry + at + len(value)] = value
    path.write_bytes(raw)


def test_other_tools_read_the_plain_bytes(path: Path) -> None:
    _write(path, OBJECTS)

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == OBJECTS
        assert archive.comment == b"the archive"
        assert archive.getinfo("datasets/salaries").comment == b"about datasets/salaries"


def test_files_are_readable_once_extracted(path: Path) -> None:
    _write(path, OBJECTS)

    infos = zipfile.ZipFile(path).infolist()

    assert {(info.create_system, info.external_attr >> 16) for info in infos} == {(3, 0o644)}


def test_members_are_compressed(path: Path) -> None:
    _write(path, {"x": bytes(100_000)})

    assert path.stat().st_size < 1000


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["unzip", "-p"], id="unzip"),
        pytest.param(["7z", "x", "-so"], id="7z"),
        pytest.param(["bsdtar", "-xOf"], id="bsdtar"),
    ],
)
def test_command_line_tools_extract_the_plain_bytes(path: Path, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is a program of its own; .ci/run installs it")
    _write(path, OBJECTS)
    _write(path, {"later": b"1"})

    extracted = subprocess.run([*command, path, "datasets/salaries"], capture_output=True, check=True)

    assert extracted.stdout == TEXT


def test_nothing_of_an_encrypted_member_is_readable(path: Path) -> None:
    secret = bytes(range(256)) * 4
    _write(path, {"x": TEXT, "y": secret}, password=PASSWORD)

    raw = path.read_bytes()
    assert b"London" not in raw
    assert not any(secret[start : start + 8] in raw for start in range(256))
    with zipfile.ZipFile(path) as archive, pytest.raises(RuntimeError, match="password required"):
        archive.read("x")


def test_encrypted_entry_is_winzip_aes_256_without_a_checksum(path: Path) -> None:
    _write(path, {"x": TEXT}, password=PASSWORD)

    info = zipfile.ZipFile(path).getinfo("x")

    assert (info.flag_bits & 1, info.compress_type, info.CRC) == (1, 99, 0)
    assert info.extra == AE2_AES256_DEFLATED


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_members_are_read_back(path: Path, password: bytes | None) -> None:
    _write(path, OBJECTS, password=password)

    assert {name: read_one(path, name, password=password) for name in OBJECTS} == OBJECTS


def test_member_of_the_same_name_is_replaced(path: Path) -> None:
    _write(path, OBJECTS)
    _write(path, {"empty": b"no longer"})

    assert read_members(path) == OBJECTS | {"empty": b"no longer"}
    assert zipfile.ZipFile(path).namelist()[-1] == "empty"


def test_dropped_member_leaves_no_bytes(path: Path) -> None:
    _write(path, {"kept": b"kept", "gone": b"\0\1secret\2\3"})

    rewrite(path, drop=["gone", "never-there"])

    assert read_members(path) == {"kept": b"kept"}
    assert b"secret" not in path.read_bytes()
    assert b"gone" not in path.read_bytes()


def test_first_members_come_before_those_that_stay(path: Path) -> None:
    _write(path, OBJECTS)
    _write(path, {"later": b"1"}, first=(Member("sentinel", b"{}"),))

    assert zipfile.ZipFile(path).namelist() == ["sentinel", *OBJECTS, "later"]
    assert path.read_bytes()[30:38] == b"sentinel"


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_members_that_stay_are_byte_identical(path: Path, password: bytes | None) -> None:
    _write(path, OBJECTS, password=password)
    before, entries = _slices(path), {info.filename: info for info in zipfile.ZipFile(path).infolist()}
    for number in range(3):
        _write(path, {"again": bytes([number])}, password=password)

    after = _slices(path)
    assert {name: after[name] for name in OBJECTS} == before
    for info in zipfile.ZipFile(path).infolist():
        known = entries.get(info.filename, info)
        assert (info.comment, info.extra, info.flag_bits) == (known.comment, known.extra, known.flag_bits)
    assert {name: read_one(path, name, password=password) for name in OBJECTS} == OBJECTS


@pytest.mark.parametrize("descriptors", [False, True], ids=["sizes-in-front", "data-descriptors"])
def test_members_of_other_tools_stay_byte_identical_and_readable(path: Path, descriptors: bool) -> None:
    make_foreign(path, descriptors=descriptors)
    before = _slices(path)
    for number in range(2):
        _write(path, {"ours": bytes([number])}, first=(Member("sentinel", b"{}"),))

    after = _slices(path)
    assert {name: after[name] for name in before} == before
    assert read_members(path).items() >= FOREIGN.items()
    assert {name: read_one(path, name) for name in FOREIGN} == FOREIGN


def test_missing_member_is_a_key_error(path: Path) -> None:
    _write(path, OBJECTS)

    with pytest.raises(KeyError):
        read_one(path, "datasets/none")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        pytest.param(b"wrong", "the password does not open 'datasets/salaries'", id="wrong"),
        pytest.param(None, "'datasets/salaries' is encrypted; name the variable that holds the password", id="none"),
    ],
)
def test_password_that_does_not_open_is_a_password_error(path: Path, password: bytes | None, reason: str) -> None:
    _write(path, OBJECTS, password=PASSWORD)

    with pytest.raises(PasswordError, match=reason) as caught:
        read_one(path, "datasets/salaries", password=password)
    assert "wrong" not in str(caught.value)


def test_every_changed_byte_of_an_encrypted_member_is_noticed(path: Path) -> None:
    _write(path, {"x": TEXT}, password=PASSWORD)
    raw, info = path.read_bytes(), zipfile.ZipFile(path).getinfo("x")
    salt = 30 + len("x") + len(AE2_AES256_DEFLATED)
    for position in range(salt, salt + info.compress_size):
        path.write_bytes(raw[:position] + bytes([raw[position] ^ 0x10]) + raw[position + 1 :])
        with pytest.raises((ArchiveError, PasswordError), match="'x'"):
            read_one(path, "x", password=PASSWORD)


def test_changed_byte_of_a_plain_member_never_gives_another_value(path: Path) -> None:
    _write(path, {"x": TEXT})
    raw, noticed = path.read_bytes(), 0
    for position in range(31, 31 + zipfile.ZipFile(path).getinfo("x").compress_size):
        path.write_bytes(raw[:position] + bytes([raw[position] ^ 0x10]) + raw[position + 1 :])
        try:
            assert read_one(path, "x") == TEXT  # the last byte of a deflated stream may have bits that nobody uses
        except ArchiveError:
            noticed += 1
    assert noticed > 10


@pytest.mark.parametrize("size", [0, 1, len(TEXT) - 1, len(TEXT) + 1, 2**31], ids=str)
@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_entry_that_lies_about_its_size_is_refused(path: Path, size: int, password: bytes | None) -> None:
    _write(path, {"x": TEXT}, password=password)
    _patch_directory(path, at=24, value=struct.pack("<I", size))

    with pytest.raises(
        ArchiveError, match=r"'x' (.*; restore the archive from a copy|claims .* bytes, which it cannot hold)$"
    ):
        read_one(path, "x", password=password)


def test_member_is_not_inflated_beyond_its_declared_size(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(path, {"x": bytes(50_000_000)})
    _patch_directory(path, at=24, value=struct.pack("<I", 10))
    inflated: list[int] = []
    crc32 = zlib.crc32

    def note(data: bytes, crc: int) -> int:
        inflated.append(len(data))
        return crc32(data, crc)

    monkeypatch.setattr("vault_magic.archive.members.choose_reader", lambda _entry: replace(ZLIB, crc32=note))
    with pytest.raises(ArchiveError):
        read_one(path, "x")
    assert sum(inflated) <= 2**20


def test_compression_that_nobody_here_knows_is_no_matter_of_passwords(path: Path) -> None:
    _write(path, {"x": TEXT})
    _patch_directory(path, at=10, value=struct.pack("<H", 93))

    with pytest.raises(ArchiveError, match=r"'x' cannot be read here \(.*\); write it again with deflate"):
        read_one(path, "x")


def test_rewriting_refuses_a_member_that_is_elsewhere(path: Path) -> None:
    _write(path, {"x": TEXT})
    raw = path.read_bytes()
    path.write_bytes(b"?" + raw[1:])

    with pytest.raises(ArchiveError, match="'x' is not where the directory says"):
        _write(path, {"z": b"1"})
    assert path.read_bytes() == b"?" + raw[1:]
    assert list_folder(path.parent) == {"storage.zip"}


def test_rewriting_refuses_a_member_that_reaches_into_the_directory(path: Path) -> None:
    _write(path, {"x": TEXT})
    _patch_directory(path, at=20, value=struct.pack("<I", 10**6))
    before = path.read_bytes()

    with pytest.raises(ArchiveError, match="one reaches into its directory"):
        _write(path, {"y": b"1"})
    assert path.read_bytes() == before


def test_reading_and_rewriting_refuse_what_is_no_zip(path: Path) -> None:
    path.write_bytes(b"name,salary\n" * 100)

    with pytest.raises(ArchiveError, match="not a readable ZIP archive"):
        read_one(path, "x")
    with pytest.raises(ArchiveError, match="not a readable ZIP archive"):
        _write(path, {"y": b"1"})
