"""VC1xx: the commands as they stand in the cells, against those that ran."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.calls import show_executed
from vault_magic.forms import Verb
from vaultcheck.cell_source import FoundCommand, FoundOpening
from vaultcheck.failures import find_failures
from vaultcheck.finding import Location, Severity
from vaultcheck.metadata import SKIPPED
from vaultcheck.notebook import Notebook
from vaultcheck.rules.assertions import find_breach
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace

_SHOWING = (Verb.LIST, Verb.LOG, Verb.STATUS)
"""What only shows something: nothing depends on whether it ran."""


class MalformedCommand(Rule):
    """A `%vault` or `%open_vault` line that fits no form of the language, or a call that is none of a vault.

    **What**: the line cannot be read; the message says why and gives the nearest form.

    **Why**: it can only raise an error when it runs.

    **Example**: `%vault store salaries` (where to?).

    **How to mend**: write the form that the message shows.
    """

    code = "VC101"
    name = "malformed-command"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each line that cannot be read."""
        for notebook in workspace.notebooks:
            for cell in notebook.cells:
                ran = {one.command for one in cell.records if not one.is_legacy} if cell.found else ()
                for found in (one for one in cell.found if one.text not in ran):
                    if found.error is not None:
                        where = Location(notebook.path, cell=cell.number, cell_id=cell.id, line=found.line)
                        reason, _, advice = found.error.rpartition("; ")
                        yield Draft(where, _explain(found, reason or advice), advice if reason else "mend the line")


def _explain(found: FoundCommand | FoundOpening, reason: str) -> str:
    """Return the message; the text of an opening stays out of it, for it can hold what was meant for a password."""
    if isinstance(found, FoundCommand):
        return f"{found.shown}: {reason}"
    magic = "open_vault()" if found.is_call else "%open_vault"
    return reason if "%open_vault" in reason else f"{magic}: {reason}"


class EditedCommand(Rule):
    """A command that was edited after it ran.

    **What**: the output of a cell was made by another command than the one that stands there now.

    **Why**: a reader takes the printed checksum for that of the command above it.

    **Example**: the cell ran `%vault store clean in datasets` and now reads `%vault store clean in archive`.

    **How to mend**: run the cell again, or put the command back as it was.
    """

    code = "VC102"
    name = "edited-command"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each command that is not the recorded one."""
        for step in workspace.steps:
            if step.differs and step.record and step.found:
                ran = show_executed(step.record.command)
                message = f"the output was made by: {ran}; the cell now says: {step.text}"
                yield Draft(
                    step.location, message, "run the cell again, or put the command back", next(iter(step.paths), None)
                )


class NeverExecuted(Rule):
    """A command that has not run.

    **What**: there is no trace that the command was ever executed: no record, no execution count, no output, and no
    ledger or manifest that knows of it. Cells tagged `skip-execution` or `nbval-skip` need not run.

    **Why**: what it would store or import is not what the notebook shows.

    **Example**: a cell `%vault store model in models` that was written and saved, but not run.

    **How to mend**: run the cell and save the notebook.
    """

    code = "VC103"
    name = "never-executed"
    severity = Severity.WARNING
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each command without a trace of a run."""
        for step in workspace.steps:
            if step.record is None and step.found and step.found.error is None and not _has_run(step, workspace):
                message = f"{step.text} has not been run"
                yield Draft(step.location, message, "run the cell and save the notebook", next(iter(step.paths), None))


def _has_run(step: Step, workspace: Workspace) -> bool:
    """Tell whether a command without a record has run: its cell did, and was not edited since to hold it.

    Where the outputs were stripped, or the cell was edited elsewhere, the manifest may know the command.
    """
    if step.notebook.path in workspace.templates or not SKIPPED.isdisjoint(step.cell.tags):
        return True
    if step.verb in _SHOWING or (_is_traceless(step) and _is_stripped(step.notebook)):
        return True
    execution = workspace.executions[step.notebook.path]
    ran = execution.has_run(step.cell)
    if ran and not execution.is_edited(step.cell):
        return True
    return (ran or not step.notebook.records) and step.is_in_manifest


def _is_traceless(step: Step) -> bool:
    """Tell whether no manifest would know of the command, had it run."""
    is_import = step.verb is Verb.IMPORT and (step.module is not None or not step.vault.has_manifest)
    return is_import or step.verb in (Verb.DEL, Verb.ASSERT, Verb.SEAL)


def _is_stripped(notebook: Notebook) -> bool:
    return not any(cell.count is not None or cell.has_outputs for cell in notebook.cells)


class VanishedCommand(Rule):
    """A command that was removed after it ran.

    **What**: the output of a cell holds the record of a command, and the cell has no command any more that could have
    left it.

    **Why**: the notebook stored or imported something, and nothing that a reader sees in it does; run again, it would
    not.

    **Example**: the cell ran `%vault store clean in datasets`, and that line is commented out now.

    **How to mend**: put the command back, or run the cell again without it; delete with `%vault del` what is not to be
    stored any more.
    """

    code = "VC104"
    name = "vanished-command"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each record whose command is gone."""
        for step in workspace.steps:
            if step.differs and step.record and step.found is None:
                ran = show_executed(step.record.command)
                message = f"the output was made by: {ran}; the cell does not hold it any more"
                hint = "put the command back, or run the cell again"
                yield Draft(step.location, message, hint, next(iter(step.paths), None))


class FailedCommand(Rule):
    """A command that failed.

    **What**: a cell ended in an error, and this command of it left no record: it failed itself, or the cell had failed
    above it. Commands further down in the cell did not run either. Cells that are tagged `raises-exception` are left
    out, and assertions that still do not hold are reported as VC204 alone.

    **Why**: what it should have stored, imported or deleted is as it was before.

    **Example**: `%vault store model in models` under `NameError: name 'model' is not defined`.

    **How to mend**: mend what the error says, then run the cell again and save the notebook.
    """

    code = "VC105"
    name = "failed-command"
    severity = Severity.WARNING
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each cell that failed, at the first command without a record."""
        steps: dict[str, list[Step]] = {}
        for step in workspace.steps:
            steps.setdefault(step.notebook.path, []).append(step)
        for notebook in workspace.notebooks:
            execution = workspace.executions[notebook.path]
            for one in find_failures(notebook, execution, steps.get(notebook.path, ())):
                if one.step is None or not _is_told(one.step, workspace):
                    reason = f" ({one.cell.error.shown})" if one.cell.error else ""
                    what = "left no record, for its cell failed" if one.step else "failed"
                    hint = "mend what the error says, run the cell again and save the notebook"
                    path = next(iter(one.step.paths), None) if one.step else None
                    yield Draft(one.location, f"{one.shown} {what}{reason}", hint, path)


def _is_told(step: Step, workspace: Workspace) -> bool:
    """Tell whether another rule says why a command fails: an assertion is broken, or nobody stores what is imported."""
    if find_breach(step) is not None:
        return True
    absent = {path for path in step.paths if path not in step.vault.objects}
    uses = (use for use in workspace.lineage.uses if use.vault == step.vault.path and use.path in absent)
    return step.verb is Verb.IMPORT and any(not use.stores for use in uses)
