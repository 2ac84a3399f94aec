"""The same code in other cells: a cell that was split in two, or two that were merged, since they ran."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from vault_magic.digest import code_digest, compact, source_digest
from vaultcheck.cell import Cell

T = TypeVar("T")

_codes: dict[str, str] = {}  # by the digest of a text: the texts themselves, of many cells together, would be too much
_MOST_CODES = 100_000

MOST_CELLS = 6
"""Cells looked at together; a cell is split into two or three."""

_MOST_LINES = 120
"""Lines of a cell that may be two: every pair of them is a part to try."""


def list_stretches(cells: Sequence[Cell], chosen: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Yield the chosen cells that follow each other without another cell of code between them."""
    numbers, stretch = {cell.number for cell in chosen}, list[Cell]()
    for cell in cells:
        if cell.number in numbers:
            stretch.append(cell)
        elif stretch:
            yield stretch
            stretch = []
    yield stretch


def find_split(cells: Sequence[Cell], find_run: Callable[[str], T | None]) -> Iterator[tuple[tuple[Cell, ...], T]]:
    """Yield the stretches of neighbours that together are one text that ran, each with its run: `find_run` knows it."""
    start = 0
    while start < len(cells):
        ends = range(start + 2, min(start + MOST_CELLS, len(cells)) + 1)
        found = next((one for end in ends if (one := _join(cells[start:end], find_run))), None)
        if found:
            yield found
        start += len(found[0]) if found else 1


def remember_code(text: str) -> str:
    """Return the compact code digest of a text, taken once: the same neighbours are tried for each store."""
    source = source_digest(text)
    if source not in _codes:
        if len(_codes) >= _MOST_CODES:
            _codes.clear()
        _codes[source] = compact(code_digest(text))
    return _codes[source]


def _join(cells: Sequence[Cell], find_run: Callable[[str], T | None]) -> tuple[tuple[Cell, ...], T] | None:
    texts = [cell.source.strip("\n") for cell in cells]
    runs = (find_run(mark.join(texts)) for mark in ("\n", "\n\n"))
    run = next((one for one in runs if one is not None), None)
    return None if run is None else (tuple(cells), run)


def find_merged(cell: Cell, sources: Collection[str]) -> tuple[str, ...]:
    """Return the digests of the texts that ran and of which a cell is made, in order; none where it is not.

    `sources` are the digests, as a ledger keeps them, of what ran.
    """
    lines = cell.source.strip("\n").split("\n")
    if len(lines) > _MOST_LINES or len(sources) < 2:
        return ()
    cuts: list[int | None] = [0, *[None] * len(lines)]  # by end of a part, where it starts
    for end in range(1, len(lines) + 1):
        starts = (start for start in range(end) if start == 0 or cuts[start] is not None)
        cuts[end] = next((start for start in starts if _digest(lines[start:end]) in sources), None)
    return tuple(_digest(lines[start:end]) for start, end in pairwise(_follow(cuts)))


def _digest(lines: Sequence[str]) -> str:
    return compact(source_digest("\n".join(lines).strip("\n")))


def _follow(cuts: Sequence[int | None]) -> list[int]:
    """Return where the parts begin and end, from the last one back; nothing where there are not two of them."""
    places, end = [len(cuts) - 1], cuts[-1]
    while end is not None and end != places[-1]:
        places.append(end)
        end = cuts[end] if end else None
    return places[::-1] if places[-1] == 0 and len(places) > 2 else []
