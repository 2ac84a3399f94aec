"""VC4xx: who hands what to whom."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.forms import Verb
from vaultcheck.finding import Severity
from vaultcheck.lineage import Use
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.workspace import Workspace


class UnstoredImport(Rule):
    """An object that is imported and that nobody stores.

    **What**: no checked notebook has a command that stores the object, and the vault does not know who made it, or the
    notebook that made it is among those checked and has no such command any more.

    **Why**: the object cannot be made again from what is there.

    **Example**: `%vault import prices from datasets`, where `prices` was stored by a notebook that was deleted.

    **How to mend**: check the notebook that stores it as well, or correct the name.
    """

    code = "VC401"
    name = "unstored-import"
    severity = Severity.WARNING

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each object, at its first import."""
        for use in workspace.lineage.uses:
            if not use.imports or use.stores:
                continue
            vault = workspace.get_vault(use.vault)
            present, maker = vault.objects.get(use.path), vault.find_maker(use.path)
            known = use.path in vault.producers or (present is not None and present.format is not None)
            message = f"'{use.path}' is imported, and none of the notebooks checked stores it"
            if not known:
                hint = "check the notebook that stores it too, or correct the name"
                yield Draft(use.imports[0].location, message, hint, use.path)
            elif maker and not use.changes and _stores_no_more(maker, workspace):
                hint = f"put the command that stored it back into {maker}, or import something else"
                yield Draft(use.imports[0].location, f"{message}: {maker} did", hint, use.path)


def _stores_no_more(maker: str, workspace: Workspace) -> bool:
    """Tell whether all that a notebook stores can be told from its text, which is known to have no command for it.

    What it runs, and commands with variables in them, may store anything.
    """
    steps = [step for step in workspace.steps if step.notebook.path == maker and step.verb is Verb.STORE]
    is_checked = any(notebook.path == maker for notebook in workspace.notebooks)
    return is_checked and not workspace.includes.get(maker) and all(step.paths for step in steps)


class RivalProducers(Rule):
    """An object that several notebooks store.

    **What**: two or more notebooks have a command that stores the same object.

    **Why**: what is stored depends on which of them ran last.

    **Example**: `02_model.ipynb` and `02_model_old.ipynb` both store `models/model`.

    **How to mend**: store under different names, or drop one of the notebooks.
    """

    code = "VC402"
    name = "rival-producers"
    severity = Severity.WARNING

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each set of rivals, at the last notebook's first store of an object they share."""
        rivals: dict[tuple[str, ...], list[Use]] = {}
        for use in workspace.lineage.uses:
            if len(use.producers) > 1:
                rivals.setdefault((use.vault, *use.producers), []).append(use)
        for uses in rivals.values():
            first, more = uses[0], len(uses) - 1
            step = next(one for one in first.stores if one.notebook.name == first.producers[-1])
            what = f"'{first.path}' and {more} more are" if more else f"'{first.path}' is"
            message = f"{what} stored by {_list_names(first)}; what is there depends on which ran last"
            yield Draft(step.location, message, "store under different names", first.path)


class ProducerCycle(Rule):
    """Notebooks that need each other's objects.

    **What**: a chain of hand-overs between notebooks that comes back to its start.

    **Why**: there is no order in which they can be run from nothing.

    **Example**: `a.ipynb` imports what `b.ipynb` stores, and `b.ipynb` imports what `a.ipynb` stores.

    **How to mend**: move what both need into a notebook of its own.
    """

    code = "VC403"
    name = "producer-cycle"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each cycle, at the import by which its first notebook depends on the last."""
        for cycle in workspace.lineage.find_cycles():
            first, last = cycle[0], cycle[-1]
            use = next(one for one in workspace.lineage.uses if _hands_over(one, producer=last, consumer=first))
            step = next(one for one in use.imports if one.notebook.name == first)
            message = f"these notebooks need each other: {' → '.join((*cycle, first))}"
            yield Draft(step.location, message, "move what both need into a notebook of its own", use.path)


def _hands_over(use: Use, *, producer: str, consumer: str) -> bool:
    return any((edge.producer, edge.consumer) == (producer, consumer) for edge in use.edges)


def _list_names(use: Use) -> str:
    return " and ".join((", ".join(use.producers[:-1]), use.producers[-1]))
