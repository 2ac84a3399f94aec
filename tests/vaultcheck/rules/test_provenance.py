"""Tests of the rules about objects whose notebook no longer holds the code that made them."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from tests.builders import Lab, name_case
from vaultcheck import dataflow, making
from vaultcheck.finding import Severity
from vaultcheck.rules.freshness import EditedCell
from vaultcheck.rules.provenance import ObjectOfEditedCode, UndefinedName, UnrunDefinition

Case = Callable[[Lab], None]
STORE = "%vault store x in m"


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


def _save(lab: Lab, *, stripped: bool) -> None:
    for author in lab.notebooks.values() if stripped else ():
        author.strip()
    lab.save(archive=not stripped)


both = pytest.mark.parametrize("stripped", [False, True], ids=["saved", "stripped"])


# VC305


def as_it_ran(lab: Lab) -> None:
    lab.start("a.ipynb", "y = 1", "x = y", STORE)


def other_value_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "z = 1", "x = 1", STORE).edit(2, "z = 2")


def plot_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "print(x)", STORE).edit(3, "print(2 * x)")


def definition_that_was_replaced_before_the_store_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "x = 2", STORE).edit(2, "x = 3")


def cell_below_the_store_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", STORE, "x = 2").edit(4, "x = 3")


def layout_changed(lab: Lab) -> None:
    lab.start("a.ipynb", "x=1", STORE).edit(2, "x = 1")


def edited_and_all_run_again(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE)
    author.edit(2, "x = 2")
    author.run_again(2)
    author.run_again(3)


def storing_cell_itself_edited(lab: Lab) -> None:
    lab.start("a.ipynb", f"x = 1\n{STORE}").edit(2, f"x = 2\n{STORE}")


@both
@_each(
    as_it_ran,
    other_value_edited,
    plot_edited,
    definition_that_was_replaced_before_the_store_edited,
    cell_below_the_store_edited,
    layout_changed,
    edited_and_all_run_again,
    storing_cell_itself_edited,
)
def test_object_whose_code_stands_there_is_accepted(lab: Lab, arrange: Case, *, stripped: bool) -> None:
    arrange(lab)
    _save(lab, stripped=stripped)
    assert lab.find([ObjectOfEditedCode()]) == []


def definition_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "y = 2", STORE).edit(2, "x = 2")


def source_of_the_definition_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "y = 1", "x = y", STORE).edit(2, "y = 2")


def function_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "def f():\n    return 1", "x = f()", STORE).edit(2, "def f():\n    return 2")


def global_of_a_function_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "k = 1", "def f():\n    return k\nx = f()", STORE).edit(2, "k = 2")


def change_in_place_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "x = []", "x.append(1)", STORE).edit(3, "x.append(2)")


def change_through_another_name_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "x = []\ny = x", "y.append(1)", STORE).edit(3, "y.append(2)")


def unknown_call_edited(lab: Lab) -> None:
    lab.start("a.ipynb", "from tools import clean\nx = []", "clean(x)", STORE).edit(3, "clean(x, 2)")


def import_of_the_value_edited(lab: Lab) -> None:
    lab.put("n/x", "1")
    author = lab.start("a.ipynb", "limit = 1\n%vault import x from n", STORE)
    author.edit(2, "limit = 2\n%vault import x from n")


def call_that_stores(lab: Lab) -> None:
    author = lab.start("a.ipynb", "import vault_magic", "x = 1")
    author.run("vault_magic.vault.store('m/x', x)", did=["store x in m"])
    author.edit(3, "x = 2")


def edited_and_run_again_but_not_the_store(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE)
    author.edit(2, "x = 2")
    author.run_again(2)


_TAINTED: tuple[Case, ...] = (
    definition_edited,
    source_of_the_definition_edited,
    function_edited,
    global_of_a_function_edited,
    change_in_place_edited,
    change_through_another_name_edited,
    unknown_call_edited,
    import_of_the_value_edited,
)


@both
@_each(*_TAINTED)
def test_object_of_an_edited_cell_is_reported_at_the_store(lab: Lab, arrange: Case, *, stripped: bool) -> None:
    arrange(lab)
    _save(lab, stripped=stripped)
    (place,) = lab.find([ObjectOfEditedCode()])
    assert place == ("VC305", "a.ipynb", len(lab.notebooks["a.ipynb"].cells))


@_each(call_that_stores, edited_and_run_again_but_not_the_store)
def test_object_of_code_edited_since_is_reported_at_the_store(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    (place,) = lab.find([ObjectOfEditedCode()])
    assert place == ("VC305", "a.ipynb", len(lab.notebooks["a.ipynb"].cells))


def test_cell_that_was_run_again_as_it_stands_is_not_called_edited(lab: Lab) -> None:
    edited_and_run_again_but_not_the_store(lab)
    lab.save()
    assert lab.find([EditedCell()]) == []


def test_several_edited_cells_are_told_once_with_their_numbers(lab: Lab) -> None:
    author = lab.start("a.ipynb", "y = 1", "x = y", "%vault store x, y in m")
    author.edit(2, "y = 2")
    author.edit(3, "x = y + 1")
    lab.save()
    (finding,) = lab.check([ObjectOfEditedCode()])
    assert finding.message == "cells 2 and 3, which go into 'm/x' and 'm/y', have been edited since the store"
    assert finding.hint == "run the notebook again from cell 2 on, or put the code back"
    assert (finding.object, finding.severity) == ("m/x", Severity.ERROR)


def test_cell_that_only_may_have_changed_the_object_is_told_so(lab: Lab) -> None:
    unknown_call_edited(lab)
    lab.save()
    (finding,) = lab.check([ObjectOfEditedCode()])
    assert finding.message == "cell 3, which may go into 'm/x', has been edited since the store"


def test_each_store_is_told_of_its_own_cells(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE, "y = 2", "%vault store y in m")
    author.edit(4, "y = 3")
    lab.save()
    assert lab.find([ObjectOfEditedCode()]) == [("VC305", "a.ipynb", 5)]


@both
def test_nothing_is_told_of_layout_that_only_a_newer_python_can_read(lab: Lab, *, stripped: bool) -> None:
    author = lab.start("a.ipynb", "y = 1", "x = y", STORE, sends_ids=True)
    author.metadata = {"language_info": {"name": "python", "version": "3.99.0"}}
    author.edit(2, "y = 1 if if else 2")
    _save(lab, stripped=stripped)
    assert lab.find() == []


# VC306


def definition_stands_above(lab: Lab) -> None:
    lab.start("a.ipynb", "y = 1", "x = y", STORE)


def unused_definition_deleted(lab: Lab) -> None:
    del lab.start("a.ipynb", "y = 1", "x = 1", STORE).cells[1]


def one_of_two_definitions_deleted(lab: Lab) -> None:
    del lab.start("a.ipynb", "y = 1", "y = 2", "x = y", STORE).cells[2]


def name_that_the_kernel_brings_along(lab: Lab) -> None:
    lab.start("a.ipynb", "x = spark.read()", STORE)


def builtin(lab: Lab) -> None:
    del lab.start("a.ipynb", "list = 1", "x = list(range(3))", STORE).cells[1]


def definition_under_a_file_that_is_run(lab: Lab) -> None:
    del lab.start("a.ipynb", "%run setup.py", "y = 1", "x = y", STORE).cells[2]


def never_run_cell_uses_it(lab: Lab) -> None:
    author = lab.start("a.ipynb", "y = 1", "x = 1", STORE)
    author.write("print(y)")
    del author.cells[1]


def name_in_a_function_of_its_own_cell(lab: Lab) -> None:
    lab.start("a.ipynb", "def f():\n    return k\nk = 1\nx = f()", STORE)


@both
@_each(
    definition_stands_above,
    unused_definition_deleted,
    one_of_two_definitions_deleted,
    name_that_the_kernel_brings_along,
    builtin,
    definition_under_a_file_that_is_run,
    never_run_cell_uses_it,
    name_in_a_function_of_its_own_cell,
)
def test_name_that_is_defined_above_is_accepted(lab: Lab, arrange: Case, *, stripped: bool) -> None:
    arrange(lab)
    _save(lab, stripped=stripped)
    assert lab.find([UndefinedName()]) == []


def stored_name_deleted(lab: Lab) -> int:
    del lab.start("a.ipynb", "x = 1", STORE).cells[1]
    return 2


def source_deleted(lab: Lab) -> int:
    del lab.start("a.ipynb", "y = 1", "x = y", STORE).cells[1]
    return 2


def moved_below(lab: Lab) -> int:
    cells = lab.start("a.ipynb", "y = 1", "x = y", STORE).cells
    cells.append(cells.pop(1))
    return 2


def global_of_a_function_deleted(lab: Lab) -> int:
    del lab.start("a.ipynb", "k = 1", "def f():\n    return k", "x = f()", STORE).cells[1]
    return 3


def import_deleted(lab: Lab) -> int:
    del lab.start("a.ipynb", "import os", "x = os.sep", STORE).cells[1]
    return 2


def name_that_is_changed_in_place(lab: Lab) -> int:
    del lab.start("a.ipynb", "x = 1", "x += 1", STORE).cells[1]
    return 2


_MISSING: tuple[Callable[[Lab], int], ...] = (
    stored_name_deleted,
    source_deleted,
    moved_below,
    global_of_a_function_deleted,
    import_deleted,
    name_that_is_changed_in_place,
)


@both
@pytest.mark.parametrize("arrange", _MISSING, ids=name_case)
def test_missing_definition_is_reported_where_it_is_first_used(
    lab: Lab, arrange: Callable[[Lab], int], *, stripped: bool
) -> None:
    cell = arrange(lab)
    _save(lab, stripped=stripped)
    (finding,) = lab.check([UndefinedName()])
    assert (finding.location.cell, finding.severity, finding.object) == (cell, Severity.ERROR, "m/x")


def test_name_that_reaches_no_store_is_a_warning(lab: Lab) -> None:
    del lab.start("a.ipynb", "y = 1", "print(y)", "x = 1", STORE).cells[1]
    lab.save()
    (finding,) = lab.check([UndefinedName()])
    assert (finding.location.cell, finding.severity, finding.object) == (2, Severity.WARNING, None)


def test_name_that_is_shown_before_it_reaches_a_store_is_an_error(lab: Lab) -> None:
    del lab.start("a.ipynb", "y = 1", "print(y)", "x = y", STORE).cells[1]
    lab.save()
    (finding,) = lab.check([UndefinedName()])
    assert (finding.location.cell, finding.severity, finding.object) == (2, Severity.ERROR, "m/x")


def test_name_that_is_defined_anew_before_it_reaches_a_store_is_a_warning(lab: Lab) -> None:
    del lab.start("a.ipynb", "y = 1", "print(y)", "y = 2", "x = y", STORE).cells[1]
    lab.save()
    (finding,) = lab.check([UndefinedName()])
    assert (finding.location.cell, finding.severity, finding.object) == (2, Severity.WARNING, None)


def test_missing_definition_is_told_with_the_cell_below_that_has_it(lab: Lab) -> None:
    moved_below(lab)
    lab.save()
    (finding,) = lab.check([UndefinedName()])
    assert finding.message == (
        "'y' was defined when this cell ran, and no cell above defines it any more; cell 4, below, does"
    )
    assert finding.hint == "move cell 4 above this one, and run the notebook from the top"


def test_several_missing_definitions_are_told_without_a_cell_that_has_but_one(lab: Lab) -> None:
    cells = lab.start("a.ipynb", "y = 1", "z = 2", "x = y + z", STORE).cells
    cells.append(cells.pop(2))
    del cells[1]
    lab.save()
    (finding,) = lab.check([UndefinedName()])
    assert finding.message == "'y' and 'z' were defined when this cell ran, and no cell above defines them any more"
    assert finding.hint == "put the definitions back above, and run the notebook from the top"


def test_missing_definition_is_not_looked_for_in_the_cell_that_misses_it(lab: Lab) -> None:
    name_that_is_changed_in_place(lab)
    lab.save()
    (finding,) = lab.check([UndefinedName()])
    assert finding.message == "'x' was defined when this cell ran, and no cell above defines it any more"
    assert finding.hint == "put the definition back above, and run the notebook from the top"


def test_missing_definition_is_told_once(lab: Lab) -> None:
    del lab.start("a.ipynb", "y = 1", "x = y", "z = y", "%vault store x, z in m").cells[1]
    lab.save()
    assert lab.find([UndefinedName()]) == [("VC306", "a.ipynb", 2)]


# VC307


def added_below_the_store(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", STORE).write("x = 2")


def added_above_and_of_something_else(lab: Lab) -> None:
    _insert(lab, "y = 2")


def added_above_and_only_showing(lab: Lab) -> None:
    _insert(lab, "print(x)")


def text_added_above(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE)
    author.write("x = 2", kind="markdown")
    author.cells.insert(2, author.cells.pop())


def added_above_to_be_skipped(lab: Lab) -> None:
    _insert(lab, "x = [2]")
    lab.notebooks["a.ipynb"].cells[2]["metadata"] = {"tags": ["skip-execution"]}


def _insert(lab: Lab, source: str) -> None:
    author = lab.start("a.ipynb", "x = [1]", STORE)
    author.write(source)
    author.cells.insert(2, author.cells.pop())


@both
@_each(
    as_it_ran,
    added_below_the_store,
    added_above_and_of_something_else,
    added_above_and_only_showing,
    text_added_above,
    added_above_to_be_skipped,
)
def test_cell_that_changes_nothing_stored_may_wait(lab: Lab, arrange: Case, *, stripped: bool) -> None:
    arrange(lab)
    _save(lab, stripped=stripped)
    assert lab.find([UnrunDefinition()]) == []


@both
@pytest.mark.parametrize(
    "source", ["x = [2]", "x.append(2)", "for i in range(3):\n    x += [i]", "x[0] = 2", "del x[0]"]
)
def test_cell_above_a_store_that_has_not_run_is_reported(lab: Lab, source: str, *, stripped: bool) -> None:
    _insert(lab, source)
    _save(lab, stripped=stripped)
    assert lab.find([UnrunDefinition()]) == [("VC307", "a.ipynb", 3)]


def _copy(lab: Lab, source: str) -> None:
    author = lab.start("a.ipynb", "x = [1]", source, STORE)
    author.write(source)
    author.cells.insert(3, author.cells.pop())


@both
@pytest.mark.parametrize(
    ("source", "cells"), [("x.append(2)", [4]), ("x = [2]", []), ("x.sort()", [])], ids=["adds", "binds", "sorts"]
)
def test_copy_of_a_cell_is_reported_where_it_would_add_once_more(
    lab: Lab, source: str, cells: list[int], *, stripped: bool
) -> None:
    _copy(lab, source)
    _save(lab, stripped=stripped)
    assert [cell for _, _, cell in lab.find([UnrunDefinition()])] == cells


def test_cell_that_has_not_run_is_told_once_with_the_objects(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", STORE, "%vault store x in n")
    author.write("x = 2")
    author.cells.insert(2, author.cells.pop())
    lab.save()
    (finding,) = lab.check([UnrunDefinition()])
    assert finding.message == "this cell has not run, and changes what goes into 'm/x' and 'n/x'"


def test_cells_above_a_store_are_followed_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = Mock(wraps=dataflow.trace)
    monkeypatch.setattr(making, "trace", trace)
    cells = [f"x{number} = x{number - 1} + 1" for number in range(1, 30)]
    author = lab.start("a.ipynb", "x0 = 1", *cells, "%vault store x29 in m")
    author.cells[1:-1] = author.cells[-2:0:-1]
    lab.save()
    assert len(lab.check([UndefinedName()])) == len(cells)
    assert trace.call_count < len(cells)
