"""The papermill engine with real kernels: what it marks, what the kernel is told, and that all else is as usual."""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

from fixtures.running import edit_cell, load_notebook, save_notebook, write_notebook
from tests.end_to_end.programs import list_findings, load_cells, load_records, run_program
from vault_magic.digest import code_digest, source_digest
from vault_magic.ledger import compact_id

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

METADATA = "get_ipython().kernel.get_parent('shell')['metadata']"


def _execute(source: Path | str | nbformat.NotebookNode, target: Path | str, **options: Any) -> None:
    usual: dict[str, Any] = {"engine_name": "vaultcheck", "kernel_name": "python3", "progress_bar": False}
    papermill.execute_notebook(source, target, **usual | options)


def _list_marked(notebook: Path) -> list[tuple[str, bool]]:
    """Return for each cell the start of its source, and whether it is marked; not the error markers of papermill."""
    cells = [cell for cell in load_cells(notebook) if not _has_tag(cell, "papermill-error-cell-tag")]
    return [("".join(cell["source"])[:8], "vault" in cell["metadata"]) for cell in cells]


def _load_marks(notebook: Path) -> list[dict[str, Any]]:
    return [cell["metadata"]["vault"] for cell in load_cells(notebook) if "vault" in cell["metadata"]]


def _has_tag(cell: Mapping[str, Any], tag: str) -> bool:
    return tag in cell["metadata"].get("tags", ())


def _tag(notebook: Path, tags: Mapping[int, str]) -> None:
    """Tag cells, counted from 1."""
    loaded = load_notebook(notebook)
    for number, tag in tags.items():
        loaded.cells[number - 1].metadata["tags"] = [tag]
    save_notebook(notebook, loaded)


def _read_told(notebook: Path) -> list[dict[str, Any]]:
    """Return the metadata of the requests that cells have shown as their result."""
    outputs = [output for cell in load_cells(notebook) for output in cell.get("outputs", ())]
    return [ast.literal_eval("".join(one["data"]["text/plain"])) for one in outputs if "data" in one]


