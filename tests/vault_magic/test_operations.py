"""Commands carried out on a real archive: what they give, what they refuse, and what they leave behind."""

from __future__ import annotations

import errno
import gzip
import os
import pickle
import random
import tempfile
import zipfile
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import filelock
import hypothesis.strategies as st
import pandas as pd
import pytest
import pyzipper
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.vault_magic.archive.builders import (
    NOON,
    PASSWORD,
    Notebook,
    build_entry,
    build_record,
    identify,
    list_folder,
    make_foreign,
    put,
    read_members,
    rewrite,
)
from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Member
from vault_magic.archive.layout import write_entry_comment
from vault_magic.archive.log import append_log, read_latest
from vault_magic.archive.upkeep import load_manifest, manifest_path
from vault_magic.digest import crc32_hex, sha256_hex
from vault_magic.errors import (
    ArchiveError,
    AssertionFailed,
    CodecError,
    CommandError,
    LockTimeout,
    MissingObject,
    MissingVariable,
    VaultError,
)
from vault_magic.manifest import Producer
from vault_magic.operations.opening import open_vault
from vault_magic.operations.outcome import Outcome
from vault_magic.options import FrameFormat, OpenOptions
from vault_magic.record import ArchiveRef, Input

# The frame of the original tool's documentation; its checksum is published there and must not change.
SALARIES_CRC32 = "6DE33062"
SALARIES_SHA256 = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


@pytest.fixture
def notebook(path: Path) -> Notebook:
    """Return a notebook that has stored `x` and `y` in `m`."""
    notebook = Notebook(path, names={"x": [1, 2], "y": "two"})
    notebook.run("store x, y in m")
    return notebook


def _state(notebook: Notebook) -> dict[str, bytes]:
    return {name: (notebook.path.parent / name).read_bytes() for name in list_folder(notebook.path.parent)}


def _log_lines(path: Path) -> int:
    return len(gzip.decompress(Path(f"{path}.vault.log.gz").read_bytes()).splitlines())


def _results(outcome: Outcome) -> list[tuple[str, str | None, bool, bool]]:
    return [(one.path, one.variable, bool(one.before), bool(one.after)) for one in outcome.record.results]


def _producer(path: Path, name: str) -> Producer:
    manifest = load_manifest(path)
    assert manifest is not None
    producer = next(line.producer for line in manifest.objects if line.path == name)
    assert producer is not None
    return producer


# Store


def test_store_tells_what_was_there_before_and_after(notebook: Notebook) -> None:
    old = notebook.archive.read("m/x").identity
    notebook.names["x"] = [3]

    (result,) = notebook.run("store x in m").record.results

    assert (result.path, result.variable, result.before) == ("m/x", "x", old)
    assert result.after == notebook.archive.read("m/x").identity != old


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        pytest.param("store x in a", ["a/x"], id="one"),
        pytest.param("store y, x in a.b", ["a/b/y", "a/b/x"], id="several"),
        pytest.param("store x in a as z", ["a/z"], id="renamed"),
        pytest.param("store x in 'data/x.tsv'", ["data/x.tsv"], id="path"),
    ],
)
def test_store_puts_objects_where_the_command_says(notebook: Notebook, command: str, paths: list[str]) -> None:
    outcome = notebook.run(command)

    assert [one.path for one in outcome.record.results] == paths
    assert set(read_members(notebook.path)) == {"m/x", "m/y", *paths}
    assert (outcome.imported, outcome.inputs, outcome.warnings) == ({}, (), ())


