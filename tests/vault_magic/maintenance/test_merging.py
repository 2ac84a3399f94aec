"""Two states of a vault merged by object, archives and manifests alike."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import Notebook, make_foreign, make_vault, put, read_members, rewrite
from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Member
from vault_magic.archive.opening import open_archive
from vault_magic.archive.upkeep import follow_archive, load_manifest
from vault_magic.errors import ArchiveError, FormatError
from vault_magic.maintenance.merging import Merged, Side, merge
from vault_magic.manifest import parse_manifest, render_manifest

PASSWORD = b"correct horse"
State = dict[str, bytes]


def _branch(folder: Path, base: State, ours: State, theirs: State, *, password: bytes | None = None) -> list[Path]:
    """Make three states of one vault."""
    paths = [folder / f"{name}.zip" for name in ("base", "ours", "theirs")]
    make_vault(paths[0], base, password=password)
    for path, state in zip(paths[1:], (ours, theirs), strict=True):
        shutil.copy(paths[0], path)
        _become(open_archive(path, password=password, variable="KEY"), base, state)
    return paths


def _become(archive: Archive, before: State, after: State) -> None:
    changed = {path: data for path, data in after.items() if before.get(path) != data}
    put(archive, changed, delete=tuple(before.keys() - after.keys()))


def _oracle(base: State, ours: State, theirs: State) -> tuple[State, list[str]]:
    """Return what a merge gives, told path by path, and what is in conflict."""
    merged, conflicts = {}, []
    for path in sorted({*ours, *theirs}):
        old, mine, other = base.get(path), ours.get(path), theirs.get(path)
        if mine != other and old not in (mine, other):
            conflicts.append(path)
        data = other if mine == old else mine
        if data is not None:
            merged[path] = data
    return merged, conflicts


STATES = st.dictionaries(st.sampled_from(["m/a", "m/b", "m/c", "n/a"]), st.sampled_from([b"1", b"2", b"3"]), max_size=4)


@settings(max_examples=60, deadline=None)
@given(base=STATES, ours=STATES, theirs=STATES)
def test_merge_is_that_of_its_objects(
    tmp_path_factory: pytest.TempPathFactory, base: State, ours: State, theirs: State
) -> None:
    paths = _branch(tmp_path_factory.mktemp("merge"), base, ours, theirs)

    merged = merge(*paths)

    expected, conflicts = _oracle(base, ours, theirs)
    archive = open_archive(paths[1], password=None)
    assert read_members(paths[1]) == expected
    assert [one.path for one in merged.conflicts] == conflicts
    assert {path: archive.read(path).data for path in expected} == expected


def test_encrypted_vault_is_merged_without_its_password(tmp_path: Path) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {"x": b"1", "y": b"2"}, {"x": b"1", "z": b"3"}, password=PASSWORD)

    assert merge(*paths) == Merged(("z",), ())

    archive = open_archive(paths[1], password=PASSWORD, variable="KEY")
    assert {path: archive.read(path).data for path in "xyz"} == {"x": b"1", "y": b"2", "z": b"3"}


@pytest.mark.parametrize("base", ["missing", "empty"])
def test_without_a_common_state_objects_of_both_are_there(tmp_path: Path, base: str) -> None:
    paths = _branch(tmp_path, {}, {"y": b"2", "both": b"1"}, {"z": b"3", "both": b"1"})
    paths[0].unlink() if base == "missing" else paths[0].write_bytes(b"")

    assert merge(*paths).conflicts == ()
    assert read_members(paths[1]) == {"y": b"2", "z": b"3", "both": b"1"}


@pytest.mark.parametrize(("side", "data"), [(None, b"ours"), (Side.OURS, b"ours"), (Side.THEIRS, b"theirs")])
def test_conflict_is_decided_by_whom_is_preferred(tmp_path: Path, side: Side | None, data: bytes) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {"x": b"ours"}, {"x": b"theirs", "z": b"3"})

    merged = merge(*paths, prefer=side)

    assert [one.path for one in merged.conflicts] == ([] if side else ["x"])
    assert read_members(paths[1]) == {"x": data, "z": b"3"}


def test_deleted_on_one_side_and_changed_on_the_other_is_a_conflict(tmp_path: Path) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {}, {"x": b"2"})

    (conflict,) = merge(*paths).conflicts

    assert (conflict.ours, conflict.theirs is None) == (None, False)
    assert read_members(paths[1]) == {}


def test_nothing_to_take_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {"x": b"2"}, {"x": b"1"})
    before = paths[1].read_bytes()

    assert merge(*paths) == Merged((), ())
    assert paths[1].read_bytes() == before


def test_generation_is_beyond_both(tmp_path: Path) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {"x": b"1", "y": b"2"}, {"x": b"1"})
    theirs = open_archive(paths[2], password=None)
    for data in (b"2", b"3", b"4"):
        put(theirs, {"z": data})
    merge(*paths)

    assert open_archive(paths[1], password=None).list().generation == theirs.list().generation + 1


def test_entries_of_other_tools_are_merged_too(tmp_path: Path) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {"x": b"1", "y": b"2"}, {"x": b"1"})
    rewrite(paths[2], add=[Member("theirs", b"a\n1\n")])

    assert merge(*paths).conflicts == ()
    assert read_members(paths[1]) == {"x": b"1", "y": b"2", "theirs": b"a\n1\n"}


def _make_another(paths: list[Path]) -> None:
    paths[2].unlink()
    make_vault(paths[2], {"x": b"1"})


def _make_foreign(paths: list[Path]) -> None:
    make_foreign(paths[2])


def _encrypt(paths: list[Path]) -> None:
    archive = open_archive(paths[2], password=None)
    with archive.lock(holder="a test"):
        archive.rekey(PASSWORD)


def _put_beside(paths: list[Path]) -> None:
    put(open_archive(paths[1], password=None), {"m": b"1"})
    put(open_archive(paths[2], password=None), {"m/x": b"1"})


def _cut(paths: list[Path]) -> None:
    paths[2].write_bytes(paths[2].read_bytes()[:100])


def _empty(paths: list[Path]) -> None:
    paths[2].write_bytes(b"")


def _put_manifest(paths: list[Path]) -> None:
    paths[2].write_text('{"schema_version": 1, "vault": null}')


REFUSED: dict[str, tuple[Callable[[list[Path]], None], str]] = {
    "two-vaults": (_make_another, "these are two vaults, made apart from each other"),
    "foreign": (_make_foreign, "another tool made one of the archives"),
    "rekeyed": (_encrypt, "the password was changed on one side"),
    "beside": (_put_beside, "cannot both exist"),
    "damaged": (_cut, "is not a readable ZIP archive"),
    "empty": (_empty, "is not there, or empty"),
    "manifest": (_put_manifest, "one side is an archive and the other a manifest"),
}


@pytest.mark.parametrize(("spoil", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_and_left_as_it_was(tmp_path: Path, spoil: Callable[[list[Path]], None], reason: str) -> None:
    paths = _branch(tmp_path, {"x": b"1"}, {"x": b"1"}, {"x": b"1"})
    spoil(paths)
    before = paths[1].read_bytes()

    with pytest.raises(ArchiveError, match=reason):
        merge(*paths)
    assert paths[1].read_bytes() == before


# Manifests


def _branch_manifests(folder: Path, states: list[State]) -> tuple[list[Path], list[Path]]:
    """Make archives of three states of one vault through commands, and their manifests."""
    archives, manifests = [], []
    for name, state in zip(("base", "ours", "theirs"), states, strict=True):
        place = folder / name
        if name != "base":
            shutil.copytree(folder / "base", place)
        else:
            place.mkdir()
        notebook = Notebook(place / "storage.zip", names={}, file=place / f"{name}.ipynb")
        stored = {path.rpartition("/")[2]: data for path, data in state.items()}
        notebook.names.update(stored)
        before = {path.rpartition("/")[2] for path in notebook.archive.list().objects}
        for variable in sorted(before - stored.keys()):
            notebook.run(f"del {variable} from m")
        for variable in sorted(stored):
            notebook.run(f"store {variable} in m")
        if stored:
            notebook.run(f"import {min(stored)} from m")
        archives.append(notebook.path)
        manifests.append(notebook.path.with_name("storage.zip.manifest.json"))
    return archives, manifests


NAMES = st.dictionaries(st.sampled_from(["m/a", "m/b", "m/c"]), st.sampled_from([b"1", b"2"]), min_size=1, max_size=3)


@settings(max_examples=20, deadline=None)
@given(base=NAMES, ours=NAMES, theirs=NAMES)
def test_merged_manifest_is_that_of_the_merged_archive(
    tmp_path_factory: pytest.TempPathFactory, base: State, ours: State, theirs: State
) -> None:
    archives, manifests = _branch_manifests(tmp_path_factory.mktemp("merge"), [base, ours, theirs])

    told = merge(*archives), merge(*manifests)

    assert [one.path for one in told[0].conflicts] == [one.path for one in told[1].conflicts]
    merged = open_archive(archives[1], password=None)
    manifest = load_manifest(archives[1])
    assert manifest is not None
    assert {line.path: line.identity for line in manifest.objects} == dict(merged.list().objects)
    assert render_manifest(follow_archive(manifest, merged)) == manifests[1].read_text(encoding="utf-8")


def test_imports_of_both_sides_are_kept(tmp_path: Path) -> None:
    _, manifests = _branch_manifests(tmp_path, [{"m/a": b"1"}, {"m/a": b"1"}, {"m/a": b"1"}])

    merge(*manifests)

    found = parse_manifest(manifests[1].read_bytes()).imports
    assert [line.notebook for line in found] == ["base.ipynb", "ours.ipynb", "theirs.ipynb"]


def test_unknown_fields_of_a_manifest_are_kept(tmp_path: Path) -> None:
    _, manifests = _branch_manifests(tmp_path, [{"m/a": b"1"}, {"m/a": b"1"}, {"m/a": b"2"}])
    for path, name in zip(manifests[1:], ("ours", "theirs"), strict=True):
        path.write_text(path.read_text().replace('"encrypted"', f'"{name}": 1,\n"encrypted"'))

    merge(*manifests)

    assert parse_manifest(manifests[1].read_bytes()).unknown == {"ours": 1, "theirs": 1}


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        pytest.param("{}", FormatError, "has no valid schema_version", id="none"),
        pytest.param("<<<<<<< ours\n", ArchiveError, "one side is an archive", id="unresolved"),
        pytest.param('{"schema_version": 9, "vault": null}', FormatError, "has version 9", id="newer"),
        pytest.param('{"schema_version": 1, "vault": "w"}', ArchiveError, "manifests of two vaults", id="another"),
    ],
)
def test_manifest_that_cannot_be_merged(tmp_path: Path, text: str, error: type[Exception], reason: str) -> None:
    _, manifests = _branch_manifests(tmp_path, [{"m/a": b"1"}, {"m/a": b"1"}, {"m/a": b"2"}])
    manifests[2].write_text(text)
    before = manifests[1].read_bytes()

    with pytest.raises(error, match=reason):
        merge(*manifests)
    assert manifests[1].read_bytes() == before
