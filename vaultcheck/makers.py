"""What a cell's own outputs tell of the text that made them."""

from __future__ import annotations

import re
from enum import Enum

from vault_magic.canonical import VERSION
from vault_magic.mark import Mark
from vault_magic.record import CellRef
from vaultcheck.notebook import Cell

_SHA256 = re.compile(r"[0-9a-f]{64}")  # what a record says may have been edited by hand


class Fit(Enum):
    """How the text of a saved cell fits what ran."""

    SAME = "as it ran"
    REFORMATTED = "the same code in another layout"
    REGROUPED = "the same code in other cells"
    EDITED = "other code"


def list_makers(cell: Cell) -> list[CellRef | Mark]:
    """Return what the outputs tell of the text that made them: nothing where only the original tool left records.

    What has another execution count than the cell is of another run, and may be of another cell: front ends copy the
    metadata of outputs that share a display id. What has no valid digest tells nothing.
    """
    makers: list[CellRef | Mark] = [*(one.cell for one in cell.records if one.cell), *cell.marks]
    own = (one for one in makers if cell.count is None or one.count in (None, cell.count))
    return [one for one in own if _SHA256.fullmatch(one.sha256)]


def compare_makers(cell: Cell) -> Fit | None:
    """Return how a cell fits what its outputs were made by; `None` where they do not tell.

    Code digests of another version cannot be compared: then layout may be all that differs.
    """
    makers = list_makers(cell)
    if any(cell.source_digest == one.sha256 for one in makers):
        return Fit.SAME
    if not makers or any(one.code_version != VERSION or not _SHA256.fullmatch(one.code) for one in makers):
        return None
    codes = {one.code for one in makers}
    return Fit.REFORMATTED if cell.code_digest in codes or cell.turned_digest in codes else Fit.EDITED
