"""Tests of the lineage as drawings and texts."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given

from tests.builders import Lab
from tests.vaultcheck.reporters.odd_reports import Handed, as_lineage, texts
from vaultcheck.lineage import Lineage
from vaultcheck.reporters.lineage_graph import render_dot, render_graph_json, render_mermaid, render_tree


@pytest.fixture
def lineage(lab: Lab) -> Lineage:
    lab.start("z make.ipynb", "%vault store x in m", "%vault store left in m")
    lab.start("a.ipynb", "%vault import x from m", "%vault store y in m")
    lab.start("b.ipynb", "%vault import x, y from m")
    lab.save()
    return lab.load().lineage


def test_tree_goes_in_the_order_of_hand_overs(lineage: Lineage) -> None:
    assert render_tree(lineage).splitlines() == [
        "z make.ipynb",
        "    → m/left (storage.zip)",
        "    → m/x (storage.zip) for a.ipynb, b.ipynb",
        "a.ipynb",
        "    ← m/x (storage.zip) from z make.ipynb",
        "    → m/y (storage.zip) for b.ipynb",
        "b.ipynb",
        "    ← m/x (storage.zip) from z make.ipynb",
        "    ← m/y (storage.zip) from a.ipynb",
    ]


def test_mermaid_has_a_node_for_each_and_an_arrow_for_each(lineage: Lineage) -> None:
    lines = render_mermaid(lineage).splitlines()
    assert lines[0] == "flowchart LR"
    assert sum("-->" in line for line in lines) == 6
    assert sum("[" in line for line in lines) == 6


def test_dot_has_a_node_for_each_and_an_arrow_for_each(lineage: Lineage) -> None:
    text = render_dot(lineage)
    assert (text.count("shape=note"), text.count("shape=cylinder"), text.count("->")) == (3, 3, 6)


def test_json_names_stores_and_imports(lineage: Lineage) -> None:
    found = json.loads(render_graph_json(lineage))
    assert found["notebooks"] == ["a.ipynb", "b.ipynb", "z make.ipynb"]
    assert {"notebook": "a.ipynb", "vault": "storage.zip", "path": "m/y"} in found["stores"]
    assert {"notebook": "b.ipynb", "vault": "storage.zip", "path": "m/y"} in found["imports"]


def test_lineage_of_nothing_is_told() -> None:
    assert render_tree(Lineage()) == "No notebook stores or imports anything.\n"
    assert render_mermaid(Lineage()) == "flowchart LR\n"


_NAMES = {
    "quote": ('a"b', "a#34;b", r"a\"b"),
    "pipe": ("a|b;c", "a#124;b#59;c", "a|b;c"),
    "brackets": ("a]b[c", "a#93;b#91;c", "a]b[c"),
    "html": ("<b>", "#60;b#62;", "<b>"),
    "entity": ("&lt;", "#38;lt#59;", "&amp;lt;"),
    "letters": ("żółw 日本", "żółw 日本", "żółw 日本"),
    "animal": ("🐢", "#128034;", "🐢"),
    "keyword": ("end", "end", "end"),
    "backslash": ("a\\N", "a#92;N", r"a\\N"),
    "line": ("a\nb", "a#92;nb", r"a\\nb"),
    "list": ("1. x", "1#46; x", "1. x"),
    "bullet": ("- x", "#45; x", "- x"),
    "emphasis": ("_x_", "#95;x#95;", "_x_"),
    "underscore": ("load_x-1.b", "load_x-1.b", "load_x-1.b"),
    "address": ("www.x.org", "www#46;x.org", "www.x.org"),
    "number": ("#35;", "#35;35#59;", "#35;"),
}
"""Names, and how they are written as labels of Mermaid and of Graphviz."""


@pytest.mark.parametrize(("name", "mermaid", "dot"), _NAMES.values(), ids=_NAMES)
def test_any_name_is_a_label_and_nothing_else(name: str, mermaid: str, dot: str) -> None:
    lineage = _hand_over(name)
    assert render_mermaid(lineage).splitlines()[1:] == [
        f'    n1["{mermaid}"]',
        f'    o1[("{mermaid}")]',
        "    n1 --> o1",
    ]
    assert f'    n1 [shape=note, label="{dot}"];\n    o1 [shape=cylinder, label="{dot}", ' in render_dot(lineage)


@given(texts)
def test_any_text_is_one_label(text: str) -> None:
    lineage = _hand_over(text)
    label = r"[\w ./#;-]*"
    first, *nodes, arrow = render_mermaid(lineage).rstrip("\n").split("\n")
    assert (first, arrow) == ("flowchart LR", "    n1 --> o1")
    assert re.fullmatch(rf'    n1\["{label}"\]\n    o1\[\("{label}"\)\]', "\n".join(nodes))
    string = r'"(?:[^"\\\n]|\\.)*"'
    assert re.fullmatch(
        rf"    n1 \[shape=note, label={string}\];\n    o1 \[shape=cylinder, label={string}, tooltip={string}\];",
        "\n".join(render_dot(lineage).split("\n")[2:4]),
    )
    assert json.loads(render_graph_json(lineage))["notebooks"] == [text]
    assert len(render_tree(lineage).rstrip("\n").split("\n")) == 2


def test_objects_of_several_vaults_are_told_apart() -> None:
    uses = tuple(Handed(vault, "m/x", producers=("a.ipynb",)) for vault in ("one.zip", "two.zip"))
    lineage = as_lineage(*uses)
    assert 'o1[("m/x #40;one.zip#41;")]' in render_mermaid(lineage)
    assert 'label="m/x (two.zip)"' in render_dot(lineage)


def _hand_over(name: str) -> Lineage:
    return as_lineage(Handed("storage.zip", name, producers=(name,)))
