"""Files as no damage makes them: very long, very deep, very many, and what is no file at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tests.builders import build_cell, build_notebook, build_output, write_notebook
from vault_magic.manifest import SUFFIX

_IMPORT = "%open_vault -p s.zip --secure False\n%vault import x from m"
_NAME = "a.ipynb"
Arrange: TypeAlias = Callable[[Path], object]
"""What fills a folder."""


def _write_cells(*sources: str, kind: str = "code", name: str = _NAME) -> Arrange:
    cells = [build_cell(source, kind=kind) for source in sources]
    return lambda folder: write_notebook(folder / name, build_notebook(cells))


def _write_text(text: str, name: str = _NAME) -> Arrange:
    return lambda folder: (folder / name).write_text(text)


def _write_field(place: str, text: str) -> Arrange:
    """Write a notebook with JSON in one place that no notebook has there."""
    saved = build_notebook([build_cell(_IMPORT) | {"outputs": [build_output({"vault": {"schema_version": 1}})]}])
    *way, key = place.split("/")
    holder: Any = saved
    for step in way:
        holder = holder[int(step) if step.isdigit() else step]
    holder[key] = "@"
    return _write_text(json.dumps(saved).replace('"@"', text))


def _write_manifest(text: str) -> Arrange:
    def arrange(folder: Path) -> None:
        _write_cells(_IMPORT)(folder)
        _write_text(text, f"s.zip{SUFFIX}")(folder)

    return arrange


def _make_pipes(folder: Path) -> None:
    _write_cells(f"{_IMPORT}\n%run c.py\n%run d.ipynb")(folder)
    for name in ("b.ipynb", "c.py", "d.ipynb", "s.zip", f"s.zip{SUFFIX}"):
        os.mkfifo(folder / name)


def _make_folders(folder: Path) -> None:
    _write_cells(f"{_IMPORT}\n%run c.py")(folder)
    for name in ("b.ipynb", "c.py", "s.zip", f"s.zip{SUFFIX}"):
        (folder / name).mkdir()


def _make_circles(folder: Path) -> None:
    _write_cells(f"{_IMPORT}\n%run c.py")(folder)
    for name in ("b.ipynb", "c.py", "s.zip", f"s.zip{SUFFIX}"):
        (folder / name).symlink_to(name)
    (folder / "d.ipynb").symlink_to("e.ipynb")
    (folder / "e.ipynb").symlink_to("d.ipynb")
    (folder / "f.ipynb").symlink_to("nowhere")
    (folder / "g").symlink_to(".")


def _make_notebooks_that_run_each_other(folder: Path) -> None:
    for at in range(6):
        source = f"%run {at + 1}.ipynb\n" * 2 + f"%run {at}.ipynb\n%run 0.ipynb"
        _write_cells(source, name=f"{at}.ipynb")(folder)


def _forbid_reading(folder: Path) -> None:
    _write_cells(_IMPORT)(folder)
    (folder / _NAME).chmod(0)


_DEEP = f"{'[' * 900}1{']' * 900}"
_TOO_DEEP = f"{'[' * 100_000}1{']' * 100_000}"
_SOURCES = {
    "long-text": "x = '" + "a" * 5_000_000 + "'",
    "long-name": "a" * 1_000_000,
    "long-number": "x = " + "1" * 100_000,
    "long-space": " " * 5_000_000,
    "long-command": "%vault store " + "x, " * 50_000 + "x in m",
    "long-path": "%vault store x in '" + "m/" * 100_000 + "x'",
    "quotes-without-end": "%vault store " + "'" * 200_001,
    "many-lines": "x = 1\n" * 30_000,
    "many-options": "%open_vault " + "-p x " * 50_000,
    "many-commands": "%vault store x in m\n" * 3_000,
    "many-suppressions": f"# vaultcheck: ignore[{'VC101,' * 100_000}]",
    "nested-parentheses": "(" * 100_000,
    "nested-signs": "-" * 100_000 + "1",
    "nested-attributes": "a" + ".b" * 50_000,
    "nested-blocks": "".join(f"{' ' * at}if x:\n" for at in range(1000)),
    "nested-conditions": "1 if 1 else " * 20_000 + "1",
    "nul": "x\0" * 100_000,
    "half-characters": "\ud800" * 50_000,
    "carriage-returns": "x\r" * 30_000,
    "continued-lines": "x\\\n" * 50_000,
}
ODD_FILES: Mapping[str, Arrange] = {
    **{name: _write_cells(_IMPORT, source) for name, source in _SOURCES.items()},
    "ten-thousand-cells": _write_cells(_IMPORT, *[f"x{at} = x{at - 1}" for at in range(10_000)]),
    "comments-without-end": _write_cells("<!-- vaultcheck: ignore-file [" * 10_000, kind="markdown"),
    "no-bytes": _write_text(""),
    "nothing-but-nul": _write_text("\0" * 1000),
    "not-a-number": _write_text("NaN"),
    "brackets-without-end": _write_text("[" * 1_000_000),
    "signs": _write_text("-" * 1_000_000),
    "keys-twice": _write_text('{"cells": [], "cells": [1], "nbformat": 4, "nbformat": [], "metadata": {}}'),
    **{
        f"{what}-in-{place.replace('/', '-')}": _write_field(place, text)
        for what, text in {"depth": _DEEP, "too-much-depth": _TOO_DEEP, "number": "1" * 5000, "nan": "NaN"}.items()
        for place in (
            *("nbformat", "nbformat_minor", "metadata/kernelspec", "more"),
            *("cells/0/source", "cells/0/id", "cells/0/metadata/tags"),
            *("cells/0/execution_count", "cells/0/outputs/0/data", "cells/0/outputs/0/metadata/vault/schema_version"),
            *("cells/0/outputs/0/metadata/vault/ledger", "cells/0/outputs/0/metadata/vault_cell"),
        )
    },
    "empty-manifest": _write_manifest(""),
    "deep-manifest": _write_manifest(_TOO_DEEP),
    "manifest-of-a-later-version": _write_manifest('{"schema_version": ' + "1" * 4000 + "}"),
    "manifest-in-a-long-merge": _write_manifest("<<<<<<< ours\n" * 100_000),
    "circle-of-runs": _make_notebooks_that_run_each_other,
}
NO_FILES: Mapping[str, Arrange] = {
    "pipes": _make_pipes,
    "folders": _make_folders,
    "circles": _make_circles,
    "unreadable": _forbid_reading,
    "odd-name": _write_cells(_IMPORT, name="a\n\x1b[31m<b>\udcff.ipynb"),
}
