"""Tests of the engine beside papermill's own, with clients that run nothing; how it runs is in `end_to_end`."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from io import StringIO
from types import SimpleNamespace
from typing import Any

import papermill
import papermill.engines
import pytest
from jupyter_client.session import Session
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.utils import PapermillParameterOverwriteWarning

from vaultcheck.integrations.papermill_engine import engine
from vaultcheck.integrations.papermill_engine.briefing import Briefing
from vaultcheck.integrations.papermill_engine.engine import MarkingClient, VaultcheckEngine

_FILE = StringIO()
_PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


class _Client:
    """A client that only notes how it was made."""

    made: Any = None

    def __init__(self, nb_man: Any, **settings: Any) -> None:
        type(self).made = ((nb_man.output_path, nb_man.autosave_cell_every, nb_man.log_output), settings)
        self._notebook = nb_man.nb

    def execute(self) -> Any:
        return self._notebook


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> tuple[type[_Client], type[_Client]]:
    """Put a noting client in the place of papermill's and of ours."""
    theirs, ours = (type(name, (_Client,), {}) for name in ("Theirs", "Ours"))
    monkeypatch.setattr(papermill.engines, "PapermillNotebookClient", theirs)
    monkeypatch.setattr(engine, "MarkingClient", ours)
    return theirs, ours


def _execute(engine_name: str | None, **options: Any) -> Any:
    notebook = new_notebook(cells=[new_code_cell("x = 1")], metadata=_PYTHON)
    return papermill.execute_notebook(notebook, None, engine_name=engine_name, progress_bar=False, **options)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="defaults"),
        pytest.param({"start_timeout": 5, "execution_timeout": 7}, id="timeouts"),
        pytest.param({"execution_timeout": 0, "timeout": 9}, id="timeout-of-nbclient"),
        pytest.param({"execution_timeout": 7, "timeout": 9, "startup_timeout": 3}, id="both-names-of-timeouts"),
        pytest.param({"kernel_name": "other", "language": "python"}, id="kernel"),
        pytest.param({"log_output": True, "stdout_file": _FILE, "stderr_file": _FILE}, id="output"),
        pytest.param({"autosave_cell_every": 3, "request_save_on_cell_execute": False}, id="saving"),
        pytest.param(
            {"allow_errors": True, "on_cell_execute": print, "record_timing": False}, id="settings-of-nbclient"
        ),
        pytest.param({"report_mode": True, "parameters": {"a": 1}}, id="parameters"),
    ],
)
def test_client_gets_the_settings_that_papermill_gives_its_own(
    options: dict[str, Any], both: tuple[type[_Client], type[_Client]]
) -> None:
    theirs, ours = both
    _execute(None, **options)
    _execute("vaultcheck", **options)
    manager, settings = ours.made
    assert settings.pop("briefing").session
    assert (manager, settings) == theirs.made


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("name", [None, "vaultcheck"])
def test_setting_of_papermill_wins_with_its_warning(name: str | None) -> None:
    with pytest.warns(PapermillParameterOverwriteWarning, match="Callee will overwrite"):
        _execute(name, log=None)


@pytest.mark.parametrize("error", [None, ValueError], ids=["ends-well", "fails"])
def test_request_adds_to_the_usual_metadata_and_leaves_them_as_they_were(error: type[Exception] | None) -> None:
    seen = []

    def note(**_: Any) -> None:
        seen.append(session.metadata)
        if error:
            raise error

    session = Session(metadata={"mine": 1})
    notebook = new_notebook(cells=[new_markdown_cell("text", id="abc")])
    client = MarkingClient(SimpleNamespace(nb=notebook), briefing=Briefing("s"), on_cell_start=note)
    client.kc = SimpleNamespace(session=session)
    with pytest.raises(error) if error else nullcontext():
        client.execute_cell(notebook.cells[0], 0)
    assert seen == [{"mine": 1} | Briefing("s").describe(notebook.cells[0])]
    assert session.metadata == {"mine": 1}


@pytest.mark.parametrize("first", ["engine", "briefing", "cell_marks"])
def test_any_module_of_ours_may_be_imported_before_papermill(first: str) -> None:
    program = f"import vaultcheck.integrations.papermill_engine.{first} as module; print(module.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip().rpartition(".")[2]) == (0, first), done.stderr


def test_papermill_finds_the_engine() -> None:
    assert papermill.engines.papermill_engines.get_engine("vaultcheck") is VaultcheckEngine


def test_command_line_imports_no_integration() -> None:
    names = "('vaultcheck.integrations', 'papermill', 'nbclient')"
    program = f"import sys, vaultcheck.cli; print([one for one in sys.modules if one.startswith({names})])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
