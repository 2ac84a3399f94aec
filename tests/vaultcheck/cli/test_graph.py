"""Tests of `vaultcheck graph`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import Lab
from vaultcheck.cli import main

_FORMATS = ["text", "mermaid", "dot", "json"]


@pytest.mark.parametrize("form", _FORMATS)
def test_whole_graph(
    enter_fixture: Callable[[str], Path],
    compare_golden: Callable[[str, str], None],
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    enter_fixture("quickstart")
    assert main(["graph", "--format", form]) == 0
    compare_golden(f"graph-quickstart.{form}", capsys.readouterr().out)


def test_graph_is_text_unless_told(enter_fixture: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    enter_fixture("quickstart")
    outputs = []
    for more in ([], ["--format", "text"]):
        assert main(["graph", *more]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_graph_is_about_the_paths_named(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one/a.ipynb", "two/b.ipynb"):
        lab.start(name, f"%vault store x in {name[:3]}")
    lab.save()
    monkeypatch.chdir(lab.folder)
    assert main(["graph", "two", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["notebooks"] == ["two/b.ipynb"]


def test_findings_change_no_exit_code(enter_fixture: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    enter_fixture("VC304-stale-import/broken")
    assert main(["check", "."]) == 1
    assert main(["graph", "."]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["nowhere"], "nowhere does not exist"), (["--format", "svg"], "'svg' is not one of")],
    ids=["path", "format"],
)
def test_wrong_usage_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["graph", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, told in err) == ("", True)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is a program of its own; .ci/run installs it")
def test_graphviz_draws_it(lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    name = 'a"b|<c>&lt;{d}\\N.ipynb'
    lab.start(name, "%vault store x in m")
    lab.save()
    monkeypatch.chdir(lab.folder)
    assert main(["graph", "--format", "dot"]) == 0
    drawn = subprocess.run(
        ["dot", "-Tjson"], input=capsys.readouterr().out, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert [one["name"] for one in json.loads(drawn.stdout)["objects"]] == ["n1", "o1"]
    assert not drawn.stderr
