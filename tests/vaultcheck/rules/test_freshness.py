"""Tests of the rules about what is older than the code and the objects it comes from."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from tests.builders import Lab, identify, name_case
from vault_magic.archive.opening import open_archive
from vault_magic.archive.sidecar import Sidecar
from vault_magic.digest import code_digest
from vault_magic.record import read_record
from vaultcheck import regrouping
from vaultcheck.finding import Severity
from vaultcheck.rules.commands import NeverExecuted
from vaultcheck.rules.freshness import EditedCell, ObjectOfFormerImport, ReformattedCell, StaleImport
from vaultcheck.rules.provenance import ObjectOfEditedCode

Case = Callable[[Lab], None]


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


# VC301


def as_it_ran(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "%vault store x in m", "y = 2")


def comment_changed(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "%vault store x in m").edit(2, "x = 1  # one")


def layout_changed(lab: Lab) -> None:
    lab.start("a.ipynb", "x = f(1,2)", "%vault store x in m").edit(2, "x = f(\n    1,\n    2,\n)")


def imports_sorted(lab: Lab) -> None:
    lab.start("a.ipynb", "import sys\nimport os", "%vault store x in m").edit(2, "import os\nimport sys")


def line_ends_changed(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1\ny = 2", "%vault store x in m").edit(2, "x = 1\r\ny = 2")


def markdown_changed(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.write("Before", kind="markdown")
    author.run("%vault store x in m")
    author.edit(2, "After")


def cell_deleted(lab: Lab) -> None:
    del lab.start("a.ipynb", "x = 1", "print(x)", "%vault store x in m").cells[2]


def cell_added_and_not_run(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.write("y = 2")
    author.cells.insert(1, author.cells.pop())


def run_after_the_last_store(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "%vault store x in m", "print(x)").edit(4, "print(2 * x)")


def edited_and_run_again(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.edit(2, "x = 2")
    author.run_again(2)
    author.run_again(3)


def cells_reordered(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "y = 2", "z = 3", "%vault store x in m")
    author.cells[1:4] = reversed(author.cells[1:4])


def cell_copied(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.cells.append(dict(author.cells[1]))


def notebook_without_evidence(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("x = 1")
    author.edit(2, "x = 2")


def loop_with_several_records(lab: Lab) -> None:
    source = "for n in 'ab':\n    %vault store x in {n}"
    lab.start("a.ipynb").run(source, did=["store x in a", "store x in b"])


def template_whose_record_says_something_else(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault $what", did=["store x in m"])


def output_made_by_this_text(lab: Lab) -> None:
    lab.start("a.ipynb").run("plot(x)", shows=True)


def copy_with_the_mark_of_this_text_among_others(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("plot(x)", shows=True)
    author.run("plot(y)", shows=True)
    author.cells[1]["outputs"] += author.cells[2]["outputs"]


def mark_on_a_cell_run_after_the_last_store(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").run("plot(x)", shows=True)


_NOT_EDITED: tuple[Case, ...] = (
    as_it_ran,
    comment_changed,
    layout_changed,
    imports_sorted,
    line_ends_changed,
    markdown_changed,
    cell_deleted,
    cell_added_and_not_run,
    run_after_the_last_store,
    edited_and_run_again,
    cells_reordered,
    cell_copied,
    notebook_without_evidence,
    loop_with_several_records,
    template_whose_record_says_something_else,
    output_made_by_this_text,
    copy_with_the_mark_of_this_text_among_others,
    mark_on_a_cell_run_after_the_last_store,
)


@_each(*_NOT_EDITED)
def test_cell_whose_code_is_what_ran_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([EditedCell()]) == []


@_each(*(case for case in _NOT_EDITED if case not in (cell_added_and_not_run, run_after_the_last_store)))
def test_stripped_notebook_has_no_false_edits(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.notebooks["a.ipynb"].strip()
    lab.save(archive=False)
    assert lab.find([EditedCell()]) == []


def constant_changed(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "%vault store z in m").edit(2, "x = 2")


def line_added(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "%vault store z in m").edit(2, "x = 1\nx += 1")


def whole_cell_replaced(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "y = 2", "%vault store z in m").edit(2, "import this")


def code_beside_a_command_changed(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1\n%vault store x in m").edit(2, "x = 2\n%vault store x in m")


def code_beside_a_template_changed(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("mod = 'm'\n%vault store x in $mod", did=["store x in m"])
    author.edit(2, "mod = 'n'\n%vault store x in $mod")


def edited_before_an_import(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store y in m")
    lab.start("a.ipynb", "x = 1", "%vault import y from m", "%vault store z in m").edit(2, "x = 2")


def edited_with_a_cell_deleted_elsewhere(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "y = 2", "z = 3", "%vault store x in m")
    author.edit(2, "x = 2")
    del author.cells[3]


@_each(
    constant_changed,
    line_added,
    whole_cell_replaced,
    code_beside_a_command_changed,
    code_beside_a_template_changed,
    edited_before_an_import,
)
@pytest.mark.parametrize("stripped", [False, True], ids=["saved", "stripped"])
def test_edited_cell_is_reported_alone(lab: Lab, arrange: Case, *, stripped: bool) -> None:
    arrange(lab)
    if stripped:
        lab.notebooks["a.ipynb"].strip()
    lab.save(archive=not stripped)
    assert lab.find() == [("VC301", "a.ipynb", 2)]


def marked_output_of_another_text(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("plot(x)", shows=True)
    author.edit(2, "plot(y)")


def marked_output_after_the_last_store(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("plot(x)", shows=True)
    author.run("%vault store x in m")
    author.edit(2, "plot(y)")


@_each(marked_output_of_another_text, marked_output_after_the_last_store)
def test_edited_cell_is_known_by_its_marked_output(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find() == [("VC301", "a.ipynb", 2)]


def test_edited_cell_is_told_with_its_count(lab: Lab) -> None:
    constant_changed(lab)
    lab.save()
    (finding,) = lab.check([EditedCell()])
    assert finding.message == "the code of this cell is not the code that ran as [2]"
    assert (finding.location.line, finding.location.cell_id) == (1, "cell-2")


def test_edited_stripped_cell_is_told_without_a_count(lab: Lab) -> None:
    constant_changed(lab)
    lab.notebooks["a.ipynb"].strip()
    lab.save()
    (finding,) = lab.check([EditedCell()])
    assert finding.message == "the code of this cell is not the code that ran"


def test_edited_stripped_import_is_not_called_never_executed(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    author = lab.start("use.ipynb", "y = 1\n%vault import x from m")
    author.edit(2, "y = 2\n%vault import x from m")
    author.strip()
    lab.save(archive=False)
    assert lab.find([NeverExecuted()]) == []


def test_stripped_notebook_without_a_manifest_is_not_judged(lab: Lab) -> None:
    constant_changed(lab)
    lab.notebooks["a.ipynb"].strip()
    lab.save(manifest=False)
    assert lab.find([EditedCell()]) == []


# VC302


@_each(comment_changed, layout_changed, imports_sorted)
@pytest.mark.parametrize("stripped", [False, True], ids=["saved", "stripped"])
def test_reformatted_cell_is_information_and_nothing_else(lab: Lab, arrange: Case, *, stripped: bool) -> None:
    arrange(lab)
    if stripped:
        lab.notebooks["a.ipynb"].strip()
    lab.save(archive=not stripped)
    (finding,) = lab.check()
    assert (finding.code, finding.location.cell, finding.severity) == ("VC302", 2, Severity.INFO)


def split_in_two(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1\ny = 2\n\nz = 3", "%vault store x in m")
    author.edit(2, "x = 1\ny = 2")
    author.write("z = 3")
    author.cells.insert(2, author.cells.pop())


def merged_with_its_neighbour(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "y = 2", "%vault store x in m")
    author.edit(2, "x = 1\n\ny = 2")
    del author.cells[2]


def split_with_the_output_in_the_second_half(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("x = 1\nplot(x)", shows=True)
    author.edit(2, "plot(x)")
    author.write("x = 1")
    author.cells.insert(1, author.cells.pop())


@_each(split_in_two, merged_with_its_neighbour, split_with_the_output_in_the_second_half)
def test_regrouped_cells_are_information_and_nothing_else(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert [(one.code, one.severity) for one in lab.check()] == [("VC302", Severity.INFO)]


def part_that_was_edited_too(lab: Lab) -> None:
    split_with_the_output_in_the_second_half(lab)
    lab.notebooks["a.ipynb"].edit(2, "x = 2")


def test_part_of_a_split_cell_that_was_edited_is_an_edit(lab: Lab) -> None:
    part_that_was_edited_too(lab)
    lab.save()
    assert lab.find() == [("VC301", "a.ipynb", 3)]


def test_reformatted_cells_are_told_once_for_a_notebook(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "y = 2", "z = 3", "%vault store x in m")
    for cell in (2, 3, 4):
        author.edit(cell, author.cells[cell - 1]["source"] + "  # as it was")
    lab.save()
    (finding,) = lab.check([ReformattedCell()])
    assert finding.message == "the code of this cell is what ran, reformatted since, and so is that of cells 3 and 4"


# VC304


def imported_as_it_is(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use.ipynb", "%vault import x from m")


def same_content_stored_again(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run_again(2)


def stored_anew_and_back(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    lab.notebooks["make.ipynb"].run_again(2, content="1")


def imported_again(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    lab.notebooks["use.ipynb"].run_again(2)


def stored_by_the_importing_notebook_itself(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("use.ipynb", "%vault import x from m").run("%vault store x in m", content="2")


def unstable_pickle_stored_again(lab: Lab) -> None:
    lab.start("make.ipynb").run("%vault store x in m", unstable=True)
    lab.start("use.ipynb", "%vault import x from m")
    lab.notebooks["make.ipynb"].run_again(2, content="2", unstable=True)


def foreign_entry_as_it_was(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.put("m/x", "1", format=None)
    lab.start("use.ipynb", "%vault import x from m")


def deleted_since(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run("%vault del x from m")


def other_object_stored_anew(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run("%vault store y in m", content="2")


def only_asserted(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use.ipynb").run("%vault assert x in m is 1AD5BE0D")  # which it will be
    lab.notebooks["make.ipynb"].run_again(2, content="2")


@_each(
    imported_as_it_is,
    same_content_stored_again,
    stored_anew_and_back,
    imported_again,
    stored_by_the_importing_notebook_itself,
    unstable_pickle_stored_again,
    foreign_entry_as_it_was,
    deleted_since,
    other_object_stored_anew,
    only_asserted,
)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_import_of_the_present_object_is_accepted(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find() == []


def stored_anew(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run_again(2, content="2")


def stored_anew_by_a_later_cell(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run("%vault store x in m", content="2")


def stored_as_another_format(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.put("m/x", "1", format="npy")
    del lab.notebooks["make.ipynb"]


def foreign_entry_replaced(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("use.ipynb", "%vault import x from m")
    lab.start("make.ipynb").run("%vault store x in m", content="2")


def imported_by_a_template(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use.ipynb").run("%vault import x from $mod", did=["import x from m"])
    lab.notebooks["make.ipynb"].run_again(2, content="2")


def one_of_two_imports(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m", "%vault store y in m")
    lab.start("use.ipynb", "%vault import y, x from m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")


def imported_again_by_a_later_cell_only(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    lab.notebooks["use.ipynb"].run("%vault import x from m")


@_each(
    stored_anew,
    imported_again_by_a_later_cell_only,
    stored_anew_by_a_later_cell,
    stored_as_another_format,
    foreign_entry_replaced,
    imported_by_a_template,
    one_of_two_imports,
)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_stale_import_is_reported_alone(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find() == [("VC304", "use.ipynb", 2)]


def test_stale_import_of_a_stripped_notebook_is_known_from_the_manifest(lab: Lab) -> None:
    stored_anew(lab)
    for author in lab.notebooks.values():
        author.strip()
    lab.save(archive=False)
    assert lab.find() == [("VC304", "use.ipynb", 2)]


def test_own_store_before_the_import_does_not_make_it_fresh(lab: Lab) -> None:
    author = lab.start("use.ipynb", "%vault store x in m")
    lab.put("m/x", "2")
    author.run("%vault import x from m")
    lab.put("m/x", "1")
    lab.save()
    assert lab.find([StaleImport()]) == [("VC304", "use.ipynb", 3)]


def test_stale_import_is_told_with_both_checksums_and_who_stored(lab: Lab) -> None:
    stored_anew(lab)
    lab.save()
    (finding,) = lab.check([StaleImport()])
    assert finding.message == "'m/x' was imported as 83DCEFB7, and is 1AD5BE0D now (stored by make.ipynb)"
    assert finding.hint == "run use.ipynb again"
    assert (finding.location.line, finding.object) == (1, "m/x")


@pytest.mark.parametrize("content", ["1", "2"], ids=["as-imported", "stored-anew"])
def test_encrypted_archive_is_compared_without_its_password(lab: Lab, content: str) -> None:
    author = lab.start("make.ipynb", "%vault store x in m")
    archive = open_archive(lab.archive_path, password=b"secret")
    lab.vault = archive.vault or ""
    lab.start("use.ipynb", "%vault import x from m")
    author.run_again(2, content=content)
    record = read_record(author.cells[1]["outputs"][0]["metadata"]["vault"])
    sidecar = Sidecar("m/x", identify(content), record)
    archive.change(store={"m/x": (content.encode(), sidecar)})
    lab.save(archive=False, manifest=False)
    assert lab.find() == ([] if content == "1" else [("VC304", "use.ipynb", 2)])


def test_object_stored_without_a_record_by_the_importing_notebook_is_neither_stale_nor_another(lab: Lab) -> None:
    author = lab.start("use.ipynb", "%vault store x in m", "%vault import x from m")
    author.run("%%capture\n%vault store x in m", did=["store x in m"], content="2", records=False)
    lab.save()
    assert lab.find() == []


@pytest.mark.parametrize("damaged", ["", "-", "0123"])
def test_damaged_digests_tell_of_no_edit(lab: Lab, damaged: str) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.cells[2]["outputs"][0]["metadata"]["vault"]["cell"] |= {"sha256": damaged, "code": damaged}
    lab.save()
    assert lab.find([EditedCell()]) == []


@pytest.mark.parametrize("damaged", ["-", "0123"])
def test_damaged_rows_tell_of_no_edit(lab: Lab, damaged: str) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m", sends_ids=True)
    ledger = author.cells[2]["outputs"][0]["metadata"]["vault"]["ledger"]
    first, second, *others = (line.split(" ") for line in ledger["rows"].split("\n"))
    second[2:4] = damaged, damaged
    ledger["rows"] = "\n".join(" ".join(words) for words in (first, second, *others))
    lab.save()
    assert lab.find([EditedCell(), ObjectOfEditedCode()]) == []


def test_neighbours_are_tried_once_whatever_the_number_of_stores(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = Mock(wraps=code_digest)
    monkeypatch.setattr(regrouping, "code_digest", digest)
    cells = (f"x{number} = {number}\n%vault store x{number} in m" for number in range(30))
    lab.start("a.ipynb", "y = 1", *cells, sends_ids=True).edit(2, "y = 2")
    lab.save()
    assert lab.find([EditedCell()]) == [("VC301", "a.ipynb", 2)]
    assert digest.call_count == len({call.args for call in digest.call_args_list})


def chain(lab: Lab) -> None:
    """Let `a` be stale, `b` take what it made before, and `c` what `b` made."""
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("a.ipynb", "%vault import x from m", "%vault store y in m")
    lab.start("c.ipynb", "%vault list")
    lab.start("b.ipynb", "%vault import y from m", "%vault store z in m")
    lab.notebooks["c.ipynb"].run("%vault import z from m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")


@pytest.mark.parametrize("stripped", [False, True], ids=["saved", "stripped"])
def test_what_goes_back_to_a_stale_import_is_told_with_it(lab: Lab, *, stripped: bool) -> None:
    chain(lab)
    for author in lab.notebooks.values() if stripped else ():
        author.strip()
    lab.save()
    (finding,) = lab.check([StaleImport()])
    assert [(one.location.file, one.message) for one in finding.consequences] == [
        ("a.ipynb", "'m/y' was stored here after 'm/x' was imported"),
        ("b.ipynb", "'m/y' was imported here, which goes back to 'm/x' through a.ipynb"),
        ("b.ipynb", "'m/z' was stored here after 'm/x' was imported"),
        ("c.ipynb", "'m/z' was imported here, which goes back to 'm/x' through a.ipynb and b.ipynb"),
    ]
    assert finding.commands == tuple(f"jupyter execute --inplace {name}.ipynb" for name in "abc")


def test_what_was_stored_before_the_import_does_not_go_back_to_it(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use.ipynb", "%vault store y in m", "%vault import x from m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    lab.save()
    (finding,) = lab.check([StaleImport()])
    assert finding.consequences == ()


def test_stale_import_is_told_with_its_story(lab: Lab) -> None:
    stored_anew(lab)
    lab.save()
    (finding,) = lab.check([StaleImport()])
    assert finding.story == (
        "use.ipynb, cell 2, imported it as 83DCEFB7 on 2026-01-01 00:00 UTC",
        "make.ipynb, cell 2, stored it as 1AD5BE0D on 2026-01-01 00:00 UTC",
    )


# VC312


def store_run_again_too(lab: Lab) -> None:
    import_run_again(lab)
    lab.notebooks["use.ipynb"].run_again(3)


def still_stale(lab: Lab) -> None:
    imported_as_it_is(lab)
    lab.notebooks["use.ipynb"].run("%vault store y in m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")


def improved_by_the_notebook_itself(lab: Lab) -> None:
    lab.put("m/x", "1")
    author = lab.start("use.ipynb", "%vault import x from m", "%vault store y in m")
    author.run("%vault store x in m", content="2")


def import_run_again(lab: Lab) -> None:
    imported_as_it_is(lab)
    author = lab.notebooks["use.ipynb"]
    author.run("%vault store y in m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    author.run_again(2)


@_each(imported_as_it_is, store_run_again_too, still_stale, improved_by_the_notebook_itself)
def test_object_of_the_present_import_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([ObjectOfFormerImport()]) == []


@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_object_of_a_former_import_is_told(lab: Lab, *, archive: bool) -> None:
    import_run_again(lab)
    lab.save(archive=archive)
    (finding,) = lab.check([ObjectOfFormerImport(), StaleImport()])
    assert (finding.code, finding.location.cell, finding.object) == ("VC312", 3, "m/y")
    assert finding.message == (
        "'m/y' was stored with 'm/x' as 83DCEFB7, which was imported again since and is 1AD5BE0D"
    )
