"""Tests of the lineage as drawings and texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.builders import Lab
from vaultcheck.cli import main
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


_NAMES = ['a"b.ipynb', "a|b;c.ipynb", "a]b[c.ipynb", "<b>.ipynb", "żółw 🐢.ipynb", "end.ipynb", "a\\b.ipynb"]


@pytest.mark.parametrize("name", _NAMES)
def test_any_name_is_a_label_and_nothing_else(lab: Lab, name: str) -> None:
    lab.start(name, "%vault store x in m")
    lab.save()
    lineage = lab.load().lineage
    assert re.fullmatch(r'    n1\["[\w ./#;-]+"\]', render_mermaid(lineage).splitlines()[1])
    assert re.search(r'n1 \[shape=note, label="(?:[^"\\]|\\.)*"\];', render_dot(lineage))


@pytest.mark.parametrize("form", ["text", "mermaid", "dot", "json"])
def test_graph_is_printed(
    lab: Lab, form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    monkeypatch.chdir(lab.folder)
    assert main(["graph", "--format", form]) == 0
    assert "a.ipynb" in capsys.readouterr().out


def test_graph_of_what_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(tmp_path / "nowhere")]) == 2
    assert "does not exist" in capsys.readouterr().err
