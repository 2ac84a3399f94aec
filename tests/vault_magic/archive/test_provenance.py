"""Who made the objects, as the sidecars of an archive tell it without pyzipper, and whatever lies in their place."""

from __future__ import annotations

import json
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import (
    PASSWORD,
    Notebook,
    build_entry,
    identify,
    make_foreign,
    make_vault,
)
from vault_magic.archive import provenance, reading
from vault_magic.archive.layout import name_sidecar
from vault_magic.archive.listing import read_listing
from vault_magic.archive.provenance import read_producers
from vault_magic.archive.sidecar import build_producer, render_sidecar
from vault_magic.archive.upkeep import load_manifest
from vault_magic.manifest import Producer

SIDECAR = build_entry("x", b"1", notebook="make.ipynb", generation=7)[1]
OBJECTS = {"x": identify(b"1")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _write(path: Path, sidecar: bytes, *, method: int = zipfile.ZIP_DEFLATED) -> None:
    """Write an archive with one object, and this for its sidecar."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"1")
        archive.writestr(name_sidecar("x"), sidecar, compress_type=method)


def test_producers_are_those_of_the_manifest(path: Path) -> None:
    names = {"x": 1, "y": [2], "z": "3"}
    notebook = Notebook(path, names=names, file=path.with_name("make.ipynb"))
    notebook.run("store x, y in m", source="x = 1\n%vault store x, y in m")
    notebook.run("import x from m")
    notebook.run("store z in m")
    manifest = load_manifest(path)
    assert manifest is not None
    assert read_producers(path, read_listing(path).objects) == {line.path: line.producer for line in manifest.objects}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_sidecar_tells_the_producer(path: Path, method: int) -> None:
    _write(path, render_sidecar(SIDECAR), method=method)
    assert read_producers(path, OBJECTS) == {"x": build_producer(SIDECAR)}


def test_only_what_was_asked_for_is_told(path: Path) -> None:
    make_vault(path, {"x": b"1", "y": b"2"})
    assert read_producers(path, OBJECTS).keys() == {"x"}
    assert read_producers(path, {"z": identify(b"1")}) == {}


def test_encrypted_sidecars_tell_nothing(path: Path) -> None:
    make_vault(path, {"x": b"1"}, password=PASSWORD)
    assert read_producers(path, OBJECTS) == {}


def test_archive_of_another_tool_tells_nothing(path: Path) -> None:
    make_foreign(path)
    assert read_producers(path, read_listing(path).objects) == {}


@pytest.mark.parametrize("content", [None, b"", b"PK\x05\x06", b"hello"], ids=["gone", "empty", "cut", "text"])
def test_archive_that_cannot_be_read_any_more_tells_nothing(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    assert read_producers(path, OBJECTS) == {}


_GOOD = json.loads(render_sidecar(SIDECAR))

_DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "text": b"hello",
    "list": b"[]",
    "cut": render_sidecar(SIDECAR)[:-9],
    "no-utf-8": render_sidecar(SIDECAR).replace(b"make", b"m\xff"),
    "newer": json.dumps(_GOOD | {"schema_version": 99}).encode(),
    "newer-record": json.dumps(_GOOD | {"record": _GOOD["record"] | {"schema_version": 99}}).encode(),
    "no-record": json.dumps(_GOOD | {"record": None}).encode(),
    "time-without-a-calendar": json.dumps(
        _GOOD | {"record": _GOOD["record"] | {"started": "0001-01-01T00:00:00+23:00"}}
    ).encode(),
    "notebook-is-a-number": json.dumps(_GOOD | {"notebook": 1}).encode(),
    "deep": b"[" * 100_000,
    "long-number": render_sidecar(SIDECAR).replace(b'"generation": 7', b'"generation": ' + b"7" * 9999),
    "of-another-object": render_sidecar(replace(SIDECAR, path="y")),
    "of-other-bytes": render_sidecar(replace(SIDECAR, identity=identify(b"2"))),
    "of-another-format": render_sidecar(replace(SIDECAR, identity=identify(b"1", format="npy"))),
}


@pytest.mark.parametrize("content", _DAMAGED.values(), ids=_DAMAGED)
def test_damaged_sidecar_leaves_its_object_without_a_producer(path: Path, content: bytes) -> None:
    make_vault(path, {"y": b"2"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x", b"1")
        archive.writestr(name_sidecar("x"), content)
    assert read_producers(path, OBJECTS | {"y": identify(b"2")}).keys() == {"y"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_sidecar_of_a_method_without_bounds_is_not_inflated(path: Path, method: int) -> None:
    _write(path, render_sidecar(SIDECAR), method=method)
    assert read_producers(path, OBJECTS) == {}


def _patch_size(path: Path, size: int) -> None:
    """Make the directory declare another plain size of the last member."""
    raw = bytearray(path.read_bytes())
    struct.pack_into("<I", raw, raw.rfind(b"PK\x01\x02") + 24, size)
    path.write_bytes(raw)


@pytest.mark.parametrize(
    ("size", "is_told"), [(10, False), (2**20, False), (2**31, False)], ids=["less", "more", "beyond-the-bound"]
)
def test_sidecar_of_another_size_than_declared_is_not_believed(path: Path, size: int, *, is_told: bool) -> None:
    _write(path, render_sidecar(SIDECAR))
    _patch_size(path, size)
    assert bool(read_producers(path, OBJECTS)) is is_told


def test_no_more_is_inflated_than_is_declared(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(path, b" " * 2**24)
    _patch_size(path, 100)
    parsed: list[int] = []
    monkeypatch.setattr(reading, "parse_sidecar", lambda text: parsed.append(len(text)))
    assert read_producers(path, OBJECTS) == {}
    assert parsed == []  # the checksum is not that of what was declared


@pytest.mark.parametrize(("most", "is_read"), [(0, True), (-1, False)], ids=["just", "one-byte-more"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_sidecar_beyond_the_bound_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch, most: int, method: int, *, is_read: bool
) -> None:
    content = render_sidecar(SIDECAR)
    _write(path, content, method=method)
    monkeypatch.setattr(provenance, "LARGEST", len(content) + most)
    assert bool(read_producers(path, OBJECTS)) is is_read


def test_bound_is_also_that_of_the_compressed_bytes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = render_sidecar(SIDECAR)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name_sidecar("x"), content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=0)
        assert archive.getinfo(name_sidecar("x")).compress_size > len(content)
    monkeypatch.setattr(provenance, "LARGEST", len(content))
    assert read_producers(path, OBJECTS) == {}


def test_sidecar_whose_bytes_are_damaged_leaves_the_others(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in "ax":
            archive.writestr(name_sidecar(name), render_sidecar(replace(SIDECAR, path=name)))
    path.write_bytes(path.read_bytes().replace(b"make.ipynb", b"fake.ipynb", 1))
    assert read_producers(path, {"a": identify(b"1")} | OBJECTS).keys() == {"x"}


@pytest.mark.parametrize("bound", ["together", "number"])
def test_sidecars_beyond_the_bounds_are_left_out(path: Path, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    archive = make_vault(path, dict.fromkeys("abc", b"1"))
    size = len(render_sidecar(archive.read_sidecars("a")["a"]))
    if bound == "together":
        monkeypatch.setattr(provenance, "LARGEST_TOGETHER", 3 * size - 1)
    else:
        monkeypatch.setattr(provenance, "MOST", 2)
    assert read_producers(path, read_listing(path).objects).keys() == {"a", "b"}


@given(st.data())
def test_whatever_is_damaged_nothing_is_raised_and_nothing_else_is_told(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("any") / "storage.zip"
    _write(path, render_sidecar(SIDECAR), method=data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.none() | st.integers(0, len(raw)))])
    told: dict[str, Producer] = read_producers(path, OBJECTS)
    assert told in ({}, {"x": build_producer(SIDECAR)})


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.none(), max_size=1), st.just({"a": 1})
)
_FIELDS = st.dictionaries(st.sampled_from(["path", "identity", "record", "notebook", "generation"]), _VALUES)


@given(st.binary(max_size=60) | _FIELDS.map(lambda fields: json.dumps(_GOOD | fields).encode()))
def test_any_content_of_a_sidecar_is_read_or_left_out(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "storage.zip"
    _write(path, content)
    told = read_producers(path, OBJECTS)
    assert all(one.command == "store x in 'x'" for one in told.values())
