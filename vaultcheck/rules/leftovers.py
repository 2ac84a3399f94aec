"""VC404 and VC405: what is stored for nobody, and what nobody has left behind; both good to know."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from vault_magic.forms import Verb
from vaultcheck.finding import Location, Severity
from vaultcheck.lineage import Use
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.rules.phrases import agree, list_names
from vaultcheck.snapshot import Snapshot
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace

_MOST_TO_TYPE = 20  # objects of one command


class UnusedObject(Rule):
    """An object that a producer stores and nobody imports.

    **What**: a notebook stores several objects, others import some of them, and nobody imports this one. Told once for
    a notebook, and only of notebooks from which others take something: what the last ones store is the result. Where
    a notebook cannot be read, only of vaults with a manifest, which knows what it has imported.

    **Why**: it costs time and space, or the notebook that should use it does not.

    **Example**: `%vault store clean, rejected in datasets`, where only `clean` is imported anywhere.

    **How to mend**: nothing needs to be done; or leave it out of the command, and delete it.
    """

    code = "VC404"
    name = "unused-object"
    severity = Severity.INFO

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each notebook with such objects, at its first store of one."""
        takers = _Takers(workspace)
        unused: dict[str, list[tuple[Use, Step]]] = {}
        for use in workspace.lineage.uses:
            if not use.stores or use.imports:
                continue
            vault = workspace.get_vault(use.vault)
            is_judged = vault.has_manifest or not workspace.unreadable
            if is_judged and use.path in vault.objects and not takers.may_take(use):
                unused.setdefault(use.producers[0], []).append((use, use.stores[0]))
        providers = {edge.producer for edge in workspace.lineage.edges}
        for name, found in unused.items():
            if name in providers:
                paths = [use.path for use, _ in found]
                message = f"{list_names(paths)} {agree(paths, 'is', 'are')} stored here, and nobody imports"
                message = f"{message} {agree(paths, 'it', 'them')}"
                first = min((step for _, step in found), key=lambda step: (step.cell.number, step.location.line or 1))
                yield Draft(first.location, message, "leave it out, or use it", paths[0], vault=found[0][0].vault)


class _Takers:
    """What is imported from vaults otherwise than by a command for one object."""

    def __init__(self, workspace: Workspace) -> None:
        self._by_vault: dict[str, list[Step]] = {}
        for step in workspace.steps:
            if step.verb is Verb.IMPORT and not step.paths:
                self._by_vault.setdefault(step.vault.path, []).append(step)
        self._lines = {vault.path: {line.path for line in vault.imports} for vault in workspace.vaults}

    def may_take(self, use: Use) -> bool:
        """Tell whether somebody may import an object: by a module, with variables, or from elsewhere."""
        steps = self._by_vault.get(use.vault, ())
        is_taken = any(step.is_open or _takes_module(step, use.path) for step in steps)
        return is_taken or use.path in self._lines[use.vault]


def _takes_module(step: Step, path: str) -> bool:
    return step.module is not None and path.startswith(f"{step.module}/")


class OrphanedEntry(Rule):
    """An object in the vault that belongs to no notebook any more.

    **What**: none of the notebooks checked stores or imports the object, and the notebook that stored it is not there
    any more or stores it no more, or it was put there by another tool. Told once for a vault. What notebooks elsewhere
    have imported is known from the manifest; where there is none, nothing is told if a notebook cannot be read, or if
    only one of those checked works with the vault.

    **Why**: nobody can make it again, and nobody needs it as far as can be told.

    **Example**: `02_model_old.ipynb` was deleted, and `models/old` is still in `storage.zip`.

    **How to mend**: delete it (`vaultcheck rm`), or check the notebook that uses it as well.
    """

    code = "VC405"
    name = "orphaned-entry"
    severity = Severity.INFO

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each vault with such objects."""
        for vault in workspace.vaults:
            if orphans := _list_orphans(vault, workspace):
                it = agree(orphans, "it", "them")
                message = f"no notebook stores or imports {list_names(orphans)}, and {_tell_makers(orphans, vault)}"
                hint = f"check the notebook that uses {it} too; or delete {it}: {_render_removal(orphans, vault)}"
                yield Draft(Location(vault.path), message, hint, orphans[0], vault=vault.path)


def _tell_makers(orphans: list[str], vault: Snapshot) -> str:
    """Return what has become of those who stored some objects."""
    it = agree(orphans, "it", "them")
    makers = {vault.find_maker(path) for path in orphans}
    fates = {
        "is gone": any(maker and maker not in vault.makers for maker in makers),
        f"stores {it} no more": not makers.isdisjoint(vault.makers),
        "is not known": None in makers,
    }
    return f"who made {it} {' or '.join(fate for fate, is_so in fates.items() if is_so)}"


def _render_removal(orphans: list[str], vault: Snapshot) -> str:
    command = shlex.join(["vaultcheck", "rm", vault.path, *orphans[:_MOST_TO_TYPE]])
    return f"{command} ..." if len(orphans) > _MOST_TO_TYPE else command


def _list_orphans(vault: Snapshot, workspace: Workspace) -> list[str]:
    """Return the objects of nobody; none where a command with variables, or a notebook elsewhere, may be about any."""
    steps = [step for step in workspace.steps if step.vault is vault]
    if not vault.has_manifest and (workspace.unreadable or len({step.notebook.path for step in steps}) == 1):
        return []
    if any(step.verb in (Verb.STORE, Verb.IMPORT) and step.is_open for step in steps):
        return []
    used = {use.path for use in workspace.lineage.uses if use.vault == vault.path}
    used |= {path for step in steps for path in (*step.paths, *step.changed)}
    told = {*vault.damaged, *vault.unencrypted, *vault.disagreements}  # by VC203, VC205 and VC005
    taken = {line.path for line in vault.imports} | told
    left = (path for path in vault.objects if path not in used and path not in taken)
    free = (path for path in left if not any(_takes_module(step, path) for step in steps))
    return [path for path in free if _is_orphan(path, vault, workspace)]


def _is_orphan(path: str, vault: Snapshot, workspace: Workspace) -> bool:
    """Tell whether the maker of an object is gone; of what a script or an unnamed notebook stored, nobody knows."""
    maker = vault.find_maker(path)
    if maker is None:
        return path not in vault.producers and vault.objects[path].format is None
    return maker not in vault.makers or (maker in workspace.by_path and not workspace.includes.get(maker))
