"""The headers of members, held against the standard library's reading and writing of the same."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.archive.ending import build_end
from vault_magic.archive.headers import (
    LOCAL,
    Method,
    build_descriptor,
    build_headers,
    parse_entry,
    relocate,
)
from vault_magic.errors import ArchiveError

STAMP = (12 << 11, 46 << 9 | 11 << 5 | 22)  # 2026-11-22 12:00, as DOS has it
SIZES = st.one_of(st.integers(0, 2**16), st.integers(2**32 - 3, 2**32 + 3), st.integers(2**40, 2**50))
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda name: "/" not in name
)


def _build(name: str, data: bytes, *, offset: int = 0, comment: bytes = b"") -> tuple[bytes, bytes]:
    return build_headers(
        name, crc=zlib.crc32(data), compressed=5, size=len(data), offset=offset, stamp=STAMP, aes=False, comment=comment
    )


def _read_directory(record: bytes) -> zipfile.ZipInfo:
    """Return what the standard library reads of a record."""
    end = build_end(start=0, size=len(record), count=1, comment=b"")
    return zipfile.ZipFile(io.BytesIO(record + end)).infolist()[0]


@given(name=NAMES, size=SIZES, compressed=SIZES, offset=SIZES, comment=st.binary(max_size=50))
def test_record_is_read_by_the_standard_library_as_by_us(
    name: str, size: int, compressed: int, offset: int, comment: bytes
) -> None:
    _, record = build_headers(
        name, crc=7, compressed=compressed, size=size, offset=offset, stamp=STAMP, aes=False, comment=comment
    )

    entry, info = parse_entry(record, 0), _read_directory(record)

    assert (entry.name, entry.size, entry.compressed, entry.offset) == (name, size, compressed, offset)
    assert (info.filename, info.file_size, info.compress_size, info.comment) == (name, size, compressed, comment)
    assert (info.header_offset, info.CRC, info.compress_type) == (offset, 7, Method.DEFLATED)
    assert info.date_time == (2026, 11, 22, 12, 0, 0)
    assert entry.raw == record


@given(name=NAMES, size=SIZES, offset=SIZES, new=SIZES)
def test_relocated_record_differs_in_its_place_alone(name: str, size: int, offset: int, new: int) -> None:
    _, record = build_headers(
        name, crc=7, compressed=size, size=size, offset=offset, stamp=STAMP, aes=True, comment=b"about it"
    )
    _, expected = build_headers(
        name, crc=7, compressed=size, size=size, offset=new, stamp=STAMP, aes=True, comment=b"about it"
    )

    moved, built = parse_entry(relocate(parse_entry(record, 0), new), 0), parse_entry(expected, 0)

    assert (moved.offset, moved.size, moved.compressed, moved.aes) == (new, size, size, 3)
    assert (moved.comment, moved.name) == (built.comment, built.name)


@pytest.mark.parametrize("aes", [False, True], ids=["plain", "aes"])
def test_local_header_and_record_say_the_same(aes: bool) -> None:
    local, record = build_headers(
        "m/za\u017c", crc=7, compressed=5, size=9, offset=0, stamp=STAMP, aes=aes, comment=b""
    )
    entry = parse_entry(record, 0)

    _, _, _, flags, method, *_, crc, compressed, size, name, extra = LOCAL.unpack_from(local)

    assert (flags, crc, compressed, size) == (entry.flags, entry.crc, entry.compressed, entry.size)
    assert local[LOCAL.size : LOCAL.size + name] == entry.raw_name
    assert len(local) == LOCAL.size + name + extra
    assert method == (Method.AES if aes else Method.DEFLATED)
    assert (entry.crc == 0) is aes


def test_large_member_has_its_sizes_in_the_local_header_too() -> None:
    local, _ = build_headers("x", crc=7, compressed=5, size=2**32, offset=0, stamp=STAMP, aes=False, comment=b"")

    assert local[LOCAL.size + 1 :] == b"\x01\x00\x10\x00" + (2**32).to_bytes(8, "little") + (5).to_bytes(8, "little")
    assert LOCAL.unpack_from(local)[8:10] == (2**32 - 1, 2**32 - 1)


@pytest.mark.parametrize("tool", [zipfile, pyzipper], ids=["zipfile", "pyzipper"])
def test_entries_of_others_are_read_as_they_read_them(tool: object) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("plain", "folder/", "caf\u00e9"):
            info = zipfile.ZipInfo(name)
            info.comment = b"about " + name.encode()
            archive.writestr(info, name * 20)
    raw = file.getvalue()
    with zipfile.ZipFile(file) as archive:
        infos, at = archive.infolist(), archive.start_dir
    for info in infos:
        entry = parse_entry(raw, at)
        at += len(entry.raw)
        assert (entry.name, entry.size, entry.crc) == (info.filename, info.file_size, info.CRC)
        assert (entry.comment, entry.offset, entry.is_folder) == (info.comment, info.header_offset, info.is_dir())


@pytest.mark.parametrize(
    ("mode", "special"),
    [(0o100644, False), (0o040755, False), (0, False), (0o120777, True), (0o010644, True), (0o060644, True)],
    ids=["file", "folder", "unknown", "link", "pipe", "device"],
)
def test_kinds_of_files(mode: int, special: bool) -> None:
    info = zipfile.ZipInfo("x")
    info.create_system, info.external_attr = 3, mode << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, b"")
        at = archive.start_dir

    assert parse_entry(file.getvalue(), at).is_special is special


def test_entry_without_its_zip64_sizes_is_damaged() -> None:
    _, record = _build("x", b"data")
    broken = record[:24] + b"\xff" * 4 + record[28:]

    with pytest.raises(ArchiveError, match="lacks its ZIP64 sizes"):
        parse_entry(broken, 0)


@pytest.mark.parametrize(("size", "length"), [(10, 16), (2**32, 24)], ids=["small", "large"])
def test_descriptor_has_room_for_the_sizes(size: int, length: int) -> None:
    _, record = build_headers("x", crc=7, compressed=5, size=size, offset=0, stamp=STAMP, aes=False, comment=b"")

    assert len(build_descriptor(parse_entry(record, 0))) == length
