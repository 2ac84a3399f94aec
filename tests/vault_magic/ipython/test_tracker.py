"""The session as the events of a shell tell it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell
from IPython.utils.capture import capture_output

from vault_magic import load_ipython_extension, unload_ipython_extension
from vault_magic.digest import source_digest
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.ledger import Status


def tracker_of(shell: InteractiveShell) -> SessionTracker:
    """Return the tracker that the extension has attached."""
    tracker: SessionTracker = shell._vault_magic[0]  # type: ignore[attr-defined]  # set by the extension
    return tracker


LOAD = "%load_ext vault_magic"


class FrontEnd:
    """Stands for a kernel that serves requests."""

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}

    def ask(self, name: str, *, code: str = "", **told: object) -> dict[str, Any]:
        """Begin to serve a request; `told` is what the papermill engine adds."""
        self.message = {"header": {"msg_id": name}, "content": {"code": code}, "metadata": {"vault": told}}
        return self.message

    def get_parent(self, channel: str) -> dict[str, Any]:
        assert channel == "shell"
        return self.message


def run_all(shell: InteractiveShell, *cells: str) -> list[tuple[str, Status]]:
    """Run cells and return the sources' digests and how they ended."""
    with capture_output():
        for cell in cells:
            shell.run_cell(cell, store_history=True)
    return [(run.digest.source, run.status) for run in tracker_of(shell).session.runs]


def test_cells_are_kept_in_order_with_their_ends(shell: InteractiveShell) -> None:
    ran = run_all(shell, "a = 1", "1 / 0", "b = 2")
    expected = [("a = 1", Status.OK), ("1 / 0", Status.FAILED), ("b = 2", Status.OK)]
    assert ran == [(source_digest(source), status) for source, status in expected]


@pytest.fixture
def front_end(shell: InteractiveShell) -> FrontEnd:
    """Return what asks the shell, as a kernel tells it."""
    asked = FrontEnd()
    shell.kernel = asked  # type: ignore[attr-defined]  # as that of ipykernel has
    return asked


