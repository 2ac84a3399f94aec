"""Who produces what for whom: producers and consumers of every object, edges between notebooks, cycles."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from vault_magic.forms import Verb
from vaultcheck.steps import Step

_Key = tuple[str, str]
"""The path of a vault and that of an object in it."""


@dataclass(frozen=True, slots=True)
class Use:
    """One object in one vault, and the commands about it, in the order of the notebooks and their cells.

    Commands count as they stand in the notebooks; `changes` are the runs that stored or deleted it, by their records,
    whatever stands there now.
    """

    vault: str
    path: str
    stores: tuple[Step, ...] = ()
    imports: tuple[Step, ...] = ()
    deletes: tuple[Step, ...] = ()
    changes: tuple[Step, ...] = ()

    @property
    def producers(self) -> tuple[str, ...]:
        """The notebooks that store it, by their names."""
        return tuple(dict.fromkeys(step.notebook.name for step in self.stores))

    @property
    def consumers(self) -> tuple[str, ...]:
        """The notebooks that import it, by their names."""
        return tuple(dict.fromkeys(step.notebook.name for step in self.imports))

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The hand-overs between different notebooks; a notebook that improves its own object hands nothing over."""
        takers = [consumer for consumer in self.consumers if not self._is_own(consumer)]
        return tuple(Edge(one, other, self.path) for one in self.producers for other in takers if one != other)

    def _is_own(self, notebook: str) -> bool:
        """Tell whether a notebook stores the object before it imports it: then it takes it from nobody."""
        stored, imported = (
            [(step.cell.number, step.location.line or 1) for step in steps if step.notebook.name == notebook]
            for steps in (self.stores, self.imports)
        )
        return bool(stored) and min(stored) < min(imported)


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One notebook makes an object that another imports."""

    producer: str
    consumer: str
    object: str


@dataclass(frozen=True)
class Lineage:
    """The lineage of a set of notebooks, in the order of vaults and paths."""

    uses: tuple[Use, ...] = ()

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The hand-overs of all objects, sorted."""
        return tuple(sorted(edge for use in self.uses for edge in use.edges))

    def find_cycles(self) -> Iterator[tuple[str, ...]]:
        """Yield the notebooks of each cycle in the order of hand-overs, starting with the first by name."""
        consumers: dict[str, set[str]] = {}
        for edge in self.edges:
            consumers.setdefault(edge.consumer, set()).add(edge.producer)
        while cycle := _find_cycle(consumers):
            yield _rotate(cycle)
            consumers = {name: found for name, found in consumers.items() if name not in cycle}

    def sort_notebooks(self, notebooks: Iterable[str]) -> tuple[str, ...]:
        """Return some notebooks in the order of hand-overs, else of their names; those in a cycle by name alone."""
        names = sorted({*notebooks})
        producers = {name: set[str]() for name in names}
        for edge in self.edges if len(names) > 1 else ():
            if edge.consumer in producers and edge.producer in producers:
                producers[edge.consumer].add(edge.producer)
        sorter = graphlib.TopologicalSorter({name: sorted(producers[name]) for name in names})
        try:
            return tuple(sorter.static_order())
        except graphlib.CycleError:
            return tuple(names)


def build_lineage(steps: Iterable[Step]) -> Lineage:
    """Return who produces what for whom, by the commands as they stand in the notebooks."""
    groups: dict[_Key, dict[Verb, list[Step]]] = {}
    changes: dict[_Key, list[Step]] = {}
    for step in steps:
        if (verb := step.verb) is not None:
            for path in step.paths:
                groups.setdefault((step.vault.path, path), {}).setdefault(verb, []).append(step)
        for path in step.changed:
            changes.setdefault((step.vault.path, path), []).append(step)
    return Lineage(tuple(_build_use(key, groups[key], changes.get(key, ())) for key in sorted(groups)))


def _build_use(key: _Key, steps: Mapping[Verb, Iterable[Step]], changes: Iterable[Step]) -> Use:
    stores, imports, deletes = (tuple(steps.get(verb, ())) for verb in (Verb.STORE, Verb.IMPORT, Verb.DEL))
    return Use(*key, stores=stores, imports=imports, deletes=deletes, changes=tuple(changes))


def _find_cycle(predecessors: dict[str, set[str]]) -> tuple[str, ...]:
    graph = {name: sorted(found) for name, found in sorted(predecessors.items())}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as err:
        cycle: list[str] = err.args[1]
        return tuple(cycle[:-1])
    return ()


def _rotate(cycle: tuple[str, ...]) -> tuple[str, ...]:
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]
