"""VC303: outputs that are no longer what their cells have shown."""

from __future__ import annotations

from collections.abc import Iterator

from vaultcheck.finding import Location, Severity
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.workspace import Workspace


class AlteredOutput(Rule):
    """An output that was altered after its cell ran.

    **What**: the data of an output are not those of which its mark holds the digest. Compared are `text/plain`,
    `text/html`, `image/png` and `image/svg+xml`, in the form in which every front end saves them alike; data that were
    removed, or added in another form, are not altered.

    **Why**: no code has made what the notebook shows.

    **Example**: a number in the table below a cell was corrected by hand in the saved file.

    **How to mend**: run the cell again, or restore the output from version control.
    """

    code = "VC303"
    name = "altered-output"
    severity = Severity.ERROR
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each cell with altered outputs."""
        for notebook in workspace.notebooks:
            for cell in notebook.cells:
                if cell.altered:
                    where = Location(notebook.path, cell=cell.number, cell_id=cell.id)
                    message = f"an output of this cell was altered after the cell ran: {', '.join(cell.altered)}"
                    yield Draft(where, message, "run the cell again, or restore its output from version control")
