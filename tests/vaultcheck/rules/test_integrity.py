"""Tests of the rules that compare the stored objects with the records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import Lab, name_case
from vaultcheck.finding import Stake
from vaultcheck.rules.integrity import MissingObject, NotebookBehind, NotLastRecorded

Case = Callable[[Lab], None]
_RULES = (MissingObject(), NotLastRecorded(), NotebookBehind())


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


def stored_and_there(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")


def stored_and_deleted(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault del x from m")


def deleted_by_another_notebook(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m")
    lab.start("a.ipynb", "%vault del x from m")


def deleted_by_path(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault del 'm/x'")


def deleted_and_stored_again(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m", "%vault del x from m")
    author.run("%vault store x in m", content="2")


def stored_anew_by_a_later_cell(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.run("%vault store x in m", content="2")


def stored_anew_by_an_earlier_cell(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store x in m")
    author.run("%vault store x in m", content="2")
    author.run_again(2, content="3")


def stored_last_by_another_notebook(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m")
    lab.start("a.ipynb").run("%vault store x in m", content="2")


def same_content_stored_without_a_record(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "1")


def unstable_pickle_stored_without_a_record(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in m", unstable=True)
    lab.put("m/x", "2", unstable=True)


def same_bytes_put_there_by_another_tool(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "1", format=None)


def never_run(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x in m")


def stored_under_another_name_since_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%vault store x in n")


def deleted_by_a_command_since_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault del x from m").edit(3, "%vault del y from m")


def deleted_by_a_command_since_removed(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault del x from m").edit(3, "pass")


def stored_anew_by_a_command_since_edited(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.run("%vault store x in m", content="2")
    author.edit(3, "%vault store x in n")


def replaced_where_the_store_was_edited_since(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%vault store y in n")
    lab.start("b.ipynb", "%vault import x from m")
    lab.put("m/x", "2")


@_each(
    stored_and_there,
    stored_and_deleted,
    deleted_by_another_notebook,
    deleted_by_path,
    deleted_and_stored_again,
    stored_anew_by_a_later_cell,
    stored_anew_by_an_earlier_cell,
    stored_last_by_another_notebook,
    same_content_stored_without_a_record,
    unstable_pickle_stored_without_a_record,
    same_bytes_put_there_by_another_tool,
    never_run,
    stored_under_another_name_since_edited,
    deleted_by_a_command_since_edited,
    deleted_by_a_command_since_removed,
    stored_anew_by_a_command_since_edited,
    replaced_where_the_store_was_edited_since,
)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_object_as_last_recorded_is_accepted(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find(_RULES) == []


def lost(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    del lab.objects["m/x"]


def lost_after_being_stored_again(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault list", "%vault store x in m").cells.pop(1)
    del lab.objects["m/x"]


def template_lost(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in $mod", did=["store x in m"])
    del lab.objects["m/x"]


@_each(lost, lost_after_being_stored_again, template_lost)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_missing_object_is_reported_alone(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find() == [("VC201", "a.ipynb", 2)]


def test_missing_object_is_told_with_what_to_do(lab: Lab) -> None:
    lost(lab)
    lab.save()
    (finding,) = lab.check([MissingObject()])
    assert finding.message == "'m/x' was stored here, but storage.zip does not hold it any more"
    assert finding.hint == "run a.ipynb again, or restore storage.zip"
    assert finding.object == "m/x"


def test_object_deleted_before_it_was_stored_is_missing(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m", "%vault del x from m")
    author.run_again(2)
    del lab.objects["m/x"]
    lab.save()
    assert lab.find() == [("VC201", "a.ipynb", 2)]


def test_missing_vault_has_no_missing_objects(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save(archive=False, manifest=False)
    assert lab.find(_RULES) == []


def stored_unseen(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "2")


def replaced_by_another_tool(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "2", format=None)


def stored_as_another_format(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "1", format="npy")


def stable_replaced_by_unstable(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.put("m/x", "2", unstable=True)


@_each(stored_unseen, replaced_by_another_tool, stored_as_another_format, stable_replaced_by_unstable)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_object_that_is_not_the_recorded_one_is_reported_alone(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find() == [("VC202", "a.ipynb", 2)]


def test_last_recorded_store_is_named_whatever_the_order_of_cells(lab: Lab) -> None:
    stored_anew_by_an_earlier_cell(lab)
    lab.put("m/x", "4")
    lab.save()
    assert lab.find() == [("VC202", "a.ipynb", 2)]


def test_object_that_is_not_the_recorded_one_is_told_with_both_checksums(lab: Lab) -> None:
    stored_unseen(lab)
    lab.save()
    (finding,) = lab.check([NotLastRecorded()])
    assert finding.message == "'m/x' was stored here as 83DCEFB7, but storage.zip holds 1AD5BE0D"
    assert finding.hint == "run a.ipynb again and save it, or restore the right storage.zip"


def test_notebook_that_stored_unseen_is_named(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("sub/unsaved.ipynb").run("%vault store x in m", content="2")
    del lab.notebooks["sub/unsaved.ipynb"]
    lab.save()
    (finding,) = lab.check([NotLastRecorded()])
    assert finding.message.endswith("but storage.zip holds 1AD5BE0D, stored by sub/unsaved.ipynb")


def test_maker_that_is_not_among_those_checked_explains_the_difference(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("other.ipynb", "%vault import x from m").run("%vault store x in m", content="2")
    lab.save()
    assert [code for code, _, _ in lab.find([NotLastRecorded()])] == []
    (lab.folder / "other.ipynb").rename(lab.folder / "other.txt")
    del lab.notebooks["other.ipynb"]
    assert [code for code, _, _ in lab.find([NotLastRecorded()])] == ["VC202"]


def test_former_state_of_the_vault_is_told_as_one(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.run_again(2, content="2")
    lab.put("m/x", "1")
    lab.save()
    (finding,) = lab.check()
    assert (finding.code, finding.stake) == ("VC202", Stake.DATA)
    assert finding.message.endswith("but storage.zip holds 83DCEFB7, which was there before")


# Imports of objects that are gone


def imported_and_gone(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", "%vault import x from m")
    del lab.objects["m/x"]


def imported_and_deleted_by_another_notebook(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", "%vault import x from m")
    lab.start("b.ipynb", "%vault del x from m")


def never_imported(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault import x from m")


@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_imported_object_that_is_gone_is_missing(lab: Lab, *, archive: bool) -> None:
    imported_and_gone(lab)
    lab.save(archive=archive)
    (finding,) = lab.check(_RULES)
    assert finding.message == "'m/x' was imported here, but storage.zip does not hold it any more"


@_each(imported_and_deleted_by_another_notebook, never_imported)
def test_imported_object_that_is_not_to_be_there_is_no_missing_one(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find(_RULES) == []


# Saved copies that are behind


def stored_and_closed_without_saving(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").run_unsaved(2, content="2")


def stored_by_a_rival_and_closed_without_saving(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m")
    lab.start("a.ipynb", "%vault store x in m").run_unsaved(2, content="2")


@_each(stored_and_closed_without_saving, stored_by_a_rival_and_closed_without_saving)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_notebook_that_was_not_saved_is_behind(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find(_RULES) == [("VC206", "a.ipynb", 2)]


def test_notebook_behind_is_a_matter_of_bookkeeping(lab: Lab) -> None:
    stored_and_closed_without_saving(lab)
    lab.save()
    (finding,) = lab.check()
    assert finding.message == (
        "'m/x' was stored anew by a.ipynb, as 1AD5BE0D, and the saved notebook still tells of 83DCEFB7"
    )
    assert (finding.stake, finding.commands) == (Stake.BOOKKEEPING, ("jupyter execute --inplace a.ipynb",))
    assert finding.story == (
        "a.ipynb, cell 2, stored it as 83DCEFB7 on 2026-01-01 00:00 UTC",
        "storage.zip holds 1AD5BE0D now, stored by a.ipynb",
    )


@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_older_imports_follow_from_a_notebook_behind(lab: Lab, *, archive: bool) -> None:
    author = lab.start("b.ipynb", "%vault store x in m")
    lab.start("a.ipynb", "%vault import x from m")
    author.run_unsaved(2, content="2")
    lab.save(archive=archive)
    (finding,) = lab.check()
    assert (finding.code, finding.location.file, finding.stake) == ("VC206", "b.ipynb", Stake.DATA)
    assert [(one.location.file, one.message) for one in finding.consequences] == [
        ("a.ipynb", "'m/x' was imported here before")
    ]
    assert finding.commands == ("jupyter execute --inplace b.ipynb", "jupyter execute --inplace a.ipynb")
