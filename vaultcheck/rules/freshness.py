"""VC301, VC302, VC304 and VC312: cells and imports that are older than the code and the objects they come from."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.identity import Identity, Match
from vaultcheck.finding import Severity, Stake
from vaultcheck.makers import Fit
from vaultcheck.rules.base import Draft, Rule, locate
from vaultcheck.rules.phrases import list_cells
from vaultcheck.rules.stories import list_consequences, list_runs, tell_import, tell_last_store, tell_standing
from vaultcheck.standing import OldImport, Standing, State
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace

_CHANGES = {Fit.REFORMATTED: "reformatted", Fit.REGROUPED: "split or merged"}


class EditedCell(Rule):
    """A cell that was edited after it ran.

    **What**: the code of the cell is not the code that ran, whether it touches the vault or not. Comments, layout and
    the order of imports do not count. A cell whose `%vault` command was edited or is gone is VC102 or VC104 alone.

    **Why**: the outputs below it, and the objects stored after it, were made by other code than the notebook shows.

    **Example**: `threshold = 10` was run and stored with; the cell now reads `threshold = 20`.

    **How to mend**: run the cell and those after it again, or put the code back as it was.
    """

    code = "VC301"
    name = "edited-cell"
    severity = Severity.ERROR
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each cell that is not what ran."""
        told = {(step.notebook.path, step.cell.number) for step in workspace.steps if step.differs}
        for notebook in workspace.notebooks:
            execution = workspace.executions[notebook.path]
            for cell in notebook.code_cells if execution.edited else ():
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
            if _CHANGES.keys().isdisjoint(fits.values()):
                continue
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
        """Yield a draft for each object that a notebook imported in a former state, unless that is told elsewhere."""
        for one in workspace.standings:
            for old in one.old_imports if one.state is State.AS_RECORDED and one.present else ():
                yield _draft_stale(one, old, workspace)


def _draft_stale(standing: Standing, old: OldImport, workspace: Workspace) -> Draft:
    path, consumer = standing.use.path, old.step.notebook.path
    now = f"and is {standing.present.crc32 if standing.present else None} now{_by(standing)}"
    consequences = list_consequences(standing, workspace, importers=[old], are_told=True)
    return Draft(
        old.step.location,
        f"'{path}' was imported as {old.imported.crc32}, {now}",
        f"run {consumer} again",
        path,
        vault=standing.vault.path,
        stake=Stake.DATA,
        story=(tell_import(old), *tell_standing(standing)),
        runs=list_runs([consumer], consequences),
        consequences=consequences,
        last_store=tell_last_store(standing),
    )


def _by(standing: Standing) -> str:
    makers = standing.maker or ", ".join(standing.use.producers)
    return f" (stored by {makers})" if makers else ""


class ObjectOfFormerImport(Rule):
    """An object stored after an import of something that was imported anew since.

    **What**: when the object was stored, its session had imported another object that is another one now. The notebook
    has imported that again since, and has not stored again.

    **Why**: the notebook shows the present input, and what is stored was made from the former one.

    **Example**: after `01_prepare.ipynb` had run again, only the import in `02_model.ipynb` was run again and saved.

    **How to mend**: run the cells from the import down to the store.
    """

    code = "VC312"
    name = "object-of-former-import"
    severity = Severity.WARNING

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each stored object, at its store, with the first such import."""
        by_object = {(one.vault.vault, one.use.path): one for one in workspace.standings}
        for one in workspace.standings:
            if one.state is not State.AS_RECORDED or one.last is None or one.recorded is None:
                continue
            for entry in one.last.list_inputs(one.use.path):
                source = by_object.get((entry.vault, entry.path))
                if source and source is not one and _is_former(entry.identity, source, one.last):
                    yield _draft_former(one, one.last, entry.identity, source)
                    break


def _is_former(imported: Identity, source: Standing, store: Step) -> bool:
    """Tell whether the notebook has imported an object again since it stored with a former one of it."""
    notebook = store.notebook.path
    if source.state is not State.AS_RECORDED or source.present is None or store.notebook.name in source.use.producers:
        return False
    is_told = any(old.step.notebook.path == notebook for old in source.old_imports)
    is_imported = any(step.notebook.path == notebook for step in source.use.imports)
    return is_imported and not is_told and imported.compare(source.present) is Match.DIFFERENT


def _draft_former(made: Standing, store: Step, imported: Identity, source: Standing) -> Draft:
    now = source.present.crc32 if source.present else None
    path = source.use.path
    return Draft(
        store.location,
        f"'{made.use.path}' was stored with '{path}' as {imported.crc32}, which was imported again since and is {now}",
        "run the cells from the import down to this store",
        made.use.path,
        vault=made.vault.path,
        stake=Stake.DATA,
        story=tuple(tell_standing(source)),
        runs=(store.notebook.path,),
        last_store=tell_last_store(made),
    )
