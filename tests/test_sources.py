"""What the sources must not hold, whatever they do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fixtures.build import NOTEBOOKS

ROOT = NOTEBOOKS.parent.parent
SOURCES = [*ROOT.glob("vault_magic/**/*.py"), *ROOT.glob("vaultcheck/**/*.py")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_pattern_repeats_a_group_possessively(path: Path) -> None:
    """Before 3.11.5, Python's `(?:...)*+` matches what it should not: https://github.com/python/cpython/issues/106052."""
    text = path.read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert not re.findall(r"[^\\]\)[*+?]\+", code)
