"""VC308 to VC311: cells that did not run once each, from the top, in one session."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from vault_magic.ledger import Row
from vaultcheck.disorder import Disorder, find_disorder, find_foreign, find_late, list_older
from vaultcheck.finding import Location, Severity
from vaultcheck.making import Making
from vaultcheck.notebook import Notebook
from vaultcheck.rules.base import Draft, Rule, draft_store, locate
from vaultcheck.rules.phrases import agree, list_cells, list_counts, list_from_difference, list_names
from vaultcheck.runs import Runs
from vaultcheck.workspace import Workspace

_AGAIN = "restart the kernel and run all cells"


class OutOfOrder(Rule):
    """Cells that ran in another order than they stand.

    **What**: a cell ran after one below it that uses what it defines. It is a warning at a store whose object goes
    back to such cells, and for your information elsewhere; of cells that have nothing to do with each other nothing is
    said. Notebooks of the original tool have no ledger: there the execution counts tell, and it is information only.

    **Why**: run from the top, the notebook may make something else than what it shows.

    **Example**: `x = 2` was run after `y = x + 1`, which stands below it.

    **How to mend**: restart the kernel and run all cells.
    """

    code = "VC308"
    name = "out-of-order"
    severity = Severity.WARNING
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each store concerned, and one for each notebook where no store is."""
        told = set()
        for making in workspace.makings:
            undefined = workspace.list_undefined(making.notebook)
            if making.is_complete and (found := find_disorder(making, undefined=undefined)):
                told.add(making.notebook.path)
                yield _draft_disorder(making, found)
        told |= {making.notebook.path for making in workspace.makings if making.edited}  # run again for that reason
        for notebook in _list_judged(workspace, told):
            if late := find_late(notebook, workspace.executions[notebook.path]):
                used = f"cell {late.user.number}, below, which uses {list_names(late.names)} from it"
                where = locate(notebook, late.definer)
                yield Draft(where, f"this cell ran after {used}", _AGAIN, severity=Severity.INFO)


def _draft_disorder(making: Making, found: Disorder) -> Draft:
    objects = list_names(making.objects)
    if found.after:
        was, it = agree(making.objects, "was", "were"), agree(making.objects, "it", "them")
        late = f"{list_cells(found.after)} above ran only after {objects} {was} stored"
        message = f"{late}, and would have had a part in {it}"
    else:
        goes = f"{objects} {agree(making.objects, 'goes', 'go')} back to"
        order = agree(found.ran, "", ", which ran in this order")
        stand = list_from_difference(found.stand, found.ran) if found.stand else "none"
        message = f"{goes} {list_from_difference(found.ran, found.stand)}{order}; run from the top, to {stand}"
    return draft_store(making, message, _AGAIN)


