"""The archive as objects: whole or not at all, nobody let in, nothing believed that does not fit together."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pyzipper

from tests.vault_magic.archive.builders import (
    FOREIGN,
    PASSWORD,
    build_entry,
    identify,
    list_folder,
    make_foreign,
    make_vault,
    put,
    read_members,
    rewrite,
)
from vault_magic.archive.archive import Archive, StoredObject
from vault_magic.archive.container import Member
from vault_magic.archive.layout import SENTINEL, name_sidecar, write_entry_comment
from vault_magic.archive.listing import read_listing
from vault_magic.archive.lock import lock_archive
from vault_magic.archive.opening import open_archive
from vault_magic.archive.reading import OpenArchive
from vault_magic.archive.sidecar import render_sidecar
from vault_magic.errors import ArchiveError, MissingObject, PasswordError, VaultError

NOISE = random.Random(0).randbytes(300)  # does not deflate, so that its bytes can be looked for
PASSWORDS = pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _raw_member(path: Path, name: str) -> bytes:
    """Return the stored bytes of a member, as compressed and encrypted as they are."""
    info = zipfile.ZipFile(path).getinfo(name)
    start = info.header_offset + 30 + len(name.encode())
    return path.read_bytes()[start : start + info.compress_size]


def _replace_members(path: Path, members: dict[str, bytes], *, password: bytes | None = None) -> None:
    """Give members another content, their comments and all else kept."""
    with zipfile.ZipFile(path) as old:
        kept = [Member(name, data, old.getinfo(name).comment) for name, data in members.items()]
        comment = old.comment
    rewrite(path, add=kept, comment=comment, password=password)


@PASSWORDS
def test_objects_are_read_back_with_their_sidecars(path: Path, password: bytes | None) -> None:
    objects = {"datasets/x": b"1", "y": NOISE, "empty": b"", "deep/er/\u4e2d": b"2" * 100_000}
    archive = make_vault(path, objects, password=password)

    for name, data in objects.items():
        assert archive.read(name) == StoredObject(data, identify(data), build_entry(name, data)[1])


@pytest.mark.parametrize("name", ["none", "datasets", "datasets/", ".vault/vault", ".vault/objects/datasets/x.json"])
def test_what_is_no_object_is_missing(path: Path, name: str) -> None:
    archive = make_vault(path, {"datasets/x": b"1"})

    with pytest.raises(MissingObject, match=r"^there is no '.*' in storage\.zip; (see what|did you)") as caught:
        archive.read(name)
    assert repr(name) in str(caught.value)


@PASSWORDS
def test_deleting_leaves_no_trace(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"secret/x": NOISE, "kept": b"1"}, password=password)
    traces = [_raw_member(path, name) for name in ("secret/x", name_sidecar("secret/x"))]

    put(archive, {}, delete=("secret/x",))

    after = path.read_bytes()
    assert zipfile.ZipFile(path).namelist() == [SENTINEL, "kept", name_sidecar("kept")]
    assert not any(trace in after for trace in [*traces, b"secret/x"])


@PASSWORDS
def test_compacting_leaves_no_trace_of_a_replaced_object(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"x": NOISE}, password=password)
    traces = [_raw_member(path, name) for name in ("x", name_sidecar("x"))]
    put(archive, {"x": b"new"})
    assert all(trace in path.read_bytes() for trace in traces)

    with archive.lock(holder="a test"):
        before, after = archive.compact()

    assert (after, before > after) == (path.stat().st_size, True)
    assert not any(trace in path.read_bytes() for trace in traces)
    assert sorted(zipfile.ZipFile(path).namelist()) == sorted([SENTINEL, "x", name_sidecar("x")])
    assert archive.read("x").sidecar == build_entry("x", b"new")[1]


def test_objects_of_one_change_appear_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = make_vault(path, {"old": b"0"})
    seen: list[list[str]] = []
    rename = Path.replace

    def note(self: Path, target: Path) -> Path:
        seen.append(list(archive.list().objects))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", note)
    put(archive, {"x": b"1", "y": b"2", "z": b"3"}, delete=("old",))

    assert [*seen, list(archive.list().objects)] == [["old"], ["x", "y", "z"]]


def test_one_refused_object_refuses_the_whole_change(path: Path) -> None:
    archive = make_vault(path, {"a/x": b"1"})
    before = path.read_bytes()

    for name in ("A/x", "a", "a/x/y"):
        with pytest.raises(ArchiveError, match="'a/x'"):
            put(archive, {"fine": b"2", name: b"3"})
    assert path.read_bytes() == before


def test_objects_of_one_change_are_compared_with_each_other(path: Path) -> None:
    archive = make_vault(path, {})

    with pytest.raises(ArchiveError, match="only in case"):
        put(archive, {"x": b"1", "X": b"2"})


def test_sentinel_is_first_and_never_rewritten(path: Path) -> None:
    archive = open_archive(path, password=None)
    first = path.read_bytes()[: zipfile.ZipFile(path).start_dir]
    for number in range(3):
        put(archive, {"x": bytes([number])}, delete=("y",))

    assert path.read_bytes().startswith(first)
    assert zipfile.ZipFile(path).namelist()[0] == SENTINEL
    # This content is frozen.
    assert zipfile.ZipFile(path).read(SENTINEL) == f'{{"vault": "{archive.vault}"}}'.encode()


def test_vault_that_is_made_says_so_and_keeps_its_id(path: Path) -> None:
    made, found = open_archive(path, password=None), open_archive(path, password=None)

    assert (made.created, found.created) == (True, False)
    assert made.vault == found.vault
    assert len(bytes.fromhex(made.vault or "")) == 16


def test_folders_above_a_new_vault_are_made(tmp_path: Path) -> None:
    assert open_archive(tmp_path / "a" / "b" / "storage.zip", password=None).created


@pytest.mark.parametrize("password", [PASSWORD, b"wrong"], ids=["same-password", "other-password"])
def test_vault_that_somebody_made_meanwhile_is_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch, password: bytes
) -> None:
    name, faster = "vault_magic.archive.archive.lock_archive", []

    @contextmanager
    def wait(path: Path, *, holder: str, patience: float) -> Iterator[None]:
        monkeypatch.setattr(name, lock_archive)
        faster.append(make_vault(path, {"x": b"1"}, password=PASSWORD))
        yield

    monkeypatch.setattr(name, wait)
    if password == PASSWORD:
        opened = open_archive(path, password=password, variable="PW")
        assert (opened.vault, opened.created) == (faster[0].vault, False)
    else:
        with pytest.raises(PasswordError, match="the password in PW does not open"):
            open_archive(path, password=password, variable="PW")
    assert faster[0].read("x").data == b"1"


def test_archive_that_became_another_vault_is_not_written(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    path.unlink()
    make_vault(path, {"y": b"2"})
    before = path.read_bytes()

    with pytest.raises(ArchiveError, match=r"^storage\.zip was replaced by another vault; run %open_vault again$"):
        put(archive, {"x": b"3"})
    assert path.read_bytes() == before


def test_archive_that_was_removed_is_not_made_again_by_a_change(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    path.unlink()

    with pytest.raises(FileNotFoundError):
        put(archive, {"x": b"3"})
    assert not path.exists()


# Archives of other tools


@pytest.mark.parametrize("descriptors", [False, True], ids=["sizes-in-front", "data-descriptors"])
def test_foreign_archive_is_read_and_not_touched(path: Path, descriptors: bool) -> None:
    make_foreign(path, descriptors=descriptors)
    before = path.read_bytes()

    archive = open_archive(path, password=None)

    for name, data in FOREIGN.items():
        assert archive.read(name) == StoredObject(data, identify(data, format=None), sidecar=None)
    assert archive.read_sidecars(FOREIGN) == {}
    assert not archive.created
    assert path.read_bytes() == before
    assert list_folder(path.parent) == {"storage.zip"}


@pytest.mark.parametrize("descriptors", [False, True], ids=["sizes-in-front", "data-descriptors"])
def test_first_write_migrates_a_foreign_archive_and_keeps_it(path: Path, descriptors: bool) -> None:
    make_foreign(path, descriptors=descriptors)
    before, original = path.read_bytes(), path.with_name("storage.zip.orig")
    archive = open_archive(path, password=None)

    put(archive, {"ours": b"1"})
    put(archive, {"ours": b"2"})

    assert original.read_bytes() == before
    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock", "storage.zip.orig"}
    assert zipfile.ZipFile(path).namelist()[0] == SENTINEL
    assert archive.vault is None
    assert open_archive(path, password=None).vault == archive.list().vault == archive.new_id
    assert read_members(path) == FOREIGN | {"ours": b"2"}
    assert {name: archive.read(name).data for name in FOREIGN} == FOREIGN


def test_foreign_object_can_be_replaced_and_deleted(path: Path) -> None:
    make_foreign(path)
    archive = open_archive(path, password=None)

    put(archive, {"deflated": b"ours"}, delete=("caf\u00e9",))

    assert archive.read("deflated").sidecar == build_entry("deflated", b"ours")[1]
    assert read_members(path) == {"folder/stored": b"b\n2\n", "empty": b"", "deflated": b"ours"}


def test_original_that_is_already_there_is_kept(path: Path) -> None:
    make_foreign(path)
    original = path.with_name("storage.zip.orig")
    original.write_bytes(b"of an earlier migration")

    put(open_archive(path, password=None), {"ours": b"1"})

    assert original.read_bytes() == b"of an earlier migration"


def test_copy_that_was_interrupted_is_not_taken_for_the_original(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_foreign(path)
    before, archive = path.read_bytes(), open_archive(path, password=None)

    def fail(_: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("vault_magic.archive.durable.move", fail)
        with pytest.raises(KeyboardInterrupt):
            put(archive, {"ours": b"1"})
    assert path.read_bytes() == before
    put(archive, {"ours": b"1"})

    assert path.with_name("storage.zip.orig").read_bytes() == before
    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock", "storage.zip.orig"}


def test_archive_in_code_page_437_stays_readable(path: Path) -> None:
    make_foreign(path)
    raw = path.read_bytes()
    assert b"caf\x82" in raw
    archive = open_archive(path, password=None)

    put(archive, {"ours": b"1"})

    assert archive.read("caf\u00e9").data == b"c\n3\n"
    assert zipfile.ZipFile(path).read("caf\u00e9") == b"c\n3\n"


@pytest.mark.parametrize("comment", ["kept", "lost"])
def test_object_that_another_tool_replaced_is_foreign_and_its_schema_ignored(path: Path, comment: str) -> None:
    archive = make_vault(path, {"x": b"ours", "y": b"1"})
    info = zipfile.ZipFile(path).getinfo("x")
    kept = info.comment if comment == "kept" else b""
    old = zipfile.ZipFile(path)
    rewrite(path, add=[Member("x", b"theirs", kept)], comment=old.comment, password=None)

    assert archive.read("x") == StoredObject(b"theirs", identify(b"theirs", format=None), sidecar=None)
    assert list(archive.read_sidecars(["x", "y"])) == ["y"]


def test_encrypted_object_that_is_not_what_its_comment_says_is_refused(path: Path) -> None:
    archive = make_vault(path, {"x": b"ours"}, password=PASSWORD)
    _replace_members(path, {"x": b"theirs"}, password=PASSWORD)

    with pytest.raises(ArchiveError, match=r"^'x' is not what its entry says it is; restore storage\.zip from a copy$"):
        archive.read("x")


# Passwords


def _make_plain(path: Path) -> None:
    make_vault(path, {"x": b"1"})


def _make_encrypted(path: Path) -> None:
    make_vault(path, {"x": b"1"}, password=PASSWORD)


def _make_foreign_encrypted(path: Path) -> None:
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD)
        archive.writestr("x", b"a\n1\n")
        archive.writestr("larger", NOISE)


def _make_nothing(path: Path) -> None:
    pass


NOT_ENCRYPTED = "storage.zip is not encrypted, so -e PW would mix; leave it out or use another path"
MISSING = "storage.zip is encrypted; name the variable that holds its password: -e NAME"
WRONG = "the password in PW does not open storage.zip; set the right one"
EMPTY = "the password in PW is empty; set the right one"


@pytest.mark.parametrize(
    ("make", "password", "message"),
    [
        pytest.param(_make_encrypted, b"swordfish", WRONG, id="wrong"),
        pytest.param(_make_encrypted, None, MISSING, id="missing"),
        pytest.param(_make_encrypted, b"", EMPTY, id="empty"),
        pytest.param(_make_plain, b"swordfish", NOT_ENCRYPTED, id="unwanted"),
        pytest.param(_make_plain, b"", EMPTY, id="empty-and-unwanted"),
        pytest.param(_make_nothing, b"", EMPTY, id="empty-for-a-new-vault"),
        pytest.param(make_foreign, b"swordfish", NOT_ENCRYPTED, id="unwanted-by-a-foreign-archive"),
        pytest.param(_make_foreign_encrypted, b"swordfish", WRONG, id="wrong-for-a-foreign-archive"),
        pytest.param(_make_foreign_encrypted, None, MISSING, id="missing-for-a-foreign-archive"),
    ],
)
def test_password_is_refused_before_anything_is_written(
    path: Path, make: Callable[[Path], None], password: bytes | None, message: str
) -> None:
    make(path)
    before, folder = path.read_bytes() if path.exists() else None, list_folder(path.parent)

    with pytest.raises(PasswordError) as caught:
        open_archive(path, password=password, variable="PW")

    assert str(caught.value) == message
    assert "swordfish" not in repr(caught.value) + repr(caught.value.__cause__)
    assert (path.read_bytes() if path.exists() else None) == before
    assert list_folder(path.parent) == folder


def test_password_is_proved_by_more_than_its_two_byte_check(path: Path) -> None:
    make_vault(path, {"x": b"1"}, password=PASSWORD)
    raw = bytearray(path.read_bytes())
    salt = 30 + len(SENTINEL) + 11
    derived = hashlib.pbkdf2_hmac("sha1", b"swordfish", bytes(raw[salt : salt + 16]), 1000, 66)
    raw[salt + 16 : salt + 18] = derived[64:]  # what one of 65,536 wrong passwords finds by chance
    path.write_bytes(raw)

    with pytest.raises(PasswordError, match="does not open"):
        open_archive(path, password=b"swordfish", variable="PW")


def test_right_password_opens_a_foreign_archive_and_encrypts_what_is_added(path: Path) -> None:
    _make_foreign_encrypted(path)
    archive = open_archive(path, password=PASSWORD, variable="PW")

    put(archive, {"ours": NOISE})

    assert archive.read("x").data == b"a\n1\n"
    assert archive.read("ours").data == NOISE
    assert all(info.flag_bits & 1 for info in zipfile.ZipFile(path).infolist())


def test_foreign_archive_without_objects_may_be_encrypted(path: Path) -> None:
    with zipfile.ZipFile(path, "w"):
        pass
    archive = open_archive(path, password=PASSWORD, variable="PW")

    put(archive, {"x": b"1"})

    assert archive.list().encrypted
    assert open_archive(path, password=PASSWORD, variable="PW").read("x").data == b"1"


def test_every_member_of_an_encrypted_vault_is_encrypted(path: Path) -> None:
    make_vault(path, {"x": b"1"}, password=PASSWORD)

    infos = zipfile.ZipFile(path).infolist()

    assert [info.filename for info in infos] == [SENTINEL, "x", name_sidecar("x")]
    assert all(info.flag_bits & 1 and info.compress_type == 99 for info in infos)


def test_password_is_not_in_any_representation(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"}, password=b"swordfish")

    assert "swordfish" not in f"{archive!r} {archive} {archive.read('x')!r}"


def test_password_lost_meanwhile_is_named_by_nobody(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"}, password=PASSWORD)
    other = Archive(path, archive.vault, password=b"swordfish")

    with pytest.raises(PasswordError, match=r"^the password does not open 'x'$"):
        other.read("x")


# Sidecars


def test_sidecar_of_another_object_is_refused(path: Path) -> None:
    archive = make_vault(path, {"x": b"same", "y": b"same"})
    _replace_members(path, {name_sidecar("x"): render_sidecar(build_entry("y", b"same")[1])})

    with pytest.raises(ArchiveError, match=r"^'x' and its schema do not belong together; store it again$"):
        archive.read("x")
    assert list(archive.read_sidecars(["x", "y"])) == ["y"]


@PASSWORDS
def test_sidecar_of_an_earlier_object_is_refused(path: Path, password: bytes | None) -> None:
    archive = make_vault(path, {"x": b"new"}, password=password)
    _replace_members(path, {name_sidecar("x"): render_sidecar(build_entry("x", b"old")[1])}, password=password)

    with pytest.raises(ArchiveError, match="do not belong together"):
        archive.read("x")


def test_comment_that_claims_another_format_is_refused(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    comment = write_entry_comment(identify(b"1", format="tsv"))
    rewrite(path, add=[Member("x", b"1", comment)])

    with pytest.raises(ArchiveError, match="do not belong together"):
        archive.read("x")


def test_object_without_its_sidecar_is_refused(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    rewrite(path, drop=[name_sidecar("x")])

    with pytest.raises(ArchiveError, match=r"^'x' has lost its schema; store it again, or restore the archive$"):
        archive.read("x")
    assert archive.read_sidecars(["x"]) == {}


def test_damaged_sidecar_is_left_out_of_several(path: Path) -> None:
    archive = make_vault(path, {"x": b"1", "y": b"2"})
    _replace_members(path, {name_sidecar("x"): b"{"})

    assert archive.read_sidecars(["x", "y"]) == {"y": build_entry("y", b"2")[1]}


def test_object_with_a_damaged_sidecar_can_be_stored_again(path: Path) -> None:
    archive = make_vault(path, {"x": b"1"})
    _replace_members(path, {name_sidecar("x"): b"{"})

    put(archive, {"x": b"1"})

    assert archive.read("x").data == b"1"


# Damage

OBJECTS = {"a/x": b"1" * 200, "y": NOISE[:40]}


def _use(path: Path, archive: Archive) -> None:
    """Do everything with a damaged archive: nothing but a `VaultError` comes of it, and no wrong value."""
    before = path.read_bytes()
    for name, data in OBJECTS.items():
        try:
            found = archive.read(name)
        except VaultError:
            continue
        assert found.sidecar is None or found.data == data
    for action in (lambda: archive.read_sidecars(OBJECTS), lambda: open_archive(path, password=archive.password)):
        try:
            action()
        except (VaultError, KeyError):
            continue
    assert path.read_bytes() == before
    try:
        put(archive, {"z": b"3"})
    except VaultError:
        assert path.read_bytes() == before
    else:
        assert archive.read("z").data == b"3"
    assert list_folder(path.parent) <= {"storage.zip", "storage.zip.lock", "storage.zip.orig"}


@pytest.mark.parametrize(("password", "step"), [(None, 7), (PASSWORD, 41)], ids=["plain", "encrypted"])
def test_archive_made_anew_and_cut_short_anywhere_is_refused_and_left_alone(
    path: Path, password: bytes | None, step: int
) -> None:
    archive = make_vault(path, OBJECTS, password=password)
    with archive.lock(holder="a test"):
        archive.compact()
    raw = path.read_bytes()
    for length in [*range(0, len(raw) - 120, step), *range(len(raw) - 120, len(raw))]:
        path.write_bytes(raw[:length])
        with pytest.raises(VaultError):
            archive.read("y")
        with pytest.raises(VaultError):
            open_archive(path, password=password, variable="PW")
        with pytest.raises(VaultError):
            put(archive, {"z": b"3"})
        assert path.read_bytes() == raw[:length]


@pytest.mark.parametrize(("password", "count"), [(None, 200), (PASSWORD, 30)], ids=["plain", "encrypted"])
def test_damaged_archive_gives_no_wrong_value_and_no_other_error(
    path: Path, password: bytes | None, count: int
) -> None:
    archive = make_vault(path, OBJECTS, password=password)
    raw, dice = path.read_bytes(), random.Random(1)
    for _ in range(count):
        damaged = bytearray(raw)
        for _ in range(dice.choice([1, 1, 2, 8])):
            damaged[dice.randrange(len(raw))] = dice.choice([0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)])
        path.write_bytes(damaged)
        _use(path, archive)


def test_noise_where_the_directory_was_is_refused_and_left_alone(path: Path) -> None:
    archive = make_vault(path, OBJECTS)
    raw, dice = path.read_bytes(), random.Random(2)
    start, end = zipfile.ZipFile(path).start_dir, raw.rfind(b"PK\x05\x06")
    for _ in range(50):
        path.write_bytes(raw[:start] + dice.randbytes(end - start) + raw[end:])
        with pytest.raises(VaultError):
            put(archive, {"z": b"3"})
        _use(path, archive)


def test_folder_in_place_of_an_archive_is_refused_with_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ArchiveError, match=r"^data is a folder; for the archive in it write: -p data/$"):
        open_archive(tmp_path / "data", password=None)


def test_place_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match=r"^cannot open storage\.zip: .*; choose another path$"):
        open_archive(tmp_path / "file" / "storage.zip", password=None)


def test_did_you_mean_names_the_nearest_object(path: Path) -> None:
    archive = make_vault(path, {"datasets/salaries": b"1"})
    with pytest.raises(MissingObject, match=r"did you mean 'datasets/salaries'\?$"):
        archive.read("datasets/salarys")


def test_objects_are_read_from_one_state_of_the_archive(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = make_vault(path, {"m/x": b"old", "m/y": b"old"})
    other = path.with_name("other.zip")
    make_vault(other, {"m/x": b"new", "m/y": b"new"})

    read = OpenArchive.read

    def replace_after_the_first(opened: OpenArchive, name: str) -> bytes:
        return (read(opened, name), name == "m/x" and other.replace(path))[0]

    monkeypatch.setattr(OpenArchive, "read", replace_after_the_first)
    assert [one.data for one in archive.read_all(["m/x", "m/y"]).values()] == [b"old", b"old"]


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right of its own on Windows")
def test_link_stays_a_link_and_its_file_is_changed(tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    real, link = tmp_path / "big" / "real.zip", tmp_path / "storage.zip"
    make_vault(real, {"m/x": b"1"})
    link.symlink_to(real)
    archive = open_archive(link, password=None)
    put(archive, {"m/y": b"2"})
    assert link.is_symlink()
    assert sorted(read_listing(real).objects) == ["m/x", "m/y"]


def test_archive_is_not_pickled_with_its_password(path: Path) -> None:
    archive = open_archive(path, password=b"correct horse", variable="KEY")
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        pickle.dumps(archive)
