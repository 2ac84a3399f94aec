"""What only a real kernel shows of a session: messages, cell ids, cells that overlap, what the engine tells."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.end_to_end.kernels import LOAD, Kernel, list_rows, start_kernel
from vault_magic.digest import compact, source_digest
from vault_magic.ledger import compact_id, parse_rows

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

STORE = "%vault store x in m"


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """Start a kernel in an empty folder."""
    with start_kernel(tmp_path) as kernel:
        yield kernel


def list_cells(kernel: Kernel, *cells: str) -> list[tuple[int, str, str]]:
    """Store in a last cell and return count, status and source of the rows of its ledger."""
    (output,) = kernel.run("x = 1\n%vault store x in m")
    sources = {compact(source_digest(cell)): cell for cell in (*cells, "x = 1\n%vault store x in m")}
    return [(int(row[0]), row[1], sources[row[2]]) for row in list_rows(output)][:-1]


def test_ledger_holds_cell_ids_and_the_loading_cell(kernel: Kernel) -> None:
    kernel.run(LOAD, cell_id="aaaa")
    kernel.run("x = 1", cell_id="bbbb")
    kernel.run("x = 2", cell_id="bbbb")
    (output,) = kernel.run(STORE, cell_id="cccc")
    rows = parse_rows(output.record["ledger"]["rows"])
    assert [(row.count, row.status.value, row.id, row.previous) for row in rows] == [
        (1, "+", compact_id("aaaa"), None),
        (3, "+", compact_id("bbbb"), None),
        (4, "~", compact_id("cccc"), None),
    ]
    assert (output.record["cell"]["id"], output.record["cell"]["count"]) == ("cccc", 4)


def test_address_of_a_document_is_not_written_down(kernel: Kernel) -> None:
    address = "vscode-notebook-cell:/home/somebody/a.ipynb#W0sZmlsZQ%3D%3D"
    kernel.run(LOAD, cell_id=address)
    (output,) = kernel.run("x = 1\n%vault store x in m", cell_id=address)
    assert "somebody" not in str(output.metadata)
    assert output.record["cell"]["id"] is None


def test_cells_before_loading_are_in_the_ledger(kernel: Kernel) -> None:
    for cell in ("a = 1", "1 / 0", LOAD):
        kernel.run(cell)
    assert list_cells(kernel, "a = 1", "1 / 0", LOAD) == [(1, "<", "a = 1"), (2, "<", "1 / 0"), (3, "+", LOAD)]


def test_cells_before_loading_again_are_in_the_ledger(kernel: Kernel) -> None:
    reload = "%reload_ext vault_magic\n%open_vault -p storage.zip --secure False"
    for cell in (LOAD, "a = 1", reload):
        kernel.run(cell)
    assert list_cells(kernel, LOAD, "a = 1", reload) == [(1, "<", LOAD), (2, "<", "a = 1"), (3, "+", reload)]


def test_history_that_was_switched_off_is_no_obstacle(kernel: Kernel) -> None:
    off = "%config HistoryManager.enabled = False"
    for cell in (off, "a = 1", LOAD):
        kernel.run(cell)
    assert list_cells(kernel, off, "a = 1", LOAD)[1:] == [(2, "<", "a = 1"), (3, "+", LOAD)]


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        pytest.param("%run setup.py", "+", id="run"),
        pytest.param("%run setup.ipy", "+", id="run-of-cells"),
        pytest.param("get_ipython().run_cell('b = 1')", "+", id="nested"),
        pytest.param("get_ipython().run_cell('b = 1', store_history=True); 1 / 0", "!", id="nested-with-history"),
        pytest.param("%%capture\nb = 1", "+", id="capture"),
        pytest.param("%%time\nb = 1", "+", id="time"),
        pytest.param("import asyncio\nawait asyncio.sleep(0.01)", "+", id="asynchronous"),
        pytest.param("import asyncio\nawait asyncio.sleep(0.01)\n1 / 0", "!", id="asynchronous-that-fails"),
        pytest.param("b (", "!", id="no-python"),
    ],
)
def test_what_a_cell_runs_is_part_of_its_row(loaded: Kernel, cell: str, status: str) -> None:
    before = len(list_rows(loaded.run(STORE)[0]))
    loaded.run(cell)
    assert [row[1:3] for row in list_rows(loaded.run(STORE)[0])[before:-1]] == [[status, compact(source_digest(cell))]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Start a kernel with an open vault, for cells that leave each other alone."""
    folder = tmp_path_factory.mktemp("loaded")
    for name in ("setup.py", "setup.ipy"):
        (folder / name).write_text("c = 3\nprint(c)\n", encoding="utf-8")
    with start_kernel(folder) as kernel:
        kernel.run(f"{LOAD}\nx = 1")
        yield kernel


