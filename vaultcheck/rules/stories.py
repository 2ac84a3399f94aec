"""How findings are explained: who stored and imported what and when, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vault_magic.identity import Identity
from vaultcheck.descent import Descendant
from vaultcheck.finding import Consequence
from vaultcheck.rules.phrases import list_notebooks
from vaultcheck.standing import OldImport, Standing
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace


def tell_standing(standing: Standing) -> Iterator[str]:
    """Yield what is known of an object: who stored it as what, and what is there now."""
    if standing.last and standing.recorded:
        yield _tell(standing.last, "stored it as", standing.recorded)
    if standing.present and standing.recorded != standing.present:
        by = f", stored by {standing.maker}" if standing.maker else ""
        yield f"{standing.vault.path} holds {_show(standing.present)} now{by}"


def tell_import(old: OldImport) -> str:
    """Return who imported an object as what."""
    return _tell(old.step, "imported it as", old.imported)


def tell_last_store(standing: Standing) -> str | None:
    """Return who stored an object last: by its record if that is of what is there, else by manifest or sidecar."""
    if standing.last and standing.recorded and standing.present in (standing.recorded, None):
        return f"{_show_place(standing.last)}{_show_time(standing.last)}"
    return standing.maker


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


def list_runs(first: Iterable[str], consequences: Iterable[Consequence]) -> tuple[str, ...]:
    """Return the notebooks that are to be run again: some, and those in which something follows."""
    return tuple(dict.fromkeys((*first, *(one.location.file for one in consequences))))


def _describe(one: Descendant, origin: str) -> Consequence:
    through = list_notebooks(one.through)
    if one.is_import:
        message = f"'{one.path}' was imported here, which goes back to '{origin}' through {through}"
    else:
        message = f"'{one.path}' was stored here after '{origin}' was imported"
    return Consequence(one.step.location, message, one.path)


def _tell(step: Step, did: str, identity: Identity) -> str:
    return f"{_show_place(step)}, {did} {_show(identity)}{_show_time(step)}"


def _show_place(step: Step) -> str:
    return f"{step.notebook.path}, cell {step.cell.number}"


def _show_time(step: Step) -> str:
    return f" on {step.record.finished:%Y-%m-%d %H:%M} UTC" if step.record else ""


def _show(identity: Identity) -> str:
    return identity.crc32 or "what another tool has encrypted"