def test_published_checksum_of_the_example_frame_holds(path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    dice = random.Random(0)
    cities = ["London", "Delhi", "Tokyo", "Lagos", "Warsaw", "Chongqing"]
    rows = [{"salary": dice.randint(0, 100), "city": dice.choice(cities)} for _ in range(10_000)]
    options = OpenOptions(optimize_df=False)
    notebook = Notebook(path, names={"salaries": pandas.DataFrame(rows)}, options=options)

    notebook.run("store salaries in datasets")
    notebook.run(f"assert salaries in datasets is {SALARIES_CRC32}")
    notebook.run(f"assert salaries in datasets is {SALARIES_SHA256} with SHA256")

    text = notebook.names["salaries"].to_csv(sep="\t", lineterminator="\n")  # type: ignore[attr-defined]
    assert read_members(path)["datasets/salaries"] == text.encode()
    imported = notebook.run("import salaries from datasets as again").imported["again"]
    pandas.testing.assert_frame_equal(imported, notebook.names["salaries"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("salaris", "there is no variable 'salaris' in this notebook; did you mean 'salaries'?", id="near"),
        pytest.param("q", "there is no variable 'q' in this notebook; run the cell that defines it first", id="none"),
    ],
)
def test_missing_variable_is_named_with_the_nearest(path: Path, name: str, message: str) -> None:
    notebook = Notebook(path, names={"salaries": 1})
    before = _state(notebook)

    with pytest.raises(MissingVariable) as caught:
        notebook.run(f"store salaries, {name} in m")

    assert str(caught.value) == message
    assert _state(notebook) == before


def test_value_that_cannot_be_stored_keeps_its_companions_out(notebook: Notebook) -> None:
    notebook.names |= {"good": 1, "bad": (one for one in "abc")}
    before = _state(notebook)

    with pytest.raises(CodecError, match="generator"):
        notebook.run("store good, bad in m")
    assert _state(notebook) == before


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param("store x in M", "'M/x' differs only in case from the stored 'm/x'; use one spelling", id="case"),
        pytest.param(
            "store x in 'm'",
            "'m' and the stored 'm/x' cannot both exist: one needs a folder where the other is a file",
            id="file-over-folder",
        ),
    ],
)
def test_object_that_cannot_stand_beside_another_is_refused(notebook: Notebook, command: str, reason: str) -> None:
    before = _state(notebook)

    with pytest.raises(ArchiveError) as caught:
        notebook.run(command)
    assert str(caught.value) == reason
    assert _state(notebook) == before


# What a repeated store writes


def test_storing_the_same_again_writes_only_the_log(notebook: Notebook) -> None:
    archive, manifest = notebook.path.read_bytes(), manifest_path(notebook.path).read_bytes()
    inode = notebook.path.stat().st_ino

    outcome = notebook.run("store x, y in m")

    assert (notebook.path.read_bytes(), notebook.path.stat().st_ino) == (archive, inode)
    assert manifest_path(notebook.path).read_bytes() == manifest
    assert _log_lines(notebook.path) == 2
    assert all(one.before == one.after for one in outcome.record.results)


def test_storing_the_same_in_another_session_at_another_time_writes_nothing(notebook: Notebook) -> None:
    archive = notebook.path.read_bytes()
    another = Notebook(notebook.path, names=notebook.names)
    another.session = replace(another.session, id="another session")

    another.run("store x, y in m")

    assert notebook.path.read_bytes() == archive


def test_equal_value_from_changed_code_rewrites_what_is_known_of_it(notebook: Notebook) -> None:
    object_before, sidecar = notebook.archive.read("m/x"), notebook.archive.read("m/x").sidecar
    producer = _producer(notebook.path, "m/x")
    generation = notebook.archive.list().generation

    notebook.run("store x, y in m", source="x = [1] + [2]\n%vault store x, y in m")

    after = notebook.archive.read("m/x")
    assert (after.data, after.identity) == (object_before.data, object_before.identity)
    assert after.sidecar != sidecar
    assert _producer(notebook.path, "m/x") != producer
    assert notebook.archive.list().generation == generation + 1


def test_only_changed_objects_of_a_command_are_written(notebook: Notebook) -> None:
    old = notebook.archive.read("m/y")
    notebook.names["x"] = "changed"

    notebook.run("store x, y in m")

    assert notebook.archive.read("m/y") == old
    assert notebook.archive.read("m/x").identity.bytes != old.identity.bytes


# What a store records


def test_store_records_what_the_session_had_imported(notebook: Notebook) -> None:
    reader = Notebook(notebook.path)
    imported = reader.run("import x from m")
    reader.names["z"] = reader.names["x"]

    outcome = reader.run("store z in n")

    wanted = (Input("m/x", reader.archive.vault, notebook.archive.read("m/x").identity),)
    sidecar = reader.archive.read("n/z").sidecar
    assert imported.inputs == wanted
    assert outcome.record.inputs == wanted
    assert sidecar is not None
    assert sidecar.record.inputs == wanted
    assert _producer(notebook.path, "n/z").inputs == wanted
    assert imported.record.inputs == ()


def test_changed_input_is_a_changed_origin(notebook: Notebook) -> None:
    for value in ("first", "second"):
        notebook.names["x"] = value
        notebook.run("store x in m")
        reader = Notebook(notebook.path, names={"z": 0})
        reader.run("import x from m")
        reader.run("store z in n")

    (known,) = _producer(notebook.path, "n/z").inputs
    assert known.identity == notebook.archive.read("m/x").identity


