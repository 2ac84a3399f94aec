"""Notebooks that real tools have stripped for version control: judged from what lies beside the archive, or in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.end_to_end.desk import OPEN, Desk, Verdict
from tests.end_to_end.programs import list_findings, load_cells, run_program

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

MAKE, USE = "make.ipynb", "use.ipynb"
ARCHIVE, MANIFEST = "storage.zip", "storage.zip.manifest.json"
MAKING = (
    OPEN,
    "# Salaries",
    "import json",
    "scale = 3  # a factor",
    "def grow(value):\n    return value * scale",
    "numbers = [grow(one) for one in range(4)]",
    "print(len(numbers))",
    "json.dumps(numbers)",
    "%vault store numbers in datasets",
    "print('stored')",
)
USING = (OPEN, "limit = 1", "%vault import numbers from datasets", "sum(numbers) + limit")

Act = Callable[[Desk], object]

TOOLS = {
    "nbstripout": ("nbstripout",),
    "nb-clean": ("nb-clean", "clean"),
    "nbstripout-keeps-outputs": ("nbstripout", "--keep-output"),
    "nbstripout-keeps-all": ("nbstripout", "--keep-output", "--keep-count", "--keep-id"),
    "nb-clean-keeps-outputs": ("nb-clean", "clean", "--preserve-cell-outputs"),
}
STRIPPING, KEEPING = [*TOOLS][:2], [*TOOLS][2:]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a notebook that stores and one that imports."""
    folder = tmp_path_factory.mktemp("made")
    for name, cells in ((MAKE, MAKING), (USE, USING)):
        with Desk(folder, name=name) as desk:
            desk.write(*cells).run_all().save()
    return folder


@pytest.fixture(scope="module")
def treated(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that gives the folder in which a tool has been at work; it works once."""

    @cache
    def treat(tool: str) -> Path:
        folder = shutil.copytree(made, tmp_path_factory.mktemp(tool) / "treated")
        done = run_program(*TOOLS[tool], MAKE, USE, folder=folder)
        assert done.returncode == 0, done.stderr
        return folder

    return treat


@pytest.fixture
def folder(treated: Callable[[str], Path], tmp_path: Path, tool: str) -> Path:
    """Copy the notebooks that a tool has been at work on, with their vault."""
    return shutil.copytree(treated(tool), tmp_path / "copy")


@pytest.fixture
def making(folder: Path) -> Iterator[Desk]:
    """Open the notebook that stored."""
    with Desk(folder, name=MAKE) as desk:
        yield desk.open()


def _has_outputs(folder: Path) -> bool:
    return any(cell.get("outputs") for name in (MAKE, USE) for cell in load_cells(folder / name))


@pytest.mark.parametrize("lost", [ARCHIVE, MANIFEST], ids=["manifest", "sidecars"])
@pytest.mark.parametrize("tool", STRIPPING)
@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(lambda desk: desk, [], id="nothing"),
        pytest.param(lambda desk: desk.edit(4, old="a f", new="the f"), [("VC302", 4)], id="comment"),
        pytest.param(lambda desk: desk.edit(4, old="3", new="4"), [("VC301", 4), ("VC305", 9)], id="edit"),
        pytest.param(lambda desk: desk.edit(7, old="len", new="max"), [("VC301", 7)], id="edit-what-prints"),
        pytest.param(lambda desk: desk.edit(10, old="st", new="k"), [], id="edit-below-the-store"),
        pytest.param(lambda desk: desk.delete(8), [], id="delete-what-shows"),
        pytest.param(lambda desk: desk.delete(6), [("VC306", 6)], id="delete-a-definition"),
        pytest.param(lambda desk: desk.add("numbers = [0]", at=9), [("VC307", 9)], id="add-a-definition"),
        pytest.param(lambda desk: desk.add("other = [0]", at=9), [], id="add-something-else"),
    ],
)
def test_stripped_notebook_is_judged_by_the_vault(
    making: Desk, folder: Path, lost: str, act: Act, expected: Verdict
) -> None:
    assert not _has_outputs(folder)
    (folder / lost).unlink()
    act(making)
    assert making.judge() == expected


@pytest.mark.parametrize("tool", KEEPING)
@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(lambda desk: desk, [], id="nothing"),
        pytest.param(lambda desk: desk.edit(8, old="numbers", new="[1]"), [("VC301", 8)], id="edit-what-shows"),
        pytest.param(lambda desk: desk.edit(4, old="3", new="4"), [("VC301", 4), ("VC305", 9)], id="edit"),
    ],
)
def test_notebook_with_outputs_kept_is_judged_by_them(making: Desk, folder: Path, act: Act, expected: Verdict) -> None:
    assert _has_outputs(folder)
    act(making)
    assert making.judge() == expected


@pytest.mark.parametrize("lost", [ARCHIVE, MANIFEST], ids=["manifest", "sidecars"])
@pytest.mark.parametrize("tool", STRIPPING)
def test_stripped_notebooks_that_are_as_they_ran_are_clean(folder: Path, lost: str) -> None:
    (folder / lost).unlink()
    assert list_findings(folder) == []


@pytest.mark.parametrize("tool", STRIPPING)
def test_import_of_what_was_stored_anew_since_is_stale(making: Desk, folder: Path, tool: str) -> None:
    making.edit(4, old="3", new="5").run_all().use(*TOOLS[tool], MAKE)
    (folder / ARCHIVE).unlink()
    assert list_findings(folder) == [("VC304", USE, 3)]
