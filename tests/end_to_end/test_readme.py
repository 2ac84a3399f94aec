"""The README tells the truth: its commands, its output, its tables."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from fixtures.build import NOTEBOOKS
from tests.end_to_end.programs import needs_pandas_3, run_program
from vault_magic.forms import FORMS, Verb
from vault_magic.grammar import parse_command
from vault_magic.options import OPTIONS, OpenOptions, parse_options
from vaultcheck.rules import RULES

ROOT = NOTEBOOKS.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@pytest.mark.kernel
@needs_pandas_3
def test_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    block = re.search(r"```console\n\$ make demo\n(.*?)```", README, re.DOTALL)
    assert block is not None
    done = run_program(sys.executable, "-m", "fixtures.demo", folder=tmp_path, PYTHONPATH=str(ROOT))
    shown, printed = (_TIME.sub("TIME", text.rstrip()) for text in (block[1], done.stdout))
    assert (done.returncode, printed) == (0, shown), done.stderr


def test_every_range_of_codes_is_in_the_table() -> None:
    named = re.findall(r"^\| (VC\d)xx \|", README, re.MULTILINE)
    assert named == sorted({rule.code[:3] for rule in RULES})


def test_every_command_in_the_table_is_one() -> None:
    rows = re.findall(r"^\| `%vault .*$", README, re.MULTILINE)
    examples = [example for row in rows for example in re.findall(r"`%vault ([^`]*)`", row)]
    assert {parse_command(example).verb for example in examples} == set(Verb)
    assert len(examples) >= len(FORMS)


def test_every_option_is_in_the_table() -> None:
    for option in OPTIONS:
        assert any(f"`{flag} " in README for flag in option.flags), option.field


def test_every_option_in_the_table_is_one() -> None:
    rows = re.findall(r"^\| `-.*$", README, re.MULTILINE)
    examples = [example for row in rows for example in re.findall(r"`(-[^`]*)`", row)]
    fields = [field for example in examples for field in _list_changed(parse_options(example))]
    assert sorted(fields) == sorted(option.field for option in OPTIONS)


def _list_changed(options: OpenOptions) -> list[str]:
    return [
        option.field for option in OPTIONS if getattr(options, option.field) != getattr(OpenOptions(), option.field)
    ]


def test_every_page_linked_to_is_there() -> None:
    pages = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)
    assert [page for page in pages if not (ROOT / page).exists()] == []