def test_interrupted_asynchronous_cell_has_failed(kernel: Kernel) -> None:
    kernel.run(LOAD)
    cell = (
        "import asyncio\nfrom IPython.display import display\ndisplay('begun')\n"
        "for _ in range(300):\n    await asyncio.sleep(0.1)"
    )
    request = kernel.ask(cell)
    kernel.wait_for_output()
    kernel.interrupt()
    kernel.wait(request)
    assert list_cells(kernel, LOAD, cell) == [(1, "+", LOAD), (2, "!", cell)]
    assert kernel.errors == ["CancelledError"]


@pytest.mark.skipif(int(version("ipykernel").split(".")[0]) < 7, reason="kernels had no subshells then")
def test_cells_of_subshells_end_each_for_itself(kernel: Kernel) -> None:
    kernel.run(f"{LOAD}\nimport time, threading\nfrom IPython.display import display\nx, go = 1, threading.Event()")
    subshell = kernel.create_subshell()
    slow, quick = (f"display('{name}')\n{{}}\n%vault store x in {name}" for name in ("slow", "quick"))
    slow, quick = f"{slow.format('go.wait(30)')}\n1 / 0", quick.format("")
    first = kernel.ask(slow, cell_id="slow")
    kernel.wait_for_output()
    kernel.wait(kernel.ask(quick, cell_id="quick", subshell=subshell))
    kernel.wait(kernel.ask("go.set()", cell_id="go", subshell=subshell), first)
    shown = [output.find_marked(slow, quick) for output in kernel.outputs if "vault_cell" in output.metadata]
    stored = [(output.record["cell"]["id"], output.cell) for output in kernel.outputs if "vault" in output.metadata]
    assert (shown, stored) == ([slow, quick], [("quick", quick), ("slow", slow)])
    (last,) = kernel.run(STORE, cell_id="last")
    rows = {row[4]: row[1] for row in list_rows(last)}
    assert rows[compact_id("slow")] == "!"
    assert rows[compact_id("quick")] == rows[compact_id("go")] == "+"


# What the papermill engine tells


def test_what_the_engine_tells_is_in_record_and_mark(kernel: Kernel, tmp_path: Path) -> None:
    told = {"session": "5d9f", "notebook": str(tmp_path / "work.ipynb"), "parameters": {"seed": 1, "token": "x"}}
    kernel.run("# Parameters\nseed = 1", told={**told, "is_injected": True})
    kernel.run(LOAD, cell_id="aaaa", told={**told, "is_injected": False})
    injected = "# Parameters\nseed = 2"
    kernel.run(injected, told={**told, "is_injected": True})
    (output,) = kernel.run("x = 1\n%vault store x in m", cell_id="bbbb", told={**told, "is_injected": False})
    record = output.record
    assert (record["session"], record["notebook"]) == ("5d9f", "work.ipynb")
    assert record["parameters"] == {"seed": 1, "token": "***"}
    assert record["archive"]["from_notebook"] == "storage.zip"
    assert compact(source_digest(injected)) not in record["ledger"]["rows"]
    (result,) = kernel.run("x", told=told)
    assert result.metadata["vault_cell"]["session"] == "5d9f"


@pytest.mark.parametrize("told", ["later", [], {"session": 3, "parameters": "x"}], ids=str)
def test_other_metadata_of_that_name_change_nothing(loaded: Kernel, told: object) -> None:
    (output,) = loaded.run(STORE, told=told)
    assert (output.record["parameters"], output.record["notebook"]) == (None, None)
    assert len(output.record["session"]) == 32
