"""VC201, VC202 and VC206: the stored objects against the records; which of them it is, `standing` decides."""

from __future__ import annotations

from collections.abc import Iterator

from vaultcheck.finding import Location, Severity, Stake
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.rules.stories import list_consequences, list_runs, tell_import, tell_last_store, tell_standing
from vaultcheck.standing import Standing, State
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace


class MissingObject(Rule):
    """An object that was stored or imported, was not deleted, and is not there.

    **What**: the last record about the object is a store, or there are only records of imports, and the vault does not
    hold it.

    **Why**: whoever imports it will fail, and the only copy may be gone.

    **Example**: `storage.zip` was replaced by an older copy.

    **How to mend**: run the notebook that stores it again, or restore the archive from a copy.
    """

    code = "VC201"
    name = "missing-object"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each missing object, at its last recorded store or its first recorded import."""
        for one in _select(workspace, State.MISSING):
            path, place = one.use.path, one.vault.path
            if one.last:
                message, hint = "was stored here", f"run {one.last.notebook.path} again, or restore {place}"
                where, runs = one.last.location, [one.last.notebook.path]
            else:
                message, hint = "was imported here", f"run what stores it again, or restore {place}"
                where, runs = next(step.location for step in one.use.imports if step.imported(path)), []
            yield Draft(
                where,
                f"'{path}' {message}, but {place} does not hold it any more",
                hint,
                path,
                vault=place,
                stake=Stake.DATA,
                story=tuple(tell_standing(one)),
                runs=tuple(runs),
                last_store=tell_last_store(one),
            )


class NotLastRecorded(Rule):
    """An object that is not the one last recorded.

    **What**: the vault holds the object with other digests than those of its last recorded store, and does not say
    that one of the notebooks checked has made it so. Imports of what was there before are told with it.

    **Why**: something stored it without leaving a trace in a saved notebook, as a script or another tool does, or the
    archive is an older one. What the notebook shows is not what is stored.

    **Example**: `storage.zip` was restored from a copy that was made before the last store.

    **How to mend**: run the notebook again and save it, or restore the right archive.
    """

    code = "VC202"
    name = "not-last-recorded"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each object, at its last recorded store."""
        for one in _select(workspace, State.REPLACED, State.FORMER):
            if one.last and one.recorded and one.present:
                by = f", stored by {one.maker}" if one.maker else ""
                former = ", which was there before" if one.state is State.FORMER else by
                holds = f"but {one.vault.path} holds {one.present.crc32}{former}"
                yield _draft(
                    one,
                    workspace,
                    f"'{one.use.path}' was stored here as {one.recorded.crc32}, {holds}",
                    f"run {one.last.notebook.path} again and save it, or restore the right {one.vault.path}",
                    stake=Stake.DATA,
                )


class NotebookBehind(Rule):
    """A notebook that has stored an object anew since it was saved.

    **What**: the vault holds the object with other digests than those of its last recorded store, and says that a
    notebook checked has made it so, whose saved copy does not show it. Imports of what was there before are told with
    it.

    **Why**: the data are there; what the notebook shows is not how they came to be, and the code that made them may
    be lost.

    **Example**: the cells were run again after the last save, and the browser was closed without saving.

    **How to mend**: save the notebook if it is still open, else run it again and save it.
    """

    code = "VC206"
    name = "notebook-behind"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each object, at the store of the notebook that made it."""
        for one in _select(workspace, State.BEHIND):
            if one.last and one.recorded and one.present:
                yield _draft(
                    one,
                    workspace,
                    f"'{one.use.path}' was stored anew by {one.maker}, as {one.present.crc32}, "
                    f"and the saved notebook still tells of {one.recorded.crc32}",
                    f"save {one.maker} if it is still open, else run it again and save it",
                    stake=Stake.DATA if one.old_imports else Stake.BOOKKEEPING,
                )


def _select(workspace: Workspace, *states: State) -> Iterator[Standing]:
    return (one for one in workspace.standings if one.state in states)


def _draft(standing: Standing, workspace: Workspace, message: str, hint: str, *, stake: Stake) -> Draft:
    consequences = list_consequences(standing, workspace, importers=standing.old_imports, are_told=False)
    store = _find_store(standing)
    first = standing.maker if standing.state is State.BEHIND else store.notebook.path if store else None
    runs = [first or "", *(one.step.notebook.path for one in standing.old_imports)]
    return Draft(
        store.location if store else Location(standing.vault.path),
        message,
        hint,
        standing.use.path,
        vault=standing.vault.path,
        stake=stake,
        story=(*tell_standing(standing), *map(tell_import, standing.old_imports)),
        runs=list_runs(runs, consequences),
        consequences=consequences,
        last_store=tell_last_store(standing),
    )


def _find_store(standing: Standing) -> Step | None:
    """Return the last recorded store, or where another notebook has made what is there, that one's."""
    last = standing.last
    if standing.state is not State.BEHIND or last is None or last.notebook.path == standing.maker:
        return last
    own = (step for step in reversed(standing.use.stores) if step.notebook.path == standing.maker)
    return next(own, last)
