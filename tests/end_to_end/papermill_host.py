"""papermill's command line, loaded once: each run is a fork of this process, which saves it four seconds of imports.

Told on its input, a line of JSON each: the arguments, the folder, the environment, and the file for what is printed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn


def serve(program: Callable[[Sequence[str]], object]) -> None:
    """Run what is asked for, one after the other, and answer with the exit codes."""
    _answer("ready")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _run(program, json.loads(line))
        _, status = os.waitpid(child, 0)
        _answer(str(os.waitstatus_to_exitcode(status)))


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _run(program: Callable[[Sequence[str]], object], asked: dict[str, Any]) -> NoReturn:
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    for stream, name in ((sys.stdout, "stdout"), (sys.stderr, "stderr")):
        with Path(asked[name]).open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    try:
        program(asked["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    raise SystemExit


if __name__ == "__main__":
    from papermill.__main__ import papermill

    import_module("nbclient")  # which papermill loads only when it runs a notebook
    serve(lambda arguments: papermill(args=[*arguments], prog_name="papermill"))
