"""The programs that users run, run as they run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from fixtures.running import VARIABLE

BIN = Path(sys.executable).parent

needs_pandas_3 = pytest.mark.skipif(
    int(version("pandas").split(".")[0]) < 3,
    reason="the committed notebooks hold what pandas 3 gives, whose strings are of another type than before",
)

Done = subprocess.CompletedProcess[str]


def run_program(*command: str, folder: Path, **environment: str) -> Done:
    """Run a program of this environment in a folder."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    variables = os.environ | {"PATH": path, "PYTHONWARNINGS": "ignore"} | environment
    return subprocess.run([*command], cwd=folder, env=variables, capture_output=True, text=True, check=False)


def run_papermill(notebook: Path, **environment: str) -> Done:
    """Run a notebook in place by papermill's command line, in a fork of one that has been loaded already."""
    name = notebook.name
    told = os.environ | {"PYTHONWARNINGS": "ignore", VARIABLE: name} | environment
    command = ("papermill", name, name, "-k", "python3", "--no-progress-bar")
    if not hasattr(os, "fork"):
        return run_program(*command, folder=notebook.parent, **told)
    host = _start_papermill()
    with tempfile.TemporaryDirectory() as folder:
        files = {stream: str(Path(folder, stream)) for stream in ("stdout", "stderr")}
        asked = {"arguments": command[1:], "folder": str(notebook.parent), "environment": told, **files}
        code = _ask(host, json.dumps(asked))
        texts = {stream: Path(file).read_text(encoding="utf-8") for stream, file in files.items()}
    return subprocess.CompletedProcess(command, code, **texts)


@cache
def _start_papermill() -> subprocess.Popen[str]:
    """Start papermill's host; it ends with this process, whose end closes its input."""
    command = [sys.executable, "-m", "tests.end_to_end.papermill_host"]
    root, environment = Path(__file__).parents[2], os.environ | {"PYTHONWARNINGS": "ignore"}
    pipe = subprocess.PIPE
    host = subprocess.Popen(command, cwd=root, env=environment, stdin=pipe, stdout=pipe, text=True)
    assert host.stdout is not None
    assert host.stdout.readline() == "ready\n"
    return host


def _ask(host: subprocess.Popen[str], line: str) -> int:
    assert host.stdin is not None
    assert host.stdout is not None
    host.stdin.write(f"{line}\n")
    host.stdin.flush()
    return int(host.stdout.readline())


def run_check(folder: Path, *options: str) -> Done:
    """Check a folder from inside it."""
    return run_program("vaultcheck", ".", *options, folder=folder)


def list_findings(folder: Path) -> list[tuple[str, str, int | None]]:
    """Return code, file and cell of each finding in a folder."""
    report = json.loads(run_check(folder, "--format", "json").stdout)
    return [(one["code"], one["notebook"], one["cell"]) for one in report["findings"]]


def load_cells(notebook: Path) -> list[dict[str, Any]]:
    """Return the cells of a saved notebook as they lie in the file."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return cells


def load_records(notebook: Path) -> list[dict[str, Any]]:
    """Return the records that a saved notebook holds, in the order of its cells."""
    outputs = [output for cell in load_cells(notebook) for output in cell.get("outputs", ())]
    return [output["metadata"]["vault"] for output in outputs if "vault" in output.get("metadata", {})]
