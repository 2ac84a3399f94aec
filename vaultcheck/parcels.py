"""What several notebooks write and read, put together: which of it one hands to another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from vaultcheck.file_functions import Kind
from vaultcheck.handovers import Handling, Medium, Parcel
from vaultcheck.notebook import Notebook

Parcels = Mapping[Parcel, Sequence[Handling]]


def group_parcels(handlings: Sequence[Handling], notebooks: Iterable[Notebook]) -> Parcels:
    """Return the places of each parcel in the order of the notebooks; files come first."""
    groups: dict[Parcel, list[Handling]] = {}
    for one in _expand(handlings, notebooks):
        groups.setdefault(one.parcel, []).append(one)
    return {parcel: groups[parcel] for parcel in sorted(groups, key=lambda one: one.sort_key)}


def keep_handed(handlings: Sequence[Handling]) -> tuple[Handling, ...]:
    """Return the writes, and the reads in notebooks other than one that writes; none if there are no such reads."""
    writes = [one for one in handlings if one.kind is Kind.WRITE]
    writers = {one.notebook for one in writes}
    reads = [one for one in handlings if one.kind is Kind.READ and writers - {one.notebook}]
    return (*writes, *reads) if reads else ()


def _expand(handlings: Sequence[Handling], notebooks: Iterable[Notebook]) -> Iterator[Handling]:
    """Replace a bare `%store -r` by the variables it can bring: those that the notebook speaks of, or else all."""
    stored = sorted({one.parcel.name for one in handlings if _is_stored(one)})
    words = {one.path: _list_words(one) for one in notebooks} if stored else {}
    for one in handlings:
        if one.parcel.name:
            yield one
            continue
        used = [name for name in stored if name in words[one.notebook]] if stored else []
        for name in used or stored:
            yield replace(one, parcel=Parcel(Medium.STORE, name), call=replace(one.call, path=name, variable=name))


def _is_stored(one: Handling) -> bool:
    return one.parcel.medium is Medium.STORE and one.kind is Kind.WRITE


def _list_words(notebook: Notebook) -> frozenset[str]:
    return frozenset(word for cell in notebook.code_cells for word in re.findall(r"\w+", cell.source))