class VanishedCell(Rule):
    """A cell that ran and is no longer in the notebook.

    **What**: the ledger tells of a run that none of the cells is. It is a warning at a store whose object goes back to
    it, and for your information where it changed names that no stored object goes back to. A cell that changed
    nothing, as one that only showed something, may go without a word. Names that nothing else defines are VC306.

    **Why**: part of what made the object can no longer be read.

    **Example**: `clean = clean.drop_duplicates()` ran in a cell that was deleted before the notebook was saved.

    **How to mend**: put the code back, or restart the kernel and run all cells.
    """

    code = "VC309"
    name = "vanished-cell"
    severity = Severity.WARNING
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each store concerned, and one for each notebook where no store is."""
        told = set()
        for making in workspace.makings:
            undefined = workspace.list_undefined(making.notebook)
            gone = {at: names for at in making.runs.vanished if (names := making.sure.get(at, undefined) - undefined)}
            told |= {making.notebook.path} if gone or undefined else set()
            if gone:
                yield _draft_gone(making, gone)
        for notebook in _list_judged(workspace, told):
            if workspace.executions[notebook.path].is_straight:
                continue
            matching = workspace.executions[notebook.path].matching
            if rows := [matching.rows[at] for at in Runs(notebook, matching).unreplaced]:
                shown = _show_counts(rows)
                message = f"code that ran is no longer in the notebook{shown}; no stored object goes back to it"
                yield Draft(Location(notebook.path), message, _AGAIN, severity=Severity.INFO)


def _draft_gone(making: Making, gone: Mapping[int, frozenset[str]]) -> Draft:
    rows = [making.runs.matching.rows[at] for at in gone]
    names = sorted({name for found in gone.values() for name in found})
    run = f"code that is no longer in the notebook{_show_counts(rows)} changed {list_names(names)}"
    return draft_store(making, run + _show_objects(names, making.objects), f"put the code back, or {_AGAIN}")


def _show_objects(names: Collection[str], objects: Iterable[str]) -> str:
    return f", which {agree(names, 'goes', 'go')} into {list_names(dict.fromkeys(objects))}"


def _show_counts(rows: Iterable[Row]) -> str:
    shown = list_counts(row.count for row in rows)
    return f" ({shown})" if shown else ""


class RepeatedRun(Rule):
    """A cell that ran more than once and changes the same value further each time.

    **What**: the cell holds something like `x += 1`, `x = x * 2` or `x.pop()`, and ran again without a new `x` in
    between. It is a warning where a stored object goes back to it, and for your information elsewhere. A cell that
    does the same however often it runs, as one that plots or cleans, is not reported.

    **Why**: run from the top, once, the notebook makes another value.

    **Example**: `prices = prices * 1.19` was run twice before `prices` was stored.

    **How to mend**: restart the kernel and run all cells.
    """

    code = "VC310"
    name = "repeated-run"
    severity = Severity.WARNING
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each such cell, with the objects that go back to it."""
        made = dict[str, list[Making]]()
        for making in workspace.makings:
            made.setdefault(making.notebook.path, []).append(making)
        for notebook in _list_judged(workspace, ()):
            makings, execution = made.get(notebook.path, []), workspace.executions[notebook.path]
            if execution.is_straight and not makings:
                continue
            runs = Runs(notebook, execution.matching)
            found = dict(item for one in (*(one.runs for one in makings), runs) for item in one.repeated.items())
            cells = {cell.number: cell for cell in notebook.code_cells}
            for number, names in sorted(found.items()):
                objects = [path for one in makings if _goes_back(one, number, names) for path in one.objects]
                used = _show_objects(names, objects) if objects else ""
                change = f"changes {list_names(sorted(names))} further each time{used}"
                message = f"this cell ran more than once, and {change}"
                severity = Severity.WARNING if objects else Severity.INFO
                yield Draft(locate(notebook, cells[number]), message, _AGAIN, next(iter(objects), None), severity)


def _goes_back(making: Making, number: int, names: Collection[str]) -> bool:
    """Tell whether what was stored goes back to what a cell added, more than once, to some names."""
    found = making.runs.repeated.get(number, frozenset()) & {*names}
    changed = [made for place, made in making.sure.items() if making.runs.find_cell(place) == number]
    return any(not made.isdisjoint(found) for made in changed)


class MixedSessions(Rule):
    """Cells that ran in different sessions.

    **What**: a cell above a store ran, but not in the session that stored, and it changes what the object is made of:
    a warning at the store. Else, for your information once in a notebook, that outputs are of different sessions.

    **Why**: what stands above did not make what stands below.

    **Example**: after a restart all cells were run again but the one with `clean = clean.dropna()`.

    **How to mend**: restart the kernel and run all cells.
    """

    code = "VC311"
    name = "mixed-sessions"
    severity = Severity.WARNING
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each store concerned, and one for each notebook where no store is."""
        told = set()
        for making in workspace.makings:
            if foreign := find_foreign(making):
                told.add(making.notebook.path)
                missed = f"{list_cells(foreign)} did not run in the session that stored {list_names(making.objects)}"
                it = agree(making.objects, "it", "them")
                yield draft_store(making, f"{missed}, and would have had a part in {it}", _AGAIN)
        for notebook in _list_judged(workspace, told):
            if older := list_older(notebook):
                message = f"the outputs of {list_cells(one.number for one in older)} are not of the latest session"
                yield Draft(locate(notebook, older[0]), message, _AGAIN, severity=Severity.INFO)


def _list_judged(workspace: Workspace, told: Collection[str]) -> list[Notebook]:
    """Return the notebooks with evidence of which nothing worse was told."""
    with_evidence = (one for one in workspace.notebooks if workspace.executions[one.path].has_evidence)
    return [one for one in with_evidence if one.path not in told]
