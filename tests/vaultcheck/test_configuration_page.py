"""The page about the settings tells the truth."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from vaultcheck import settings
from vaultcheck.rules import RULES
from vaultcheck.selection import build_selection
from vaultcheck.settings import load_settings

_PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
_EXAMPLE = re.findall(r"```toml\n(.*?)```", _PAGE, re.DOTALL)[0]


def test_example_is_read_and_has_every_setting(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(_EXAMPLE, encoding="utf-8")
    build_selection(RULES, load_settings(tmp_path), folder=tmp_path)
    assert {*tomllib.loads(_EXAMPLE)["tool"]["vaultcheck"]} == {*settings._READERS}


@pytest.mark.parametrize("option", sorted({*re.findall(r"`(--[a-z-]+)", _PAGE)}))
def test_every_option_is_one(option: str) -> None:
    from vaultcheck.cli.check import check_command

    known = {name for parameter in check_command.params for name in parameter.opts}
    assert option in known
