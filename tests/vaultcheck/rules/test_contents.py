"""Tests of the rules about what vaults hold."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import Lab, identify, list_places, name_case
from tests.vault_magic.archive.builders import PASSWORD, build_entry
from vault_magic.archive.opening import open_archive
from vault_magic.manifest import ObjectLine, parse_manifest, render_manifest
from vaultcheck.finding import Finding, Stake
from vaultcheck.rules.contents import BrokenAssertion, DamagedObject, UnencryptedEntry

Case = Callable[[Lab], None]

_ONE, _TWO = identify("1"), identify("2")
_ARCHIVE = "storage.zip"


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


def _manifest(lab: Lab) -> Path:
    return Path(f"{lab.archive_path}.manifest.json")


# VC203


def _replace(path: Path, contents: Mapping[str, str], *, keeps_comments: bool = True) -> None:
    """Write an archive anew with other bytes in some entries, as another tool does."""
    with zipfile.ZipFile(path) as archive:
        comment, members = archive.comment, [(one, archive.read(one)) for one in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = comment
        for info, content in members:
            if info.filename in contents and not keeps_comments:
                info.comment = b""
            archive.writestr(info, contents.get(info.filename, content))


def stored(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()


def stored_and_imported(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault import x from m").run("%vault store y in m", content="y")
    lab.save()


def bytes_replaced(lab: Lab) -> None:
    stored(lab)
    _replace(lab.archive_path, {"m/x": "2"})


def bytes_of_another_size(lab: Lab) -> None:
    stored(lab)
    _replace(lab.archive_path, {"m/x": "longer"})


def emptied(lab: Lab) -> None:
    stored(lab)
    _replace(lab.archive_path, {"m/x": ""})


def replaced_where_it_was_imported(lab: Lab) -> None:
    stored_and_imported(lab)
    _replace(lab.archive_path, {"m/x": "2"})


def replaced_beside_an_old_manifest(lab: Lab) -> None:
    bytes_replaced(lab)
    _manifest(lab).unlink()


def replaced_where_no_notebook_speaks_of_it(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault list")
    lab.put("m/x", "1")
    lab.save()
    _replace(lab.archive_path, {"m/x": "2"})


def replaced_where_it_was_asserted(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", f"%vault assert x in m is {_TWO.crc32}")
    lab.save()
    _replace(lab.archive_path, {"m/x": "2"})


@_each(
    bytes_replaced,
    bytes_of_another_size,
    emptied,
    replaced_where_it_was_imported,
    replaced_beside_an_old_manifest,
    replaced_where_no_notebook_speaks_of_it,
    replaced_where_it_was_asserted,
)
def test_bytes_that_are_not_what_their_entry_says_are_one_finding(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == [("VC203", _ARCHIVE, None)]


def replaced_by_a_tool_that_drops_comments(lab: Lab) -> None:
    stored(lab)
    _replace(lab.archive_path, {"m/x": "2"}, keeps_comments=False)


def written_anew_with_the_same_bytes(lab: Lab) -> None:
    stored(lab)
    _replace(lab.archive_path, {"m/x": "1"})


def put_there_by_another_tool(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault list")
    lab.put("m/x", "1", format=None)
    lab.save()


def replaced_and_lost(lab: Lab) -> None:
    bytes_replaced(lab)
    lab.archive_path.unlink()


def replaced_by_the_vault(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "2")
    lab.save()


@_each(
    stored,
    stored_and_imported,
    replaced_by_a_tool_that_drops_comments,
    written_anew_with_the_same_bytes,
    put_there_by_another_tool,
    replaced_and_lost,
    replaced_by_the_vault,
)
def test_bytes_of_which_the_entry_says_the_same_or_nothing_are_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find([DamagedObject()]) == []


def test_damaged_object_tells_its_story_and_what_follows(lab: Lab) -> None:
    replaced_where_it_was_imported(lab)
    (finding,) = lab.check()
    assert (finding.object, finding.vault, finding.stake) == ("m/x", _ARCHIVE, Stake.DATA)
    assert finding.hint == "restore storage.zip from a copy, or run a.ipynb again"
    assert f"{_ARCHIVE} holds {_TWO.crc32} now" in finding.story
    assert [one.object for one in finding.consequences] == ["m/x", "m/y"]
    assert finding.runs == ("a.ipynb", "b.ipynb")


def test_damaged_object_without_a_maker_says_how_to_mend_it(lab: Lab) -> None:
    replaced_where_no_notebook_speaks_of_it(lab)
    (finding,) = lab.check([DamagedObject()])
    assert finding.hint == "restore storage.zip from a copy, or store it again"


# VC204


def _assert(lab: Lab, digest: str | None, *, path: str = "m/x", more: str = "") -> None:
    """Assert `m/x`, which is 1, or another object; what has no digest in the archive has none to assert."""
    lab.put("m/x", "1")
    lab.start("a.ipynb").run(f"%vault assert '{path}' is {digest}{more}", did=[])
    lab.save()


def asserted(lab: Lab) -> None:
    _assert(lab, _ONE.crc32)


def asserted_in_lower_case(lab: Lab) -> None:
    _assert(lab, (_ONE.crc32 or "").lower(), more=" with crc32")


def asserted_by_sha256(lab: Lab) -> None:
    _assert(lab, _ONE.sha256)


def asserted_by_sha256_in_upper_case(lab: Lab) -> None:
    _assert(lab, (_ONE.sha256 or "").upper(), more=" with SHA256")


def asserted_by_module(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", f"%vault assert x in m is {_ONE.crc32}")
    lab.save()


def asserted_before_it_is_stored_anew(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m", f"%vault assert x in m is {_ONE.crc32}")
    author.run("%vault store x in m", content="2")
    lab.save()


def asserted_before_it_is_deleted(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", f"%vault assert x in m is {_ONE.crc32}", "%vault del x from m")
    lab.save()


def asserted_between_two_stores_in_one_cell(lab: Lab) -> None:
    source = f"%vault store x in m\n%vault assert x in m is {_ONE.crc32}\n%vault store x in m"
    lab.start("a.ipynb").run(source, content="2")
    lab.save()


def asserted_with_a_variable(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb").run("%vault assert x in m is $digest", did=[f"assert x in m is {_TWO.crc32}"])
    lab.save()


def sha256_of_what_another_tool_stored(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("a.ipynb", f"%vault assert x in m is {_TWO.sha256}")
    lab.save()


def asserted_where_the_vault_is_missing(lab: Lab) -> None:
    _assert(lab, _TWO.crc32)
    lab.archive_path.unlink()
    _manifest(lab).unlink()


@_each(
    asserted,
    asserted_in_lower_case,
    asserted_by_sha256,
    asserted_by_sha256_in_upper_case,
    asserted_by_module,
    asserted_before_it_is_stored_anew,
    asserted_before_it_is_deleted,
    asserted_between_two_stores_in_one_cell,
    asserted_with_a_variable,
    sha256_of_what_another_tool_stored,
    asserted_where_the_vault_is_missing,
)
def test_assertion_that_holds_or_cannot_be_judged_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find([BrokenAssertion()]) == []


def another_digest(lab: Lab) -> None:
    _assert(lab, _TWO.crc32)


def another_sha256(lab: Lab) -> None:
    _assert(lab, _TWO.sha256)


def stored_anew_since(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m")
    lab.start("a.ipynb", f"%vault assert x in m is {_ONE.crc32}")
    lab.notebooks["b.ipynb"].run_again(2, content="2")
    lab.save()


def edited_since(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", f"%vault assert x in m is {_ONE.crc32}").edit(2, f"%vault assert x in m is {_TWO.crc32}")
    lab.save()


def object_is_absent(lab: Lab) -> None:
    _assert(lab, _ONE.crc32, path="m/y")


def never_run(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb").write(f"%vault assert x in m is {_TWO.crc32}")
    lab.save()


def checksum_of_what_another_tool_stored(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("a.ipynb", f"%vault assert x in m is {_TWO.crc32}")
    lab.save()


def asserted_above_the_only_store(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", f"%vault assert x in m is {_ONE.crc32}").run("%vault store x in m", content="2")
    lab.save()


def asserted_below_the_last_store(lab: Lab) -> None:
    lab.start("a.ipynb", f"%vault store x in m\n%vault assert x in m is {_TWO.crc32}")
    lab.save()


def asserted_between_changes_by_another_notebook(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m", "pass", "%vault store x in m")
    lab.start("a.ipynb", f"pass\n%vault assert x in m is {_TWO.crc32}")
    lab.save()


@_each(
    another_digest,
    another_sha256,
    stored_anew_since,
    edited_since,
    object_is_absent,
    never_run,
    checksum_of_what_another_tool_stored,
    asserted_above_the_only_store,
    asserted_below_the_last_store,
    asserted_between_changes_by_another_notebook,
)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_assertion_that_does_not_hold_is_reported(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    if not archive:
        lab.archive_path.unlink()
    assert lab.find([BrokenAssertion()]) == [("VC204", "a.ipynb", 2)]


def test_broken_assertion_is_reported_in_the_run_of_a_notebook_and_not_in_its_template_too(lab: Lab) -> None:
    another_digest(lab)
    run = lab.start("runs/a.ipynb", f"%vault assert x in m is {_TWO.crc32}")
    run.metadata = {**run.metadata, "papermill": {"input_path": "a.ipynb", "output_path": "runs/a.ipynb"}}
    lab.save()
    assert lab.find([BrokenAssertion()]) == [("VC204", "runs/a.ipynb", 2)]


def test_broken_assertion_names_both_digests(lab: Lab) -> None:
    another_sha256(lab)
    (finding,) = lab.check([BrokenAssertion()])
    assert finding.message == f"'m/x' is expected to be {_TWO.sha256}, and storage.zip holds {_ONE.sha256}"
    assert (finding.object, finding.location.line, finding.stake) == ("m/x", 1, Stake.DATA)


def test_assertion_about_nothing_says_so(lab: Lab) -> None:
    object_is_absent(lab)
    (finding,) = lab.check([BrokenAssertion()])
    assert finding.message == f"'m/y' is expected to be {_ONE.crc32}, and storage.zip does not hold it"


def test_assertion_that_failed_and_still_does_not_hold_is_reported_alone(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb").run(f"%vault assert x in m is {_TWO.crc32}", did=[], error="AssertionFailed: it is not")
    lab.save()
    assert lab.find() == [("VC204", "a.ipynb", 2)]


# VC205


def _encrypt(lab: Lab, objects: Mapping[str, str], *, keyed: bool = False) -> None:
    """Make an encrypted vault, and a notebook that works with it."""
    archive = open_archive(lab.archive_path, password=PASSWORD, keyed=keyed)
    archive.change(store={path: build_entry(path, content.encode()) for path, content in objects.items()})
    author = lab.start("a.ipynb")
    author.run(f"%open_vault -p {author.typed} -e KEY")
    author.run("%vault list", records=False)
    author.save()


def _add(lab: Lab, *paths: str, comment: bytes = b"") -> None:
    """Put objects into an archive as another tool does."""
    with zipfile.ZipFile(lab.archive_path, "a") as archive:
        for path in paths:
            info = zipfile.ZipInfo(path)
            info.comment = comment
            archive.writestr(info, "in clear")


def _describe(lab: Lab, *, encrypted: bool) -> None:
    """Write the manifest of what the lab holds."""
    text = render_manifest(replace(lab.build_manifest(), encrypted=encrypted))
    _manifest(lab).write_text(text, encoding="utf-8")


def encrypted(lab: Lab) -> None:
    _encrypt(lab, {"m/x": "1", "m/y": "2"})


def encrypted_with_keyed_digests(lab: Lab) -> None:
    _encrypt(lab, {"m/x": "1"}, keyed=True)


def encrypted_and_empty(lab: Lab) -> None:
    _encrypt(lab, {})


def never_encrypted(lab: Lab) -> None:
    stored(lab)
    _add(lab, "m/y")


def manifest_of_another_vault(lab: Lab) -> None:
    stored(lab)
    manifest = replace(parse_manifest(_manifest(lab).read_bytes()), vault="2" * 32, encrypted=True)
    _manifest(lab).write_text(render_manifest(manifest), encoding="utf-8")


def encrypted_by_its_manifest_alone(lab: Lab) -> None:
    stored(lab)
    _describe(lab, encrypted=True)
    lab.archive_path.unlink()


@_each(
    encrypted,
    encrypted_with_keyed_digests,
    encrypted_and_empty,
    never_encrypted,
    manifest_of_another_vault,
    encrypted_by_its_manifest_alone,
)
def test_vault_whose_objects_lie_as_it_says_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find([UnencryptedEntry()]) == []


def added_in_clear(lab: Lab) -> None:
    encrypted(lab)
    _add(lab, "m/z")


def several_added_in_clear(lab: Lab) -> None:
    encrypted(lab)
    _add(lab, "m/z", "w")


def added_in_clear_where_the_manifest_does_not_know_it(lab: Lab) -> None:
    encrypted(lab)
    lab.objects = {"m/x": identify("1"), "m/y": identify("2")}
    lab.vault = open_archive(lab.archive_path, password=PASSWORD).vault or ""
    _describe(lab, encrypted=True)
    _add(lab, "m/z")


def added_in_clear_with_a_comment_of_ours(lab: Lab) -> None:
    encrypted(lab)
    with zipfile.ZipFile(lab.archive_path) as archive:
        comment = archive.getinfo("m/x").comment
    _add(lab, "m/z", comment=comment)


def written_anew_in_clear_beside_its_manifest(lab: Lab) -> None:
    stored(lab)
    _describe(lab, encrypted=True)


@_each(
    added_in_clear,
    several_added_in_clear,
    added_in_clear_where_the_manifest_does_not_know_it,
    added_in_clear_with_a_comment_of_ours,
    written_anew_in_clear_beside_its_manifest,
)
def test_objects_in_clear_in_an_encrypted_vault_are_one_finding(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == [("VC205", _ARCHIVE, None)]


def _find_one(lab: Lab) -> Finding:
    (finding,) = lab.check([UnencryptedEntry()])
    assert list_places([finding]) == [("VC205", _ARCHIVE, None)]
    return finding


def test_unencrypted_entry_is_named(lab: Lab) -> None:
    added_in_clear(lab)
    finding = _find_one(lab)
    assert finding.message == "'m/z' lies in storage.zip unencrypted, and the vault is encrypted"
    assert finding.hint == "restore storage.zip from a copy, or delete it with %vault del and store it again"
    assert (finding.object, finding.vault, finding.stake) == ("m/z", _ARCHIVE, Stake.DATA)


def test_several_unencrypted_entries_are_named_together(lab: Lab) -> None:
    several_added_in_clear(lab)
    finding = _find_one(lab)
    assert finding.message == "'m/z' and 'w' lie in storage.zip unencrypted, and the vault is encrypted"
    assert finding.object is None


def test_deleting_an_unencrypted_entry_mends_it_and_erases_its_bytes(lab: Lab) -> None:
    added_in_clear(lab)
    archive = open_archive(lab.archive_path, password=PASSWORD)
    archive.change(store={}, delete=("m/z",))
    assert lab.find([UnencryptedEntry()]) == []
    assert b"in clear" not in lab.archive_path.read_bytes()


def test_contents_are_judged_without_reading_an_object(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("bytes were read")

    replaced_where_it_was_imported(lab)
    monkeypatch.setattr("vault_magic.archive.reading.read_member", read)
    assert lab.find([DamagedObject(), BrokenAssertion(), UnencryptedEntry()]) == [("VC203", _ARCHIVE, None)]


def test_damaged_object_leaves_its_line_in_the_manifest_alone(lab: Lab) -> None:
    bytes_replaced(lab)
    line = parse_manifest(_manifest(lab).read_bytes()).objects[0]
    assert isinstance(line, ObjectLine)
    assert line.identity == _ONE
