"""The commands that failed: of each cell that stopped with an error, the first one that left no record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vault_magic.cell_text import split_cell
from vault_magic.ledger import Status
from vaultcheck.cell import Cell
from vaultcheck.cell_source import FoundCommand, FoundOpening
from vaultcheck.execution import Execution
from vaultcheck.finding import Location
from vaultcheck.makers import Fit
from vaultcheck.matching import has_count_of
from vaultcheck.metadata import EXPECTED_ERROR
from vaultcheck.notebook import Notebook
from vaultcheck.steps import Step

_AS_IT_RAN = (Fit.SAME, Fit.REFORMATTED)


@dataclass(frozen=True, slots=True)
class Failure:
    """A command that failed, or never ran because its cell had failed above it.

    `step` is missing for an opening; `shown` is the command as a message shows it.
    """

    shown: str
    location: Location
    cell: Cell
    step: Step | None = None


def find_failures(notebook: Notebook, execution: Execution, steps: Iterable[Step]) -> Iterator[Failure]:
    """Yield what failed in a notebook, whose commands are `steps`; the commands after it in its cell never ran."""
    if not _may_have_failed(notebook, execution):
        return
    failed = [cell for cell in notebook.code_cells if _has_failed(cell, execution)]
    listed = [step for step in steps if step.found] if failed else []
    keeps_records = not any(step.is_silent and not step.cell.has_error for step in listed)
    for cell in failed:
        unrecorded = [one for one in listed if one.cell.number == cell.number and one.record is None]
        failure = _find(notebook, cell, unrecorded)
        if failure and not (failure.step and _may_have_run(failure.step, keeps_records=keeps_records)):
            yield failure


def _may_have_failed(notebook: Notebook, execution: Execution) -> bool:
    """Tell whether any cell may have: nearly all notebooks are done with here."""
    if any(cell.has_error for cell in notebook.code_cells):
        return True
    return not execution.is_straight and any(row.status is Status.FAILED for row in execution.runs)


def _has_failed(cell: Cell, execution: Execution) -> bool:
    """Tell whether a cell, as it stands, stopped with an error that its author did not expect."""
    if EXPECTED_ERROR in cell.tags or execution.is_edited(cell):
        return False
    if cell.has_error:
        return True
    row = execution.matching.find_row(cell)
    is_it = row is not None and has_count_of(cell, row) and execution.fits.get(cell.number) in _AS_IT_RAN
    return is_it and row is not None and row.status is Status.FAILED


def _find(notebook: Notebook, cell: Cell, unrecorded: list[Step]) -> Failure | None:
    """Return the first command without a record; what cannot be read is told elsewhere, and stops the cell as well."""
    opening: FoundOpening | None = None
    for found in cell.found:
        if found.error is not None:
            return None
        if isinstance(found, FoundOpening):
            opening = found
            continue
        if step := next((one for one in unrecorded if one.found is found), None):
            return _build(notebook, cell, found, step)
    is_of_opening = opening and cell.error and cell.error.is_own and not cell.records
    return _build(notebook, cell, opening) if opening and is_of_opening else None


def _may_have_run(step: Step, *, keeps_records: bool) -> bool:
    """Tell whether a command may have run before its cell failed: its record was captured, stripped, or never shown."""
    would_show = keeps_records and step.cell.has_error and split_cell(step.cell.source).cell_magic != "capture"
    return not would_show and step.is_in_manifest


def _build(notebook: Notebook, cell: Cell, found: FoundCommand | FoundOpening, step: Step | None = None) -> Failure:
    opening = "open_vault()" if found.is_call else "%open_vault"  # its text can hold what was meant for a password
    shown = found.shown if isinstance(found, FoundCommand) else opening
    return Failure(shown, Location(notebook.path, cell=cell.number, cell_id=cell.id, line=found.line), cell, step)
