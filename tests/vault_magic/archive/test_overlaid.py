"""Tests of overlays: a notebook in one works as in the real vault, and leaves that as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import PASSWORD, Notebook, make_foreign, make_vault, put
from vault_magic.archive.archive import Archive
from vault_magic.archive.opening import open_archive
from vault_magic.archive.upkeep import load_manifest
from vault_magic.errors import ArchiveError, MissingObject, NewerFormat, PasswordError
from vault_magic.operations.opening import list_notices
from vault_magic.overlay import VARIABLE, Overlay

Within = Callable[..., Overlay]


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Return a real archive with objects of a notebook."""
    path = tmp_path / "real" / "storage.zip"
    path.parent.mkdir()
    Notebook(path, names={"a": 1, "b": [2], "c": "three"}).run("store a, b, c in m")
    return path


@pytest.fixture
def within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    """Return a function that puts this process into an overlay."""

    def enter(name: str = "overlay", *layers: Overlay, masked: dict[Path, frozenset[str]] | None = None) -> Overlay:
        overlay = Overlay(tmp_path / name, tuple(one.folder for one in layers), masked or {})
        overlay.save()
        monkeypatch.setenv(VARIABLE, str(overlay.folder))
        return overlay

    return enter


def _read_files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return what every file of a folder holds, and when it was written."""
    return {str(one.relative_to(folder)): (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.rglob("*.*")}


def test_real_archive_is_left_alone(real: Path, within: Within) -> None:
    before = _read_files(real.parent)
    within()
    notebook = Notebook(real, names={"a": "new", "d": 4})
    notebook.run("store a, d in m")
    notebook.run("del b from m")
    notebook.run("import a, c from m")
    assert notebook.names["a"] == "new"
    assert [*notebook.archive.list().objects] == ["m/a", "m/c", "m/d"]
    assert _read_files(real.parent) == before


def test_everything_can_be_done_as_in_the_real_vault(real: Path, within: Within) -> None:
    within()
    notebook = Notebook(real)
    notebook.run("import m")
    assert getattr(notebook.names["m"], "b") == [2]  # noqa: B009  # a lazy module
    digest = notebook.archive.list().objects["m/a"].crc32
    notebook.run(f"assert a in m is {digest}")
    assert notebook.archive.read("m/c").sidecar is not None
    assert b"".join(notebook.archive.stream("m/c")) == notebook.archive.read("m/c").data


def test_record_tells_of_the_real_vault(real: Path, within: Within) -> None:
    vault = open_archive(real, password=None).vault
    within()
    notebook = Notebook(real, names={"x": 1}, file=real.parent / "books" / "n.ipynb")
    record = notebook.run("store x in m").record
    assert (record.archive.vault, record.archive.from_notebook) == (vault, "../storage.zip")
    assert notebook.archive.read("m/x").sidecar is not None


def test_same_value_keeps_its_bytes_and_is_there_for_those_above(real: Path, within: Within) -> None:
    known = open_archive(real, password=None).list().objects["m/b"]
    first = within("first")
    Notebook(real, names={"b": [2]}).run("store b in m")
    within("second", first, masked={real.resolve(): frozenset({"m/b"})})
    notebook = Notebook(real)
    assert notebook.run("import b from m").imported == {"b": [2]}
    assert notebook.archive.list().objects["m/b"] == known


def test_what_was_deleted_can_be_stored_again(real: Path, within: Within) -> None:
    within()
    notebook = Notebook(real, names={"b": "again"})
    notebook.run("del b from m")
    with pytest.raises(MissingObject, match=r"there is no 'm/b' in storage\.zip"):
        notebook.run("import b from m")
    notebook.run("store b in m")
    notebook.reopen()
    assert notebook.run("import b from m").imported == {"b": "again"}


def test_inputs_come_from_the_overlays_of_their_makers(real: Path, within: Within) -> None:
    first = within("first")
    Notebook(real, names={"a": "of the first"}).run("store a in m")
    second = within("second", first)
    Notebook(real, names={"a": "of the second", "n": 0}).run("store a, n in m")
    within("third", second, first)
    notebook = Notebook(real)
    assert notebook.run("import a, b, n from m").imported == {"a": "of the second", "b": [2], "n": 0}
    within("beside", first)
    assert [*Notebook(real).archive.list().objects] == ["m/a", "m/b", "m/c"]


def test_what_a_maker_deleted_is_gone_for_those_above(real: Path, within: Within) -> None:
    first = within("first")
    Notebook(real).run("del b from m")
    within("second", first)
    assert [*Notebook(real).archive.list().objects] == ["m/a", "m/c"]


def test_masked_object_comes_from_its_maker_or_not_at_all(real: Path, within: Within) -> None:
    masked = {real.resolve(): frozenset({"m/a", "m/b"})}
    first = within("first", masked=masked)
    Notebook(real, names={"a": "anew"}).run("store a in m")
    within("second", first, masked=masked)
    notebook = Notebook(real)
    assert notebook.run("import a from m").imported == {"a": "anew"}
    with pytest.raises(MissingObject, match="'m/b' was not stored this time by the notebook that makes it"):
        notebook.run("import b from m")
    assert [*notebook.archive.list().objects] == ["m/a", "m/c"]


def test_masked_object_can_be_stored(real: Path, within: Within) -> None:
    within(masked={real.resolve(): frozenset({"m/a"})})
    notebook = Notebook(real, names={"a": "mine"})
    notebook.run("store a in m")
    assert notebook.run("import a from m").imported == {"a": "mine"}


@pytest.mark.parametrize("keyed", [False, True])
def test_encrypted_vault_stays_encrypted(tmp_path: Path, within: Within, keyed: bool) -> None:
    real = tmp_path / "real" / "storage.zip"
    known = Notebook(real, password=PASSWORD, names={"a": 1}, keyed=keyed)
    known.run("store a in m")
    before = _read_files(real.parent)
    overlay = within()
    with pytest.raises(PasswordError, match="is encrypted"):
        open_archive(real, password=None)
    with pytest.raises(PasswordError, match="does not open"):
        open_archive(real, password=b"wrong", variable="KEY")
    notebook = Notebook(real, password=PASSWORD, names={"x": "secret" * 99, "a": 1})
    notebook.run("store a, x in m")
    assert notebook.archive.list().encrypted
    assert notebook.archive.list().objects["m/a"] == known.archive.list().objects["m/a"]
    assert all(b"secretsecret" not in one.read_bytes() for one in overlay.folder.rglob("*.*"))
    assert _read_files(real.parent) == before


def test_vault_that_is_not_there_is_created_in_the_overlay(tmp_path: Path, within: Within) -> None:
    within()
    notebook = Notebook(tmp_path / "none" / "storage.zip", names={"x": 1})
    assert any("Created a new vault" in one for one in list_notices(notebook.vault))
    notebook.run("store x in m")
    assert Notebook(notebook.path).run("import x from m").imported == {"x": 1}
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_vault_that_a_maker_has_created_is_there(tmp_path: Path, within: Within, password: bytes | None) -> None:
    path = tmp_path / "none" / "storage.zip"
    first = within("first")
    maker = Notebook(path, password=password, names={"x": 1}, keyed=password is not None)
    maker.run("store x in m")
    within("second", first)
    taker = Notebook(path, password=password)
    assert taker.run("import x from m").imported == {"x": 1}
    assert taker.archive.vault == maker.archive.vault
    assert not list_notices(replace(taker.vault, options=replace(taker.options, secure=False)))
    with pytest.raises(PasswordError):
        open_archive(path, password=b"another", variable="KEY")


def test_archive_of_another_tool_is_read_and_not_migrated(tmp_path: Path, within: Within) -> None:
    real = tmp_path / "real" / "storage.zip"
    real.parent.mkdir()
    make_foreign(real)
    before = _read_files(real.parent)
    within()
    notebook = Notebook(real, names={"x": 1})
    notebook.run("store x in m")
    assert notebook.archive.read("folder/stored").data == b"b\n2\n"
    assert _read_files(real.parent) == before


def test_two_archives_of_one_name_are_kept_apart(tmp_path: Path, real: Path, within: Within) -> None:
    other = tmp_path / "other" / "storage.zip"
    make_vault(other, {"m/a": b"of the other"})
    within()
    Notebook(real, names={"a": "mine"}).run("store a in m")
    assert Notebook(other).archive.read("m/a").data == b"of the other"


def test_log_stays_in_the_overlay(real: Path, within: Within) -> None:
    overlay = within()
    notebook = Notebook(real, names={"x": 1})
    notebook.options = replace(notebook.options, logs_path=str(real.parent / "my.log"))
    notebook.run("store x in m")
    assert not (real.parent / "my.log").exists()
    assert [one.name for one in overlay.folder.rglob("*.log.gz")] == ["storage.zip.vault.log.gz"]


def test_neighbours_below_count(real: Path, within: Within) -> None:
    within()
    with pytest.raises(ArchiveError, match="differs only in case"):
        put(open_archive(real, password=None), {"m/A": b""})


def test_password_cannot_be_changed(real: Path, within: Within) -> None:
    within()
    with pytest.raises(ArchiveError, match="only read while its notebooks are run again"):
        open_archive(real, password=None).rekey(PASSWORD)


def test_manifest_of_the_overlay_goes_on_from_the_real_one(real: Path, within: Within) -> None:
    known = load_manifest(real)
    within()
    notebook = Notebook(real, names={"x": 1}, file=real.parent / "books" / "n.ipynb")
    notebook.run("store x in m")
    found = load_manifest(notebook.archive.path)
    assert known is not None
    assert found is not None
    assert [one for one in known.objects if one in found.objects] == [*known.objects]
    assert [one.producer.notebook for one in found.objects if one.path == "m/x" and one.producer] == ["books/n.ipynb"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(None, (ArchiveError, "names no overlay"), id="missing"),
        pytest.param('{"schema_version": 99}', (NewerFormat, "has version 99"), id="newer"),
        pytest.param("{", (Exception, "the overlay is damaged"), id="damaged"),
    ],
)
def test_overlay_that_cannot_be_read_is_refused(
    tmp_path: Path, real: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, error: tuple[type, str]
) -> None:
    (tmp_path / "broken").mkdir()
    if content:
        (tmp_path / "broken" / "overlay.json").write_text(content)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "broken"))
    with pytest.raises(error[0], match=error[1]):
        open_archive(real, password=None)


_NAMES = st.sampled_from(["m/a", "m/b", "n/c"])
_CHANGES = st.lists(st.tuples(st.integers(0, 3), _NAMES, st.none() | st.binary(max_size=4)), max_size=12)


@given(_CHANGES)
def test_layers_are_dictionaries_one_above_the_other(changes: list[tuple[int, str, bytes | None]]) -> None:
    """Hold every layer equal to a dictionary that begins as the one below it, in the order in which notebooks run."""
    with TemporaryDirectory() as name:
        folder, expected = Path(name), dict[str, bytes]()
        path, layers = folder / "storage.zip", list[Overlay]()
        for level in range(4):
            with _within(folder, level, layers) as archive:
                for at, key, data in changes:
                    if at == level and (data is not None or key in expected):
                        put(archive, {key: data} if data is not None else {}, delete=(key,) if data is None else ())
                        expected.pop(key, None)
                        expected |= {key: data} if data is not None else {}
                assert {one: archive.read(one).data for one in archive.list().objects} == expected
        assert path.exists()


@contextmanager
def _within(folder: Path, level: int, layers: list[Overlay]) -> Iterator[Archive]:
    """Open the archive in the overlay of a level; the lowest is the real one."""
    overlay = Overlay(folder / str(level), tuple(one.folder for one in reversed(layers)))
    variables = {VARIABLE: str(overlay.folder)} if level else {}
    if level:
        overlay.save()
        layers.append(overlay)
    with mock.patch.dict("os.environ", variables):
        yield open_archive(folder / "storage.zip", password=None)