def test_sidecar_of_each_object_holds_its_own_result(notebook: Notebook) -> None:
    for name in ("m/x", "m/y"):
        sidecar = notebook.archive.read(name).sidecar
        assert sidecar is not None
        assert [one.path for one in sidecar.record.results] == [name]


def test_record_says_who_ran_what_and_where_without_naming_folders(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    options = OpenOptions(path=str(tmp_path / "storage.zip"))
    file = tmp_path / "notebooks" / "prepare.ipynb"
    notebook = Notebook(tmp_path / "storage.zip", options=options, file=file, names={"x": 1})

    record = notebook.run("store x in m  # why not").record

    assert (record.action, record.command) == ("store", "store x in m  # why not")
    assert record.archive == ArchiveRef(notebook.archive.vault, "storage.zip", "../storage.zip")
    assert (record.notebook, record.session, record.started, record.finished) == (
        "prepare.ipynb",
        "session",
        NOON,
        NOON,
    )
    assert record.cell is not None
    assert record.ledger is not None
    assert record.environment is not None
    assert _producer(notebook.path, "m/x").notebook == "notebooks/prepare.ipynb"


def test_only_stores_carry_the_ledger_and_the_inputs(notebook: Notebook) -> None:
    notebook.run("import x from m")
    records = [notebook.run(command).record for command in ("import y from m", "list", "store x in n", "del x from n")]

    assert [record.ledger is not None for record in records] == [False, False, True, False]
    assert [len(record.inputs) for record in records] == [0, 0, 2, 0]


# Import


@pytest.mark.parametrize(
    ("command", "imported"),
    [
        pytest.param("import x from m", {"x": [1, 2]}, id="one"),
        pytest.param("from m import y, x", {"x": [1, 2], "y": "two"}, id="several"),
        pytest.param("import x from m as z", {"z": [1, 2]}, id="renamed"),
        pytest.param("import 'm/y' as z", {"z": "two"}, id="path"),
    ],
)
def test_import_gives_values_under_the_names_asked_for(
    notebook: Notebook, command: str, imported: dict[str, object]
) -> None:
    before = notebook.path.read_bytes()

    outcome = notebook.run(command)

    assert outcome.imported == imported
    assert all(one.before == one.after for one in outcome.record.results)
    assert {one.variable for one in outcome.record.results} == imported.keys()
    assert notebook.path.read_bytes() == before


def test_import_is_noted_in_the_manifest(notebook: Notebook) -> None:
    reader = Notebook(notebook.path, file=notebook.path.with_name("report.ipynb"))
    reader.run("from m import x, y")

    manifest = load_manifest(notebook.path)

    assert manifest is not None
    assert [(line.notebook, line.path, line.identity) for line in manifest.imports] == [
        ("report.ipynb", name, notebook.archive.read(name).identity) for name in ("m/x", "m/y")
    ]


def test_entry_of_another_tool_is_read_as_text(path: Path) -> None:
    pytest.importorskip("pandas")
    make_foreign(path)
    frame: Any = Notebook(path).run("import 'folder/stored' as frame").imported["frame"]

    assert (frame.index.name, frame.index.tolist(), frame.columns.tolist()) == ("b", [2], [])


def test_import_binds_nothing_unless_every_object_could_be_read(notebook: Notebook) -> None:
    put(notebook.archive, {"m/broken": b"no pickle"})
    notebook.names = {"x": "as it was"}
    before, inputs = _state(notebook), notebook.session.inputs

    with pytest.raises(CodecError, match="damaged"):
        notebook.run("import x, broken from m")

    assert notebook.names == {"x": "as it was"}
    assert notebook.session.inputs == inputs
    assert _state(notebook) == before


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param("import yy from m", "there is no 'm/yy' in storage.zip; did you mean 'm/y'?", id="import"),
        pytest.param(
            "import x, salary from m",
            "there is no 'm/salary' in storage.zip; see what is: %vault list",
            id="second-of-two",
        ),
        pytest.param("import 'q' as q", "there is no 'q' in storage.zip; see what is: %vault list", id="path"),
        pytest.param("del q from n", "there is no 'n/q' in storage.zip; see what is: %vault list", id="del"),
        pytest.param("del 'm'", "there is no 'm' in storage.zip; see what is: %vault list", id="del-folder"),
        pytest.param(
            "assert q in n is 00000000", "there is no 'n/q' in storage.zip; see what is: %vault list", id="assert"
        ),
        pytest.param("import 'M/x' as x", "there is no 'M/x' in storage.zip; did you mean 'm/x'?", id="other-case"),
    ],
)
def test_missing_object_is_named_and_nothing_is_written(notebook: Notebook, command: str, message: str) -> None:
    before = _state(notebook)

    with pytest.raises(MissingObject) as caught:
        notebook.run(command)

    assert str(caught.value) == message
    assert _state(notebook) == before


