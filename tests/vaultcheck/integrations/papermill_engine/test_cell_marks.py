"""Tests of the marks of whole cells: what they say, which cells get one, and whose metadata stay."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from vault_magic.digest import code_digest, source_digest
from vault_magic.mark import Mark
from vaultcheck.cell_mark import read_cell_mark
from vaultcheck.integrations.papermill_engine.cell_marks import forget_marks, mark_cell

_TIME = "2026-11-26T00:49:29.838745Z"
_OTHER = "2026-11-26T00:50:00.000000Z"
_OURS = {"schema_version": 1, "session": "old", "count": 3, "executed": _OTHER}

# Frozen: marks of this layout are in people's notebooks. Later versions may add fields, never change these.
_GOLDEN = f"""{{
  "schema_version": 1,
  "session": "s",
  "count": 3,
  "sha256": "{source_digest("x = 1")}",
  "code": "{code_digest("x = 1")}",
  "code_version": 1,
  "data": {{}},
  "executed": "{_TIME}"
}}"""


def _build_cell(source: str = "x = 1", **metadata: Any) -> Any:
    begun = {"execution": {"iopub.execute_input": _TIME}}
    return new_code_cell(source, execution_count=3, metadata=begun | metadata)


def test_mark_is_written_in_the_frozen_layout() -> None:
    cell = _build_cell()
    mark_cell(cell, source="x = 1", session="s")
    assert json.dumps(cell.metadata["vault"], indent=2) == _GOLDEN


def test_mark_is_of_the_source_that_was_sent() -> None:
    cell = _build_cell("x = 2")
    mark_cell(cell, source="x = 1", session="s")
    expected = Mark("s", source_digest("x = 1"), code_digest("x = 1"), 1, count=3)
    assert read_cell_mark(cell.metadata).mark == expected


@pytest.mark.parametrize(
    ("metadata", "is_marked"),
    [
        pytest.param({}, True, id="begun"),
        pytest.param({"vault": _OURS}, True, id="marked-before"),
        pytest.param({"execution": {}}, False, id="not-begun"),
        pytest.param({"execution": {"iopub.status.busy": _TIME}}, False, id="busy-only"),
        pytest.param({"vault": {"role": "safe"}}, False, id="metadata-of-another-tool"),
        pytest.param({"vault": True}, False, id="flag-of-another-tool"),
    ],
)
def test_cell_that_has_begun_is_marked_unless_the_key_is_taken(metadata: dict[str, Any], is_marked: bool) -> None:
    cell = _build_cell(**metadata)
    mark_cell(cell, source="x = 1", session="s")
    expected = {**json.loads(_GOLDEN)} if is_marked else metadata.get("vault")
    assert cell.metadata.get("vault") == expected


def test_marks_of_former_runs_are_forgotten_in_every_kind_of_cell() -> None:
    cells = [_build_cell(vault=_OURS, tags=["a"]), new_markdown_cell("text", metadata={"vault": _OURS})]
    notebook = new_notebook(cells=cells)
    forget_marks(notebook)
    assert [sorted(cell.metadata) for cell in notebook.cells] == [["execution", "tags"], []]


@pytest.mark.parametrize("value", [None, True, "x", [], {}, {"role": "safe"}], ids=repr)
def test_metadata_of_another_tool_stay(value: object) -> None:
    notebook = new_notebook(cells=[_build_cell(vault=value)])
    forget_marks(notebook)
    assert notebook.cells[0].metadata["vault"] == value