def test_only_so_many_runs_are_found_by_their_messages(
    shell: InteractiveShell, front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault_magic.ipython.tracker._REMEMBERED", 2)
    reload(shell)
    for name in "abcd":
        front_end.ask(name)
        run_all(shell, f"{name} = 1")
    assert [name for name in "abcd" if tracker_of(shell).find_run(name)] == ["c", "d"]


def test_cells_that_overlap_end_each_for_itself(shell: InteractiveShell, front_end: FrontEnd) -> None:
    front_end.ask("slow")
    with capture_output():
        shell.user_ns["overlap"] = lambda: run_during(shell, front_end, "1 / 0", request="quick")
        shell.run_cell("overlap()", store_history=True)
    runs = {run.request: run.status for run in tracker_of(shell).session.runs}
    assert runs == {"slow": Status.OK, "quick": Status.FAILED}


def run_during(shell: InteractiveShell, front_end: FrontEnd, cell: str, *, request: str) -> None:
    """Run a cell while another runs, as a subshell does, but in the same thread."""
    before, front_end.message = front_end.message, FrontEnd().ask(request)
    shell.run_cell(cell, store_history=True)
    front_end.message = before


def test_current_cell_is_that_of_the_request(shell: InteractiveShell, front_end: FrontEnd) -> None:
    for name in "ab":
        front_end.ask(name)
        run_all(shell, f"{name} = 1")
    front_end.ask("a")
    current = tracker_of(shell).session.current
    assert current is not None
    assert current.request == "a"
    front_end.ask("callback")
    assert tracker_of(shell).session.current is None


@pytest.mark.parametrize("asked", [True, False], ids=["front-end", "terminal"])
@pytest.mark.parametrize(
    ("cell", "status"),
    [
        pytest.param("get_ipython().run_cell('b = 1', store_history=True)", Status.OK, id="cell"),
        pytest.param("get_ipython().run_cell('1 / 0', store_history=True); a = 1", Status.OK, id="cell-that-fails"),
        pytest.param("get_ipython().run_cell('', store_history=True); 1 / 0", Status.FAILED, id="empty-cell"),
        pytest.param("[get_ipython().run_cell('1', store_history=True) for _ in '12']; 1 / 0", Status.FAILED, id="two"),
    ],
)
def test_cell_that_a_cell_runs_belongs_to_it(
    shell: InteractiveShell, front_end: FrontEnd, asked: bool, cell: str, status: Status
) -> None:
    front_end.message = FrontEnd().ask("m") if asked else {}
    assert run_all(shell, cell) == [(source_digest(cell), status)]
    front_end.message = FrontEnd().ask("n") if asked else {}
    assert run_all(shell, "a = 1")[-1] == (source_digest("a = 1"), Status.OK)


def test_interrupted_asynchronous_cell_has_failed(shell: InteractiveShell, front_end: FrontEnd) -> None:
    front_end.ask("m")
    known = tracker_of(shell)
    shell.events.trigger("pre_run_cell", ExecutionInfo("await x", True, False, True, None))
    known._on_finish(None)  # as ipykernel does
    assert [run.status for run in known.session.runs] == [Status.FAILED]


# What ran before


@pytest.mark.parametrize(
    ("before", "rows"),
    [
        pytest.param(["a = 1", "1 / 0"], [(1, "a = 1"), (2, "1 / 0")], id="cells"),
        pytest.param(["a = 1", "b = 2", "a = 1"], [(2, "b = 2"), (3, "a = 1")], id="run-twice"),
        pytest.param(["a = 1", "%reset -f", "b = 2"], [(1, "a = 1"), (3, "b = 2")], id="names-forgotten"),
        pytest.param(["a = 1", "%reset -f in", "b = 2"], [(3, "b = 2")], id="history-forgotten"),
        pytest.param(["a = 1", "exit = 1; exit"], [(1, "a = 1"), (2, "exit = 1; exit")], id="not-left"),
        pytest.param(["%config HistoryManager.enabled = False", "a = 1"], [(2, "a = 1")], id="history-switched-off"),
    ],
)
def test_cells_before_loading_are_in_the_ledger(
    shell: InteractiveShell, before: list[str], rows: list[tuple[int, str]]
) -> None:
    unload_ipython_extension(shell)
    run_without(shell, *before, LOAD)
    runs = tracker_of(shell).session.runs
    assert [(run.count, run.code.source) for run in runs if not run.code.source.startswith("%")] == rows
    assert {run.status for run in runs} <= {Status.EARLIER}


def test_cells_that_the_history_counts_otherwise_are_not_known(shell: InteractiveShell) -> None:
    unload_ipython_extension(shell)
    run_without(shell, "a = 1", "b = 2")
    assert shell.history_manager is not None
    del shell.history_manager.input_hist_raw[1]
    run_without(shell, LOAD)
    assert tracker_of(shell).session.runs == ()


def test_cell_that_runs_again_after_loading_is_one_row(shell: InteractiveShell) -> None:
    unload_ipython_extension(shell)
    run_without(shell, "a = 1", "b = 2", LOAD)
    assert run_all(shell, "a = 1") == [
        (source_digest("b = 2"), Status.EARLIER),
        (source_digest(LOAD), Status.EARLIER),  # at a terminal nothing tells that it is running
        (source_digest("a = 1"), Status.OK),
    ]


def run_without(shell: InteractiveShell, *cells: str) -> None:
    """Run cells while the extension is not loaded."""
    with capture_output():
        for cell in cells:
            shell.run_cell(cell, store_history=True)


def reload(shell: InteractiveShell) -> None:
    """Load the extension anew."""
    unload_ipython_extension(shell)
    load_ipython_extension(shell)


# What the papermill engine tells


def test_session_of_the_engine_is_taken_over(shell: InteractiveShell, front_end: FrontEnd) -> None:
    front_end.ask("m", code="%load_ext vault_magic", session="5d9f")
    reload(shell)
    assert (tracker_of(shell).session.id, len(tracker_of(shell).session.runs)) == ("5d9f", 1)


def test_session_of_the_engine_is_taken_over_from_the_first_cell(shell: InteractiveShell, front_end: FrontEnd) -> None:
    front_end.ask("m", session="5d9f")
    run_all(shell, "a = 1")
    front_end.ask("n", session="other")
    run_all(shell, "b = 1")
    assert tracker_of(shell).session.id == tracker_of(shell).session_id == "5d9f"


def test_session_that_has_marked_outputs_stays(shell: InteractiveShell, front_end: FrontEnd) -> None:
    known = tracker_of(shell).session.id
    front_end.ask("m")
    run_all(shell, "a = 1")
    front_end.ask("n", session="5d9f")
    run_all(shell, "b = 1")
    assert tracker_of(shell).session.id == known


def test_injected_cell_is_no_cell(shell: InteractiveShell, front_end: FrontEnd) -> None:
    front_end.ask("m", session="5d9f", is_injected=True)
    assert run_all(shell, "# Parameters\nseed = 1") == []
    assert tracker_of(shell).find_run("m") is None
    front_end.ask("n", session="5d9f")
    assert run_all(shell, "a = 1") == [(source_digest("a = 1"), Status.OK)]


@pytest.mark.parametrize(
    ("parameters", "counts"),
    [pytest.param({"seed": 1}, [1], id="of-the-engine"), pytest.param(None, [1, 2], id="of-the-notebook")],
)
def test_injected_cell_before_loading_is_no_cell(
    shell: InteractiveShell, front_end: FrontEnd, parameters: object, counts: list[int]
) -> None:
    unload_ipython_extension(shell)
    run_without(shell, "a = 1", "# Parameters\nseed = 1")
    front_end.ask("m", code=LOAD, parameters=parameters)
    run_without(shell, LOAD)
    assert [run.count for run in tracker_of(shell).session.runs if run.status is Status.EARLIER] == counts


def test_parameters_are_told_without_secrets(shell: InteractiveShell, front_end: FrontEnd) -> None:
    assert tracker_of(shell).parameters is None
    front_end.ask("m", parameters={"seed": 1, "api_key": "x"})
    run_all(shell, "a = 1")
    assert tracker_of(shell).parameters == {"seed": 1, "api_key": "***"}


@pytest.mark.parametrize("name", ["/data/in.ipynb", "in.ipynb"], ids=["whole", "name"])
def test_notebook_of_the_engine_goes_first(
    shell: InteractiveShell, front_end: FrontEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("VAULT_MAGIC_NOTEBOOK", "c.ipynb")
    front_end.ask("m", notebook=name)
    run_all(shell, "a = 1")
    assert tracker_of(shell).find_notebook() == tmp_path / name


def test_cell_that_does_not_parse_has_failed(shell: InteractiveShell) -> None:
    assert run_all(shell, "a b") == [(source_digest("a b"), Status.FAILED)]


def test_without_ids_every_execution_counts(shell: InteractiveShell) -> None:
    ran = run_all(shell, "a = 1", "b = 2", "a = 1")
    assert [source for source, _ in ran] == [source_digest("a = 1"), source_digest("b = 2"), source_digest("a = 1")]


@pytest.mark.parametrize("magic", ["%%capture", "%%time", "%%capture out"])
def test_body_of_a_cell_magic_is_no_cell(shell: InteractiveShell, magic: str) -> None:
    cell = f"{magic}\na = 1"
    assert run_all(shell, cell) == [(source_digest(cell), Status.OK)]


def test_run_file_is_no_cell(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "setup.ipy").write_text("c = 3\nprint(c)", encoding="utf-8")
    assert run_all(shell, "%run setup.ipy") == [(source_digest("%run setup.ipy"), Status.OK)]


def test_helpers_without_history_are_no_cells(shell: InteractiveShell) -> None:
    with capture_output():
        shell.run_cell("a = 1", store_history=False)
        shell.run_cell("b = 1", silent=True)
    assert tracker_of(shell).session.runs == ()


def test_unloading_stops_the_ledger_and_removes_the_magics(shell: InteractiveShell) -> None:
    tracker = tracker_of(shell)
    unload_ipython_extension(shell)
    with capture_output():
        shell.run_cell("a = 1", store_history=True)
        failed = shell.run_cell("%vault list")
    assert tracker.session.runs == ()
    assert not failed.success


def test_loading_twice_keeps_the_session(shell: InteractiveShell) -> None:
    tracker = tracker_of(shell)
    load_ipython_extension(shell)
    assert tracker_of(shell) is tracker
    assert len(run_all(shell, "a = 1")) == 1


@pytest.mark.parametrize(
    ("variables", "names", "expected"),
    [
        pytest.param({}, {}, None, id="nobody tells"),
        pytest.param({"JPY_SESSION_NAME": "work/a.ipynb"}, {}, "a.ipynb", id="jupyter, from its root"),
        pytest.param({"JPY_SESSION_NAME": str(Path.cwd() / "a.ipynb")}, {}, Path.cwd() / "a.ipynb", id="jupyter"),
        pytest.param({"JPY_SESSION_NAME": "console-1"}, {}, None, id="a console"),
        pytest.param({}, {"__vsc_ipynb_file__": "b.ipynb"}, "b.ipynb", id="vs code"),
        pytest.param({}, {"PAPERMILL_INPUT_PATH": "in.ipynb"}, "in.ipynb", id="papermill"),
        pytest.param({"VAULT_MAGIC_NOTEBOOK": "c.ipynb", "JPY_SESSION_NAME": "a.ipynb"}, {}, "c.ipynb", id="told"),
    ],
)
def test_notebook_is_found(
    shell: InteractiveShell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    names: dict[str, str],
    expected: str | Path | None,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    shell.user_ns.update(names)
    found = tracker_of(shell).find_notebook()
    assert found == (tmp_path / expected if expected else None)


def test_notebook_lies_where_the_kernel_began(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("VAULT_MAGIC_NOTEBOOK", "a.ipynb")
    unload_ipython_extension(shell)
    with capture_output():
        shell.run_cell("import os; os.chdir('elsewhere')\n%load_ext vault_magic", store_history=True)
    assert tracker_of(shell).find_notebook() == tmp_path / "a.ipynb"


def test_loading_again_goes_on_with_the_session(shell: InteractiveShell) -> None:
    before = tracker_of(shell).session_id
    reload(shell)
    assert tracker_of(shell).session_id == before
