"""Tests that a laptop, which has the archive, and CI, which has the manifest alone, come to the same verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.vaultcheck.conftest import FIXTURES
from vaultcheck.checker import check
from vaultcheck.reporters.json import render_json

Verdict: TypeAlias = tuple[str, str, int | None, str | None, str]
"""The code, file, cell, object and severity of a finding."""

# Codes of what is found in the bytes and entries of an archive, and nowhere else.
_OF_THE_ARCHIVE = {
    "VC004": "the archive is damaged, or ends in a write that was not finished",
    "VC005": "the manifest is not that of the archive",
    "VC203": "an entry contradicts its own bytes",
    "VC205": "an entry lies in clear beside encrypted ones",
}

_LEFT_OUT = {
    "VC003-missing-vault/broken": "has neither archive nor manifest",
    "VC005-manifest-behind/broken": "its manifest tells of another state than its archive",
    "legacy": "its archive is older than manifests",
}


def _find_projects() -> Iterator[str]:
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        twins = [path for path in (folder / "clean", folder / "broken") if path.is_dir()]
        yield from (path.relative_to(FIXTURES).as_posix() for path in twins or [folder])


_PROJECTS = [*_find_projects()]


def _list_verdicts(folder: Path) -> list[Verdict]:
    findings: list[dict[str, Any]] = json.loads(render_json(check([folder])))["findings"]
    told = [one for one in findings if one["code"] not in _OF_THE_ARCHIVE]
    return [(one["code"], one["notebook"], one["cell"], one["object"], one["severity"]) for one in told]
