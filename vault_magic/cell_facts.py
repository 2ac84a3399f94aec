"""All that is kept of the text of a cell that ran, read out of it at once: parsing costs as much as either reading."""

from __future__ import annotations

from dataclasses import dataclass

from vault_magic.digest import CellDigest, digest_parsed
from vault_magic.masking import parse_cell
from vault_magic.names import CellNames, find_names


@dataclass(frozen=True, slots=True)
class CellFacts:
    """The digests of a cell, and what it does to names; `names` as `read_names` gives them."""

    digest: CellDigest
    names: CellNames | None


def read_facts(source: str) -> CellFacts:
    """Return the facts of a cell; never raises."""
    cell = parse_cell(source)
    return CellFacts(digest=digest_parsed(cell), names=find_names(cell))
