"""What to type at a shell to run notebooks again, in the order in which they hand objects on."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from vault_magic.parameters import hide_secrets
from vaultcheck.notebook import Notebook
from vaultcheck.workspace import Workspace


def list_commands(workspace: Workspace, notebooks: Iterable[str]) -> tuple[str, ...]:
    """Return the commands that run some notebooks again, each once, in the order of their hand-overs."""
    known = workspace.by_path
    wanted = [known[path] for path in {*notebooks} if path in known]
    places = {name: at for at, name in enumerate(workspace.lineage.sort_notebooks(one.name for one in wanted))}
    ordered = sorted(wanted, key=lambda one: (places[one.name], one.path))
    return tuple(_render_run(one, known.get(one.name)) for one in ordered)


def _render_run(notebook: Notebook, original: Notebook | None) -> str:
    """Return how to run a notebook again: a copy that papermill has made, from what it was made of."""
    if notebook.papermill is None:
        return f"jupyter execute --inplace {shlex.quote(notebook.path)}"
    source = original.path if original and original.papermill is None else notebook.papermill.source
    parameters = hide_secrets(json.loads(notebook.papermill.parameters))
    given = ["-y", json.dumps(parameters)] if parameters else []
    return shlex.join(["papermill", "--engine", "vaultcheck", source, notebook.path, *given])