# Delete


def test_delete_removes_the_object_and_its_line(notebook: Notebook) -> None:
    old = notebook.archive.read("m/x").identity

    outcome = notebook.run("del x from m")

    (result,) = outcome.record.results
    assert (result.path, result.before, result.after) == ("m/x", old, None)
    assert list(notebook.archive.list().objects) == ["m/y"]
    manifest = load_manifest(notebook.path)
    assert manifest is not None
    assert [line.path for line in manifest.objects] == ["m/y"]


def test_deleting_twice_is_an_error(notebook: Notebook) -> None:
    notebook.run("del 'm/x'")
    before = notebook.path.read_bytes()

    with pytest.raises(MissingObject, match="there is no 'm/x'"):
        notebook.run("del 'm/x'")
    assert notebook.path.read_bytes() == before


def test_deleted_object_can_be_stored_again(notebook: Notebook) -> None:
    notebook.run("del x from m")

    assert _results(notebook.run("store x in m")) == [("m/x", "x", False, True)]


# Assert


@pytest.mark.parametrize("digest", ["crc32", "sha256"])
@pytest.mark.parametrize("case", [str.lower, str.upper], ids=["lower", "upper"])
def test_assertion_that_holds_is_recorded(notebook: Notebook, digest: str, case: Any) -> None:
    identity = notebook.archive.read("m/x").identity

    outcome = notebook.run(f"assert x in m is {case(getattr(identity, digest))}")

    (result,) = outcome.record.results
    assert (result.path, result.before, result.after) == ("m/x", identity, identity)
    assert (outcome.imported, outcome.inputs) == ({}, ())


@pytest.mark.parametrize(("digest", "digits"), [("crc32", 8), ("sha256", 64)], ids=["crc32", "sha256"])
def test_assertion_that_does_not_hold_says_what_is_there(notebook: Notebook, digest: str, digits: int) -> None:
    found = getattr(notebook.archive.read("m/x").identity, digest)

    with pytest.raises(AssertionFailed) as caught:
        notebook.run(f"assert x in m is {'0' * digits}")
    assert str(caught.value) == f"'m/x' is {found}, not {'0' * digits}; see who stored it: %vault list"
    assert _log_lines(notebook.path) == 1


def test_assertion_proves_the_bytes_and_not_the_comment(notebook: Notebook) -> None:
    identity = notebook.archive.read("m/x").identity
    raw = bytearray(notebook.path.read_bytes())
    position = raw.find(b"m/x") + len("m/x") + 5
    raw[position] ^= 0xFF
    notebook.path.write_bytes(raw)

    with pytest.raises(ArchiveError, match="'m/x' is damaged"):
        notebook.run(f"assert x in m is {identity.crc32}")


# List


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        pytest.param("list", ["a/b/x", "ab/x", "m/x", "m/y"], id="all"),
        pytest.param("list m", ["m/x", "m/y"], id="module"),
        pytest.param("list a", ["a/b/x"], id="not-those-with-the-same-start"),
        pytest.param("list a.b", ["a/b/x"], id="nested"),
        pytest.param("list none", [], id="empty"),
    ],
)
def test_list_gives_the_objects_of_a_module(notebook: Notebook, command: str, paths: list[str]) -> None:
    notebook.run("store x in a/b")
    notebook.run("store x in ab")
    before = _state(notebook)

    outcome = notebook.run(command)

    assert [one.path for one in outcome.record.results] == paths
    assert all(one.after == notebook.archive.read(one.path).identity for one in outcome.record.results)
    assert _state(notebook) == before


def test_list_names_the_notebook_that_stored_as_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = Notebook(tmp_path / "data" / "storage.zip", names={"x": 1}, file=tmp_path / "a.ipynb")
    notebook.run("store x in m")

    table = notebook.run("list").table

    assert table is not None
    assert [row[-1] for row in table.rows] == ["a.ipynb"]


def test_log_shows_the_last_fifty_and_counts_the_others(notebook: Notebook) -> None:
    append_log(notebook.vault.log, [build_record(f"m/x{number}", identify(b"1")) for number in range(60)])
    noted = len(read_latest(notebook.vault.log, count=1000)[0])

    table = notebook.run("log").table

    assert table is not None
    assert len(table.rows) == 50
    assert table.note == f"{noted - 50} earlier commands are in storage.zip.vault.log.gz."


# Refusals of every verb

COMMANDS = ["store x in m", "import x from m", "del x from m", "assert x in m is 00000000", "list"]


