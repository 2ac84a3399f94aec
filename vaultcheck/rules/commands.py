"""VC1xx: the commands as they stand in the cells, against those that ran."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.calls import show_executed
from vault_magic.forms import Verb
from vaultcheck.cell_source import FoundCommand, FoundOpening
from vaultcheck.finding import Location, Severity
from vaultcheck.notebook import Notebook
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
                for found in cell.found:
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

    **What**: the output of a cell was made by another command than the one that stands there now, or by one that is
    no longer there.

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
            if step.differs and step.record:
                ran = show_executed(step.record.command)
                now = f"the cell now says: {step.text}" if step.found else "the cell does not hold it now"
                message = f"the output was made by: {ran}; {now}"
                yield Draft(
                    step.location, message, "run the cell again, or put the command back", next(iter(step.paths), None)
                )


class NeverExecuted(Rule):
    """A command that has not run.

    **What**: there is no trace that the command was ever executed: no record, no execution count, no output, and no
    ledger or manifest that knows of it.

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
            if step.found and step.found.error is None and step.record is None and not _has_run(step, workspace):
                message = f"{step.text} has not been run"
                yield Draft(step.location, message, "run the cell and save the notebook", next(iter(step.paths), None))


def _has_run(step: Step, workspace: Workspace) -> bool:
    """Tell whether a command without a record has run: its cell did, and was not edited since to hold it.

    Where the outputs were stripped, or the cell was edited elsewhere, the manifest may know the command.
    """
    if step.notebook.path in workspace.templates:
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
    is_module = step.found is not None and step.found.command is not None and step.found.command.is_module_import
    is_import = step.verb is Verb.IMPORT and (is_module or not step.vault.has_manifest)
    return is_import or step.verb in (Verb.DEL, Verb.ASSERT, Verb.SEAL)


def _is_stripped(notebook: Notebook) -> bool:
    return not any(cell.count is not None or cell.has_outputs for cell in notebook.cells)
