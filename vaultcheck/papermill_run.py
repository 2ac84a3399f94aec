"""What papermill has written into a notebook of the run that made it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from vaultcheck.metadata import get


@dataclass(frozen=True, slots=True)
class PapermillRun:
    """A run whose output is another file than its input; `source` is the input as typed, `parameters` are JSON."""

    source: str
    parameters: str = "{}"
    finished: datetime | None = None


def read_papermill_run(metadata: object, *, name: str) -> PapermillRun | None:
    """Return the run of a copy; of a notebook that was run in place, or by other means, nothing.

    So it is with a file that bears the `name` of its input, and was another when papermill wrote it: it was put in its
    place.
    """
    told = get(metadata, "papermill")
    source, output = get(told, "input_path"), get(told, "output_path")
    if not isinstance(source, str) or not source or source == output:
        return None
    if _find_name(source) == name != _find_name(output):
        return None
    parameters = get(told, "parameters")
    text = json.dumps(parameters if isinstance(parameters, dict) else {}, sort_keys=True)
    return PapermillRun(source, text, _read_time(get(told, "end_time")) or _read_time(get(told, "start_time")))


def _find_name(path: object) -> str | None:
    return PurePosixPath(path.replace("\\", "/")).name if isinstance(path, str) else None


def _read_time(value: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
