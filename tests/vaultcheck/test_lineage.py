"""Tests of producers, consumers, edges and cycles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Lab
from vaultcheck.cell import Cell
from vaultcheck.cell_source import FoundCommand, find_commands
from vaultcheck.lineage import Edge, Lineage, build_lineage
from vaultcheck.notebook import Notebook
from vaultcheck.snapshot import Snapshot
from vaultcheck.steps import Step

_VAULT = Snapshot("storage.zip", Path("storage.zip"))


def _build(notebooks: Mapping[str, str]) -> Lineage:
    """Return the lineage of notebooks whose commands are given, one a line."""
    return build_lineage(step for name, text in notebooks.items() for step in _list_steps(name, text))


def _list_steps(name: str, text: str) -> list[Step]:
    source = "\n".join(f"%vault {line}" for line in text.splitlines())
    cell = Cell(1, is_code=True, source=source)
    notebook = Notebook(name, Path(name), (cell,))
    found = [one for one in find_commands(source) if isinstance(one, FoundCommand)]
    return [Step(notebook, cell, _VAULT, one, None) for one in found]


def test_commands_are_grouped_by_object() -> None:
    lineage = _build({"a": "store x, y in m\ndel x from m", "b": "import x from m\nimport 'm/x' as z"})
    x, y = lineage.uses
    assert (x.path, len(x.stores), len(x.imports), len(x.deletes)) == ("m/x", 1, 2, 1)
    assert (y.path, y.producers, y.consumers) == ("m/y", ("a",), ())


def test_notebooks_are_named_once() -> None:
    (use,) = _build({"a": "store x in m\nstore x in m", "b": "import x from m\nimport x from m"}).uses
    assert (use.producers, use.consumers) == (("a",), ("b",))


def test_listing_and_asserting_use_nothing() -> None:
    (use,) = _build({"a": "list m\nassert x in m is 83DCEFB7"}).uses
    assert (use.producers, use.consumers) == ((), ())


def test_command_that_cannot_be_read_has_no_lineage() -> None:
    assert _build({"a": "store x\nstore x in $m"}).uses == ()


def test_same_path_in_two_vaults_is_two_objects() -> None:
    (step,) = _list_steps("a", "store x in m")
    other = Step(step.notebook, step.cell, Snapshot("b.zip", Path("b.zip")), step.found, None)
    assert [use.vault for use in build_lineage([step, other]).uses] == ["b.zip", "storage.zip"]


def test_edges_are_between_different_notebooks() -> None:
    lineage = _build({"a": "store x in m\nimport x from m", "b": "import x from m"})
    assert lineage.edges == (Edge("a", "b", "m/x"),)


def test_notebook_that_stores_before_and_after_importing_takes_from_nobody() -> None:
    assert _build({"a": "store x in m", "b": "store x in m\nimport x from m\nstore x in m"}).edges == ()


def test_edge_leads_to_who_imports_before_storing() -> None:
    lineage = _build({"a": "store x in m", "b": "import x from m\nstore x in m", "c": "store x in m\nimport x from m"})
    assert lineage.edges == (Edge("a", "b", "m/x"), Edge("c", "b", "m/x"))


def test_changes_are_those_recorded(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m", "%vault import x from m", "%vault del x from m")
    author.edit(4, "%vault del y from m")
    lab.save()
    x, y = lab.load().lineage.uses
    assert [step.cell.number for step in x.changes] == [2, 4]
    assert (x.deletes, y.changes) == ((), ())


def test_record_tells_what_a_template_did(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in $mod", did=["store x in m"])
    lab.save()
    assert [use.producers for use in lab.load().lineage.uses] == [("a.ipynb",)]


_CYCLES: dict[str, tuple[dict[str, str], list[tuple[str, ...]]]] = {
    "none": ({"a": "store x in m", "b": "import x from m"}, []),
    "own-object": ({"a": "import x from m\nstore x in m"}, []),
    "two": ({"b": "store x in m\nimport y from m", "a": "store y in m\nimport x from m"}, [("a", "b")]),
    "three": (
        {
            "a": "import z from m\nstore x in m",
            "b": "import x from m\nstore y in m",
            "c": "import y from m\nstore z in m",
        },
        [("a", "b", "c")],
    ),
    "two-apart": (
        {
            "a": "store x in m\nimport y from m",
            "b": "store y in m\nimport x from m",
            "c": "store x in n\nimport y from n",
            "d": "store y in n\nimport x from n",
        },
        [("a", "b"), ("c", "d")],
    ),
    "with-a-tail": (
        {
            "a": "store x in m",
            "b": "import x from m\nimport z from m\nstore y in m",
            "c": "import y from m\nstore z in m",
        },
        [("b", "c")],
    ),
}


@pytest.mark.parametrize(("notebooks", "cycles"), _CYCLES.values(), ids=_CYCLES)
def test_cycles(notebooks: dict[str, str], cycles: list[tuple[str, ...]]) -> None:
    assert sorted(_build(notebooks).find_cycles()) == cycles


@pytest.mark.parametrize(("notebooks", "cycles"), _CYCLES.values(), ids=_CYCLES)
def test_order_of_notebooks_does_not_matter(notebooks: dict[str, str], cycles: list[tuple[str, ...]]) -> None:
    backwards = dict(reversed(notebooks.items()))
    assert sorted(_build(backwards).find_cycles()) == cycles
    assert _build(backwards).edges == _build(notebooks).edges


_COMMANDS = st.lists(
    st.tuples(st.sampled_from(["store {} in m", "import {} from m"]), st.sampled_from("xyz")), max_size=4
).map(lambda pairs: "\n".join(command.format(name) for command, name in pairs))


@given(st.dictionaries(st.sampled_from("abcd"), _COMMANDS))
def test_every_cycle_is_one_of_hand_overs(notebooks: dict[str, str]) -> None:
    lineage = _build(notebooks)
    pairs = {(edge.producer, edge.consumer) for edge in lineage.edges}
    for cycle in lineage.find_cycles():
        assert len(cycle) > 1
        assert cycle[0] == min(cycle)
        assert {*zip(cycle, (*cycle[1:], cycle[0]), strict=True)} <= pairs
