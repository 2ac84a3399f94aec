"""The listing: what an archive shows without its password, whoever wrote it."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import FOREIGN, PASSWORD, identify, make_foreign, make_vault, put
from vault_magic.archive.layout import SENTINEL, CommitMarker, write_commit_marker, write_sentinel_comment
from vault_magic.archive.listing import read_listing
from vault_magic.archive.opening import open_archive
from vault_magic.digest import crc32_hex
from vault_magic.errors import ArchiveError, FormatError, NewerFormat
from vault_magic.identity import Identity


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _write_zip(path: Path, members: dict[str, bytes], *, comment: bytes = b"") -> None:
    """Write members whose content is nothing and whose comments are given."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name)
            info.comment = text
            archive.writestr(info, b"")
        archive.comment = comment


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_listing_shows_identities_without_the_password(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"b/y": b"2", "a/x": b"1"}, password=password)

    listing = read_listing(path)

    assert (listing.vault, listing.encrypted) == (archive.vault, password is not None)
    assert listing.objects == {"a/x": identify(b"1"), "b/y": identify(b"2")}
    assert list(listing.objects) == ["a/x", "b/y"]


def test_generation_grows_with_each_write(path: Path) -> None:
    archive = open_archive(path, password=None)
    generations = [read_listing(path).generation]
    for number in range(3):
        put(archive, {"x": bytes([number])})
        generations.append(read_listing(path).generation)

    assert generations == [0, 1, 2, 3]


def test_foreign_archive_shows_checksums_only(path: Path) -> None:
    make_foreign(path)

    listing = read_listing(path)

    assert (listing.vault, listing.encrypted, listing.generation) == (None, False, 0)
    assert listing.objects == {name: Identity(crc32=crc32_hex(data), bytes=len(data)) for name, data in FOREIGN.items()}


def test_folders_and_the_vaults_own_members_are_no_objects(path: Path) -> None:
    _write_zip(path, {"folder/": b"", ".vault/objects/x.json": b"", ".VAULT/y": b"", "x": b""})

    assert list(read_listing(path).objects) == ["x"]


def test_entry_whose_content_another_tool_replaced_is_not_what_its_comment_says(path: Path) -> None:
    make_vault(path, {"x": b"ours"})
    comment = zipfile.ZipFile(path).getinfo("x").comment
    with zipfile.ZipFile(path) as old:
        sentinel, marker = old.getinfo(SENTINEL), old.comment
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(sentinel, b"{}")
        info = zipfile.ZipInfo("x")
        info.comment = comment
        archive.writestr(info, b"theirs")
        archive.comment = marker

    assert read_listing(path).objects["x"] == Identity(crc32=crc32_hex(b"theirs"), bytes=6)


def test_encrypted_entry_is_believed_although_its_checksum_is_not_in_the_directory(path: Path) -> None:
    make_vault(path, {"x": b"secret"}, password=PASSWORD)

    assert zipfile.ZipFile(path).getinfo("x").CRC == 0
    assert read_listing(path).objects["x"] == identify(b"secret")


def test_foreign_archive_with_one_encrypted_entry_is_encrypted(path: Path) -> None:
    _write_zip(path, {"x": b"", "y": b""})
    raw = bytearray(path.read_bytes())
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    assert read_listing(path).encrypted


def test_missing_file_is_missing(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_listing(path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"name,salary\n" * 100, id="text"),
        pytest.param(b"PK\x05\x06" + bytes(4) + b"\xff" * 14, id="directory-too-large"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="no-directory"),
    ],
)
def test_file_that_is_no_zip_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(ArchiveError, match=r"^storage\.zip is not a readable ZIP archive .*; restore it from a copy$"):
        read_listing(path)


def test_directory_that_points_before_the_file_is_refused(path: Path) -> None:
    make_vault(path, {"x": b"1"})
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x05\x06") + 16
    struct.pack_into("<I", raw, at, struct.unpack_from("<I", raw, at)[0] + 5000)
    path.write_bytes(raw)

    with pytest.raises(ArchiveError, match="its directory is not where its end says"):
        read_listing(path)


NEWER = b'{"schema_version": 2}'
OURS = write_sentinel_comment("v")
MARKER = write_commit_marker(CommitMarker("v", 1))
OTHER = write_commit_marker(CommitMarker("w", 1))


@pytest.mark.parametrize(
    ("members", "comment", "error", "what"),
    [
        pytest.param({SENTINEL: NEWER}, MARKER, NewerFormat, "the vault's sentinel", id="newer-sentinel"),
        pytest.param({SENTINEL: OURS}, NEWER, NewerFormat, "the archive's comment", id="newer-marker"),
        pytest.param({SENTINEL: OURS, "x": NEWER}, MARKER, NewerFormat, "an entry's comment", id="newer-entry"),
        pytest.param({SENTINEL: b""}, MARKER, FormatError, "the vault's sentinel", id="sentinel-without-comment"),
        pytest.param({SENTINEL: OURS}, b"?", FormatError, "the archive's comment", id="other-comment"),
        pytest.param({SENTINEL: OURS}, OTHER, FormatError, "its comment", id="marker-of-another-vault"),
    ],
)
def test_archive_that_is_not_as_its_version_promises_is_refused(
    path: Path, members: dict[str, bytes], comment: bytes, error: type[Exception], what: str
) -> None:
    _write_zip(path, members, comment=comment)

    with pytest.raises(error, match=rf"{what} .*; (run: pip install|restore it from a copy)"):
        read_listing(path)


def test_vault_whose_comment_another_tool_dropped_is_read(path: Path) -> None:
    _write_zip(path, {SENTINEL: OURS, "x": b""}, comment=b"")

    listing = read_listing(path)

    assert (listing.vault, listing.generation, list(listing.objects)) == ("v", 0, ["x"])


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_what_the_vault_wrote_is_whole_and_lies_as_it_should(path: Path, password: bytes | None) -> None:
    make_vault(path, {"x": b"1", "y": b""}, password=password)

    listing = read_listing(path)

    assert listing.damaged == ()
    assert listing.unencrypted == (() if password else ("x", "y"))


def test_entry_of_another_size_than_its_comment_says_is_damaged_also_where_it_is_encrypted(path: Path) -> None:
    make_vault(path, {"x": b"secret", "y": b"more"}, password=PASSWORD)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b'"bytes": 6', b'"bytes": 7'))

    assert read_listing(path).damaged == ("x",)


def test_entry_with_another_checksum_than_its_comment_says_is_damaged(path: Path) -> None:
    make_vault(path, {"x": b"ours", "y": b"more"})
    raw = path.read_bytes()
    path.write_bytes(raw.replace(f'"crc32": "{crc32_hex(b"ours")}"'.encode(), b'"crc32": "00000000"'))

    assert read_listing(path).damaged == ("x",)


def test_entries_of_another_tool_are_not_damaged(path: Path) -> None:
    make_foreign(path)

    assert read_listing(path).damaged == ()


def test_entry_in_clear_beside_encrypted_ones_is_told_and_its_checksum_is_not_judged(path: Path) -> None:
    make_vault(path, {"x": b"secret"}, password=PASSWORD)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("y")
        info.comment = archive.getinfo("x").comment
        archive.writestr(info, b"public")

    listing = read_listing(path)

    assert (listing.encrypted, listing.unencrypted, listing.damaged) == (True, ("y",), ())