CELLS = ("# text", "x = 1", "x", "", "y = 1", "%run -i setup.py", "assert z == 3", "1/0", "x = 2")
"""A notebook whose second last cell fails; the fifth is skipped by its tag."""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a notebook that fails near its end, as a user does."""
    folder = tmp_path_factory.mktemp("failed")
    write_notebook(folder / "a.ipynb", CELLS)
    _tag(folder / "a.ipynb", {5: "skip-execution"})
    (folder / "setup.py").write_text("z = 3\n", encoding="utf-8")
    command = ("papermill", "--engine", "vaultcheck", "-k", "python3", "--no-progress-bar", "a.ipynb", "b.ipynb")
    done = run_program(*command, folder=folder)
    assert done.returncode == 1
    assert "ZeroDivisionError: division by zero" in done.stderr
    return folder / "b.ipynb"


def test_cells_that_ran_are_marked_and_no_others(failed: Path) -> None:
    ran = {"x = 1", "x", "%run -i ", "assert z", "1/0"}
    assert _list_marked(failed) == [(source[:8], source[:8] in ran) for source in CELLS]


def test_mark_fits_the_saved_cell(failed: Path) -> None:
    marked = [cell for cell in load_cells(failed) if "vault" in cell["metadata"]]
    for cell in marked:
        mark, source = cell["metadata"]["vault"], "".join(cell["source"])
        assert (mark["sha256"], mark["code"]) == (source_digest(source), code_digest(source))
        assert mark["count"] == cell["execution_count"]
        assert mark["executed"] == cell["metadata"]["execution"]["iopub.execute_input"]
    assert [cell["execution_count"] for cell in marked] == [1, 2, 3, 4, 5]
    assert len({cell["metadata"]["vault"]["session"] for cell in marked}) == 1


def test_input_is_left_alone(failed: Path) -> None:
    assert _load_marks(failed.with_name("a.ipynb")) == []


def test_nothing_else_differs_from_a_run_without_the_engine(tmp_path: Path) -> None:
    shown = "from IPython.display import display\nh = display('a', display_id='k')\nprint('out')\nh.update('b')"
    cells = (*CELLS[:3], "p = 0", shown, "import sys; print('err', file=sys.stderr)", "1/0", "x", "2/0", "x")
    write_notebook(tmp_path / "in.ipynb", cells)
    _tag(tmp_path / "in.ipynb", {4: "parameters", 7: "raises-exception", 8: "mine"})
    written = []
    for engine in (None, "vaultcheck"):
        out, err = StringIO(), StringIO()
        with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
            _execute(
                tmp_path / "in.ipynb",
                tmp_path / "out.ipynb",
                engine_name=engine,
                parameters={"p": 1},
                stdout_file=out,
                stderr_file=err,
            )
        written.append((_load_comparable(tmp_path / "out.ipynb"), out.getvalue(), err.getvalue()))
    assert written[0] == written[1]
    assert written[0][1:] == ("out\n", "err\n")


_TIMES = ("start_time", "end_time", "duration", "iopub.", "shell.")


def _load_comparable(notebook: Path) -> Any:
    """Return all that is saved, except our marks, times, and the id of the injected cell, which is random."""
    saved = json.loads(notebook.read_text(encoding="utf-8"))
    for metadata in (saved["metadata"], *(cell["metadata"] for cell in saved["cells"])):
        metadata.pop("vault", None)
        for timed in (metadata.get("papermill", {}), metadata.get("execution", {})):
            timed |= {name: type(timed[name]).__name__ for name in timed if name.startswith(_TIMES)}
    for cell in saved["cells"]:
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).pop("vault_cell", None)
        if _has_tag(cell, "injected-parameters") or _has_tag(cell, "papermill-error-cell-tag"):
            del cell["id"]
    return saved


@pytest.mark.parametrize("cwd", [None, "elsewhere"])
def test_kernel_is_told_session_notebook_parameters_and_cell(
    cwd: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    write_notebook(tmp_path / "sub" / "in.ipynb", ["a = 1", METADATA, METADATA])
    _tag(tmp_path / "sub" / "in.ipynb", {1: "parameters"})
    monkeypatch.chdir(tmp_path)
    _execute("sub/in.ipynb", "sub/out.ipynb", parameters={"a": 2}, cwd=cwd)
    (session,) = {mark["session"] for mark in _load_marks(tmp_path / "sub" / "out.ipynb")}
    told = {
        "session": session,
        "notebook": str(tmp_path / "sub" / "in.ipynb"),
        "saved": str(tmp_path / "sub" / "out.ipynb"),
        "parameters": {"a": 2},
        "is_injected": False,
    }
    expected = [{"cellId": f"cell-{number}", "vault": told} for number in (2, 3)]
    assert _read_told(tmp_path / "sub" / "out.ipynb") == expected


def test_kernel_is_told_which_cell_is_injected(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in.ipynb", [METADATA])
    _execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", parameters={"a": 2})
    edit_cell(tmp_path / "out.ipynb", cell=1, old="a = 2", new=METADATA)  # the injected cell of the first run
    _execute(tmp_path / "out.ipynb", tmp_path / "again.ipynb")
    told = _read_told(tmp_path / "again.ipynb")
    assert [one["vault"]["is_injected"] for one in told] == [True, False]
    assert [one["vault"]["parameters"] for one in told] == [{"a": 2}, {"a": 2}]


def test_notebook_in_memory_runs_and_is_marked(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in.ipynb", [METADATA])
    _execute(load_notebook(tmp_path / "in.ipynb"), tmp_path / "out.ipynb")
    assert _list_marked(tmp_path / "out.ipynb") == [(METADATA[:8], True)]
    assert [one["vault"]["notebook"] for one in _read_told(tmp_path / "out.ipynb")] == [None]


def test_second_run_in_place_leaves_no_mark_of_the_first(tmp_path: Path) -> None:
    notebook = tmp_path / "a.ipynb"
    write_notebook(notebook, ["x = 1", "y = 1", "z = 1", "w = 1"])
    _execute(notebook, notebook)
    first = _load_marks(notebook)
    _turn_into_text(notebook, cell=4)
    edit_cell(notebook, cell=2, old="y = 1", new="1/0")
    with pytest.raises(PapermillExecutionError):
        _execute(notebook, notebook)
    assert len(first) == 4
    assert _list_marked(notebook) == [("x = 1", True), ("1/0", True), ("z = 1", False), ("w = 1", False)]
    assert {mark["session"] for mark in _load_marks(notebook)}.isdisjoint(mark["session"] for mark in first)


def _turn_into_text(notebook: Path, *, cell: int) -> None:
    """Make text of a cell of code as JupyterLab does: its metadata stay."""
    loaded = load_notebook(notebook)
    old = loaded.cells[cell - 1]
    loaded.cells[cell - 1] = nbformat.v4.new_markdown_cell(old.source, id=old.id, metadata=old.metadata)
    save_notebook(notebook, loaded)


def test_run_that_never_starts_leaves_no_mark_of_the_one_before(tmp_path: Path) -> None:
    notebook = tmp_path / "a.ipynb"
    write_notebook(notebook, ["x = 1"])
    _execute(notebook, notebook)
    with pytest.raises(NoSuchKernel):
        _execute(notebook, notebook, kernel_name="absent")
    assert _list_marked(notebook) == [("x = 1", False)]


def test_mark_is_of_the_source_that_was_sent(tmp_path: Path) -> None:
    def send_another(cell: Any, **_: Any) -> None:
        cell.source = "x = 'sent'"

    def put_back(cell: Any, **_: Any) -> None:
        cell.source = "x = 'saved'"

    write_notebook(tmp_path / "in.ipynb", ["x = 'saved'"])
    _execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", on_cell_execute=send_another, on_cell_executed=put_back)
    assert _list_marked(tmp_path / "out.ipynb") == [("x = 'sav", True)]
    assert [mark["sha256"] for mark in _load_marks(tmp_path / "out.ipynb")] == [source_digest("x = 'sent'")]


def test_cell_that_runs_too_long_is_marked(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in.ipynb", ["x = 1", "import time; time.sleep(60)", "y = 1"])
    with pytest.raises(CellTimeoutError):
        _execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", execution_timeout=1)
    assert [is_marked for _, is_marked in _list_marked(tmp_path / "out.ipynb")] == [True, True, False]


def test_nothing_is_marked_where_times_are_not_noted(tmp_path: Path) -> None:
    notebook = tmp_path / "a.ipynb"
    write_notebook(notebook, ["x = 1"])
    for options in ({}, {"record_timing": False}):  # the time of the first run is still there after the second
        _execute(notebook, notebook, **options)
    assert "iopub.execute_input" in load_cells(notebook)[0]["metadata"]["execution"]
    assert _load_marks(notebook) == []


@pytest.mark.parametrize(("language", "is_marked"), [("Python", True), ("R", False)])
def test_only_cells_of_python_are_marked(
    language: str, is_marked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Other",
        "language": language,
    }
    (tmp_path / "kernels" / "other").mkdir(parents=True)
    (tmp_path / "kernels" / "other" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path}{os.pathsep}{os.environ.get('JUPYTER_PATH', '')}")
    write_notebook(tmp_path / "in.ipynb", [METADATA])
    _execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", kernel_name="other")
    assert _list_marked(tmp_path / "out.ipynb") == [(METADATA[:8], is_marked)]
    assert [one["cellId"] for one in _read_told(tmp_path / "out.ipynb")] == ["cell-1"]


LOAD = "%load_ext vault_magic\n%open_vault -p storage.zip --secure False"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a notebook that stores an object made with a parameter, from the folder above it."""
    folder = tmp_path_factory.mktemp("stored")
    cells = [LOAD, "a = 1", "x = a", "%vault store x in m", "print('end')"]
    write_notebook(folder / "sub" / "in.ipynb", cells)
    _tag(folder / "sub" / "in.ipynb", {2: "parameters"})
    given = ("-p", "a", "2", "-p", "api_token", "hush")
    command = ("papermill", "--engine", "vaultcheck", "-k", "python3", "--no-progress-bar", "--cwd", "sub", *given)
    done = run_program(*command, "sub/in.ipynb", "sub/in.ipynb", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "sub" / "in.ipynb"


def test_record_tells_what_the_engine_told(stored: Path) -> None:
    (record,) = load_records(stored)
    assert {mark["session"] for mark in _load_marks(stored)} == {record["session"]}
    assert record["notebook"] == "in.ipynb"
    assert record["parameters"] == {"a": 2, "api_token": "***"}
    assert record["cell"]["id"] == "cell-4"


def test_ledger_has_the_cells_with_their_ids_and_not_the_injected_one(stored: Path) -> None:
    (record,) = load_records(stored)
    rows = [row.split(" ") for row in record["ledger"]["rows"].splitlines()]
    expected = [(count, compact_id(f"cell-{number}")) for count, number in (("1", 1), ("2", 2), ("4", 3), ("5", 4))]
    assert [(row[0], row[4]) for row in rows] == expected


def test_manifest_names_the_producer(stored: Path) -> None:
    manifest = json.loads((stored.parent / "storage.zip.manifest.json").read_text(encoding="utf-8"))
    assert [one["producer"]["notebook"] for one in manifest["objects"] if one] == ["in.ipynb"]


def test_edit_of_a_cell_without_outputs_below_the_last_store_is_found(stored: Path, tmp_path: Path) -> None:
    shutil.copytree(stored.parent, tmp_path / "copy")
    assert list_findings(tmp_path / "copy") == []
    edit_cell(tmp_path / "copy" / stored.name, cell=6, old="end", new="END")
    assert list_findings(tmp_path / "copy") == [("VC301", "in.ipynb", 6)]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a notebook that knows nothing of vaults."""
    notebook = tmp_path_factory.mktemp("plain") / "a.ipynb"
    shown = "from IPython.display import HTML, display\ndisplay(HTML('<b>3</b>'))"
    write_notebook(notebook, ("x = 1", "x + 1", shown, "h = display('a', display_id='k')", "h.update('b')", "print(x)"))
    _execute(notebook, notebook)
    return notebook


def test_outputs_of_a_notebook_without_a_vault_are_marked_but_for_those_that_travel(plain: Path) -> None:
    outputs = [output.get("metadata", {}) for cell in load_cells(plain) for output in cell["outputs"]]
    assert ["vault_cell" in metadata for metadata in outputs] == [True, True, False, False]
    assert list_findings(plain.parent) == []


@pytest.mark.parametrize(
    ("cell", "old", "new", "found"),
    [
        pytest.param(1, "1", "2", [("VC301", 1)], id="no-output"),
        pytest.param(2, "+ 1", "+ 2", [("VC301", 2)], id="result"),
        pytest.param(3, "<b>3", "<b>4", [("VC301", 3)], id="display"),
        pytest.param(6, "x", "x, x", [("VC301", 6)], id="print"),
        pytest.param(2, "x + 1", "x+1", [("VC302", 2)], id="layout"),
    ],
)
def test_edit_of_a_notebook_without_a_vault_is_found(
    plain: Path, tmp_path: Path, cell: int, old: str, new: str, found: list[tuple[str, int]]
) -> None:
    shutil.copytree(plain.parent, tmp_path / "copy")
    edit_cell(tmp_path / "copy" / plain.name, cell=cell, old=old, new=new)
    assert list_findings(tmp_path / "copy") == [(code, plain.name, number) for code, number in found]


def test_altered_output_of_a_notebook_without_a_vault_is_found(plain: Path, tmp_path: Path) -> None:
    notebook = load_notebook(plain)
    notebook.cells[2].outputs[0].data["text/html"] = "<b>4</b>"
    save_notebook(tmp_path / plain.name, notebook)
    assert list_findings(tmp_path) == [("VC303", plain.name, 3)]


def test_copy_in_another_folder_finds_the_vault(tmp_path: Path) -> None:
    write_notebook(
        tmp_path / "in/a.ipynb",
        ("%load_ext vault_magic\n%open_vault -p data/ --secure False", "x = 1", "%vault store x in m"),
    )
    (tmp_path / "out").mkdir()
    done = run_program("papermill", "--engine", "vaultcheck", "in/a.ipynb", "out/a.ipynb", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert load_records(tmp_path / "out/a.ipynb")[0]["archive"]["from_notebook"] == "../data/storage.zip"
    assert list_findings(tmp_path / "out") == []
