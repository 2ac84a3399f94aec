"""VC301, VC302 and VC304: cells and imports that are older than the code and the objects they come from."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.identity import Identity, Match
from vaultcheck.finding import Severity
from vaultcheck.lineage import Use
from vaultcheck.makers import Fit
from vaultcheck.rules.base import Draft, Rule, locate
from vaultcheck.rules.phrases import list_cells
from vaultcheck.snapshot import Snapshot
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace

_CHANGES = {Fit.REFORMATTED: "reformatted", Fit.REGROUPED: "split or merged"}


class EditedCell(Rule):
    """A cell that was edited after it ran.

    **What**: the code of the cell is not the code that ran, whether it touches the vault or not. Comments, layout and
    the order of imports do not count. A cell whose `%vault` command was edited is reported as VC102 alone.

    **Why**: the outputs below it, and the objects stored after it, were made by other code than the notebook shows.

    **Example**: `threshold = 10` was run and stored with; the cell now reads `threshold = 20`.

    **How to mend**: run the cell and those after it again, or put the code back as it was.
    """

    code = "VC301"
    name = "edited-cell"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each cell that is not what ran."""
        told = {(step.notebook.path, step.cell.number) for step in workspace.steps if step.differs}
        for notebook in workspace.notebooks:
            execution = workspace.executions[notebook.path]
            for cell in notebook.code_cells:
                if execution.is_edited(cell) and (notebook.path, cell.number) not in told:
                    count = f" as [{cell.count}]" if cell.count is not None else ""
                    message = f"the code of this cell is not the code that ran{count}"
                    yield Draft(
                        locate(notebook, cell), message, "run this cell and those after it again, or put the code back"
                    )


class ReformattedCell(Rule):
    """Cells that were only reformatted after they ran.

    **What**: the text of a cell is not the one that ran, and its code is: comments, layout, the order of imports have
    changed, or a cell was split in two or merged with its neighbour. Reported once for a notebook.

    **Why**: good to know that nothing more is behind a difference of digests, and nothing to worry about.

    **Example**: a formatter has been through the notebook since it was run.

    **How to mend**: nothing needs to be done; the next run makes digests and text the same again.
    """

    code = "VC302"
    name = "reformatted-cell"
    severity = Severity.INFO

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each notebook with such cells, at the first."""
        for notebook in workspace.notebooks:
            fits = workspace.executions[notebook.path].fits
            changed = [one for one in notebook.code_cells if fits.get(one.number) in _CHANGES]
            if changed:
                others = f", and so is that of {list_cells(one.number for one in changed[1:])}" if changed[1:] else ""
                kinds = {fits[one.number] for one in changed}
                how = " or ".join(word for fit, word in _CHANGES.items() if fit in kinds)
                message = f"the code of this cell is what ran, {how} since{others}"
                yield Draft(locate(notebook, changed[0]), message, "nothing needs to be done")


class StaleImport(Rule):
    """An import that is older than the object.

    **What**: the notebook imported an object that has been stored anew since, with another content. Compared by
    digests, never by time: storing the same content again makes nothing stale. A notebook that stored the present
    object itself after importing is not stale.

    **Why**: everything the notebook computed from it belongs to the former content.

    **Example**: `01_prepare.ipynb` was run again with another filter, `02_model.ipynb` was not.

    **How to mend**: run the importing notebook again.
    """

    code = "VC304"
    name = "stale-import"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each object that a notebook imported in a former state."""
        for use in workspace.lineage.uses:
            vault = workspace.get_vault(use.vault)
            present = vault.objects.get(use.path)
            for consumer in use.consumers if present else ():
                stale = next(_find_stale(use, consumer, present), None) if present else None
                if stale and present:
                    step, imported = stale
                    now = f"and is {present.crc32} now{_by(vault, use)}"
                    message = f"'{use.path}' was imported as {imported.crc32}, {now}"
                    yield Draft(step.location, message, f"run {consumer} again", use.path)


def _find_stale(use: Use, consumer: str, present: Identity) -> Iterator[tuple[Step, Identity]]:
    """Yield the imports of a notebook that found another object than the present one."""
    for step in (one for one in use.imports if one.notebook.path == consumer):
        imported = step.imported(use.path)
        is_other = imported is not None and imported.compare(present) is Match.DIFFERENT
        if imported is not None and is_other and not _made_it_since(use, step, present):
            yield step, imported


def _made_it_since(use: Use, step: Step, present: Identity) -> bool:
    """Tell whether the importing notebook itself stored the present object after the import."""
    own = [one for one in use.stores if one.notebook is step.notebook]
    if any(one.is_silent for one in own):
        return True  # it left no record of what it stored
    stored = [one.recorded(use.path) for one in own if _is_after(one, step)]
    return any(identity is not None and identity.compare(present) is not Match.DIFFERENT for identity in stored)


def _is_after(store: Step, step: Step) -> bool:
    if store.record is None or step.record is None:
        return store.cell.number >= step.cell.number
    return store.record.started >= step.record.finished


def _by(vault: Snapshot, use: Use) -> str:
    makers = vault.find_maker(use.path) or ", ".join(use.producers)
    return f" (stored by {makers})" if makers else ""
