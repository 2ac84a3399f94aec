"""Tests of the rules about cells that did not run once each, from the top, in one session."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from tests.builders import Author, Lab, name_case
from vaultcheck.finding import Severity
from vaultcheck.rules.base import Rule
from vaultcheck.rules.order import MixedSessions, OutOfOrder, RepeatedRun, VanishedCell
from vaultcheck.runs import Runs

Case = Callable[[Lab], None]
STORE = "%vault store x in m"


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


def _find(lab: Lab, rule: Rule) -> list[tuple[int | None, Severity]]:
    lab.save()
    return [(finding.location.cell, finding.severity) for finding in lab.check([rule])]


# VC308


def as_it_ran(lab: Lab) -> None:
    lab.start("a.ipynb", "y = 1", "x = y", STORE)


def cells_that_have_nothing_to_do_with_each_other(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "y = 1", "x = 2", "print(1)", STORE).cells
    cells[1], cells[2] = cells[2], cells[1]


def definitions_that_need_nothing_of_each_other_swapped(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "x = []", "y = 1", "x.append(y)", STORE).cells
    cells[1], cells[2] = cells[2], cells[1]


def plot_moved(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "x = 1", STORE, "print(x)").cells
    cells[2], cells[3] = cells[3], cells[2]


def definition_run_again_before_the_store(lab: Lab) -> None:
    author = lab.start("a.ipynb", "y = 1", "x = y", sends_ids=True)
    author.run_again(2)
    author.run(STORE)


def all_run_twice(lab: Lab) -> None:
    author = lab.start("a.ipynb", "y = 1", "x = y", STORE, sends_ids=True)
    for cell in (1, 2, 3, 4):
        author.run_again(cell)


@_each(
    as_it_ran,
    cells_that_have_nothing_to_do_with_each_other,
    definitions_that_need_nothing_of_each_other_swapped,
    plot_moved,
    definition_run_again_before_the_store,
    all_run_twice,
)
def test_order_that_makes_no_difference_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert _find(lab, OutOfOrder()) == []


def definitions_swapped(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "x = 1", "x = 2", STORE).cells
    cells[1], cells[2] = cells[2], cells[1]


def change_moved_above_another(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "x = []", "x.append(1)", "x.append(2)", STORE).cells
    cells[2], cells[3] = cells[3], cells[2]


def change_moved_below_the_store(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "x = []", "x.append(1)", STORE).cells
    cells[2], cells[3] = cells[3], cells[2]


@_each(definitions_swapped, change_moved_above_another, change_moved_below_the_store)
def test_order_that_made_another_object_is_a_warning_at_the_store(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    cells = lab.notebooks["a.ipynb"].cells
    store = next(number for number, cell in enumerate(cells, start=1) if cell["source"] == STORE)
    assert _find(lab, OutOfOrder()) == [(store, Severity.WARNING)]


def test_order_is_told_with_the_cells_as_they_ran(lab: Lab) -> None:
    change_moved_above_another(lab)
    lab.save()
    (finding,) = lab.check([OutOfOrder()])
    assert finding.message == (
        "'m/x' goes back to cells 2, 4 and 3, which ran in this order; run from the top, to cells 2, 3 and 4"
    )


def test_order_of_one_cell_is_told_with_the_one_that_stands_there(lab: Lab) -> None:
    definitions_swapped(lab)
    lab.save()
    (finding,) = lab.check([OutOfOrder()])
    assert finding.message == "'m/x' goes back to cell 2; run from the top, to cell 3"


def test_cell_above_that_ran_only_after_the_store_is_a_warning_there(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = []", STORE)
    author.run("x.append(1)")
    author.cells.insert(2, author.cells.pop())
    lab.save()
    (finding,) = lab.check()
    assert (finding.code, finding.location.cell, finding.severity) == ("VC308", 4, Severity.WARNING)
    assert finding.message == "cell 3 above ran only after 'm/x' was stored, and would have had a part in it"


def _run_definition_after_its_user(lab: Lab) -> Author:
    author = lab.start("a.ipynb", "x = 1", STORE, "y = 1")
    author.write("z = y + 1")
    author.edit(4, "y = 2")
    author.run_again(5)
    author.run_again(4)
    return author


def test_cell_that_ran_after_its_user_is_information_beside_a_store_that_lost_another_cell(lab: Lab) -> None:
    author = lab.start("a.ipynb", "print(1)", "x = 1", STORE, "y = 1", "z = y + 1", sends_ids=True)
    author.cells[4]["execution_count"] = 7
    del author.cells[1]
    assert _find(lab, OutOfOrder()) == [(4, Severity.INFO)]


def test_order_is_not_told_where_edited_code_is_to_be_run_again(lab: Lab) -> None:
    _run_definition_after_its_user(lab).edit(2, "x = 2")
    assert _find(lab, OutOfOrder()) == []


def test_cell_that_ran_after_its_user_is_information(lab: Lab) -> None:
    _run_definition_after_its_user(lab)
    assert _find(lab, OutOfOrder()) == [(4, Severity.INFO)]


def test_imports_may_run_again_at_any_time(lab: Lab) -> None:
    author = lab.start("a.ipynb", "import os", "x = os.sep", STORE)
    author.run_again(2)
    assert _find(lab, OutOfOrder()) == []


def test_notebook_without_evidence_is_not_judged(lab: Lab) -> None:
    author = lab.start("a.ipynb", "y = 1", "z = y")
    author.run_again(2)
    assert _find(lab, OutOfOrder()) == []


# VC309


def cell_that_showed_deleted(lab: Lab) -> None:
    del lab.start("a.ipynb", "x = 1", "print(x)", STORE).cells[2]


def cell_that_showed_edited(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "print(1)", STORE)
    author.edit(3, "print(2)")


def run_again_with_other_text_before_the_store(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", sends_ids=True)
    author.edit(2, "x = 2")
    author.run_again(2)
    author.run(STORE)


def parameters_put_in(lab: Lab) -> None:
    author = lab.start("a.ipynb", "rate = 1", "rate = 2", "x = rate", STORE)
    author.cells[1]["metadata"] = {"tags": ["parameters"]}
    del author.cells[2]


@_each(
    as_it_ran,
    cell_that_showed_deleted,
    cell_that_showed_edited,
    run_again_with_other_text_before_the_store,
    parameters_put_in,
)
def test_run_that_changed_nothing_may_vanish(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert _find(lab, VanishedCell()) == []


@pytest.mark.parametrize("source", ["x = x + [1]", "x.append(1)", "for i in x:\n    x = [i]"])
def test_vanished_change_of_what_is_stored_is_a_warning_at_the_store(lab: Lab, source: str) -> None:
    del lab.start("a.ipynb", "x = [0]", source, STORE).cells[2]
    assert _find(lab, VanishedCell()) == [(3, Severity.WARNING)]


def test_vanished_cell_of_the_same_text_as_one_that_stays_is_a_warning_at_the_store(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = [0]", "x.append(1)", "x.append(1)", STORE, sends_ids=True)
    del author.cells[2]
    assert _find(lab, VanishedCell()) == [(4, Severity.WARNING)]


def test_vanished_change_is_told_with_its_count_and_names(lab: Lab) -> None:
    del lab.start("a.ipynb", "x = [0]", "x.append(1)", STORE).cells[2]
    lab.save()
    (finding,) = lab.check([VanishedCell()])
    assert finding.message == "code that is no longer in the notebook ([3]) changed 'x', which goes into 'm/x'"


def test_vanished_changes_of_several_names_are_told_so(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "x = y = []", "x.append(1)", "z = [1]", "z.append(2)", "%vault store x, z in m").cells
    del cells[4], cells[2]
    lab.save()
    (finding,) = lab.check([VanishedCell()])
    vanished = "code that is no longer in the notebook ([3] and [5])"
    assert finding.message == f"{vanished} changed 'x' and 'z', which go into 'm/x' and 'm/z'"


def test_vanished_change_of_something_else_is_information(lab: Lab) -> None:
    del lab.start("a.ipynb", "x = 1", "scratch = 2", STORE).cells[2]
    assert _find(lab, VanishedCell()) == [(None, Severity.INFO)]


def test_vanished_definition_that_nothing_replaces_is_told_elsewhere(lab: Lab) -> None:
    del lab.start("a.ipynb", "x = 1", STORE).cells[1]
    assert _find(lab, VanishedCell()) == []


# VC310


def run_again_without_adding(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = [1]", "x = sorted(x)", sends_ids=True)
    author.run_again(3)
    author.run(STORE)


def plot_run_again(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "print(x)", sends_ids=True)
    author.run_again(3)
    author.run(STORE)


def added_again_after_a_new_start(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 0", "x += 1", STORE, sends_ids=True)
    for cell in (2, 3, 4):
        author.run_again(cell)


@_each(as_it_ran, run_again_without_adding, plot_run_again, added_again_after_a_new_start, all_run_twice)
def test_run_that_comes_to_the_same_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert _find(lab, RepeatedRun()) == []


@pytest.mark.parametrize("sends_ids", [False, True], ids=["without-ids", "with-ids"])
@pytest.mark.parametrize("source", ["x += 1", "x = x * 2"])
def test_value_added_to_twice_is_a_warning_at_the_cell(lab: Lab, source: str, *, sends_ids: bool) -> None:
    author = lab.start("a.ipynb", "x = 0", source, sends_ids=sends_ids)
    author.run_again(3)
    author.run(STORE)
    assert _find(lab, RepeatedRun()) == [(3, Severity.WARNING)]


def test_value_added_to_twice_that_is_not_stored_is_information(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 0", "y = 0", "y += 1", sends_ids=True)
    author.run_again(4)
    author.run(STORE)
    assert _find(lab, RepeatedRun()) == [(4, Severity.INFO)]


def test_values_changed_twice_are_told_with_what_they_go_into(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x, y = [1, 2], [1, 2]", "x.pop()\ny.pop()", sends_ids=True)
    author.run_again(3)
    author.run("%vault store x, y in m")
    lab.save()
    (finding,) = lab.check([RepeatedRun()])
    again = "this cell ran more than once, and changes 'x' and 'y' further each time"
    assert finding.message == f"{again}, which go into 'm/x' and 'm/y'"


def test_value_added_to_twice_that_is_bound_anew_before_the_store_is_information(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 0", "x += 1", sends_ids=True)
    author.run_again(3)
    author.run("x = 5")
    author.run(STORE)
    lab.save()
    (finding,) = lab.check([RepeatedRun()])
    assert (finding.severity, finding.object, "into" in finding.message) == (Severity.INFO, None, False)


# VC311


def all_run_after_a_restart(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE)
    author.restart()
    author.run_again(2)
    author.run_again(3)


def half_run_after_a_restart(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE)
    author.restart()
    author.run_again(2)


@_each(as_it_ran, all_run_after_a_restart, half_run_after_a_restart)
def test_cells_of_one_session_are_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    assert _find(lab, MixedSessions()) == []


def test_change_that_did_not_run_in_the_session_of_the_store_is_a_warning_at_the_store(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = [3, 1]", "x.sort()", STORE)
    author.restart()
    author.run_again(2)
    author.run_again(4)
    assert _find(lab, MixedSessions()) == [(4, Severity.WARNING)]


def test_cell_of_another_session_is_told_with_the_objects_that_miss_it(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x, y = 1, 2", "x += 1\ny += 1", "%vault store x, y in m")
    author.restart()
    author.run_again(2)
    author.run_again(4)
    lab.save()
    (finding,) = lab.check([MixedSessions()])
    missed = "cell 3 did not run in the session that stored 'm/x' and 'm/y'"
    assert finding.message == f"{missed}, and would have had a part in them"


def test_outputs_of_an_earlier_session_are_information(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE, "%vault store x in n")
    author.restart()
    author.run_again(2)
    author.run_again(3)
    assert _find(lab, MixedSessions()) == [(4, Severity.INFO)]


def test_runs_of_a_store_are_looked_at_once_each(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Mock(side_effect=Runs.find_cell)
    monkeypatch.setattr(Runs, "find_cell", lambda self, place: look(self, place))
    cells = (f"x{number} = x{number - 1} + 1" for number in range(1, 100))
    author = lab.start("a.ipynb", "x0 = 1", *cells, "x = x99", STORE, "%vault list", sends_ids=True)
    author.edit(2, "x0 = 2")
    assert _find(lab, OutOfOrder()) == []
    assert look.call_count < 10 * len(author.cells)


def test_cells_of_another_language_have_not_vanished(lab: Lab) -> None:
    author = lab.start("a.ipynb", "y = 1", "x = y", STORE)
    author.metadata = {"language_info": {"name": "R"}}
    assert _find(lab, VanishedCell()) == []
