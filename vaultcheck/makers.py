"""What a cell's own outputs tell of the text that made them."""

from __future__ import annotations

from enum import Enum

from vault_magic.canonical import VERSION
from vault_magic.digest import is_sha256
from vault_magic.mark import Mark
from vault_magic.record import CellRef
from vaultcheck.cell import Cell


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
    return [one for one in own if is_sha256(one.sha256)]


def list_sessions(cell: Cell) -> frozenset[str]:
    """Return the sessions that the outputs of a cell are of."""
    return frozenset([*(one.session for one in cell.records if one.cell), *(mark.session for mark in cell.marks)])


def is_first_maker(cell: Cell) -> bool:
    """Tell whether the first output tells at once that the text is as it ran, as nearly all do."""
    first = cell.marks[0] if cell.marks else cell.records[0].cell if cell.records else None
    return first is not None and first.sha256 == cell.source_digest and first.count in (None, cell.count)


def compare_makers(cell: Cell) -> Fit | None:
    """Return how a cell fits what its outputs were made by; `None` where they do not tell.

    Code digests of another version cannot be compared: then layout may be all that differs.
    """
    if is_first_maker(cell):
        return Fit.SAME
    makers = list_makers(cell)
    if any(cell.source_digest == one.sha256 for one in makers):
        return Fit.SAME
    if not makers or any(one.code_version != VERSION or not is_sha256(one.code) for one in makers):
        return None
    codes = {one.code for one in makers}
    return Fit.REFORMATTED if cell.code_digest in codes or cell.turned_digest in codes else Fit.EDITED