@pytest.mark.parametrize("command", COMMANDS)
def test_archive_that_went_away_is_one_error_without_folders(notebook: Notebook, command: str) -> None:
    notebook.path.unlink()

    with pytest.raises(ArchiveError) as caught:
        notebook.run(command)
    assert str(caught.value) == "cannot use storage.zip: No such file or directory; every object is as it was"
    assert not notebook.path.exists()


@pytest.mark.parametrize("length", [-30, -200], ids=["comment-cut", "directory-cut"])
@pytest.mark.parametrize("command", COMMANDS)
def test_damaged_archive_is_one_error(notebook: Notebook, command: str, length: int) -> None:
    with notebook.archive.lock(holder="a test"):
        notebook.archive.compact()  # or the state before would be found
    notebook.path.write_bytes(notebook.path.read_bytes()[:length])

    with pytest.raises(VaultError, match=r"^storage\.zip is .*; restore it from a copy$"):
        notebook.run(command)


def test_full_disk_is_one_error_and_changes_nothing(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook.names["x"] = "changed"
    before = _state(notebook)

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(ArchiveError) as caught:
        notebook.run("store x in m")

    assert str(caught.value) == "cannot use storage.zip: No space left on device; every object is as it was"
    assert _state(notebook) == before


def test_store_that_waited_in_vain_names_the_holder(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filelock.FileLock.acquire", _time_out)

    with pytest.raises(LockTimeout, match=r"^storage\.zip is being written by another process; try again"):
        notebook.run("store x in m")


def test_import_that_waited_in_vain_gives_its_values_and_a_warning(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filelock.FileLock.acquire", _time_out)

    outcome = notebook.run("import x from m as z")

    assert outcome.imported == {"z": [1, 2]}
    (warning,) = outcome.warnings
    assert warning.startswith("this was not noted in the manifest: storage.zip is being written by another process")


def test_import_beside_a_damaged_manifest_is_done_and_told(notebook: Notebook) -> None:
    manifest_path(notebook.path).write_text("{")
    outcome = notebook.run("import x from m")
    assert [*outcome.imported] == ["x"]
    (warning,) = outcome.warnings
    assert warning.startswith("this was not noted in the manifest: ")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES], ids=["file system", "folder"])
def test_import_from_where_nothing_may_be_written_is_no_warning(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    outcome = notebook.run("import x from m as z")
    assert (outcome.imported, outcome.warnings) == ({"z": [1, 2]}, ())


def _time_out(*_: object, **__: object) -> None:
    raise filelock.Timeout("storage.zip.lock")


def test_unknown_command_is_a_command_error(notebook: Notebook) -> None:
    before = _state(notebook)

    with pytest.raises(CommandError):
        notebook.run("stroe x in m")
    assert _state(notebook) == before


def test_holder_is_the_notebook_where_it_is_known(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(path, names={"x": 1})
    holders: list[str] = []
    lock = Archive.lock

    def note(archive: Archive, *, holder: str) -> AbstractContextManager[None]:
        holders.append(holder)
        return lock(archive, holder=holder)

    monkeypatch.setattr(Archive, "lock", note)
    for file in (None, path.with_name("prepare.ipynb")):
        notebook.file = file
        notebook.run("store x in m")

    assert holders == ["a notebook", "prepare.ipynb"]


# Any sequence of commands is a dictionary

VALUES = st.one_of(
    st.integers(-3, 3),
    st.text(max_size=3),
    st.lists(st.booleans(), max_size=3),
    st.none(),
    st.sets(st.text(max_size=1)),
)
NAMES = st.sampled_from(["a", "b", "c"])
MODULES = st.sampled_from(["m", "m/n", "\u017c"])


class VaultIsADictionary(RuleBasedStateMachine):
    """Stores, replacements, deletions and new sessions, plain or encrypted, beside a plain dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._model: dict[str, object] = {}

    @initialize(password=st.sampled_from([None, PASSWORD]), foreign=st.booleans())
    def open(self, password: bytes | None, foreign: bool) -> None:
        path = Path(self._folder.name) / "storage.zip"
        if foreign and password is None:
            make_foreign(path)
        self._notebook = Notebook(path, password=password)
        self._others = dict(read_members(path)) if password is None else {}

    @rule(module=MODULES, values=st.dictionaries(NAMES, VALUES, min_size=1))
    def store(self, module: str, values: dict[str, object]) -> None:
        self._notebook.names.update(values)
        self._notebook.run(f"store {', '.join(values)} in {module}")
        self._model |= {f"{module}/{name}": value for name, value in values.items()}

    @precondition(lambda self: self._model)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self._model)))
        self._notebook.run(f"del '{path}'")
        del self._model[path]

    @rule(name=NAMES, module=MODULES)
    def import_one(self, name: str, module: str) -> None:
        path = f"{module}/{name}"
        if path in self._model:
            imported = self._notebook.run(f"import {name} from {module}").imported
            assert imported == {name: self._model[path]}
            assert type(imported[name]) is type(self._model[path])
        else:
            with pytest.raises(MissingObject):
                self._notebook.run(f"import {name} from {module}")

    @rule()
    def reopen(self) -> None:
        before = self._notebook.path.read_bytes()
        self._notebook = Notebook(self._notebook.path, password=self._notebook.password)
        assert self._notebook.path.read_bytes() == before

    @rule()
    def compare_everything(self) -> None:
        listed = {one.path: one.after for one in self._notebook.run("list").record.results}
        assert listed.keys() == self._model.keys() | self._others.keys()
        for path, value in self._model.items():
            assert self._notebook.run(f"import '{path}' as found").imported == {"found": value}
            assert self._notebook.archive.read(path).identity == listed[path]
        for path, content in self._others.items():
            assert self._notebook.archive.read(path).data == content

    @precondition(lambda self: self._model)
    @rule()
    def manifest_agrees(self) -> None:
        manifest = load_manifest(self._notebook.path)
        assert manifest is not None
        assert {line.path: line.identity for line in manifest.objects} == self._notebook.archive.list().objects

    def teardown(self) -> None:
        if hasattr(self, "_notebook"):
            self.compare_everything()
        self._folder.cleanup()


TestVaultIsADictionary = VaultIsADictionary.TestCase
TestVaultIsADictionary.settings = settings(max_examples=20, stateful_step_count=15, deadline=None, derandomize=True)


def test_object_without_a_module_is_listed_with_all(notebook: Notebook) -> None:
    with notebook.archive.lock(holder="a test"):
        notebook.archive.change(store={"top": build_entry("top", b"1")})

    assert [one.path for one in notebook.run("list").record.results] == ["m/x", "m/y", "top"]


# Archives of the original tool


@pytest.fixture
def dotted(path: Path) -> Notebook:
    """Return a notebook with an archive in which the original has made folders with dots."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.b/x", "c.d/y", "c/d/y"):
            archive.writestr(name, f"\tn\n0\t{len(name)}\n")
    return Notebook(path)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        pytest.param("import x from a.b", "a.b/x", id="import"),
        pytest.param("from a.b import x as z", "a.b/x", id="from"),
        pytest.param("import x from a/b", "a.b/x", id="with a slash"),
        pytest.param("import 'a.b/x' as x", "a.b/x", id="quoted"),
        pytest.param("import y from c.d", "c/d/y", id="ours comes first"),
    ],
)
def test_folder_with_a_dot_is_found_as_the_original_named_it(dotted: Notebook, command: str, found: str) -> None:
    outcome = dotted.run(command)
    assert [one.path for one in outcome.record.results] == [found]
    assert [*outcome.values] == [found]


