"""How findings are explained: who stored and imported what and when, what follows from it, and what mends it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from datetime import datetime

from vault_magic.identity import Identity
from vault_magic.parameters import hide_secrets
from vaultcheck.descent import Descendant
from vaultcheck.finding import Consequence
from vaultcheck.notebook import Notebook
from vaultcheck.rules.phrases import list_notebooks
from vaultcheck.standing import OldImport, Standing
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace


def tell_standing(standing: Standing) -> Iterator[str]:
    """Yield what is known of an object: who stored it as what, and what is there now."""
    if standing.last and standing.recorded:
        yield _tell(standing.last, "stored it as", standing.recorded)
    if standing.present and not _is_last(standing):
        by = f", stored by {standing.maker}" if standing.maker else ""
        yield f"{standing.vault.path} holds {_show(standing.present)} now{by}"


def tell_import(old: OldImport) -> str:
    """Return who imported an object as what."""
    return _tell(old.step, "imported it as", old.imported)


def list_consequences(
    standing: Standing, workspace: Workspace, *, importers: Iterable[OldImport], are_told: bool
) -> tuple[Consequence, ...]:
    """Return what follows from imports of a former content; with `are_told` not these themselves."""
    old = tuple(importers)
    path = standing.use.path
    own = (
        [] if are_told else [Consequence(one.step.location, f"'{path}' was imported here before", path) for one in old]
    )
    return (*own, *(_describe(one, path) for one in workspace.descent.follow(standing, old)))


def list_commands(workspace: Workspace, notebooks: Iterable[str]) -> tuple[str, ...]:
    """Return the commands that run some notebooks again, in the order of their hand-overs."""
    named = {one.path: one for one in workspace.notebooks}
    wanted = [named[path] for path in notebooks if path in named]
    ordered = workspace.lineage.sort_notebooks(one.name for one in wanted)
    return tuple(
        _render_run(one, named.get(one.name))
        for one in sorted(wanted, key=lambda one: (ordered.index(one.name), one.path))
    )


def _render_run(notebook: Notebook, original: Notebook | None) -> str:
    """Return how to run a notebook again: a copy that papermill has made, from what it was made of."""
    if notebook.papermill is None:
        return f"jupyter execute --inplace {shlex.quote(notebook.path)}"
    source = original.path if original and original.papermill is None else notebook.papermill.source
    parameters = hide_secrets(json.loads(notebook.papermill.parameters))
    given = ["-y", json.dumps(parameters)] if parameters else []
    return shlex.join(["papermill", "--engine", "vaultcheck", source, notebook.path, *given])


def list_runs(first: Iterable[str], consequences: Iterable[Consequence]) -> list[str]:
    """Return the notebooks that are to be run again: some, and those in which something follows."""
    return list(dict.fromkeys((*first, *(one.location.file for one in consequences))))


def _describe(one: Descendant, origin: str) -> Consequence:
    through = list_notebooks(one.through)
    if one.is_import:
        message = f"'{one.path}' was imported here, which goes back to '{origin}' through {through}"
    else:
        message = f"'{one.path}' was stored here after '{origin}' was imported"
    return Consequence(one.step.location, message, one.path)


def _tell(step: Step, did: str, identity: Identity) -> str:
    when = f" on {_show_time(step.record.finished)}" if step.record else ""
    return f"{step.notebook.path}, cell {step.cell.number}, {did} {_show(identity)}{when}"


def _is_last(standing: Standing) -> bool:
    return standing.recorded is not None and standing.recorded == standing.present


def _show(identity: Identity) -> str:
    return identity.crc32 or "what another tool has encrypted"


def _show_time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
