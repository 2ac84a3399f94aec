"""The mark of a whole cell, as the papermill engine leaves it, and whether it still speaks of the cell's latest run."""

from __future__ import annotations

from dataclasses import dataclass

from vault_magic.errors import FormatError, NewerFormat
from vault_magic.mark import Mark, read_mark
from vaultcheck.metadata import get
from vaultcheck.outputs import Evidence

METADATA_KEY = "vault"
"""The key of a mark in the metadata of a cell."""

_STARTED = "iopub.execute_input"


@dataclass(frozen=True, slots=True)
class CellMark:
    """The mark in the metadata of a cell, if there is one of a run that may be its latest, or why it cannot be read."""

    mark: Mark | None = None
    faults: tuple[str, ...] = ()

    def find(self, *, count: int | None, evidence: Evidence) -> Mark | None:
        """Return the mark, if the run left this execution count and these outputs.

        Rich outputs of its run carry marks, if the kernel had loaded the extension; if not, any run may have left them.
        """
        is_same = self.mark is not None and self.mark.count is not None and self.mark.count == count
        return self.mark if is_same and evidence.is_whole else None

    def is_contradicted(self, evidence: Evidence) -> bool:
        """Tell whether outputs of another session stand below the mark: then a front end has kept its time."""
        if self.mark is None:
            return False
        sessions = {one.session for one in evidence.marks}
        sessions |= {one.session for one in evidence.records if not one.is_legacy}
        return not sessions <= {self.mark.session}


NO_MARK = CellMark()


def read_cell_mark(metadata: object) -> CellMark:
    """Read the mark of a cell, if the time of its run is the one with which the mark was written.

    Front ends that run a cell again remove that time or write another. What is damaged, or another tool has put there,
    is passed over: the key is a common word.
    """
    if not metadata:
        return NO_MARK
    stored = get(metadata, METADATA_KEY)
    executed = get(stored, "executed")
    if not isinstance(executed, str) or executed != get(get(metadata, "execution"), _STARTED):
        return NO_MARK
    try:
        return CellMark(read_mark(stored))
    except NewerFormat as err:
        return CellMark(faults=(str(err),))
    except FormatError:
        return NO_MARK
