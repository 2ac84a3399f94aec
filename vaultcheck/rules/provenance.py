"""VC305 to VC307: stored objects whose notebook no longer holds the code that made them."""

from __future__ import annotations

from collections.abc import Iterator

from vaultcheck.accumulation import find_accumulated
from vaultcheck.cell import Cell
from vaultcheck.finding import Severity, Stake
from vaultcheck.making import Making
from vaultcheck.metadata import SKIPPED
from vaultcheck.rules.base import Draft, Rule, draft_store, locate
from vaultcheck.rules.phrases import agree, list_cells, list_names
from vaultcheck.workspace import Workspace


class ObjectOfEditedCode(Rule):
    """An object made by code that has since been edited.

    **What**: a cell that had a part in a stored object has other code now than when the object was stored. What has a
    part is followed by names, from the stored variable backwards through the cells that ran; a call of unknown code
    may count too much, never too little. Reported once, at the store; a cell that was not run since is VC301 as well.

    **Why**: the notebook does not show how the stored object came to be, and whoever imports it relies on that.

    **Example**: `clean = raw.dropna()` was run and `clean` stored; then the cell was changed to
    `clean = raw.fillna(0)`, and run or not, but the store was not run again.

    **How to mend**: run the notebook again from the edited cell on, or put the code back.
    """

    code = "VC305"
    name = "object-of-edited-code"
    severity = Severity.ERROR
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each cell that stored something made by other code."""
        for making in workspace.makings:
            if edited := making.edited:
                hint = f"run the notebook again from cell {edited[0]} on, or put the code back"
                goes = agree(edited, "goes", "go") if making.sure_cells.issuperset(edited) else "may go"
                part = f"{list_cells(edited)}, which {goes} into {list_names(making.objects)}"
                yield draft_store(making, f"{part}, {agree(edited, 'has', 'have')} been edited since the store", hint)


class UndefinedName(Rule):
    """A name that is used and that no cell above defines any more.

    **What**: a cell ran with a name that was defined then, and the cell that defined it was deleted, moved below or
    edited. It is an error where a stored object goes back to the name, and a warning elsewhere.

    **Why**: the notebook cannot be run again from the top, so nobody can make the object anew.

    **Example**: `rate = 0.2` stood in a cell that was deleted after `net = gross * (1 - rate)` had run.

    **How to mend**: put the definition back above the cell, and run the notebook from the top.
    """

    code = "VC306"
    name = "undefined-name"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each cell that misses names."""
        for notebook in workspace.notebooks:
            for found in workspace.undefined.get(notebook.path, ()):
                names = f"{list_names(found.names)} {agree(found.names, 'was', 'were')}"
                below = f"; cell {found.below}, below, does" if found.below else ""
                it, its = agree(found.names, "it", "them"), agree(found.names, "definition", "definitions")
                message = f"{names} defined when this cell ran, and no cell above defines {it} any more{below}"
                hint = f"move cell {found.below} above this one" if found.below else f"put the {its} back above"
                severity = Severity.ERROR if found.objects else Severity.WARNING
                where = locate(notebook, found.cell)
                yield Draft(
                    where,
                    message,
                    f"{hint}, and run the notebook from the top",
                    next(iter(found.objects), None),
                    severity,
                    stake=Stake.DATA if found.objects else Stake.BOOKKEEPING,
                )


class UnrunDefinition(Rule):
    """A cell above a store that has not run and defines what the store uses.

    **What**: the cell stands above the store, changes something that the stored object is made of, and there is no
    trace that it ran. Where the outputs were stripped: it is not among the cells that ran before the store. A copy of
    a cell that ran has not run, and is reported where it would add to a value once more. Cells tagged
    `skip-execution` or `nbval-skip` need not run.

    **Why**: read from the top, the notebook makes another object than the stored one.

    **Example**: `clean = clean[clean.age > 0]` was added above `%vault store clean in datasets`, and not run.

    **How to mend**: run the cell and those below it, or delete it.
    """

    code = "VC307"
    name = "unrun-definition"
    severity = Severity.ERROR
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each such cell, with the objects concerned."""
        objects: dict[tuple[str, int], tuple[Making, Cell, list[str]]] = {}
        for making in workspace.makings:
            for cell in _list_unrun(making):
                key = (making.notebook.path, cell.number)
                objects.setdefault(key, (making, cell, []))[2].extend(making.objects)
        for making, cell, paths in objects.values():
            message = f"this cell has not run, and changes what goes into {list_names(dict.fromkeys(paths))}"
            yield Draft(
                locate(making.notebook, cell),
                message,
                "run it and the cells below it, or delete it",
                paths[0],
                stake=Stake.DATA,
            )


def _list_unrun(making: Making) -> list[Cell]:
    """Return the cells above that would have a part in what is stored, and have not run."""
    unrun = {cell.number for cell in making.cells_above if _has_not_run(making, cell)}
    if not unrun:
        return []
    changed = making.trace_above.changed
    return [cell for cell in making.cells_above if cell.number in unrun and cell.number in changed]


def _has_not_run(making: Making, cell: Cell) -> bool:
    """Tell whether a cell has not run; a copy of one that ran has not, which matters where it would add once more."""
    if not SKIPPED.isdisjoint(cell.tags):
        return False
    if cell.number in making.runs.matching.by_cell:
        return making.runs.is_copy(cell) and bool(find_accumulated(cell.source))
    return not making.execution.has_run(cell) and (making.session is not None or making.is_complete)
