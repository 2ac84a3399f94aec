"""Tests of what is read of a vault."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import pyzipper

from tests.builders import Lab, identify
from tests.vault_magic.archive.builders import rewrite
from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Member
from vault_magic.archive.layout import name_sidecar
from vault_magic.archive.opening import open_archive
from vault_magic.archive.sidecar import Sidecar
from vault_magic.identity import Identity, Match
from vault_magic.manifest import Producer, render_manifest
from vault_magic.record import ArchiveRef, Record, read_record
from vault_magic.whereabouts import relate
from vaultcheck import snapshot as module
from vaultcheck.rules.freshness import EditedCell
from vaultcheck.snapshot import Snapshot, load_snapshot


def _load(lab: Lab) -> Snapshot:
    return load_snapshot(lab.archive_path, path="data/storage.zip")


@pytest.fixture
def stored(lab: Lab) -> Lab:
    lab.start("nb/make.ipynb", "%vault store x in m")
    lab.start("use.ipynb", "%vault import x from m")
    return lab


def test_nothing_there_is_not_known(lab: Lab) -> None:
    snapshot = _load(lab)
    assert (snapshot.is_known, snapshot.vault, dict(snapshot.objects)) == (False, None, {})
    assert not snapshot.faults


@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
@pytest.mark.parametrize("manifest", [True, False], ids=["with-manifest", "without-manifest"])
def test_either_file_tells_objects_and_id(stored: Lab, *, archive: bool, manifest: bool) -> None:
    stored.save(archive=archive, manifest=manifest)
    snapshot = _load(stored)
    known = archive or manifest
    assert (snapshot.has_archive, snapshot.has_manifest) == (archive, manifest)
    assert snapshot.vault == (stored.vault if known else None)
    assert dict(snapshot.objects) == ({"m/x": identify("1")} if known else {})


def test_archive_is_believed_before_the_manifest(stored: Lab) -> None:
    stored.save()
    stored.put("m/x", "2")
    stored.save(manifest=False)
    snapshot = _load(stored)
    assert snapshot.objects["m/x"] == identify("2")
    assert snapshot.disagreements == ("m/x",)


def test_manifest_tells_producers_and_imports(stored: Lab) -> None:
    stored.save(archive=False)
    snapshot = _load(stored)
    assert snapshot.producers["m/x"].command == "store x in m"
    assert [(line.notebook, line.path) for line in snapshot.imports] == [("use.ipynb", "m/x")]


def test_maker_is_shown_as_reports_show_paths(stored: Lab) -> None:
    stored.save()
    assert _load(stored).find_maker("m/x") == "data/nb/make.ipynb"
    assert _load(stored).find_maker("m/y") is None


def test_object_put_there_by_another_tool_has_no_format(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.save(manifest=False)
    found = _load(lab).objects["m/x"]
    assert (found.format, found.sha256, found.crc32) == (None, None, identify("1").crc32)


def test_archive_of_another_tool_has_no_id(lab: Lab) -> None:
    with zipfile.ZipFile(lab.archive_path, "w") as archive:
        archive.writestr("m/x", "1")
    snapshot = _load(lab)
    assert (snapshot.vault, snapshot.is_known, list(snapshot.objects)) == (None, True, ["m/x"])


def test_encrypted_archive_is_listed_without_its_password(lab: Lab) -> None:
    archive = open_archive(lab.archive_path, password=b"secret")
    time = lab.tell_time()
    record = Record("store", "store x in m", (), ArchiveRef(archive.vault, "storage.zip"), time, time, "s")
    archive.change(store={"m/x": (b"1", Sidecar("m/x", identify("1"), record))})
    assert dict(_load(lab).objects) == {"m/x": identify("1")}


_FAULTY = {"not-a-zip": b"hello", "empty": b"", "cut": b"PK\x05\x06"}


@pytest.mark.parametrize("content", _FAULTY.values(), ids=_FAULTY)
def test_damaged_archive_leaves_the_manifest(stored: Lab, content: bytes) -> None:
    stored.save()
    stored.archive_path.write_bytes(content)
    snapshot = _load(stored)
    assert [*snapshot.faults] == ["data/storage.zip"]
    assert (snapshot.has_archive, list(snapshot.objects), snapshot.disagreements) == (False, ["m/x"], ())


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"schema_version": 1}'], ids=repr)
def test_damaged_manifest_leaves_the_archive(stored: Lab, content: bytes) -> None:
    stored.save()
    Path(f"{stored.archive_path}.manifest.json").write_bytes(content)
    snapshot = _load(stored)
    assert [*snapshot.faults] == ["data/storage.zip.manifest.json"]
    assert (snapshot.has_manifest, list(snapshot.objects)) == (False, ["m/x"])


def test_fault_tells_no_folder_of_this_machine(stored: Lab) -> None:
    stored.save(archive=False)
    stored.archive_path.symlink_to(stored.archive_path.name)
    (fault,) = _load(stored).faults.values()
    assert fault.startswith("it cannot be read: ")
    assert str(stored.folder) not in fault


def test_folder_in_place_of_an_archive_is_a_fault(stored: Lab) -> None:
    stored.save(archive=False)
    stored.archive_path.mkdir()
    assert _load(stored).faults["data/storage.zip"] == "it is not a file; say where the archive is: --vault PATH"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
@pytest.mark.parametrize("name", ["storage.zip", "storage.zip.manifest.json"])
def test_pipe_is_a_fault_and_is_not_waited_for(lab: Lab, name: str) -> None:
    lab.archive_path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(lab.archive_path.with_name(name))
    assert _load(lab).faults == {f"data/{name}": "it is not a file; say where the archive is: --vault PATH"}


def test_checksum_of_an_entry_that_another_tool_encrypted_is_not_known(lab: Lab) -> None:
    lab.archive_path.parent.mkdir(parents=True, exist_ok=True)
    with pyzipper.AESZipFile(lab.archive_path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"secret")
        archive.writestr("m/x", b"1")
    found = _load(lab).objects["m/x"]
    assert (found.crc32, found.sha256) == (None, None)
    assert found.compare(identify("1")) is Match.UNKNOWN


# Producers from sidecars


@pytest.fixture
def archive(lab: Lab) -> Archive:
    """Return a real archive, in which what is stored has sidecars."""
    archive = open_archive(lab.archive_path, password=None)
    lab.vault = archive.vault or ""
    return archive


def _fill(lab: Lab, archive: Archive) -> None:
    """Write what the notebooks have stored into the archive as the magic does, and no manifest."""
    entries = {}
    for author in lab.notebooks.values():
        name = relate(author.path, folder=archive.path.parent)
        metadata = [output["metadata"] for cell in author.cells for output in cell["outputs"]]
        for record in [read_record(one["vault"]) for one in metadata if "vault" in one]:
            for one in record.results if record.action == "store" else ():
                data = lab.contents[one.path].encode()
                entries[one.path] = (data, Sidecar(one.path, lab.objects[one.path], record, notebook=name))
    archive.change(store=entries)
    for author in lab.notebooks.values():
        author.strip()
        author.save()


def _manifest(lab: Lab) -> Path:
    return Path(f"{lab.archive_path}.manifest.json")


@pytest.fixture
def filled(stored: Lab, archive: Archive) -> Lab:
    stored.notebooks["nb/make.ipynb"].run("%vault store y in m")
    _fill(stored, archive)
    return stored


def test_sidecars_tell_what_the_manifest_would(filled: Lab) -> None:
    without = _load(filled)
    _manifest(filled).write_text(render_manifest(filled.build_manifest()))
    with_manifest = _load(filled)
    assert with_manifest.has_manifest
    assert not without.has_manifest
    assert without.producers == with_manifest.producers
    assert without.producers.keys() == {"m/x", "m/y"}
    assert without.makers == with_manifest.makers == {"data/nb/make.ipynb"}
    assert without.find_maker("m/x") == "data/nb/make.ipynb"


def test_sidecars_tell_no_imports(filled: Lab) -> None:
    assert _load(filled).imports == ()


@pytest.mark.parametrize("edits", [0, 1], ids=["as-it-ran", "edited"])
@pytest.mark.parametrize("manifest", [True, False], ids=["with-manifest", "from-sidecars-alone"])
def test_stripped_notebook_is_judged_alike(lab: Lab, archive: Archive, *, manifest: bool, edits: int) -> None:
    author = lab.start("make.ipynb", "x = 1", "%vault store x in m", "y = 2", "%vault store y in m")
    _fill(lab, archive)
    for _ in range(edits):
        author.edit(2, "x = 2")
        author.save()
    if manifest:
        _manifest(lab).write_text(render_manifest(lab.build_manifest()))
    assert lab.find([EditedCell()]) == [("VC301", "make.ipynb", 2)] * edits
    assert lab.load().executions["make.ipynb"].has_evidence


def test_manifest_is_believed_before_the_sidecar(filled: Lab) -> None:
    manifest = filled.build_manifest()
    lines = [replace(line, producer=None) for line in manifest.objects if line.path == "m/x"]
    _manifest(filled).write_text(render_manifest(manifest.replace_objects(lines)))
    assert _load(filled).producers.keys() == {"m/y"}


def test_manifest_that_cannot_be_read_leaves_the_sidecars(filled: Lab) -> None:
    _manifest(filled).write_text("{")
    snapshot = _load(filled)
    assert snapshot.producers.keys() == {"m/x", "m/y"}
    assert [*snapshot.faults] == ["data/storage.zip.manifest.json"]


def test_sidecars_are_read_only_where_the_manifest_tells_nothing(filled: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(_: Path, objects: Mapping[str, Identity]) -> dict[str, Producer]:
        asked.extend(objects)
        return {}

    monkeypatch.setattr(module, "read_producers", note)
    manifest = filled.build_manifest()
    _manifest(filled).write_text(render_manifest(manifest))
    _load(filled)
    assert asked == []
    _manifest(filled).write_text(render_manifest(manifest.replace_objects(manifest.objects[:1])))
    _load(filled)
    assert asked == ["m/y"]


def test_sidecars_of_an_encrypted_archive_are_not_looked_at(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = open_archive(lab.archive_path, password=b"secret")
    lab.vault = archive.vault or ""
    lab.start("make.ipynb", "%vault store x in m")
    _fill(lab, archive)
    monkeypatch.setattr(module, "read_producers", None)
    snapshot = _load(lab)
    assert (list(snapshot.objects), dict(snapshot.producers)) == (["m/x"], {})


def test_damaged_sidecar_is_no_fault_of_the_vault(filled: Lab) -> None:
    rewrite(filled.archive_path, add=[Member(name_sidecar("m/x"), b"damaged")])
    snapshot = _load(filled)
    assert snapshot.producers.keys() == {"m/y"}
    assert (snapshot.faults, list(snapshot.objects)) == ({}, ["m/x", "m/y"])


_NOTEBOOKS = ["n" * 5000, "../" * 2000, "a\0b", "\ud800.ipynb", "", ".", "/", "C:\\a.ipynb", "gone.ipynb"]


@pytest.mark.parametrize("name", _NOTEBOOKS, ids=lambda name: ascii(name)[:12])
def test_producer_of_any_name_is_no_maker(lab: Lab, name: str) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.producers["m/x"] = replace(lab.producers["m/x"], notebook=name)
    lab.save(archive=False)
    assert _load(lab).makers == frozenset()
