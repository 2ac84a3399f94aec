"""The session as the events of a shell tell it."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from vault_magic import load_ipython_extension, unload_ipython_extension
from vault_magic.digest import source_digest
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.ledger import Status


def tracker_of(shell: InteractiveShell) -> SessionTracker:
    """Return the tracker that the extension has attached."""
    tracker: SessionTracker = shell._vault_magic[0]  # type: ignore[attr-defined]  # set by the extension
    return tracker


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


def test_only_so_many_runs_are_found_by_their_messages(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault_magic.ipython.tracker._REMEMBERED", 2)
    known = tracker_of(shell)
    for name in "abcd":
        monkeypatch.setattr(known, "_request", lambda name=name: {"header": {"msg_id": name}})
        run_all(shell, f"{name} = 1")
    assert [name for name in "abcd" if known.find_run(name)] == ["c", "d"]


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
