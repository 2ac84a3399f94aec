"""The file of a baseline, read and written for the check."""

from __future__ import annotations

from pathlib import Path

from vault_magic.errors import FormatError
from vaultcheck.baseline import Baseline, parse_baseline, render_baseline
from vaultcheck.cli.outputs import replace_file
from vaultcheck.errors import CheckError
from vaultcheck.report import Report

DEFAULT = Path(".vaultcheck-baseline.json")
"""Where a baseline is written that nobody has named."""


def load_baseline(file: Path) -> Baseline:
    """Read a baseline.

    Raises:
        CheckError: it is not there, or cannot be read.
    """
    try:
        return parse_baseline(file.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise CheckError(f"the baseline {file} is not there; write it: --write-baseline") from err
    except (OSError, UnicodeError) as err:
        reason = err.strerror if isinstance(err, OSError) else "it is not UTF-8"
        raise CheckError(f"the baseline {file} cannot be read: {reason}") from err
    except FormatError as err:
        raise CheckError(f"{file}: {err}") from err


def save_baseline(file: Path, report: Report) -> None:
    """Write the findings of a report, with the reasons that the file has for them.

    Raises:
        CheckError: the former baseline cannot be read, or the new one not be written.
    """
    former = load_baseline(file) if file.exists() else Baseline()
    try:
        replace_file(file, render_baseline(report.findings, former=former, reach=report.reach).encode())
    except OSError as err:
        raise CheckError(f"cannot write {file}: {err.strerror or type(err).__name__}") from err
