"""Fixtures for the tests of the checker."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Lab

FIXTURES = Path(__file__).parents[2] / "fixtures" / "notebooks"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Return an empty vault in a folder of its own."""
    return Lab(tmp_path)


@pytest.fixture
def enter_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that copies a fixture and works from inside the copy."""

    def enter(name: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(FIXTURES / name, folder)
        monkeypatch.chdir(folder)
        return folder

    return enter


def load_expected(name: str) -> list[dict[str, Any]]:
    """Return the findings expected in the broken twin of a fixture."""
    stored = json.loads((FIXTURES / name / "expected.json").read_text(encoding="utf-8"))
    findings: list[dict[str, Any]] = stored["findings"]
    return findings
