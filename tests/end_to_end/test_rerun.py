"""Pipelines run again by real papermill and real kernels: what is told of them, and that nothing is touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fixtures.running import edit_cell, execute, write_notebook
from vaultcheck.discovery import find_notebooks
from vaultcheck.rerun.outcome import ObjectState, RerunResult, RunState
from vaultcheck.rerun.planning import build_plan
from vaultcheck.rerun.processes import ProcessEach
from vaultcheck.rerun.rerunning import rerun
from vaultcheck.settings import Settings
from vaultcheck.workspace import Workspace, load_workspace

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore")]  # of papermill and what it stands on

_OPEN = "%load_ext vault_magic\n%open_vault -p storage.zip --secure False"
_PIPELINE = {
    "a.ipynb": [_OPEN, "x = {'a', 'b', 'c'}\nscratch = 1", "%vault store x, scratch in m"],
    "b.ipynb": [_OPEN, "%vault import x from m", "y = sorted(x)", "%vault store y in m"],
    "c.ipynb": [_OPEN, "z = [1.5]", "%vault store z in m"],
    "d.ipynb": [_OPEN, "%vault import y, z from m", "total = len(y) + len(z)\n%vault store total in m"],
}

Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the pipeline once; the tests copy what they change."""
    folder = tmp_path_factory.mktemp("pipeline")
    for name, cells in _PIPELINE.items():
        write_notebook(folder / name, cells)
        execute(folder / name)
    return folder


def _read_files(folder: Path) -> Mapping[str, tuple[bytes, int]]:
    return {one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.iterdir()}


def _load(folder: Path) -> Workspace:
    files = find_notebooks([folder], working_directory=folder)
    return load_workspace(files, working_directory=folder, settings=Settings(root=folder))


def _rerun(folder: Path, into: Path) -> RerunResult:
    """Run the notebooks of a folder again, and see that nothing in it has changed."""
    before, workspace = _read_files(folder), _load(folder)
    with ProcessEach(2) as executor:
        result = rerun(workspace, build_plan(workspace), folder=into, executor=executor)
    assert _read_files(folder) == before
    return result


def _states(result: RerunResult) -> dict[str, str]:
    return {one.run.name.removesuffix(".ipynb"): one.state.value for one in result.outcomes}


def _change(made: Path, folder: Path, *, cell: int, old: str, new: str) -> Path:
    """Return a copy of the pipeline in which a cell of its first notebook was edited."""
    folder.mkdir()
    for file in made.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    edit_cell(folder / "a.ipynb", cell=cell, old=old, new=new)
    return folder


def test_pipeline_makes_what_is_stored(made: Path, tmp_path: Path) -> None:
    result = _rerun(made, tmp_path / "overlays")
    assert result.is_reproduced
    objects = {path: state for one in result.outcomes for (_, path), state in one.objects.items()}
    assert objects == dict.fromkeys(("m/scratch", "m/total", "m/x", "m/y", "m/z"), ObjectState.SAME)


def test_other_code_makes_another_object_and_so_do_those_who_take_it(made: Path, tmp_path: Path) -> None:
    folder = _change(made, tmp_path / "edited", cell=2, old="'c'", new="'d'")
    result = _rerun(folder, tmp_path / "overlays")
    assert _states(result) == {"a": "differs", "b": "differs", "c": "reproduced", "d": "reproduced"}
    first = result.outcomes[0]
    assert {path: one.value for (_, path), one in first.objects.items()} == {"m/scratch": "same", "m/x": "different"}


def test_failure_is_told_and_what_needs_it_is_skipped(made: Path, tmp_path: Path) -> None:
    folder = _change(made, tmp_path / "broken", cell=2, old="scratch = 1", new="scratch = 1 / 0")
    result = _rerun(folder, tmp_path / "overlays")
    assert _states(result) == {"a": "failed", "c": "reproduced", "b": "skipped", "d": "skipped"}
    failed, skipped = result.outcomes[0], result.outcomes[-1]
    assert failed.failure is not None
    assert (failed.failure.error, failed.failure.cell) == ("ZeroDivisionError: division by zero", 2)
    assert (skipped.run.name, skipped.missing) == ("d.ipynb", ("b.ipynb",))


def test_object_that_is_no_longer_stored_is_missed_and_not_taken_from_before(made: Path, tmp_path: Path) -> None:
    folder = _change(made, tmp_path / "removed", cell=3, old="store x, scratch", new="store scratch")
    result = _rerun(folder, tmp_path / "overlays")
    by_name = {one.run.name: one for one in result.outcomes}
    assert by_name["b.ipynb"].state is RunState.FAILED
    assert by_name["b.ipynb"].failure is not None
    assert "'m/x' was not stored this time by the notebook that makes it" in by_name["b.ipynb"].failure.error


def test_process_that_dies_takes_no_other_with_it(made: Path, tmp_path: Path) -> None:
    kill = "scratch = 1\nimport os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    folder = _change(made, tmp_path / "killed", cell=2, old="scratch = 1", new=kill)
    result = _rerun(folder, tmp_path / "overlays")
    assert _states(result) == {"a": "failed", "c": "reproduced", "b": "skipped", "d": "skipped"}
    failure = result.outcomes[0].failure
    assert failure is not None
    assert failure.error == "the process that ran it has died (BrokenProcessPool)"
