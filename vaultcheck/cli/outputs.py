"""Reports in files: which, and written so that a file is the whole report or what it was."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from vaultcheck.errors import CheckError
from vaultcheck.report import Report
from vaultcheck.reporters import REPORTERS


@dataclass(frozen=True, slots=True)
class Output:
    """A report to be written: its format and its file."""

    format: str
    file: Path


def read_output(text: str) -> Output:
    """Read `FORMAT=FILE`.

    Raises:
        UsageError: it is none, or the format is unknown.
    """
    name, sign, file = text.partition("=")
    if not sign or not file:
        raise click.UsageError(f"--output {text}: say which report and where, as in --output json=report.json")
    if name not in REPORTERS:
        raise click.UsageError(f"--output {text}: there is no report {name!r}; there are {', '.join(REPORTERS)}")
    return Output(name, Path(file))


def write_output(report: Report, output: Output) -> None:
    """Write one report.

    Raises:
        CheckError: it cannot be written there.
    """
    content = REPORTERS[output.format](report).encode("utf-8", "backslashreplace")
    try:
        replace_file(output.file, content)
    except OSError as err:
        raise CheckError(f"cannot write {output.file}: {err.strerror or type(err).__name__}") from err


def replace_file(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; what is no regular file, as `/dev/stderr`, is written to as it is."""
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return
    import tempfile  # slow to import, and needed for few checks only

    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o666 & ~_read_mask())
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _read_mask() -> int:
    """Return what the user takes from the rights of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