def test_folder_with_a_dot_is_listed_as_the_module_that_it_was(dotted: Notebook) -> None:
    listed = [[one.path for one in dotted.run(f"list {module}").record.results] for module in ("a", "a.b", "c.d")]
    assert listed == [["a.b/x"], ["a.b/x"], ["c.d/y", "c/d/y"]]


def test_folder_with_a_dot_is_imported_as_a_module_by_a_name(dotted: Notebook) -> None:
    module = dotted.run("import a.b as m").imported["m"]
    assert dir(module) == ["x"]
    with pytest.raises(CommandError) as caught:
        dotted.run("import a.b")
    assert str(caught.value) == "'a.b' cannot be the name of a variable; write: %vault import a.b as NAME"


def test_archive_of_the_original_that_was_only_read_has_no_id(dotted: Notebook) -> None:
    assert dotted.run("import x from a.b").record.archive.vault is None


def test_missing_object_is_named_as_it_was_typed(path: Path) -> None:
    with pytest.raises(MissingObject, match="there is no 'a/b/x' in storage"):
        Notebook(path).run("import x from a.b")


# Objects that functions wrote


@pytest.mark.parametrize(
    ("content", "unstable"), [pytest.param("text", False, id="text"), pytest.param(b"\xff", True, id="binary")]
)
def test_bytes_of_a_function_count_as_stable_where_they_are_text(
    path: Path, content: str | bytes, unstable: bool
) -> None:
    notebook = Notebook(path, names={"x": 1, "write": lambda _: content})
    (result,) = notebook.run("store x in m with write").record.results
    assert result.after is not None
    assert result.after.unstable is unstable


