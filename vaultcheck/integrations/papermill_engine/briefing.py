"""What the kernel is told of a run with the request for each cell: session, notebook and parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from papermill.iorw import papermill_io

from vault_magic.session_id import create_session_id
from vaultcheck.metadata import INJECTED

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a kernel cannot know of the run by itself.

    `notebook` is the input: a whole path, or a name if remote; `saved` is the output, where that is a file.
    """

    session: str
    notebook: str | None = None
    saved: str | None = None
    parameters: Mapping[str, object] | None = None

    def describe(self, cell: NotebookNode) -> dict[str, object]:
        """Return the metadata of the request that runs a cell; `cellId` is what JupyterLab sends too."""
        told = {
            "session": self.session,
            "notebook": self.notebook,
            "saved": self.saved,
            "parameters": self.parameters,
            "is_injected": _is_injected(cell),
        }
        return {"cellId": cell.id, "vault": told} if "id" in cell else {"vault": told}


def build_briefing(notebook: NotebookNode, *, input_path: object, output_path: object = None) -> Briefing:
    """Return what to tell of a run that begins now; a notebook that is no file has no path."""
    return Briefing(
        session=create_session_id(),
        notebook=_find_notebook(input_path) if isinstance(input_path, str) else None,
        saved=_find_file(output_path) if isinstance(output_path, str) else None,
        parameters=_find_parameters(notebook),
    )


def _find_notebook(input_path: str) -> str | None:
    if (file := _find_file(input_path)) is not None:
        return file
    name = PurePosixPath(input_path.partition("?")[0]).name
    return name if PurePosixPath(name).suffix else None  # "-" is what comes from a pipe


def _find_file(path: str) -> str | None:
    local = papermill_io.get_handler("local")
    return str(_find_start(local) / path) if papermill_io.get_handler(path) is local else None


def _find_start(local: Any) -> Path:
    """Return the folder in which papermill was started: by now the working directory is that of its `cwd`.

    Papermill's handler of files keeps it, and tells it only in exchange for another.
    """
    folder = local.cwd(None)
    local.cwd(folder)
    return Path(folder) if folder else Path.cwd()


def _find_parameters(notebook: NotebookNode) -> dict[str, object] | None:
    """Return the parameters as plain JSON; those of a former run count while their cell is there."""
    known = notebook.metadata.get("papermill", {}).get("parameters")
    if not (known and isinstance(known, dict) and any(_is_injected(cell) for cell in notebook.cells)):
        return None
    plain: dict[str, object] = json.loads(json.dumps(known, default=str, skipkeys=True), parse_constant=str)
    return plain


def _is_injected(cell: NotebookNode) -> bool:
    return INJECTED in cell.metadata.get("tags", ())
