"""Manifest and log: they follow the archive, whatever was killed between, and hold nothing that changes by itself."""

from __future__ import annotations

import errno
import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import (
    PASSWORD,
    VAULT,
    Notebook,
    build_record,
    identify,
    list_folder,
    make_foreign,
    make_vault,
    put,
    read_members,
    run_killed,
)
from vault_magic.archive.log import LOG_SUFFIX, append_log
from vault_magic.archive.sidecar import build_producer
from vault_magic.archive.upkeep import (
    build_import_lines,
    follow_archive,
    load_manifest,
    manifest_path,
    save_manifest,
)
from vault_magic.digest import compact, crc32_hex
from vault_magic.errors import FormatError, NewerFormat, VaultError
from vault_magic.identity import Identity
from vault_magic.ledger import Ledger
from vault_magic.manifest import ImportLine, Manifest, ObjectLine
from vault_magic.options import OpenOptions
from vault_magic.record import CellRef

CONFLICT = '{\n<<<<<<< ours\n"vault": "a",\n=======\n"vault": "b",\n>>>>>>> theirs\n}\n'
ADVICE = "mend it, or delete it to have it made again from the archive"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _log(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(Path(f"{path}.vault.log.gz").read_bytes()).splitlines()]


def _load(path: Path) -> Manifest:
    manifest = load_manifest(path)
    assert manifest is not None
    return manifest


def _lines(path: Path) -> dict[str, ObjectLine]:
    return {line.path: line for line in _load(path).objects}


# Imports: what is kept of a record


def test_only_an_import_leaves_import_lines() -> None:
    record = build_record("x", identify(b"1"))
    imported = replace(record, action="import")

    assert build_import_lines(record, notebook="a.ipynb") == ()
    (line,) = build_import_lines(imported, notebook="a.ipynb")
    assert (line.path, line.identity, line.notebook) == ("x", identify(b"1"), "a.ipynb")
    assert line.cell == CellRef(sha256="c" * 64, code="d" * 64, code_version=1)


# Manifest: it follows the archive


def test_manifest_is_made_from_the_archive_where_there_is_none(path: Path) -> None:
    archive = make_vault(path, {"b": b"1", "a/x": b"2"}, password=PASSWORD)

    manifest = follow_archive(None, archive)

    assert (manifest.vault, manifest.encrypted) == (archive.vault, True)
    assert [(line.path, line.identity) for line in manifest.objects] == [("a/x", identify(b"2")), ("b", identify(b"1"))]
    assert all(line.producer and line.producer.command for line in manifest.objects)


