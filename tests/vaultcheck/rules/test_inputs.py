"""Tests of the rules about files and records that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import Lab, build_cell, build_notebook, build_output, name_case, write_notebook
from vaultcheck.finding import Severity
from vaultcheck.rules.inputs import DamagedVault, ManifestBehind, MissingVault, UnreadableNotebook, UnreadableRecord

Case = Callable[[Lab], None]


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


# VC001


def notebook_of_format_4(lab: Lab) -> None:
    write_notebook(lab.folder / "a.ipynb", build_notebook([build_cell("x = 1")]))


def notebook_without_cells(lab: Lab) -> None:
    write_notebook(lab.folder / "a.ipynb", build_notebook([]))


def merge_markers_inside_a_source(lab: Lab) -> None:
    write_notebook(lab.folder / "a.ipynb", build_notebook([build_cell("t = '''\n<<<<<<< HEAD\n'''")]))


def broken_file_that_is_no_notebook_by_name(lab: Lab) -> None:
    (lab.folder / "a.json").write_text("{")


@_each(
    notebook_of_format_4,
    notebook_without_cells,
    merge_markers_inside_a_source,
    broken_file_that_is_no_notebook_by_name,
)
def test_readable_notebook_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == []


def cut_file(lab: Lab) -> None:
    (lab.folder / "a.ipynb").write_text('{"cells": [')


def empty_file(lab: Lab) -> None:
    (lab.folder / "a.ipynb").write_text("")


def list_of_cells(lab: Lab) -> None:
    (lab.folder / "a.ipynb").write_text("[]")


def utf_16(lab: Lab) -> None:
    (lab.folder / "a.ipynb").write_text("{}", encoding="utf-16")


@_each(cut_file, empty_file, list_of_cells, utf_16)
def test_unreadable_notebook_is_reported_alone(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == [("VC001", "a.ipynb", None)]


def test_unreadable_notebook_says_why_and_what_to_do(lab: Lab) -> None:
    (lab.folder / "a.ipynb").write_text('{\n<<<<<<< HEAD\n"cells": []\n=======\n>>>>>>> other\n}')
    (finding,) = lab.check([UnreadableNotebook()])
    assert finding.message == "the notebook holds an unresolved merge"
    assert finding.hint == "resolve it, for instance with nbdime"


def test_unreadable_neighbour_hides_no_finding(lab: Lab) -> None:
    lab.start("b.ipynb").write("%vault store x")
    lab.save()
    cut_file(lab)
    assert lab.find() == [("VC001", "a.ipynb", None), ("VC101", "b.ipynb", 2)]


# VC002


def _save_output(lab: Lab, metadata: dict[str, object]) -> None:
    cell = build_cell("x = 1", id="a") | {"execution_count": 1, "outputs": [build_output(metadata)]}
    write_notebook(lab.folder / "a.ipynb", build_notebook([cell]))


def record_as_written(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()


def record_with_fields_of_a_later_writer(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.cells[1]["outputs"][0]["metadata"]["vault"] |= {"mood": "good"}
    lab.save()


def same_key_of_another_tool(lab: Lab) -> None:
    _save_output(lab, {"vault": {"secret": "path"}, "vault_cell": "x"})


def metadata_of_other_tools(lab: Lab) -> None:
    _save_output(lab, {"application/vnd.plot": {"schema_version": 99}})


@_each(record_as_written, record_with_fields_of_a_later_writer, same_key_of_another_tool, metadata_of_other_tools)
def test_readable_record_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == []


def record_of_a_newer_version(lab: Lab) -> None:
    _save_output(lab, {"vault": {"schema_version": 2}})


def mark_of_a_newer_version(lab: Lab) -> None:
    _save_output(lab, {"vault_cell": {"schema_version": 2}})


def version_that_is_no_number(lab: Lab) -> None:
    _save_output(lab, {"vault": {"schema_version": "1"}})


def record_without_fields(lab: Lab) -> None:
    _save_output(lab, {"vault": {"schema_version": 1}})


def record_with_a_time_out_of_range(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store x in m")
    stored = author.cells[1]["outputs"][0]["metadata"]["vault"] | {"started": "0001-01-01T00:00:00+23:00"}
    _save_output(lab, {"vault": stored})


def record_with_half_a_character_for_a_time(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    _save_output(lab, {"vault": author.cells[1]["outputs"][0]["metadata"]["vault"] | {"started": "\ud800"}})


@_each(
    record_with_half_a_character_for_a_time,
    record_of_a_newer_version,
    mark_of_a_newer_version,
    version_that_is_no_number,
    record_without_fields,
    record_with_a_time_out_of_range,
)
def test_unreadable_record_is_reported_alone(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == [("VC002", "a.ipynb", 1)]


def test_unreadable_record_says_why(lab: Lab) -> None:
    record_of_a_newer_version(lab)
    (finding,) = lab.check([UnreadableRecord()])
    assert finding.message == (
        "a record has version 2, this installation reads up to 1; run: pip install --upgrade vaultcheck"
    )
    assert finding.location.cell_id == "a"


# VC003


def _store_and_import(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use.ipynb", "%vault import x from m")


def archive_and_manifest_there(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save()


def manifest_alone(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save(archive=False)


def archive_alone(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save(manifest=False)


def neither_there_but_nothing_recorded(lab: Lab) -> None:
    lab.start("a.ipynb")
    lab.save(archive=False, manifest=False)


@_each(archive_and_manifest_there, manifest_alone, archive_alone, neither_there_but_nothing_recorded)
def test_known_vault_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == []


def test_damaged_vault_is_not_called_missing(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save(manifest=False)
    lab.archive_path.write_bytes(b"PK")
    assert lab.find() == [("VC004", "storage.zip", None)]


def test_missing_vault_is_one_finding_at_its_first_command(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save(archive=False, manifest=False)
    (finding,) = lab.check()
    assert (finding.code, finding.location.file, finding.location.cell, finding.location.line) == (
        MissingVault.code,
        "make.ipynb",
        2,
        1,
    )
    assert finding.message == ("neither storage.zip nor its manifest is there, so 2 records cannot be compared")


# VC004


def archive_cut(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save()
    lab.archive_path.write_bytes(lab.archive_path.read_bytes()[:200])


def archive_is_a_folder(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save(archive=False)
    lab.archive_path.mkdir()


def entry_of_a_newer_version(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save()
    content = lab.archive_path.read_bytes()
    lab.archive_path.write_bytes(content.replace(b'"schema_version": 1, "format"', b'"schema_version": 9, "format"'))


@_each(archive_cut, archive_is_a_folder, entry_of_a_newer_version)
def test_damaged_archive_is_reported_alone(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == [("VC004", "storage.zip", None)]


def manifest_in_a_merge(lab: Lab) -> None:
    text = f"<<<<<<< HEAD\n{_manifest(lab)}=======\n>>>>>>> other\n"
    (lab.folder / "storage.zip.manifest.json").write_text(text)


def manifest_cut(lab: Lab) -> None:
    (lab.folder / "storage.zip.manifest.json").write_text(_manifest(lab)[:100])


def manifest_with_half_a_character(lab: Lab) -> None:
    text = _manifest(lab).replace('"bytes": 1', '"bytes": "\\ud800"')
    (lab.folder / "storage.zip.manifest.json").write_text(text)


def manifest_newer(lab: Lab) -> None:
    text = _manifest(lab).replace('"schema_version": 1', '"schema_version": 2')
    (lab.folder / "storage.zip.manifest.json").write_text(text)


def manifest_with_two_lines_for_one_object(lab: Lab) -> None:
    lines = _manifest(lab).splitlines(keepends=True)
    doubled = [line for line in lines for _ in range(1 + ("producer" in line))]
    (lab.folder / "storage.zip.manifest.json").write_text("".join(doubled))


def _manifest(lab: Lab) -> str:
    _store_and_import(lab)
    lab.save()
    return (lab.folder / "storage.zip.manifest.json").read_text()


@_each(
    manifest_in_a_merge,
    manifest_cut,
    manifest_with_half_a_character,
    manifest_newer,
    manifest_with_two_lines_for_one_object,
)
def test_damaged_manifest_is_reported_alone(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == [("VC004", "storage.zip.manifest.json", None)]


def test_damaged_archive_says_why(lab: Lab) -> None:
    archive_cut(lab)
    (finding,) = lab.check([DamagedVault()])
    assert finding.message == (
        "storage.zip is not a readable ZIP archive (it has no directory at its end); restore it from a copy"
    )


def archive_torn(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save()
    lab.archive_path.write_bytes(lab.archive_path.read_bytes() + b"PK\x03\x04 half of a member")


def test_archive_whose_last_write_was_not_finished_is_a_warning(lab: Lab) -> None:
    archive_torn(lab)
    (finding,) = lab.check([DamagedVault()])
    assert finding.severity is Severity.WARNING
    assert finding.message == "storage.zip ends in 21 bytes of a write that is not finished"


# VC005


def manifest_without_an_object(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save()
    lab.put("m/y", "2")
    lab.save(manifest=False)


def manifest_with_an_object_too_many(lab: Lab) -> None:
    _store_and_import(lab)
    lab.put("m/y", "2")
    lab.save()
    del lab.objects["m/y"]
    lab.save(manifest=False)


def manifest_with_another_digest(lab: Lab) -> None:
    _store_and_import(lab)
    lab.put("m/y", "2")
    lab.save()
    lab.put("m/y", "3")
    lab.save(manifest=False)


@_each(manifest_without_an_object, manifest_with_an_object_too_many, manifest_with_another_digest)
def test_manifest_behind_is_reported_alone(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    (finding,) = lab.check()
    assert (finding.code, finding.location.file) == (ManifestBehind.code, "storage.zip.manifest.json")
    assert finding.message == "the manifest does not say what storage.zip holds of 'm/y'"


def foreign_entry_in_both(lab: Lab) -> None:
    _store_and_import(lab)
    lab.put("m/y", "2", format=None)
    lab.save()


def unstable_pickle_with_other_bytes(lab: Lab) -> None:
    _store_and_import(lab)
    lab.put("m/y", "2", unstable=True)
    lab.save()
    lab.put("m/y", "3", unstable=True)
    lab.save(manifest=False)


@_each(archive_and_manifest_there, foreign_entry_in_both, unstable_pickle_with_other_bytes)
def test_manifest_that_agrees_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert lab.find() == []


def test_long_list_of_objects_is_cut_short(lab: Lab) -> None:
    _store_and_import(lab)
    lab.save()
    for number in range(5):
        lab.put(f"m/n{number}", "1")
    lab.save(manifest=False)
    (finding,) = lab.check([ManifestBehind()])
    assert finding.message.endswith("holds of 'm/n0', 'm/n1', 'm/n2' and 2 more")
