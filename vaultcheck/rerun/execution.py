"""One notebook run by papermill, in a process that does nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vault_magic.overlay import VARIABLE

_HASH_SEED = "0"
"""Fixed for all kernels: else sets of texts have another order each time, and pickles of them other bytes."""


@dataclass(frozen=True, slots=True)
class Job:
    """A notebook to be run: where its copy goes, in which overlay and folder, and with what."""

    notebook: Path
    executed: Path
    overlay: Path
    folder: Path
    parameters: Mapping[str, object] = field(default_factory=dict)
    kernel: str | None = None
    cell_timeout: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run did not come to its end: the cell, counted from 1 in the executed copy, if one is to blame."""

    error: str
    cell: int | None = None


def execute(job: Job) -> Failure | None:
    """Run a notebook, and return why it failed; the executed copy is there as far as it came."""
    import papermill  # a heavy one: loaded where a notebook is run, and nowhere else
    from papermill.exceptions import PapermillExecutionError

    os.environ |= {VARIABLE: str(job.overlay), "PYTHONHASHSEED": _HASH_SEED}
    try:
        papermill.execute_notebook(
            str(job.notebook),
            str(job.executed),
            parameters=dict(job.parameters),
            engine_name="vaultcheck",
            kernel_name=job.kernel,
            cwd=str(job.folder),
            progress_bar=False,
            execution_timeout=job.cell_timeout,
        )
    except PapermillExecutionError as err:
        return Failure(_join(f"{err.ename}: {err.evalue}"), cell=err.cell_index + 1)
    except Exception as err:  # of papermill, the client, the kernel: whatever it is, the other notebooks go on
        return Failure(_join(f"{type(err).__name__}: {err}"))
    return None


def _join(text: str) -> str:
    return " ".join(text.split())
