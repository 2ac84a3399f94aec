"""Which runs a value goes back to, by names: from what is stored backwards through runs, or cells as they stand.

Conservative: what may have changed a value counts, unless only what surely did is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vault_magic.ledger import compact_name
from vault_magic.names import CellNames, read_names
from vaultcheck.notebook import Notebook

_NOTHING = CellNames()
name_digest = lru_cache(maxsize=65536)(compact_name)
"""`compact_name`, once for each name."""

read_cached = lru_cache(maxsize=8192)(read_names)
"""`read_names`, once for each text: most cells are looked at for several objects."""


def find_newer(notebook: Notebook) -> frozenset[int]:
    """Return the numbers of the cells in the syntax of a newer Python than this: layout may be all that differs."""
    if (notebook.python or (0, 0)) <= sys.version_info[:2]:
        return frozenset()
    return frozenset(cell.number for cell in notebook.code_cells if read_cached(cell.source) is None)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one run does to names.

    `names` is the reading of its text, where that is known; `digests` are those of the names that a ledger tells it
    changed, and count before the text where that is not the one that ran. `is_whole` tells that the run ended well.
    """

    names: CellNames | None = None
    digests: frozenset[str] | None = None
    is_whole: bool = True

    @property
    def uses(self) -> frozenset[str]:
        """The names that it reads."""
        return self.names.uses if self.names else frozenset()

    @property
    def binds(self) -> frozenset[str]:
        """The names that it may bind anew."""
        return self.names.binds if self.names else frozenset()

    @property
    def settles(self) -> frozenset[str]:
        """The names whose former values are gone after it."""
        if not self.names or not self.is_whole or self.names.is_opaque:
            return frozenset()
        defined = self.names.defines
        return (
            defined if self.digests is None else frozenset(one for one in defined if name_digest(one) in self.digests)
        )

    def find_changed(self, wanted: Collection[str], bonds: Bonds, *, surely: bool) -> set[str]:
        """Return which of some names it changes; of an opaque run nothing is sure, and everything may be."""
        names = self.names or _NOTHING
        if names.is_opaque and not surely:
            return set(wanted)
        if self.digests is not None:
            return {one for one in wanted if self._tells(one, names, bonds, surely=surely)}
        in_place = names.mutates if surely else names.mutates | names.may_mutate
        bound = names.defines | names.may_define | names.deletes
        return {one for one in wanted if one in bound or not in_place.isdisjoint(bonds.find_aliases(one))}

    def _tells(self, wanted: str, names: CellNames, bonds: Bonds, *, surely: bool) -> bool:
        """Tell whether a name is among the digests; these know nothing of what only may have changed it."""
        aliases = (wanted,) if surely else bonds.find_aliases(wanted)
        told = any(name_digest(one) in (self.digests or ()) for one in aliases)
        return told or (not surely and not names.may_mutate.isdisjoint(aliases))


class Bonds:
    """What ties the names of a notebook: those of one object to each other, functions to what their bodies read."""

    def __init__(self) -> None:
        self._bodies: dict[str, set[str]] = {}
        self._groups: dict[str, set[str]] = {}

    def add(self, names: CellNames) -> None:
        """Take in what a cell tells."""
        for name, body in names.bodies.items():
            self._bodies.setdefault(name, set()).update(body)
        for pair in names.aliases:
            self._join(*pair)

    def find_aliases(self, name: str) -> Collection[str]:
        """Return the names that may stand for the same object, the name itself among them."""
        return self._groups.get(name, (name,))

    def expand(self, names: Iterable[str]) -> set[str]:
        """Return some names with those that the bodies of functions among them read, and so on."""
        found, waiting = set[str](), [*names]
        while waiting:
            if (name := waiting.pop()) not in found:
                found.add(name)
                waiting += self._bodies.get(name, ())
        return found

    def _join(self, one: str, other: str) -> None:
        joined = self._groups.get(one, {one}) | self._groups.get(other, {other})
        for name in joined:
            self._groups[name] = joined


@dataclass(frozen=True, slots=True)
class Trace:
    """What a value goes back to: by place the runs and which names each of them changed, and the names needed first."""

    changed: Mapping[int, frozenset[str]] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()


def trace(
    effects: Sequence[Effect], wanted: Iterable[str], bonds: Bonds, *, surely: bool = False, latest: bool = False
) -> Trace:
    """Return which of some runs, in their order, the values of some names go back to after the last of them.

    With `latest`, each run is known by its latest time alone: a name that none before has bound may have been bound
    by a run that came again after.
    """
    needed, found = bonds.expand(wanted), dict[int, frozenset[str]]()
    for place in reversed(range(len(effects))):
        if changed := effects[place].find_changed(needed, bonds, surely=surely):
            found[place] = frozenset(changed)
            needed = _step_back(needed, effects[place], bonds)
    while latest and (again := _find_later(effects, needed, found)):
        found |= again
        for place in again:
            needed = _step_back(needed, effects[place], bonds)
    return Trace(found, frozenset(needed))


def _step_back(needed: set[str], effect: Effect, bonds: Bonds) -> set[str]:
    """Return the names needed before a run, from those needed after it."""
    return (needed - effect.settles) | bonds.expand(effect.uses)


def _find_later(effects: Sequence[Effect], needed: set[str], found: Mapping[int, object]) -> dict[int, frozenset[str]]:
    both = {place: effect.settles & needed for place, effect in enumerate(effects) if place not in found}
    return {place: names for place, names in both.items() if names}
