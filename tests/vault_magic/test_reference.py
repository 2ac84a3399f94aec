"""Tests of the reference page: it is the one in the repository, it is complete, and its examples are right."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from inspect import signature
from pathlib import Path

import pytest

from vault_magic.api import open_vault
from vault_magic.calls import METHODS
from vault_magic.forms import FORMS, Form, Verb
from vault_magic.grammar import parse_command
from vault_magic.options import OPTIONS, OpenOptions, Option, parse_options
from vault_magic.project import load_defaults
from vault_magic.reference import render_reference

_PAGE = "../../docs/commands.md"  # from the folder of the golden files
_TEXT = render_reference()
_CODE = re.findall(r"^```python\n(.*?)^```$", _TEXT, re.MULTILINE | re.DOTALL)
_LINES = [line for block in _CODE for line in block.splitlines()]
_COMMANDS = [line.removeprefix("%vault ") for line in _LINES if line.startswith("%vault ")]
_OPENINGS = [line.removeprefix("%open_vault ") for line in _LINES if line.startswith("%open_vault ")]


def test_page_is_the_one_in_the_repository(compare_golden: Callable[[str, str], None]) -> None:
    compare_golden(_PAGE, _TEXT)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_page_has_every_form_with_its_sentence_and_example(form: Form) -> None:
    assert f"**`%vault {form.text}`**\n\n{form.help}\n\n```python\n%vault {form.example}\n```\n" in _TEXT


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
def test_page_has_every_option_with_its_help(option: Option) -> None:
    row = next(line for line in _TEXT.splitlines() if line.startswith(f"| `{option.flags[0]}"))
    assert option.flags[-1] in row
    assert row.endswith(f" | {option.help} |")


@pytest.mark.parametrize(
    ("option", "default"),
    [
        pytest.param("-p, --path PATH", "`storage.zip`", id="text"),
        pytest.param("-e, --encryption_variable NAME", "", id="none"),
        pytest.param(r"-t, --timestamp True\|False", "`True`", id="true"),
        pytest.param(r"--allow_pickle True\|False", "`False`", id="false"),
        pytest.param(r"--frame_format tsv\|parquet", "`tsv`", id="choice"),
    ],
)
def test_option_is_shown_with_its_default(option: str, default: str) -> None:
    assert f"\n| `{option}` | {default} | " in _TEXT


@pytest.mark.parametrize("example", _COMMANDS)
def test_example_of_a_command_is_one(example: str) -> None:
    assert parse_command(example).verb in Verb


@pytest.mark.parametrize("example", _OPENINGS)
def test_example_of_options_says_something(example: str) -> None:
    assert parse_options(example) != OpenOptions()


def test_every_command_spelt_in_the_prose_is_a_form_or_a_command() -> None:
    forms = {form.text for form in FORMS}
    for spelt in set(re.findall(r"`%vault ([^`]*)`", _TEXT)) - forms:
        assert parse_command(spelt)


@pytest.mark.parametrize("block", [block for block in _CODE if "%" not in block])
def test_code_is_python(block: str) -> None:
    assert ast.parse(block).body


def test_code_calls_every_method_and_only_those() -> None:
    assert set(re.findall(r"\bvault\.(\w+)\(", _TEXT)) == set(METHODS)


def test_python_takes_every_option_by_its_long_name() -> None:
    assert list(signature(open_vault).parameters) == [option.field for option in OPTIONS]


def test_example_of_a_project_is_understood(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", _TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(example, encoding="utf-8")
    options = OpenOptions("data/storage.zip", "VAULT_PASSWORD", optimize_df=False, base=tmp_path)
    assert load_defaults(tmp_path) == options


def test_page_links_to_pages_that_are_there() -> None:
    docs = Path(__file__).parents[2] / "docs"
    assert [page for page in re.findall(r"\]\((\w+\.md)\)", _TEXT) if not (docs / page).is_file()] == []
