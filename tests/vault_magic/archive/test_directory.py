"""The directory of an archive: read as others read it, changed in its raw bytes, and refused where it deceives."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import make_vault, put, render
from vault_magic.archive import directory as room
from vault_magic.archive.directory import Directory, build_directory, read_directory
from vault_magic.archive.ending import SIGNATURE, build_end
from vault_magic.archive.headers import build_headers, parse_entry
from vault_magic.archive.layout import SENTINEL
from vault_magic.errors import ArchiveError

NAMES = [f"m/{number}" for number in range(30)]


def _record(name: str, *, offset: int = 0, size: int = 5, comment: bytes = b"") -> bytes:
    return build_headers(
        name, crc=7, compressed=size, size=size, offset=offset, stamp=(0, 33), aes=False, comment=comment
    )[1]


def _read(raw: bytes) -> Directory:
    return read_directory(io.BytesIO(raw))


def _write_zip(**options: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in options.items():
            archive.writestr(name, text)
    return file.getvalue()


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=9), max_size=6),
            st.lists(st.sampled_from(NAMES), max_size=4, unique=True),
        ),
        max_size=8,
    )
)
def test_spliced_directory_is_that_of_the_members_that_are_left(
    changes: list[tuple[dict[str, bytes], list[str]]],
) -> None:
    directory, start = build_directory({}, start=0, comment=b""), 0
    expected: dict[str, bytes] = {}
    for added, dropped in changes:
        expected = {name: one for name, one in expected.items() if name not in {*added, *dropped}}
        records = {}
        for name, comment in added.items():
            records[name] = _record(name, offset=start, comment=comment)
            start += 100
        expected |= records
        directory = directory.splice(drop=dropped, add=records, start=start, comment=b"about it")

    assert [*directory.places] == [*expected]
    assert {entry.name: entry.raw for entry in directory} == expected
    again = _read(bytes(start) + render(directory))
    assert (again.places, again.taken, again.end) == (directory.places, directory.taken, directory.end)


def test_looking_one_up_parses_one(monkeypatch: pytest.MonkeyPatch) -> None:
    records = {name: _record(name, offset=100 * at) for at, name in enumerate(NAMES)}
    parsed: list[int] = []

    def note(raw: bytes, at: int) -> object:
        parsed.append(at)
        return parse_entry(raw, at)

    directory = _read(bytes(3000) + render(build_directory(records, start=3000, comment=b"")))
    monkeypatch.setattr(room, "parse_entry", note)

    assert directory["m/7"].offset == 700
    assert len(parsed) == 1


def test_space_that_members_and_directory_take_is_what_is_live(tmp_path: Path) -> None:
    archive = make_vault(tmp_path / "storage.zip", {"x": random.Random(1).randbytes(9000), "y": b""})
    with archive.lock(holder="a test"):
        archive.compact()
    with archive.path.open("rb") as file:
        compact = read_directory(file)
    assert compact.live == compact.size

    put(archive, {"x": b"less"})
    with archive.path.open("rb") as file:
        assert read_directory(file).live < compact.size - 8000


PREFIX = b"#!/bin/sh\n"


def _lie_about_count(raw: bytes) -> bytes:
    at = raw.rfind(SIGNATURE)
    return raw[: at + 8] + b"\3\0\3\0" + raw[at + 12 :]


def _double(raw: bytes) -> bytes:
    at, end = raw.find(b"PK\x01\x02"), raw.rfind(SIGNATURE)
    return raw[:end] + raw[at:end] + build_end(start=at, size=2 * (end - at), count=4, comment=b"")


REFUSED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "it has no directory at its end"),
    "no-zip": (lambda _: b"name,salary\n" * 99, "it has no directory at its end"),
    "count": (_lie_about_count, "it claims 3 members and lists 2"),
    "twice": (_double, "or one of them twice"),
    "record": (lambda raw: raw.replace(b"PK\x01\x02", b"PK\x01\x03"), "a record does not begin where the one before"),
    "absolute": (lambda _: _write_zip(**{"/etc/passwd": "x"}), "its member '/etc/passwd' would be extracted elsewhere"),
    "parent": (lambda _: _write_zip(**{"a/../../x": "x"}), "would be extracted elsewhere"),
    "parent-backslash": (lambda _: _write_zip(**{"a\\..\\x": "x"}), "would be extracted elsewhere"),
    "drive": (lambda _: _write_zip(**{"C:/x": "x"}), "would be extracted elsewhere"),
    "control": (lambda _: _write_zip(**{"a\rb": "x"}), "or shown as another"),
    "newline": (lambda _: _write_zip(**{"a\nb": "x"}), "or shown as another"),
}


@pytest.mark.parametrize(("spoil", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(spoil: Callable[[bytes], bytes], reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        _read(spoil(_write_zip(a="1", b="2")))


@pytest.mark.parametrize(
    "name", ["a", "ab:c", "a..b", "..a", "a/..b/c", "a/b..", "za\u017c\u00f3\u0142\u0107/x y"], ids=str
)
def test_harmless_names(name: str) -> None:
    assert [*_read(_write_zip(**{name: "1"})).places] == [name]


@pytest.mark.parametrize("bound", ["MOST_MEMBERS", "LARGEST_DIRECTORY"])
def test_bounds_are_those_of_the_house(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    raw = _write_zip(a="1", b="2")
    size = {"MOST_MEMBERS": 2, "LARGEST_DIRECTORY": _read(raw).end.size}[bound]
    monkeypatch.setattr(room, bound, size)
    assert len(_read(raw)) == 2

    monkeypatch.setattr(room, bound, size - 1)
    with pytest.raises(ArchiveError, match=r"it claims|its directory claims"):
        _read(raw)


@pytest.mark.parametrize("overlap", [0, 1, 30], ids=["beside", "by-a-byte", "in-each-other"])
def test_members_that_share_bytes(overlap: int) -> None:
    length = 30 + len("m/x") + 5
    records = {"m/x": _record("m/x"), "m/y": _record("m/y", offset=length - overlap)}
    raw = bytes(2 * length) + render(build_directory(records, start=2 * length, comment=b""))

    if not overlap:
        assert len(_read(raw)) == 2
        return
    with pytest.raises(ArchiveError, match="lie in the same bytes"):
        _read(raw)


def test_members_in_another_order_than_the_directory() -> None:
    records = {"m/x": _record("m/x", offset=100), "m/y": _record("m/y")}
    directory = _read(bytes(200) + render(build_directory(records, start=200, comment=b"")))

    assert (len(directory), directory.taken) == (2, 2 * (30 + 3 + 5))


def test_what_stands_before_another_tools_archive_is_counted() -> None:
    directory = _read(PREFIX + _write_zip(a="1"))

    assert (directory.end.shift, directory.is_exact, directory["a"].offset) == (len(PREFIX), False, 0)


def test_what_stands_before_a_vault_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "storage.zip"
    make_vault(path, {"x": b"1"})
    path.write_bytes(PREFIX + path.read_bytes())

    with path.open("rb") as file, pytest.raises(ArchiveError, match="10 bytes stand before it that are not its own"):
        read_directory(file)


def test_what_stands_behind_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "storage.zip"
    make_vault(path, {"x": b"1"})
    path.write_bytes(path.read_bytes() + b"?" * 100_000)

    with path.open("rb") as file:
        directory = read_directory(file)
    assert (directory.torn, SENTINEL in directory, "x" in directory) == (100_000, True, True)
