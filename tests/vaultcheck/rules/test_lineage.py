"""Tests of the rules about who hands what to whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import Lab, name_case
from vaultcheck.rules.lineage import ProducerCycle, RivalProducers, UnstoredImport

Case = Callable[[Lab], None]


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


# VC401


def stored_by_a_checked_notebook(lab: Lab) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use.ipynb", "%vault import x from m")


def stored_but_not_run_yet(lab: Lab) -> None:
    lab.start("make.ipynb").write("%vault store x in m")
    lab.start("use.ipynb").write("%vault import x from m")


def made_by_a_notebook_that_is_not_checked(lab: Lab) -> None:
    stored_by_a_checked_notebook(lab)
    del lab.notebooks["make.ipynb"]


def put_there_by_vault_magic_without_a_notebook(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("use.ipynb", "%vault import x from m")


def stored_by_the_importing_notebook(lab: Lab) -> None:
    lab.start("use.ipynb", "%vault store x in m", "%vault import x from m")


def stored_by_a_template(lab: Lab) -> None:
    lab.start("make.ipynb").run("%vault store x in $mod", did=["store x in m"])
    lab.start("use.ipynb", "%vault import x from m")


def stored_by_a_template_of_a_stripped_notebook(lab: Lab) -> None:
    stored_by_a_template(lab)
    lab.notebooks["make.ipynb"].strip()


def stored_by_what_the_maker_runs(lab: Lab) -> None:
    (lab.folder / "steps.py").write_text("get_ipython().run_line_magic('vault', 'store x in m')", encoding="utf-8")
    lab.start("make.ipynb").run("%run steps.py", did=["store x in m"])
    lab.notebooks["make.ipynb"].strip()
    lab.start("use.ipynb", "%vault import x from m")


@_each(
    stored_by_a_checked_notebook,
    stored_by_a_template_of_a_stripped_notebook,
    stored_by_what_the_maker_runs,
    stored_but_not_run_yet,
    made_by_a_notebook_that_is_not_checked,
    put_there_by_vault_magic_without_a_notebook,
    stored_by_the_importing_notebook,
    stored_by_a_template,
)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_import_with_a_known_origin_is_accepted(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find([UnstoredImport()]) == []


def put_there_by_another_tool(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("use.ipynb", "%vault import x from m")


def imported_twice(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("use.ipynb", "%vault import x from m", "%vault from m import x")


def imported_by_two_notebooks(lab: Lab) -> None:
    put_there_by_another_tool(lab)
    lab.start("use2.ipynb", "%vault import x from m")


@_each(put_there_by_another_tool, imported_twice, imported_by_two_notebooks)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_import_that_nobody_stores_is_reported_alone(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert lab.find() == [("VC401", "use.ipynb", 2)]


@pytest.mark.parametrize("stripped", [False, True], ids=["saved", "stripped"])
def test_import_whose_maker_has_no_command_for_it_any_more_is_reported(lab: Lab, *, stripped: bool) -> None:
    author = lab.start("make.ipynb", "x = 1", "%vault store x in m", "%vault store x in n")
    lab.start("use.ipynb", "%vault import x from m")
    del author.cells[2]
    if stripped:
        author.strip()
    lab.save()
    (finding,) = lab.check([UnstoredImport()])
    assert finding.message == "'m/x' is imported, and none of the notebooks checked stores it: make.ipynb did"
    assert finding.hint == "put the command that stored it back into make.ipynb, or import something else"


def test_import_of_what_is_not_there_is_reported(lab: Lab) -> None:
    lab.start("use.ipynb").write("\n%vault import x from m")
    lab.save()
    (finding,) = lab.check([UnstoredImport()])
    assert finding.message == "'m/x' is imported, and none of the notebooks checked stores it"
    assert (finding.location.cell, finding.location.line, finding.object) == (2, 2, "m/x")


# VC402


def two_objects(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault store x in n")


def one_notebook_that_stores_twice(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault store x in m")


def imported_elsewhere(lab: Lab) -> None:
    stored_by_a_checked_notebook(lab)


def two_vaults(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    other = Lab(lab.folder, archive="other.zip", vault="2" * 32)
    other.start("b.ipynb", "%vault store x in m")
    other.save()


@_each(two_objects, one_notebook_that_stores_twice, imported_elsewhere, two_vaults)
def test_object_with_one_producer_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find() == []


def two_notebooks(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault store x in m")


def one_by_path_and_one_by_module(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault store y in 'm/x'")


def one_that_has_not_run(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb").write("%vault store x in m")


@_each(two_notebooks, one_by_path_and_one_by_module, one_that_has_not_run)
def test_object_with_two_producers_is_reported(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([RivalProducers()]) == [("VC402", "b.ipynb", 2)]


def test_all_rivals_are_named(lab: Lab) -> None:
    two_notebooks(lab)
    lab.start("c.ipynb", "%vault store x in m")
    lab.save()
    (finding,) = lab.check()
    assert finding.message == (
        "'m/x' is stored by a.ipynb, b.ipynb and c.ipynb; what is there depends on which ran last"
    )
    assert (finding.location.file, finding.location.line, finding.object) == ("c.ipynb", 1, "m/x")


def test_copy_of_a_notebook_is_one_finding(lab: Lab) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        lab.start(name, "%vault store x in m", "%vault store y in m", "%vault store z in m")
    lab.save()
    (finding,) = lab.check([RivalProducers()])
    assert finding.message == (
        "'m/x' and 2 more are stored by a.ipynb and b.ipynb; what is there depends on which ran last"
    )


# VC403


def chain(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault import x from m", "%vault store y in m")
    lab.start("c.ipynb", "%vault import y from m")


def own_object_improved(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m", "%vault import x from m")
    author.run("%vault store x in m", content="2")


def diamond(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.start("b.ipynb", "%vault import x from m", "%vault store y in m")
    lab.start("c.ipynb", "%vault import x from m", "%vault store z in m")
    lab.start("d.ipynb", "%vault import y, z from m")


@_each(chain, own_object_improved, diamond)
def test_order_that_can_be_run_from_nothing_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find() == []


def test_rivals_that_import_what_they_stored_need_each_other_for_nothing(lab: Lab) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        lab.start(name, "%vault store x in m", "%vault import x from m")
    lab.save()
    assert lab.find() == [("VC402", "b.ipynb", 2)]


def test_rivals_that_import_before_they_store_need_each_other(lab: Lab) -> None:
    lab.put("m/x", "1")
    for name in ("a.ipynb", "b.ipynb"):
        lab.start(name, "%vault import x from m", "%vault store x in m")
    lab.save()
    assert lab.find([ProducerCycle()]) == [("VC403", "a.ipynb", 2)]


def _arrange_cycle(lab: Lab, *names: str) -> None:
    """Let each notebook import what the one before stores; the first one what the last stores."""
    for number, name in enumerate(names):
        lab.put(f"m/x{number - 1 if number else len(names) - 1}", "1")
        lab.start(f"{name}.ipynb", f"%vault import x{(number - 1) % len(names)} from m", f"%vault store x{number} in m")


def test_cycle_of_two_is_reported_alone(lab: Lab) -> None:
    _arrange_cycle(lab, "b", "a")
    lab.save()
    assert lab.find() == [("VC403", "a.ipynb", 2)]


def test_cycle_is_told_in_the_order_of_hand_overs(lab: Lab) -> None:
    _arrange_cycle(lab, "b", "c", "a")
    lab.save()
    (finding,) = lab.check([ProducerCycle()])
    assert finding.message == "these notebooks need each other: a.ipynb → b.ipynb → c.ipynb → a.ipynb"
    assert (finding.location.file, finding.location.cell, finding.object) == ("a.ipynb", 2, "m/x1")


def test_cycle_is_shown_at_the_object_that_is_handed_over(lab: Lab) -> None:
    lab.put("n/p", "1")
    own = ("%vault store s in m", "%vault import s from m")
    lab.start("a.ipynb", *own, "%vault import p from n", "%vault store q in n")
    lab.start("b.ipynb", *own, "%vault import q from n", "%vault store p in n")
    lab.save()
    (finding,) = lab.check([ProducerCycle()])
    assert (finding.location.file, finding.location.cell, finding.object) == ("a.ipynb", 4, "n/p")


def test_two_cycles_are_two_findings(lab: Lab) -> None:
    _arrange_cycle(lab, "a", "b")
    for name, other in (("c", "d"), ("d", "c")):
        lab.put(f"n/{other}", "1")
        lab.start(f"{name}.ipynb", f"%vault import {other} from n", f"%vault store {name} in n")
    lab.save()
    assert lab.find() == [("VC403", "a.ipynb", 2), ("VC403", "c.ipynb", 2)]