def test_manifest_of_another_vault_keeps_only_what_notebooks_imported(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    imported = (ImportLine("gone", identify(b"2"), notebook="a.ipynb"),)
    stale = ObjectLine("x", archive.list().objects["x"])  # the same bytes, but made by who knows whom
    other = Manifest(VAULT, objects=(ObjectLine("gone", identify(b"2")), stale), imports=imported)

    assert follow_archive(other, archive) == replace(follow_archive(None, archive), imports=imported)


def test_imports_from_an_archive_of_another_tool_are_kept_from_session_to_session(path: Path) -> None:
    make_foreign(path)
    for name in ("a.ipynb", "b.ipynb"):
        Notebook(path, file=path.with_name(name)).run("import 'folder/stored' as x")
    first = _load(path)
    assert [line.notebook for line in first.imports] == ["a.ipynb", "b.ipynb"]
    Notebook(path, names={"y": 1}).run("store y in m")
    assert _load(path).imports == first.imports


def test_objects_of_other_tools_have_no_producer(path: Path) -> None:
    make_foreign(path)
    archive = make_vault(path, {"ours": b"1"})

    lines = {line.path: line for line in follow_archive(None, archive).objects}

    assert lines["empty"] == ObjectLine("empty", Identity(crc32=crc32_hex(b""), bytes=0))
    assert lines["ours"].producer is not None


def test_lines_that_are_still_true_are_kept_with_their_unknown_fields(path: Path) -> None:
    archive = make_vault(path, {"x": b"1", "y": b"2"})
    save_manifest(path, follow_archive(None, archive))
    text = manifest_path(path).read_text(encoding="utf-8")
    manifest_path(path).write_text(text.replace('{"path": "x",', '{"path": "x", "later": 7,'), encoding="utf-8")

    put(archive, {"y": b"3"})
    save_manifest(path, follow_archive(load_manifest(path), archive))

    assert '"later": 7' in manifest_path(path).read_text(encoding="utf-8")
    assert _lines(path)["y"].identity == identify(b"3")


def test_line_of_what_was_just_stored_is_made_anew_although_its_identity_is_the_same(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    outdated = follow_archive(None, archive).replace_objects([ObjectLine("x", identify(b"1"))])

    assert follow_archive(outdated, archive) == outdated
    (line,) = follow_archive(outdated, archive, changed=["x"]).objects
    assert line.producer is not None


def test_unchanged_manifest_is_not_written(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    save_manifest(path, follow_archive(None, archive))
    before = manifest_path(path).stat()

    save_manifest(path, follow_archive(load_manifest(path), archive))

    after = manifest_path(path).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_storing_another_value_and_back_changes_only_the_generation(path: Path) -> None:
    notebook = Notebook(path, names={"x": 1})
    texts = []
    for generation, value in enumerate((1, 2, 1), start=1):
        notebook.names["x"] = value
        notebook.run("store x in m")
        text = manifest_path(path).read_text(encoding="utf-8")
        assert f'"generation": {generation},' in text
        texts.append(text.replace(f'"generation": {generation},', ""))

    assert texts[0] == texts[2] != texts[1]


def test_deleted_manifest_is_made_again_with_the_same_text(path: Path) -> None:
    notebook = Notebook(path, names={"x": 1, "y": 2})
    notebook.run("store x, y in m")
    before = manifest_path(path).read_bytes()
    manifest_path(path).unlink()

    Notebook(path, names=notebook.names).run("store x, y in m")

    assert manifest_path(path).read_bytes() == before


def test_no_manifest_where_none_is_wanted(path: Path) -> None:
    notebook = Notebook(path, options=OpenOptions(manifest=False), names={"x": 1})
    for command in ("store x in m", "import x from m", "del x from m"):
        notebook.run(command)

    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock", f"storage.zip{LOG_SUFFIX}.gz"}


# Killed and failing writers

BETWEEN = {
    "before-the-manifest": "kill(durable, 'replace_file', call=1)",
    "manifest-not-in-place": "kill(durable, 'move', call=1)",
    "before-the-log": "kill(log.gzip, 'compress', call=1)",
}
NEXT = {"import": "import kept from m", "store": "store x in m", "another-store": "store z in m"}


@pytest.mark.parametrize("point", BETWEEN.values(), ids=BETWEEN.keys())
def test_manifest_of_a_killed_store_is_repaired_by_the_next_command(path: Path, point: str) -> None:
    notebook = Notebook(path, names={"x": 1, "kept": 2, "z": 3})
    notebook.run("store x, kept in m")
    script = f"notebook = Notebook(folder / 'storage.zip', names={{'x': 10}})\n{point}\nnotebook.run('store x in m')"

    run_killed(script, path.parent)
    notebook.run("import kept from m")

    line, found = _lines(path)["m/x"], notebook.archive.read("m/x")
    assert notebook.run("import x from m").imported == {"x": 10}
    assert found.sidecar is not None
    assert line.identity == found.identity
    assert line.producer == build_producer(found.sidecar)
    assert not any(name.endswith((".tmp", ".owner")) for name in list_folder(path.parent))


@pytest.mark.parametrize("command", NEXT.values(), ids=NEXT.keys())
def test_manifest_of_a_killed_delete_is_repaired_by_any_command(path: Path, command: str) -> None:
    notebook = Notebook(path, names={"x": 1, "gone": 1, "kept": 2, "z": 3})
    notebook.run("store x, gone, kept in m")
    point = BETWEEN["before-the-manifest"]
    script = f"notebook = Notebook(folder / 'storage.zip')\n{point}\nnotebook.run('del gone from m')"

    run_killed(script, path.parent)
    assert "m/gone" in _lines(path)
    notebook.run(command)

    assert _lines(path).keys() == notebook.archive.list().objects.keys() == set(read_members(path))


@pytest.mark.parametrize("command", ["store x in m", "del kept from m"], ids=["store", "del"])
def test_full_disk_behind_a_change_is_a_warning_because_the_change_stands(
    path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    notebook = Notebook(path, names={"x": 1, "kept": 2})
    notebook.run("store kept in m")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as full:
        full.setattr("vault_magic.operations.noting.save_manifest", fail)
        outcome = notebook.run(command)

    assert outcome.warnings == ("this was done, but not noted in manifest and log: No space left on device",)
    assert len(outcome.record.results) == 1
    assert _lines(path).keys() != set(read_members(path))
    notebook.run("store x in n")
    assert _lines(path).keys() == set(read_members(path))


# A manifest that cannot be read

BROKEN = pytest.mark.parametrize(
    ("text", "reason", "error"),
    [
        pytest.param("{", "the manifest is", FormatError, id="no-json"),
        pytest.param(CONFLICT, "the manifest holds an unresolved merge", FormatError, id="merge-conflict"),
        pytest.param('{"schema_version": 2}', "the manifest has version 2", NewerFormat, id="newer"),
    ],
)


@BROKEN
@pytest.mark.parametrize("command", ["store x in m", "del kept from m"], ids=["store", "del"])
def test_broken_manifest_refuses_a_change_before_anything_is_written(
    path: Path, command: str, text: str, reason: str, error: type[VaultError]
) -> None:
    notebook = Notebook(path, names={"x": 1, "kept": 2})
    notebook.run("store kept in m")
    manifest_path(path).write_text(text)
    before = {one: (path.parent / one).read_bytes() for one in list_folder(path.parent)}

    with pytest.raises(error) as caught:
        notebook.run(command)

    assert str(caught.value).startswith(f"storage.zip.manifest.json: {reason}")
    assert str(caught.value).endswith(f"; {ADVICE}")
    assert {one: (path.parent / one).read_bytes() for one in list_folder(path.parent)} == before


@BROKEN
def test_broken_manifest_does_not_keep_anybody_from_importing(
    path: Path, text: str, reason: str, error: type[VaultError]
) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m")
    manifest_path(path).write_text(text)

    outcome = notebook.run("import x from m as y")

    assert outcome.imported == {"y": 1}
    (warning,) = outcome.warnings
    assert warning.startswith(f"this was not noted in the manifest: storage.zip.manifest.json: {reason}")
    assert warning.endswith(ADVICE)
    assert manifest_path(path).read_text() == text
    assert len(_log(path)) == 2


def test_read_only_folder_imports_in_silence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m")
    before = {one: (path.parent / one).read_bytes() for one in list_folder(path.parent)}

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    outcome = notebook.run("import x from m as y")

    assert (outcome.imported, outcome.warnings) == ({"y": 1}, ())
    assert {one: (path.parent / one).read_bytes() for one in list_folder(path.parent)} == before


def test_import_that_cannot_be_noted_for_another_reason_warns_without_naming_folders(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr("filelock.FileLock.acquire", fail)

    assert notebook.run("import x from m").warnings == ("this was not noted in the manifest: Input/output error",)


# The log


def test_log_has_one_line_of_json_for_each_command(path: Path) -> None:
    notebook = Notebook(path, password=PASSWORD, names={"x": 1, "y": 2})
    commands = ["store x, y in m", "import x from m", f"assert x in m is {crc32_hex(b'')}", "del x from m", "list"]
    commands[2] = f"assert x in m is {notebook.run(commands[0]).record.results[0].after.crc32}"  # type: ignore[union-attr]
    for command in commands[1:]:
        notebook.run(command)

    lines = _log(path)
    assert [line["command"] for line in lines] == commands[:4]
    assert [line["action"] for line in lines] == ["store", "import", "assert", "del"]
    assert all(line["schema_version"] == 1 for line in lines)


def test_log_line_leaves_out_what_only_a_notebook_needs(path: Path) -> None:
    record = build_record("x", identify(b"1"))
    append_log(Path(f"{path}.vault.log.gz"), [record, replace(record, action="del")])

    first, second = _log(path)
    assert list(first) == [key for key in record.to_json() if key not in ("ledger", "environment", "inputs")]
    assert second == first | {"action": "del"}


def test_refused_command_leaves_no_line(path: Path) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m")
    for command in ("store none in m", "del none from m", "import none from m", "store x in 'M/x'"):
        with pytest.raises(VaultError):
            notebook.run(command)

    assert len(_log(path)) == 1


def test_neither_password_nor_folders_are_in_what_lies_beside_the_archive(path: Path) -> None:
    notebook = Notebook(
        path, password=b"swordfish", file=path.with_name("a.ipynb"), options=OpenOptions(path=str(path))
    )
    notebook.names["x"] = 1
    notebook.run("store x in m")
    notebook.run("import x from m")

    texts = manifest_path(path).read_text(encoding="utf-8") + json.dumps(_log(path))
    assert "swordfish" not in texts
    assert str(path.parent) not in texts
    assert os.fspath(path) not in texts


def test_digest_rows_of_the_producer_are_those_of_the_cells(path: Path) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m", source="x = 1\n%vault store x in m")

    producer = _lines(path)["m/x"].producer
    assert producer is not None
    assert producer.cell is not None
    assert producer.ledger is not None
    assert compact(producer.cell.sha256) in producer.ledger.rows
    assert producer.ledger.rows.startswith("- ~ ")


def test_producer_says_how_many_rows_were_dropped(path: Path) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m")
    sidecar = notebook.archive.read("m/x").sidecar
    assert sidecar is not None
    bounded = Ledger(code_version=1, rows=f"7 + {'a' * 22} {'b' * 22} -", dropped=3)
    producer = build_producer(replace(sidecar, record=replace(sidecar.record, ledger=bounded)))
    assert producer.ledger == Ledger(code_version=1, rows=f"- + {'a' * 22} {'b' * 22} -", dropped=3)


def test_damaged_ledger_in_the_archive_stops_no_command(path: Path) -> None:
    notebook = Notebook(path, names={"x": 1})
    notebook.run("store x in m")
    sidecar = notebook.archive.read("m/x").sidecar
    assert sidecar is not None
    damaged = replace(sidecar, record=replace(sidecar.record, ledger=Ledger(code_version=1, rows="nonsense")))
    with notebook.archive.lock(holder="a test"):
        notebook.archive.change(store={"m/x": (notebook.archive.read("m/x").data, damaged)})
    path.with_name("storage.zip.manifest.json").unlink()
    assert notebook.run("import x from m").imported == {"x": 1}


def test_reading_from_an_archive_of_another_tool_leaves_the_same_text_each_time(path: Path) -> None:
    make_foreign(path)
    texts = []
    for _ in range(2):
        outcome = Notebook(path, file=path.with_name("a.ipynb")).run("import 'folder/stored' as x")
        texts.append(manifest_path(path).read_text(encoding="utf-8"))
        assert outcome.record.archive.vault is None
    assert texts[0] == texts[1]
    assert '"vault": null' in texts[0]
