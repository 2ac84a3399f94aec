"""Tests of the rules about what is stored for nobody, and what nobody has left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import Lab, name_case
from vaultcheck.finding import Severity
from vaultcheck.rules.leftovers import OrphanedEntry, UnusedObject

Case = Callable[[Lab], None]
both = pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


# VC404


def all_used(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m")
    lab.start("b.ipynb", "%vault import x, y from m")


def result_of_the_last(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault import x from m", "%vault store z in m")


def alone(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m")


def used_by_a_module(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m", "%vault store z in n")
    lab.start("b.ipynb", "%vault import x from m")
    lab.start("c.ipynb").run("%vault import m", did=[])
    lab.start("d.ipynb", "%vault import z from n")


def used_with_variables(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m")
    lab.start("b.ipynb", "%vault import x from m").write("%vault import $name from m")


def used_by_a_notebook_elsewhere(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m")
    lab.start("b.ipynb", "%vault import x from m")
    lab.start("elsewhere/c.ipynb", "%vault import y from m")
    del lab.notebooks["elsewhere/c.ipynb"]


def deleted_since(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m", "%vault del y from m")
    lab.start("b.ipynb", "%vault import x from m")


@_each(
    all_used,
    result_of_the_last,
    alone,
    used_by_a_module,
    used_with_variables,
    used_by_a_notebook_elsewhere,
    deleted_since,
)
@both
def test_object_that_is_used_or_a_result_is_accepted(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find([UnusedObject()]) == []


@both
def test_objects_that_nobody_imports_are_told_once(lab: Lab, *, archive: bool) -> None:
    lab.start("a.ipynb", "%vault store x, y in m", "%vault store z in m")
    lab.start("b.ipynb", "%vault import x from m")
    lab.save(archive=archive)
    (finding,) = lab.check([UnusedObject()])
    assert (finding.location.file, finding.location.cell, finding.severity) == ("a.ipynb", 2, Severity.INFO)
    assert finding.message == "'m/y' and 'm/z' are stored here, and nobody imports them"


def test_unreadable_notebook_may_use_what_no_other_does(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m")
    lab.start("b.ipynb", "%vault import x from m")
    (lab.folder / "c.ipynb").write_text("{", encoding="utf-8")
    lab.save(manifest=False)
    assert lab.find([UnusedObject()]) == []


def test_manifest_knows_what_an_unreadable_notebook_has_used(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x, y in m")
    lab.start("b.ipynb", "%vault import x from m")
    (lab.folder / "c.ipynb").write_text("{", encoding="utf-8")
    lab.save()
    assert lab.find([UnusedObject()]) == [("VC404", "a.ipynb", 2)]


# VC405


def stored_by_a_notebook_that_is_there(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")


def imported_from_another_tool(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("a.ipynb", "%vault import x from m")


def stored_by_nobody_known(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", "%vault store y in m")


def stored_with_variables(lab: Lab) -> None:
    left_by_a_deleted_notebook(lab)
    lab.start("c.ipynb").write("%vault store x in $module")


def taken_by_a_module(lab: Lab) -> None:
    left_by_a_deleted_notebook(lab)
    lab.start("c.ipynb").run("%vault import m", did=[])


@_each(
    stored_by_a_notebook_that_is_there,
    imported_from_another_tool,
    stored_by_nobody_known,
    stored_with_variables,
    taken_by_a_module,
)
def test_object_of_somebody_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([OrphanedEntry()]) == []


def left_by_a_deleted_notebook(lab: Lab) -> None:
    lab.start("old.ipynb", "%vault store x in m")
    del lab.notebooks["old.ipynb"]
    lab.start("a.ipynb", "%vault store y in n")


def left_by_another_tool(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("a.ipynb", "%vault store y in n")


def left_by_a_notebook_that_stores_it_no_more(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m", "%vault store y in n")
    del author.cells[1]


@pytest.mark.parametrize(
    ("arrange", "fate"),
    [
        pytest.param(left_by_a_deleted_notebook, "is gone", id="deleted-notebook"),
        pytest.param(left_by_another_tool, "is not known", id="other-tool"),
        pytest.param(left_by_a_notebook_that_stores_it_no_more, "stores it no more", id="edited-notebook"),
    ],
)
@both
def test_object_of_nobody_is_told_at_the_vault(lab: Lab, arrange: Case, fate: str, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    (finding,) = lab.check([OrphanedEntry()])
    assert (finding.location.file, finding.object, finding.severity) == ("storage.zip", "m/x", Severity.INFO)
    assert finding.message == f"no notebook stores or imports 'm/x', and who made it {fate}"


def test_hint_deletes_all_that_nobody_has_left(lab: Lab) -> None:
    lab.start("old.ipynb", "%vault store x in m")
    del lab.notebooks["old.ipynb"]
    lab.start("a.ipynb", "%vault store z in n")
    lab.put("m/y z", "1", format=None)
    lab.save()
    (finding,) = lab.check([OrphanedEntry()])
    assert finding.message.endswith("and who made them is gone or is not known")
    assert finding.hint.endswith("or delete them: vaultcheck rm storage.zip m/x 'm/y z'")


def test_command_of_very_many_is_cut_short(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store z in n")
    for number in range(21):
        lab.put(f"m/x{number:02}", "1", format=None)
    lab.save()
    (finding,) = lab.check([OrphanedEntry()])
    assert finding.hint.endswith("m/x18 m/x19 ...")


def beside_an_unreadable_notebook(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault import y from n")
    (lab.folder / "c.ipynb").write_text("{", encoding="utf-8")


def alone_with_the_vault(lab: Lab) -> None:
    del lab


@_each(beside_an_unreadable_notebook, alone_with_the_vault)
def test_object_of_nobody_is_not_told_where_importers_are_unknown(lab: Lab, arrange: Case) -> None:
    left_by_another_tool(lab)
    arrange(lab)
    lab.save(manifest=False)
    assert lab.find([OrphanedEntry()]) == []


def test_object_of_nobody_is_told_without_a_manifest_if_several_notebooks_are_checked(lab: Lab) -> None:
    left_by_another_tool(lab)
    lab.start("b.ipynb", "%vault import y from n")
    lab.save(manifest=False)
    assert lab.find([OrphanedEntry()]) == [("VC405", "storage.zip", None)]
