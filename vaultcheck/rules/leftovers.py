"""VC404 to VC406: what is stored for nobody, left behind by nobody, or read past the vault; all of it good to know."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.forms import Verb
from vaultcheck.file_calls import FileCall, find_file_calls
from vaultcheck.file_functions import Kind
from vaultcheck.finding import Location, Severity
from vaultcheck.lineage import Use
from vaultcheck.notebook import Cell, Notebook
from vaultcheck.path_names import PathNames
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.rules.phrases import agree, list_names
from vaultcheck.snapshot import Snapshot
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace


class UnusedObject(Rule):
    """An object that a producer stores and nobody imports.

    **What**: a notebook stores several objects, others import some of them, and nobody imports this one. Told once for
    a notebook, and only of notebooks from which others take something: what the last ones store is the result.

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
            vault = workspace.get_vault(use.vault)
            if use.stores and not use.imports and use.path in vault.objects and not takers.may_take(use):
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
        return use.path in self._lines[use.vault] or any(_may_import(step, use.path) for step in steps)


def _may_import(step: Step, path: str) -> bool:
    command = step.found.command if step.found else None
    if command is not None and command.is_module_import:
        return path.startswith(f"{command.bound_module}/")
    return not step.paths


class OrphanedEntry(Rule):
    """An object in the vault that belongs to no notebook any more.

    **What**: none of the notebooks checked stores or imports the object, and the notebook that stored it is not there
    any more, or it was put there by another tool. Told once for a vault.

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
                message = f"no notebook stores or imports {list_names(orphans)}, and who made {it} is gone"
                hint = f"delete {it}: vaultcheck rm {vault.path} PATH...; or check the notebook that uses {it} too"
                yield Draft(Location(vault.path), message, hint, orphans[0], vault=vault.path)


def _list_orphans(vault: Snapshot, workspace: Workspace) -> list[str]:
    """Return the objects of nobody; none where a command with variables in it may be about any."""
    steps = [step for step in workspace.steps if step.vault is vault]
    if any(step.verb in (Verb.STORE, Verb.IMPORT) and not step.paths and not _is_module(step) for step in steps):
        return []
    used = {use.path for use in workspace.lineage.uses if use.vault == vault.path}
    used |= {path for step in steps for path in (*step.paths, *step.changed)}
    told = {*vault.damaged, *vault.unencrypted, *vault.disagreements}  # by VC203, VC205 and VC005
    taken = {line.path for line in vault.imports} | told
    left = (path for path in vault.objects if path not in used and path not in taken)
    return [path for path in left if _is_orphan(path, vault, workspace) and not any(_takes(one, path) for one in steps)]


def _is_orphan(path: str, vault: Snapshot, workspace: Workspace) -> bool:
    """Tell whether the maker of an object is gone; of what a script or an unnamed notebook stored, nobody knows."""
    maker = vault.find_maker(path)
    if maker is None:
        return path not in vault.producers and vault.objects[path].format is None
    return maker not in vault.makers or (maker in workspace.by_path and not workspace.includes.get(maker))


def _is_module(step: Step) -> bool:
    command = step.found.command if step.found else None
    return command is not None and command.is_module_import


def _takes(step: Step, path: str) -> bool:
    return _is_module(step) and _may_import(step, path)


class LocalFile(Rule):
    """A file that a notebook reads past the vault.

    **What**: a notebook that works with a vault reads a local file by one of the usual calls (`pd.read_csv`, `open`,
    `np.load`, `joblib.load`). Told once for a notebook, at the first.

    **Why**: what the notebook makes depends on something that is neither recorded nor stored: it can change without
    anything being stale.

    **Example**: `raw = pd.read_csv("data/raw.csv")` above `%vault store clean in datasets`.

    **How to mend**: nothing needs to be done for raw data that never change. What another notebook writes is better
    handed over by the vault: `vaultcheck adopt` shows how.
    """

    code = "VC406"
    name = "local-file"
    severity = Severity.INFO

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each notebook that works with a vault and reads files."""
        for path in dict.fromkeys(step.notebook.path for step in workspace.steps):
            notebook = workspace.by_path[path]
            if reads := [*_list_reads(notebook)]:
                cell, call = reads[0]
                where = Location(path, cell=cell.number, cell_id=cell.id, line=call.line)
                files = list(dict.fromkeys(one.path for _, one in reads))
                message = f"{list_names(files)} {agree(files, 'is', 'are')} read from outside the vault"
                yield Draft(where, message, "if another notebook writes it, hand it over: see vaultcheck adopt")


def _list_reads(notebook: Notebook) -> Iterator[tuple[Cell, FileCall]]:
    names = PathNames(cell.source for cell in notebook.code_cells)
    for cell in notebook.code_cells:
        calls = find_file_calls(cell.source, names=names)
        yield from ((cell, call) for call in calls if call.kind is Kind.READ)
