"""docs/linters.md tells the truth: ruff is run on the notebooks, and with the settings, that the page shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fixtures.build import NOTEBOOKS
from tests.builders import build_cell, build_notebook, write_notebook
from tests.end_to_end.programs import load_cells, run_program
from vault_magic.digest import digest_cell

_PAGE = (NOTEBOOKS.parent.parent / "docs" / "linters.md").read_text(encoding="utf-8")
_SECTIONS = dict(re.findall(r"^##? (.*?)\n(.*?)(?=^##? |\Z)", _PAGE, re.MULTILINE | re.DOTALL))
_START = "Linters and editors"
_CALLS = "Calls in place of magics"
_NAMES = "ruff: name what the magics bring and use"
_OFF = "ruff: switch two rules off in notebooks"
_KEEP = "ruff: report, but never delete"
_LINES = "ruff: one line at a time"
_MISSPELT = "print(salareis)"

Reports = list[tuple[str, str]]


def _find_blocks(section: str, language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", _SECTIONS[section], re.MULTILINE | re.DOTALL)
    return [block.rstrip("\n") for block in found]


def _write_project(folder: Path, *, cells: list[str], settings: str = "", file: str = "pyproject.toml") -> Path:
    """Write a project with settings for ruff and one notebook, in a folder of its own."""
    notebook = build_notebook([build_cell(source, id=f"cell-{at}") for at, source in enumerate(cells)])
    (folder / "pyproject.toml").write_text("[project]\nname = 'salaries'\n", encoding="utf-8")
    path = write_notebook(folder / "notebooks" / "report.ipynb", notebook)
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write(settings)
    return path


def _lint(notebook: Path, *options: str) -> Reports:
    """Return the rules broken, each with what its message names."""
    command = ["ruff", "check", "--no-cache", "--output-format", "json", "--select", "F401,F821", *options]
    done = run_program(*command, notebook.name, folder=notebook.parent)
    return [(one["code"], one["message"].split("`")[1]) for one in json.loads(done.stdout)]


def _join(notebook: Path) -> str:
    return "\n".join("".join(cell["source"]) for cell in load_cells(notebook))


_UNUSED, _UNDEFINED = ("F401", "formats.to_csv"), ("F821", "salaries")
_SETTINGS = [
    pytest.param(_find_blocks(_NAMES, "toml")[0], "pyproject.toml", id="names-in-the-project"),
    pytest.param(_find_blocks(_NAMES, "toml")[1], "notebooks/ruff.toml", id="names-for-the-notebooks"),
    pytest.param(_find_blocks(_OFF, "toml")[0], "pyproject.toml", id="rules-off"),
]


def test_without_settings_ruff_reports_both(tmp_path: Path) -> None:
    notebook = _write_project(tmp_path, cells=_find_blocks(_START, "python"))
    assert _lint(notebook) == [_UNUSED, _UNDEFINED]


def test_without_settings_ruff_deletes_the_import(tmp_path: Path) -> None:
    notebook = _write_project(tmp_path, cells=_find_blocks(_START, "python"))
    _lint(notebook, "--fix")
    assert "formats" not in _join(notebook)


def test_import_in_place_of_loading_would_be_deleted(tmp_path: Path) -> None:
    cells = [cell.replace("%load_ext", "import") for cell in _find_blocks(_START, "python")]
    assert ("F401", "vault_magic") in _lint(_write_project(tmp_path, cells=cells))


@pytest.mark.parametrize(("settings", "file"), _SETTINGS)
def test_with_settings_ruff_reports_and_deletes_nothing(tmp_path: Path, settings: str, file: str) -> None:
    cells = _find_blocks(_START, "python")
    notebook = _write_project(tmp_path, cells=cells, settings=settings, file=file)
    assert _lint(notebook) == []
    _lint(notebook, "--fix")
    assert "from formats import to_csv\n" in _join(notebook)


@pytest.mark.parametrize(("settings", "file"), _SETTINGS[:2])
def test_with_names_ruff_still_finds_what_is_wrong(tmp_path: Path, settings: str, file: str) -> None:
    cells = [*_find_blocks(_START, "python"), "import json", _MISSPELT]
    notebook = _write_project(tmp_path, cells=cells, settings=settings, file=file)
    assert _lint(notebook) == [("F401", "json"), ("F821", "salareis")]


def test_with_rules_off_ruff_finds_neither(tmp_path: Path) -> None:
    (settings,) = _find_blocks(_OFF, "toml")
    cells = [*_find_blocks(_START, "python"), "import json", _MISSPELT]
    assert _lint(_write_project(tmp_path, cells=cells, settings=settings)) == []


def test_rules_that_are_off_in_notebooks_hold_in_modules(tmp_path: Path) -> None:
    (settings,) = _find_blocks(_OFF, "toml")
    notebook = _write_project(tmp_path, cells=[], settings=settings)
    module = notebook.with_name("formats.py")
    module.write_text(f"import json\n{_MISSPELT}\n", encoding="utf-8")
    assert _lint(module) == [("F401", "json"), ("F821", "salareis")]


def test_names_for_the_notebooks_hold_there_only(tmp_path: Path) -> None:
    settings = _find_blocks(_NAMES, "toml")[1]
    _write_project(tmp_path, cells=[], settings=settings, file="notebooks/ruff.toml")
    module = tmp_path / "formats.py"
    module.write_text("print(salaries)\n", encoding="utf-8")
    assert _lint(module) == [_UNDEFINED]


def test_unfixable_rule_reports_and_deletes_nothing(tmp_path: Path) -> None:
    (settings,) = _find_blocks(_KEEP, "toml")
    notebook = _write_project(tmp_path, cells=_find_blocks(_START, "python"), settings=settings)
    assert _lint(notebook, "--fix") == [_UNUSED, _UNDEFINED]
    assert "from formats import to_csv\n" in _join(notebook)


@pytest.mark.parametrize("section", [_CALLS, _LINES], ids=["calls", "comments"])
def test_cells_need_no_settings(tmp_path: Path, section: str) -> None:
    notebook = _write_project(tmp_path, cells=_find_blocks(section, "python"))
    before = _join(notebook)
    assert _lint(notebook, "--fix") == []
    assert _join(notebook) == before


def test_calls_leave_ruff_its_eyes(tmp_path: Path) -> None:
    cells = [*_find_blocks(_CALLS, "python"), _MISSPELT]
    assert _lint(_write_project(tmp_path, cells=cells)) == [("F821", "salareis")]


def test_comment_is_no_edit() -> None:
    before, after = _find_blocks(_START, "python"), _find_blocks(_LINES, "python")
    assert before != after
    assert [digest_cell(cell).code for cell in before] == [digest_cell(cell).code for cell in after]
