"""The commands on archives: what they print, what they return, and what they leave."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import Notebook, list_folder, make_foreign, read_members, rewrite
from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Member
from vault_magic.archive.layout import name_sidecar
from vault_magic.archive.lock import lock_archive
from vault_magic.archive.log import read_latest
from vault_magic.archive.opening import open_archive
from vault_magic.archive.upkeep import load_manifest
from vault_magic.maintenance import moving
from vaultcheck.cli import main

Read = pytest.CaptureFixture[str]
PASSWORD = b"correct horse"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", PASSWORD.decode())
    monkeypatch.setenv("OTHER", "another one")
    return tmp_path


def _fill(folder: Path, *, password: bytes | None = None) -> Notebook:
    """Make a vault with `data/x` and `data/y`, and a manifest that knows who imported one."""
    notebook = Notebook(folder / "storage.zip", password=password, names={"x": [1], "y": "two"})
    notebook.run("store x, y in data")
    notebook.run("import x from data")
    return notebook


@pytest.fixture
def vault(folder: Path) -> Notebook:
    return _fill(folder)


def _run(capsys: Read, *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def _line(text: str) -> str:
    assert text.count("\n") == 1
    return text.removeprefix("vaultcheck: ").rstrip("\n")


# show


def test_show_lists_identities(vault: Notebook, capsys: Read) -> None:
    code, out, err = _run(capsys, "show", "storage.zip")

    objects = vault.archive.list().objects
    lines = [f"{path} pickle {one.bytes} {one.crc32} {one.sha256}" for path, one in objects.items()]
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"vault {vault.archive.vault}", *lines]


def test_show_needs_no_password_and_says_the_same(folder: Path, capsys: Read) -> None:
    _fill(folder)
    _, plain, _ = _run(capsys, "show", "storage.zip")
    Path("storage.zip").unlink()
    _fill(folder, password=PASSWORD)
    code, out, err = _run(capsys, "show", "storage.zip")

    assert (code, err) == (0, "")
    assert out.splitlines()[0].endswith(" encrypted")
    assert out.splitlines()[1:] == plain.splitlines()[1:]


def test_show_is_the_same_after_a_store_of_the_same(vault: Notebook, capsys: Read) -> None:
    before = _run(capsys, "show", "storage.zip")
    vault.names["z"] = 1
    vault.run("store z in data")
    vault.run("del z from data")

    assert _run(capsys, "show", "storage.zip") == before


def test_show_as_json(vault: Notebook, capsys: Read) -> None:
    _, out, _ = _run(capsys, "show", "storage.zip", "--format", "json")

    shown = json.loads(out)
    assert (shown["schema_version"], shown["vault"], shown["encrypted"]) == (1, vault.archive.vault, False)
    assert [one["path"] for one in shown["objects"]] == ["data/x", "data/y"]


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "manifest"])
def test_show_takes_what_git_hands_over(vault: Notebook, capsys: Read, content: bytes | None) -> None:
    manifest = Path("storage.zip.manifest.json").read_bytes()
    Path("blob_of_any_name").write_bytes(manifest if content is None else content)

    code, out, _ = _run(capsys, "show", "blob_of_any_name")

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == (["data/x", "data/y"] if content is None else [])


def test_show_tells_what_another_tool_wrote(folder: Path, capsys: Read) -> None:
    make_foreign(folder / "other.zip")

    assert "deflated other-tool 2000 " in _run(capsys, "show", "other.zip")[1]


# What cannot be done


WRONG: dict[str, tuple[list[str], int, str]] = {
    "missing": (["show", "nope.zip"], 1, "nope.zip is not there; name the archive, as in: storage.zip"),
    "folder": (["show", "."], 1, "is a folder; for the archive in it write: storage.zip"),
    "no-zip": (["show", "text.zip"], 1, "text.zip is not a readable ZIP archive"),
    "no-zip-verify": (["verify", "text.zip"], 1, "text.zip is not a readable ZIP archive"),
    "no-zip-compact": (["compact", "text.zip"], 1, "text.zip is not a readable ZIP archive"),
    "rm-missing": (
        ["rm", "storage.zip", "data/z"],
        1,
        "there is no 'data/z' in storage.zip; see what is: vaultcheck show",
    ),
    "rm-near": (["rm", "storage.zip", "date/x"], 1, "there is no 'date/x' in storage.zip; did you mean 'data/x'?"),
    "rm-one-of-two": (["rm", "storage.zip", "data/x", "data/z"], 1, "there is no 'data/z'"),
    "rm-own-member": (["rm", "storage.zip", ".vault/vault"], 1, "there is no '.vault/vault'"),
    "mv-missing": (["mv", "storage.zip", "data/z", "data/w"], 1, "there is no 'data/z'"),
    "mv-onto": (["mv", "storage.zip", "data/x", "data/y"], 1, "'data/y' is there already; choose another path"),
    "mv-outside": (["mv", "storage.zip", "data/x", "../x"], 2, "the path '../x' is refused: it contains '..'"),
    "mv-beside": (["mv", "storage.zip", "data/x", "data/y/z"], 1, "cannot both exist"),
    "extract-missing": (["extract", "storage.zip", "data/z"], 1, "there is no 'data/z' in storage.zip"),
    "password-literal": (["verify", "storage.zip", "-e", "s3cr3t!"], 2, "-e names an environment variable"),
    "password-unset": (["verify", "storage.zip", "-e", "UNSET"], 2, "the environment variable UNSET is not set"),
    "password-unwanted": (
        ["verify", "storage.zip", "-e", "KEY"],
        2,
        "storage.zip is not encrypted, so -e KEY would mix",
    ),
    "rekey-what": (["rekey", "storage.zip"], 2, "say what is to be: --new NAME or --decrypt"),
    "rekey-both": (["rekey", "storage.zip", "--new", "KEY", "--decrypt"], 2, "say what is to be"),
    "rekey-plain": (["rekey", "storage.zip", "--decrypt"], 2, "storage.zip is in plain already"),
    "rekey-literal": (["rekey", "storage.zip", "--new", "s3cr3t!"], 2, "--new names an environment variable"),
    "rekey-unset": (["rekey", "storage.zip", "--new", "UNSET"], 2, "the environment variable UNSET is not set"),
    "rekey-foreign": (["rekey", "other.zip", "--new", "KEY"], 1, "other.zip was made by another tool"),
}


@pytest.mark.parametrize(("arguments", "code", "reason"), WRONG.values(), ids=WRONG.keys())
def test_one_line_says_what_is_wrong_and_nothing_changes(
    vault: Notebook, capsys: Read, arguments: list[str], code: int, reason: str
) -> None:
    folder = vault.path.parent
    (folder / "text.zip").write_text("name,salary\n" * 99)
    make_foreign(folder / "other.zip")
    before = {name: (folder / name).read_bytes() for name in list_folder(folder)}

    found, out, err = _run(capsys, *arguments)

    assert (found, out) == (code, "")
    assert reason in _line(err)
    assert "s3cr3t" not in err
    after = {name: (folder / name).read_bytes() for name in list_folder(folder)}
    assert {name: one for name, one in after.items() if not name.endswith(".lock")} == {
        name: one for name, one in before.items() if not name.endswith(".lock")
    }


@pytest.mark.parametrize(
    "command", [["verify"], ["extract"], ["mv", "data/x", "data/z"], ["manifest"]], ids=lambda it: it[0]
)
@pytest.mark.parametrize(
    ("variable", "reason"), [([], "is encrypted; name the variable"), (["-e", "OTHER"], "does not open")]
)
def test_encrypted_archive_asks_for_its_password(
    folder: Path, capsys: Read, command: list[str], variable: list[str], reason: str
) -> None:
    _fill(folder, password=PASSWORD)

    code, out, err = _run(capsys, command[0], "storage.zip", *command[1:], *variable)

    assert (code, out) == (2, "")
    assert reason in _line(err)


def test_project_names_the_variable(folder: Path, capsys: Read) -> None:
    _fill(folder, password=PASSWORD)
    Path("pyproject.toml").write_text('[tool.vault_magic]\nencryption_variable = "KEY"\n')

    assert _run(capsys, "verify", "storage.zip")[0] == 0


def test_archive_that_is_being_written_names_who_does(
    vault: Notebook, capsys: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "lock", lambda self, *, holder: lock_archive(self.path, holder=holder, patience=0.1))
    with lock_archive(vault.path, holder="prepare.ipynb"):
        code, _, err = _run(capsys, "rm", "storage.zip", "data/x")

    assert code == 1
    assert "storage.zip is being written by prepare.ipynb (process " in _line(err)


def test_what_the_system_refuses_is_told(vault: Notebook, capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied", str(vault.path))

    monkeypatch.setattr("vaultcheck.cli.show.load_listing", refuse)
    assert "cannot use storage.zip: Permission denied" in _line(_run(capsys, "show", "storage.zip")[2])


# verify


def test_sound_archive(vault: Notebook, capsys: Read) -> None:
    size = sum(one.bytes or 0 for one in vault.archive.list().objects.values())

    assert _run(capsys, "verify", "storage.zip") == (0, f"storage.zip: 2 objects, {size} bytes: sound\n", "")


@pytest.mark.parametrize("keyed", [False, True], ids=["plain-digests", "keyed"])
def test_sound_encrypted_archive(folder: Path, capsys: Read, *, keyed: bool) -> None:
    notebook = Notebook(folder / "storage.zip", password=PASSWORD, names={"x": [1]}, keyed=keyed)
    notebook.run("store x in data")

    assert _run(capsys, "verify", "storage.zip", "-e", "KEY")[0] == 0


def _change_sidecar(path: Path) -> None:
    rewrite(path, add=[Member(name_sidecar("data/x"), b"{}")])


def _swap_sidecars(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        other = archive.read(name_sidecar("data/y"))
    rewrite(path, add=[Member(name_sidecar("data/x"), other)])


def _flip(path: Path, *, member: str) -> None:
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(member)
    raw = bytearray(path.read_bytes())
    raw[info.header_offset + 30 + len(member) + info.compress_size // 2] ^= 0x55
    path.write_bytes(raw)


def _forge_digest(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("data/x")
        data = archive.read("data/x")
    comment = json.loads(info.comment) | {"sha256": "0" * 64}
    rewrite(path, add=[Member("data/x", data, json.dumps(comment).encode())])


def _break_manifest(path: Path) -> None:
    path.with_name("storage.zip.manifest.json").write_text("{")


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "data": (lambda path: _flip(path, member="data/x"), "storage.zip: 'data/x' "),
    "sidecar-bytes": (lambda path: _flip(path, member=name_sidecar("data/x")), "objects/data/x.json' "),
    "sentinel": (lambda path: _flip(path, member=".vault/vault"), "'.vault/vault' is damaged"),
    "sidecar-gone": (lambda path: rewrite(path, drop=[name_sidecar("data/x")]), "'data/x' has lost its schema"),
    "sidecar-other": (_change_sidecar, "the sidecar of an object"),
    "sidecar-swapped": (_swap_sidecars, "'data/x' and its schema do not belong together"),
    "digest": (_forge_digest, "'data/x' is not what its entry says it is"),
    "manifest": (_break_manifest, "the manifest is damaged"),
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILT.values(), ids=SPOILT.keys())
def test_fault_is_found_and_named(vault: Notebook, capsys: Read, spoil: Callable[[Path], None], reason: str) -> None:
    spoil(vault.path)
    before = vault.path.read_bytes()

    code, out, _ = _run(capsys, "verify", "storage.zip")

    assert code == 1
    assert reason in out
    assert out.splitlines()[-1].endswith(("1 fault", "2 faults", "3 faults"))
    assert vault.path.read_bytes() == before


def test_manifest_of_other_objects_is_a_fault(vault: Notebook, capsys: Read) -> None:
    kept = Path("storage.zip.manifest.json").read_bytes()
    vault.names["x"] = [2]
    vault.run("store x in data")
    Path("storage.zip.manifest.json").write_bytes(kept)

    code, out, _ = _run(capsys, "verify", "storage.zip")

    assert code == 1
    assert "says something else of 'data/x'; make it anew: vaultcheck manifest storage.zip" in out


def test_torn_tail_and_entries_of_others_are_notices(vault: Notebook, capsys: Read) -> None:
    rewrite(vault.path, add=[Member("theirs", b"a\n1\n")])
    vault.path.write_bytes(vault.path.read_bytes() + b"PK\3\4half")
    Path("storage.zip.manifest.json").unlink()

    code, _, err = _run(capsys, "verify", "storage.zip")

    assert code == 0
    assert "'theirs' was written by another tool: only its checksum was proved" in err
    assert "storage.zip ends in 8 bytes of a write that was never finished" in err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")
def test_progress_is_shown_on_a_terminal_alone(vault: Notebook) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "vaultcheck", "verify", "storage.zip"]
    done = subprocess.run(command, stderr=theirs, stdout=subprocess.PIPE, check=True, text=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)

    assert "100%" in shown
    assert done.stdout.endswith("sound\n")
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""


# extract


def test_everything_is_extracted_as_by_unzip(vault: Notebook, capsys: Read) -> None:
    code, out, _ = _run(capsys, "extract", "storage.zip", "-d", "out")

    assert (code, out) == (0, "out/data/x\nout/data/y\n")
    assert {path: Path("out", path).read_bytes() for path in read_members(vault.path)} == read_members(vault.path)
    assert list_folder(Path("out/data")) == {"x", "y"}


@pytest.mark.parametrize("asked", [["data/y"], ["data"], ["data/"], ["data/x", "data"]], ids=" ".join)
def test_chosen_objects_are_extracted(vault: Notebook, capsys: Read, asked: list[str]) -> None:
    _, out, _ = _run(capsys, "extract", "storage.zip", *asked)

    assert out.split() == (["data/y"] if asked == ["data/y"] else ["data/x", "data/y"])


def test_files_that_are_there_stay_unless_forced(vault: Notebook, capsys: Read) -> None:
    Path("data").mkdir()
    Path("data/y").write_text("mine")

    code, _, err = _run(capsys, "extract", "storage.zip")
    assert (code, Path("data/y").read_text(), Path("data/x").exists()) == (1, "mine", False)
    assert "'data/y' is there already as a file; overwrite it with --force" in err

    assert _run(capsys, "extract", "storage.zip", "--force")[0] == 0
    assert Path("data/y").read_bytes() == read_members(vault.path)["data/y"]


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right of its own on Windows")
def test_nothing_is_written_through_a_link_that_leads_outside(vault: Notebook, capsys: Read) -> None:
    Path("elsewhere").mkdir()
    Path("out").mkdir()
    Path("out/data").symlink_to(Path("elsewhere").resolve())

    code, _, err = _run(capsys, "extract", "storage.zip", "-d", "out", "--force")

    assert (code, list_folder(Path("elsewhere"))) == (1, set())
    assert "would be written outside the folder" in _line(err)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_files_of_an_encrypted_archive_are_their_owners(folder: Path, capsys: Read) -> None:
    _fill(folder, password=PASSWORD)
    _run(capsys, "extract", "storage.zip", "-e", "KEY")

    assert stat.S_IMODE(Path("data/x").stat().st_mode) == 0o600


def test_damaged_object_leaves_no_file(vault: Notebook, capsys: Read) -> None:
    _flip(vault.path, member="data/x")

    assert _run(capsys, "extract", "storage.zip", "-d", "out")[0] == 1
    assert list_folder(Path("out/data")) == set()


# rm, mv, compact


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_rm_deletes_erases_and_notes_it(folder: Path, capsys: Read, password: bytes | None) -> None:
    notebook = _fill(folder, password=password)

    assert _run(capsys, "rm", "storage.zip", "data/x") == (0, "deleted data/x\n", "")

    manifest = load_manifest(notebook.path)
    assert manifest is not None
    assert [line.path for line in manifest.objects] == ["data/y"]
    assert manifest.objects[0].producer is not None
    assert b"data/x" not in notebook.path.read_bytes()
    (record,), _ = read_latest(notebook.vault.log, count=1)
    assert (record.action, record.command) == ("del", "del 'data/x'")
    assert notebook.run("import y from data").imported == {"y": "two"}


def test_log_is_where_the_project_says(vault: Notebook, capsys: Read) -> None:
    Path("pyproject.toml").write_text(
        '[tool.vault_magic]\nlogs_path = "mine.log"\ngzip_logs = false\nmanifest = false\n'
    )
    kept = Path("storage.zip.manifest.json").read_bytes()

    _run(capsys, "rm", "storage.zip", "data/x")

    assert "\"del 'data/x'\"" in Path("mine.log").read_text()
    assert Path("storage.zip.manifest.json").read_bytes() == kept


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_mv_keeps_value_and_producer(folder: Path, capsys: Read, password: bytes | None) -> None:
    notebook = _fill(folder, password=password)
    before = notebook.archive.read("data/x")
    variable = ["-e", "KEY"] if password else []

    assert _run(capsys, "mv", "storage.zip", "data/x", "new/name", *variable)[:2] == (0, "data/x -> new/name\n")

    after = notebook.archive.read("new/name")
    assert (after.identity, after.data) == (before.identity, before.data)
    assert after.sidecar is not None
    assert before.sidecar is not None
    assert after.sidecar.record == before.sidecar.record
    manifest = load_manifest(notebook.path)
    assert manifest is not None
    assert [line.path for line in manifest.objects] == ["data/y", "new/name"]
    assert _run(capsys, "verify", "storage.zip", *variable)[0] == 0


def test_mv_onto_another_when_forced(vault: Notebook, capsys: Read) -> None:
    assert _run(capsys, "mv", "storage.zip", "data/x", "data/y", "--force")[0] == 0
    assert vault.run("import y from data").imported == {"y": [1]}


def test_mv_of_what_another_tool_wrote_is_refused(vault: Notebook, capsys: Read) -> None:
    rewrite(vault.path, add=[Member("theirs", b"a\n1\n")])
    code, _, err = _run(capsys, "mv", "storage.zip", "theirs", "ours")

    assert code == 1
    assert "'theirs' was written by another tool" in _line(err)


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_compact_takes_away_what_was_replaced(folder: Path, capsys: Read, password: bytes | None) -> None:
    notebook = _fill(folder, password=password)
    for number in range(5):
        notebook.names["x"] = [number]
        notebook.run("store x in data")
    before = notebook.path.stat().st_size

    code, out, _ = _run(capsys, "compact", "storage.zip")

    after = notebook.path.stat().st_size
    assert (code, out) == (0, f"storage.zip: {before:,} -> {after:,} bytes\n")
    assert after < before
    assert notebook.run("import x from data").imported == {"x": [4]}


def test_rm_that_cannot_erase_says_so(vault: Notebook, capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "note_change", lambda *_: None)

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vault_magic.archive.durable.move", fail)
    code, _, err = _run(capsys, "rm", "storage.zip", "data/x")

    assert code == 0
    assert "deleted, not yet erased: storage.zip could not be made anew (Permission denied)" in _line(err)


# manifest


def test_manifest_is_made_anew_with_imports_kept(vault: Notebook, capsys: Read) -> None:
    manifest = Path("storage.zip.manifest.json")
    whole = manifest.read_text()
    lines = whole.splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if '"path": "data/y"' not in line))

    assert _run(capsys, "manifest", "storage.zip", "--check")[:2] == (1, "storage.zip.manifest.json: differs\n")
    assert manifest.read_text() != whole
    assert _run(capsys, "manifest", "storage.zip")[:2] == (0, "storage.zip.manifest.json: written\n")
    assert manifest.read_text() == whole
    assert _run(capsys, "manifest", "storage.zip", "--check")[:2] == (0, "storage.zip.manifest.json: up to date\n")


def test_manifest_without_the_password_says_what_it_cannot_know(folder: Path, capsys: Read) -> None:
    _fill(folder, password=PASSWORD)
    whole = Path("storage.zip.manifest.json").read_text()
    assert _run(capsys, "manifest", "storage.zip", "--no-password") == (
        0,
        "storage.zip.manifest.json: up to date\n",
        "",
    )
    Path("storage.zip.manifest.json").unlink()

    code, _, err = _run(capsys, "manifest", "storage.zip", "--no-password")

    assert code == 0
    assert "without the password it is not known who stored 'data/x', 'data/y'" in err
    assert _run(capsys, "manifest", "storage.zip", "-e", "KEY")[0] == 0
    made = json.loads(Path("storage.zip.manifest.json").read_text())
    assert made["objects"] == json.loads(whole)["objects"]


# diff


def test_diff_tells_what_is_new_gone_and_another(vault: Notebook, capsys: Read) -> None:
    Path("old.zip").write_bytes(vault.path.read_bytes())
    x, y = (vault.archive.read(path).identity for path in ("data/x", "data/y"))
    vault.names |= {"x": [2], "z": "three"}
    vault.run("store x, z in data")
    vault.run("del y from data")
    new, z = (vault.archive.read(path).identity for path in ("data/x", "data/z"))

    code, out, err = _run(capsys, "diff", "old.zip", "storage.zip")

    assert (code, err) == (1, "")
    assert out.splitlines() == [
        f"~ data/x {x.crc32} (pickle, {x.bytes} bytes) -> {new.crc32} (pickle, {new.bytes} bytes)",
        f"- data/y pickle {y.bytes} {y.crc32} {y.sha256}",
        f"+ data/z pickle {z.bytes} {z.crc32} {z.sha256}",
    ]
    assert _run(capsys, "diff", "storage.zip", "storage.zip.manifest.json") == (0, "", "")
    _, text, _ = _run(capsys, "diff", "old.zip", "storage.zip", "--format", "json")
    assert [one["path"] for one in json.loads(text)["differences"]] == ["data/x", "data/y", "data/z"]


# rekey


KEYS = {
    "encrypt": (None, "KEY", False, False),
    "rotate": (PASSWORD, "OTHER", False, False),
    "rotate-keyed": (PASSWORD, "OTHER", False, True),
    "decrypt": (PASSWORD, None, True, False),
}


@pytest.mark.parametrize(("old", "new", "decrypt", "keyed"), KEYS.values(), ids=KEYS.keys())
def test_rekeyed_vault_is_the_same_under_its_new_password(
    folder: Path, capsys: Read, old: bytes | None, new: str | None, *, decrypt: bool, keyed: bool
) -> None:
    notebook = Notebook(folder / "storage.zip", password=old, names={"x": [1], "y": "two"}, keyed=keyed)
    notebook.run("store x, y in data")
    before = {path: notebook.archive.read(path) for path in ("data/x", "data/y")}
    asked = ["-e", "KEY"] if old else []

    code, _, err = _run(capsys, "rekey", "storage.zip", *asked, *(["--decrypt"] if decrypt else ["--new", new or ""]))

    assert code == 0
    assert "the history of git" in _line(err)
    password = os.environ[new].encode() if new else None
    archive = open_archive(notebook.path, password=password, variable=new)
    assert {path: archive.read(path) for path in before} == before
    assert archive.vault == notebook.archive.vault
    manifest = load_manifest(notebook.path)
    assert manifest is not None
    assert manifest.encrypted is (password is not None)
    assert _run(capsys, "verify", "storage.zip", *(["-e", new] if new else []))[0] == 0
    assert list_folder(folder) == {
        "storage.zip",
        "storage.zip.lock",
        "storage.zip.manifest.json",
        "storage.zip.vault.log.gz",
    }


def test_keyed_digests_stay_encrypted(folder: Path, capsys: Read) -> None:
    notebook = Notebook(folder / "storage.zip", password=PASSWORD, names={"x": [1]}, keyed=True)
    notebook.run("store x in data")

    code, _, err = _run(capsys, "rekey", "storage.zip", "-e", "KEY", "--decrypt")

    assert code == 1
    assert "storage.zip has keyed digests, which a plain archive cannot have" in _line(err)


def test_rekey_to_the_same_password_is_refused(folder: Path, capsys: Read) -> None:
    _fill(folder, password=PASSWORD)

    code, _, err = _run(capsys, "rekey", "storage.zip", "-e", "KEY", "--new", "KEY")

    assert code == 2
    assert "storage.zip is under this password already" in _line(err)


def test_notebook_that_is_still_open_under_the_old_password_stores_nothing(folder: Path, capsys: Read) -> None:
    notebook = _fill(folder)
    _run(capsys, "rekey", "storage.zip", "--new", "KEY")

    with pytest.raises(ValueError, match=r"storage\.zip was encrypted meanwhile; run %open_vault again"):
        notebook.run("store y in other")


def test_rekey_of_damaged_bytes_changes_nothing(vault: Notebook, capsys: Read) -> None:
    _flip(vault.path, member="data/x")
    before = vault.path.read_bytes()

    assert _run(capsys, "rekey", "storage.zip", "--new", "KEY")[0] == 1
    assert vault.path.read_bytes() == before


# What is loaded


def test_help_names_every_command_and_imports_none(folder: Path) -> None:
    script = (
        "import sys\nfrom vaultcheck.cli import main, _COMMANDS\nmain(['--help'])\n"
        "assert not [one for one in sys.modules if one.startswith('vaultcheck.cli.')], sys.modules.keys()\n"
        "from importlib import import_module\n"
        "for one in _COMMANDS: getattr(import_module('vaultcheck.cli.' + one), one + '_command')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)

    listed = "check graph rule show diff verify extract rm mv compact manifest rekey merge adopt init"
    assert [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines()] == listed.split()