# Pickles whose bytes are not stable


class Model:
    """An object with a set, which pickle writes in the order that it happens to have."""

    def __init__(self, *names: str) -> None:
        self.names = {*names}


def import_names(notebook: Notebook) -> set[str]:
    model: Any = notebook.run("import x from m").imported["x"]
    return {*model.names}


MANY = [str(number) for number in range(40)]


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_equal_value_keeps_the_bytes_that_are_stored(path: Path, password: bytes | None) -> None:
    notebook = Notebook(path, password=password, names={"x": Model(*MANY)})
    notebook.run("store x in m")
    before = path.read_bytes()
    notebook.names["x"] = Model(*MANY[::-1])
    assert pickle.dumps(notebook.names["x"], 5) != pickle.dumps(Model(*MANY), 5)

    (result,) = notebook.run("store x in m").record.results

    assert result.before == result.after
    assert path.read_bytes() == before


def test_value_that_changed_replaces_the_bytes(path: Path) -> None:
    notebook = Notebook(path, names={"x": Model(*MANY)})
    notebook.run("store x in m")
    notebook.names["x"] = Model(*MANY, "more")

    (result,) = notebook.run("store x in m").record.results

    assert result.before != result.after
    assert import_names(notebook) == {*MANY, "more"}


def test_damaged_pickle_is_replaced(path: Path) -> None:
    notebook = Notebook(path, names={"x": Model(*MANY)})
    notebook.run("store x in m")
    listed = notebook.archive.list().objects["m/x"]
    rewrite(path, add=[Member("m/x", b"\x80\x05damaged.", write_entry_comment(listed))])
    notebook.names["x"] = Model(*MANY[::-1])

    notebook.run("store x in m")

    assert import_names(notebook) == {*MANY}


@pytest.mark.parametrize("frame_format", FrameFormat)
def test_frame_that_was_optimised_on_import_stays_as_it_is_stored(path: Path, frame_format: FrameFormat) -> None:
    options = OpenOptions(frame_format=frame_format)
    notebook = Notebook(path, names={"x": pd.DataFrame({"a": ["Lon", "Del"] * 500})}, options=options)
    notebook.run("store x in m")
    notebook.run("import x from m")
    frame: Any = notebook.names["x"]
    assert isinstance(frame.dtypes["a"], pd.CategoricalDtype)

    (result,) = notebook.run("store x in m").record.results

    assert result.before == result.after


# Frames for which text is slow


@pytest.mark.parametrize(
    ("options", "megabytes", "told"),
    [
        pytest.param({}, 500, True, id="large"),
        pytest.param({}, 499, False, id="not-large"),
        pytest.param({"frame_format": FrameFormat.PARQUET}, 900, False, id="parquet-already"),
    ],
)
def test_parquet_is_suggested_before_a_large_frame_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], megabytes: int, told: bool
) -> None:
    pandas = pytest.importorskip("pandas")
    notebook = Notebook(path, options=OpenOptions(**options), names={"x": pandas.DataFrame({"a": range(100_000)})})
    monkeypatch.setattr("vault_magic.operations.storing.estimate_bytes", lambda _frame: megabytes * 10**6)
    monkeypatch.setattr("vault_magic.operations.storing.encode", Mock(side_effect=RuntimeError("the work begins")))

    with pytest.raises(RuntimeError, match="the work begins"):
        notebook.run("store x in m")

    advice = (
        "m/x takes 500 MB and is stored as text; for frames this large Parquet is several times as fast: "
        "%open_vault ... --frame_format parquet"
    )
    assert notebook.told == [advice] * told


# Keyed digests


@pytest.fixture
def keyed(path: Path) -> Notebook:
    """Return a notebook whose encrypted vault has keyed digests."""
    pandas = pytest.importorskip("pandas")
    notebook = Notebook(path, password=PASSWORD, names={"x": pandas.Series([1, 2]), "y": [1]}, keyed=True)
    notebook.run("store x, y in m")
    return notebook


def test_keyed_digests_are_none_that_anybody_can_compute(keyed: Notebook) -> None:
    plain = Notebook(keyed.path.with_name("plain.zip"), names=keyed.names)
    plain.run("store x, y in m")
    known = [digest for one in plain.archive.list().objects.values() for digest in (one.crc32, one.sha256, one.schema)]
    shown = b"".join(
        one.read_bytes() for one in keyed.path.parent.iterdir() if one.name.startswith("storage.zip") and one.is_file()
    )
    shown += gzip.decompress(Path(f"{keyed.path}.vault.log.gz").read_bytes())
    for digest in known:
        assert digest is None or digest.encode() not in shown


