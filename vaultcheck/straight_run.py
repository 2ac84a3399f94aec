"""Notebooks that ran once from the top as they stand: told from the text of a ledger, without reading its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from vault_magic.canonical import VERSION
from vault_magic.digest import compact, is_sha256
from vault_magic.ledger import LIMIT, Ledger
from vault_magic.record import CellRef
from vaultcheck.cell import Cell
from vaultcheck.makers import Fit, is_first_maker

# The first run of a cell, ended well or still running: count, status, source, code, id, and the names where there are
# any. The run before of the same cell would be told by one more word.
_FIRST_RUN = re.compile(r"^(?:-|[0-9]+) [+~] ([\w-]{22}) [\w-]{22} \S+(?: \S+)?$", re.ASCII | re.MULTILINE)


def fit_straight(cells: Sequence[Cell], ledger: Ledger, later: Iterable[CellRef]) -> dict[int, Fit]:
    """Return the fits of cells, by their numbers, if nothing but the first runs of cells that stand so is known of.

    The runs are those of a ledger and the `later` ones, which are known by themselves. Cells below that of the last
    store may have no fit; their texts have to be others than those that ran. Without such runs there are no fits.
    """
    count = count_straight(cells, ledger)
    if count is None or not all(is_first_maker(one) for one in cells if one.records or one.marks):
        return {}
    fits = dict.fromkeys((one.number for one in cells[:count]), Fit.SAME)
    known, below = {one.compact_digest for one in cells[:count]}, {one.compact_digest: one for one in cells[count:]}
    added = {compact(one.sha256) for one in later if is_sha256(one.sha256) and is_sha256(one.code)} - known
    is_distinct = len(below) == len(cells) - count and known.isdisjoint(below)
    if not is_distinct or not added <= below.keys():
        return {}
    told = (one for digest, one in below.items() if one.records or one.marks or digest in added)
    return fits | dict.fromkeys((one.number for one in told), Fit.SAME)


def count_straight(cells: Sequence[Cell], ledger: Ledger) -> int | None:
    """Return how many cells, from the first, are the runs of a ledger in order and as they stand.

    `None` where the ledger tells anything else: another order, another text, a failure, a cell that ran twice.
    """
    sources = _read_sources(ledger.rows) if ledger.code_version == VERSION and not ledger.dropped else ()
    ran = cells[: len(sources)]
    return len(ran) if sources and sources == tuple([one.compact_digest for one in ran]) else None


@lru_cache(maxsize=LIMIT)  # a notebook's last ledger is asked for again by what it stored
def _read_sources(rows: str) -> tuple[str, ...]:
    """Return the digests of the sources that ran; none where a row is no first run."""
    found = _FIRST_RUN.findall(rows)
    return tuple(found) if len(found) == rows.count("\n") + 1 else ()
