"""Tests of what the kernel is told of a run: the notebook's place, the parameters, and which cell it is."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import papermill.iorw
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.utils import chdir

from vaultcheck.integrations.papermill_engine.briefing import Briefing, build_briefing

_INJECTED = {"tags": ["injected-parameters"]}


def _build_notebook(parameters: object = None, *, is_injected: bool = True) -> Any:
    cells = [new_code_cell("x = 1", metadata=_INJECTED if is_injected else {})]
    return new_notebook(cells=cells, metadata={"papermill": {"parameters": parameters}})


@pytest.mark.parametrize("cwd", [None, "elsewhere"])
@pytest.mark.parametrize("typed", ["a.ipynb", "sub/a.ipynb", "../a.ipynb"])
def test_relative_path_is_from_where_papermill_was_started(
    typed: str, cwd: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with papermill.iorw.local_file_io_cwd(), chdir(cwd):  # as papermill runs an engine
        told = [build_briefing(_build_notebook(), input_path=typed).notebook for _ in range(2)]
    assert told == [str(tmp_path / typed)] * 2


def test_engine_that_is_called_alone_takes_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert build_briefing(_build_notebook(), input_path="a.ipynb").notebook == str(tmp_path / "a.ipynb")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("/data/a.ipynb", "/data/a.ipynb", id="absolute"),
        pytest.param("s3://bucket/folder/a.ipynb", "a.ipynb", id="s3"),
        pytest.param("https://host/folder/a.ipynb?token=b/c.d", "a.ipynb", id="https-with-query"),
        pytest.param("https://host/api/notebooks/17", None, id="address-without-a-file-name"),
        pytest.param("-", None, id="pipe"),
        pytest.param(None, None, id="nothing"),
        pytest.param(new_notebook(), None, id="notebook-in-memory"),
    ],
)
def test_notebook_is_told_as_far_as_it_has_a_name(given: object, expected: str | None) -> None:
    assert build_briefing(_build_notebook(), input_path=given).notebook == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"a": 1, "b": "x", "c": None}, {"a": 1, "b": "x", "c": None}, id="plain"),
        pytest.param({"a": [1, {"b": 0.5}]}, {"a": [1, {"b": 0.5}]}, id="nested"),
        pytest.param({"a": math.nan, "b": [-math.inf]}, {"a": "NaN", "b": ["-Infinity"]}, id="no-json-number"),
        pytest.param({"a": date(2026, 11, 26)}, {"a": "2026-11-26"}, id="date"),
        pytest.param({"a": {1: "x", (1, 2): "y"}}, {"a": {"1": "x"}}, id="odd-keys"),
        pytest.param({}, None, id="none"),
        pytest.param(None, None, id="missing"),
        pytest.param("a=1", None, id="text"),
    ],
)
def test_parameters_are_told_as_plain_json(parameters: object, expected: object) -> None:
    told = build_briefing(_build_notebook(parameters), input_path=None).parameters
    assert json.loads(json.dumps(told, allow_nan=False)) == told == expected


def test_parameters_whose_cell_was_removed_are_not_told() -> None:
    notebook = _build_notebook({"a": 1}, is_injected=False)
    assert build_briefing(notebook, input_path=None).parameters is None


def test_notebook_that_papermill_has_not_prepared_has_no_parameters() -> None:
    assert build_briefing(new_notebook(), input_path=None).parameters is None


@pytest.mark.parametrize(
    ("metadata", "is_injected"),
    [({}, False), ({"tags": []}, False), ({"tags": ["parameters"]}, False), (_INJECTED, True)],
    ids=["no-tags", "empty", "another-tag", "injected"],
)
def test_request_tells_the_cell_and_the_run(metadata: dict[str, Any], is_injected: bool) -> None:
    briefing = Briefing("s", notebook="/a.ipynb", saved="/b.ipynb", parameters={"a": 1})
    run = {"session": "s", "notebook": "/a.ipynb", "saved": "/b.ipynb", "parameters": {"a": 1}}
    told = run | {"is_injected": is_injected}
    assert briefing.describe(new_code_cell(id="abc", metadata=metadata)) == {"cellId": "abc", "vault": told}


def test_request_for_a_cell_of_an_older_format_has_no_id() -> None:
    cell = new_code_cell()
    del cell["id"]
    assert list(Briefing("s").describe(cell)) == ["vault"]


def test_each_run_is_a_session_of_its_own() -> None:
    first, second = (build_briefing(_build_notebook(), input_path=None).session for _ in range(2))
    assert first != second