def test_keyed_vault_works_as_any_other(keyed: Notebook) -> None:
    keyed.reopen()  # the option need not be repeated
    crc32 = keyed.archive.list().objects["m/y"].crc32
    assert keyed.run("import x, y from m").imported["y"] == [1]
    keyed.run(f"assert y in m is {crc32}")
    before = keyed.path.read_bytes()
    keyed.run("store y in m")
    assert keyed.run("store y in m").record.results[0].after == keyed.archive.list().objects["m/y"]
    assert len(before) > 0
    with pytest.raises(AssertionFailed):
        keyed.run(f"assert y in m is {crc32_hex(pickle.dumps([1], 5))}")


def test_equal_values_have_equal_digests_in_one_vault_and_others_in_another(keyed: Notebook) -> None:
    keyed.run("store y in n")
    objects = keyed.archive.list().objects
    assert objects["m/y"] == objects["n/y"]
    other = Notebook(keyed.path.with_name("other.zip"), password=PASSWORD, names={"y": [1]}, keyed=True)
    other.run("store y in m")
    assert other.archive.list().objects["m/y"].sha256 != objects["m/y"].sha256


def test_keyed_digests_are_a_matter_of_the_first_opening(path: Path) -> None:
    Notebook(path, password=PASSWORD)
    with pytest.raises(ArchiveError) as caught:
        Notebook(path, password=PASSWORD, keyed=True)
    assert str(caught.value) == "storage.zip was made without keyed digests; leave the option out, or use another path"


def test_entry_of_another_tool_in_a_keyed_vault_imports(path: Path) -> None:
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD)
        archive.writestr("m/t", "\ta\n0\t1\n")
    notebook = Notebook(path, password=PASSWORD, keyed=True, names={"y": [1]})
    plain = sha256_hex(b"\ta\n0\t1\n")

    for command in ("import t from m", "store y in m", "import t from m"):
        for one in notebook.run(command).record.results:
            assert one.after is not None
            assert one.after.sha256 not in (None, plain)
            assert one.after.crc32 != crc32_hex(b"\ta\n0\t1\n")
    notebook.reopen(keyed=True)


def test_vault_without_encryption_has_no_keyed_digests(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        open_vault(OpenOptions(keyed_digests=True), folder=tmp_path)
    advice = "--keyed_digests needs an encrypted vault; name the variable with its password: -e NAME"
    assert str(caught.value) == advice


@pytest.mark.skipif(os.name == "nt", reason="variables are text there")
def test_password_may_be_any_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TEST_PASSWORD", b"\xff\xfe".decode(errors="surrogateescape"))
    opened = open_vault(OpenOptions(encryption_variable="VAULT_TEST_PASSWORD"), folder=tmp_path)
    assert opened.archive.password == b"\xff\xfe"


def test_variables_of_a_function_are_stored_and_not_remembered(notebook: Notebook) -> None:
    notebook.local = frozenset({"x"})
    assert notebook.run("store x in n").bindings == ()
    with pytest.raises(CommandError, match="'x' is a variable of the function here"):
        notebook.run("import y from m as x")


def test_second_writer_of_an_encrypted_foreign_archive_opens_it_again(path: Path) -> None:
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD)
        archive.writestr("m/t", "\ta\n0\t1\n")
    first = Notebook(path, password=PASSWORD, keyed=True, names={"x": 1})
    second = Notebook(path, password=PASSWORD, names={"y": 2})
    first.run("store x in m")
    with pytest.raises(ArchiveError) as caught:
        second.run("store y in m")
    assert str(caught.value) == "storage.zip was migrated meanwhile; run %open_vault again"
    second.reopen()
    second.run("store y in m")
    assert first.run("import x, y from m").imported == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        pytest.param("import salarys from datasets", "did you mean 'datasets/salaries'?", id="like name"),
        pytest.param("import salaries from data", "did you mean 'datasets/salaries'?", id="same name elsewhere"),
        pytest.param("import nothing from datasets", "see what is: %vault list", id="same folder alone"),
    ],
)
def test_object_that_was_meant_is_suggested_by_its_name(path: Path, typed: str, advice: str) -> None:
    notebook = Notebook(path, names={"salaries": 1, "cities": 2})
    notebook.run("store salaries, cities in datasets")
    with pytest.raises(MissingObject) as caught:
        notebook.run(typed)
    assert str(caught.value).endswith(advice)
