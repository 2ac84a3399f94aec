"""Tests of what is read of a vault."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
import pyzipper

from tests.builders import Lab, identify
from vault_magic.archive.archive import open_archive
from vault_magic.archive.sidecar import Sidecar
from vault_magic.identity import Match
from vault_magic.record import ArchiveRef, Record
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
