"""The committed fixtures are what their recipes make when they are run now."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fixtures.build import NOTEBOOKS, build_fixture, render_readme
from fixtures.recipes import RECIPES, write_expected
from tests.end_to_end.programs import list_findings, load_cells, load_records, needs_pandas_3, run_program

ROOT = NOTEBOOKS.parent.parent

# Every fourth, as each takes some seconds; all of them with `VAULTCHECK_THOROUGH=1`, as after a change of recipes.
MADE_AGAIN = [*RECIPES] if os.environ.get("VAULTCHECK_THOROUGH") else [*RECIPES][::4]


def test_readme_has_a_row_for_every_fixture() -> None:
    assert (NOTEBOOKS / "README.md").read_text(encoding="utf-8") == render_readme()
    assert {path.name for path in NOTEBOOKS.iterdir() if path.is_dir()} == {*RECIPES, "legacy"}


@pytest.mark.kernel
@pytest.mark.filterwarnings("ignore")  # of papermill and what it stands on
@pytest.mark.parametrize("name", MADE_AGAIN)
def test_fixture_can_be_made_again(name: str, tmp_path: Path) -> None:
    recipe = RECIPES[name]
    build_fixture(recipe, tmp_path / name)
    if recipe.spoil is None:
        assert list_findings(tmp_path / name) == []
        return
    assert list_findings(tmp_path / name / "clean") == []
    assert list_findings(tmp_path / name / "broken") == [(one.code, one.file, one.cell) for one in recipe.expected]
    assert (NOTEBOOKS / name / "expected.json").read_text(encoding="utf-8") == write_expected(recipe)


@pytest.mark.kernel
@needs_pandas_3
def test_fixture_is_repeatable_apart_from_times_and_ids(tmp_path: Path) -> None:
    done = run_program(sys.executable, "-m", "fixtures.build", "quickstart", "--into", str(tmp_path), folder=ROOT)
    assert done.returncode == 0, done.stderr
    for name in ("01_prepare.ipynb", "02_model.ipynb", "03_report.ipynb"):
        assert _identities(tmp_path / "quickstart" / name) == _identities(NOTEBOOKS / "quickstart" / name)


def _identities(notebook: Path) -> list[object]:
    """Return what must not change from run to run: the sources, and what each record says of cells and objects."""
    sources = [cell["source"] for cell in load_cells(notebook)]
    return [sources, [(one["results"], one["cell"], one["ledger"]) for one in load_records(notebook)]]
