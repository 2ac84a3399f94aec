"""Who produces what for whom: producers and consumers of every object, edges between notebooks, cycles."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vault_magic.forms import Verb
from vaultcheck.steps import Step


@dataclass(frozen=True, slots=True)
class Use:
    """One object in one vault, and the commands about it, in the order of the notebooks and their cells."""

    vault: str
    path: str
    stores: tuple[Step, ...] = ()
    imports: tuple[Step, ...] = ()
    deletes: tuple[Step, ...] = ()

    @property
    def producers(self) -> tuple[str, ...]:
        """The notebooks that store it."""
        return tuple(dict.fromkeys(step.notebook.path for step in self.stores))

    @property
    def consumers(self) -> tuple[str, ...]:
        """The notebooks that import it."""
        return tuple(dict.fromkeys(step.notebook.path for step in self.imports))


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One notebook makes an object that another imports."""

    producer: str
    consumer: str
    object: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """The lineage of a set of notebooks, in the order of vaults and paths."""

    uses: tuple[Use, ...] = ()

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The hand-overs between different notebooks; a notebook that improves its own object hands nothing over."""
        return tuple(sorted(edge for use in self.uses for edge in _list_edges(use)))

    def find_cycles(self) -> Iterator[tuple[str, ...]]:
        """Yield the notebooks of each cycle in the order of hand-overs, starting with the first by name."""
        consumers: dict[str, set[str]] = {}
        for edge in self.edges:
            consumers.setdefault(edge.consumer, set()).add(edge.producer)
        while cycle := _find_cycle(consumers):
            yield _rotate(cycle)
            consumers = {name: found for name, found in consumers.items() if name not in cycle}


def build_lineage(steps: Iterable[Step]) -> Lineage:
    """Return who produces what for whom, by the commands as they stand in the notebooks."""
    groups: dict[tuple[str, str], dict[Verb, list[Step]]] = {}
    for step in steps:
        if step.verb is not None:
            for path in step.paths:
                groups.setdefault((step.vault.path, path), {}).setdefault(step.verb, []).append(step)
    return Lineage(tuple(_build_use(vault, path, groups[vault, path]) for vault, path in sorted(groups)))


def _build_use(vault: str, path: str, steps: dict[Verb, list[Step]]) -> Use:
    stores, imports, deletes = (tuple(steps.get(verb, ())) for verb in (Verb.STORE, Verb.IMPORT, Verb.DEL))
    return Use(vault, path, stores=stores, imports=imports, deletes=deletes)


def _list_edges(use: Use) -> Iterator[Edge]:
    for producer in use.producers:
        yield from (Edge(producer, consumer, use.path) for consumer in use.consumers if consumer != producer)


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
