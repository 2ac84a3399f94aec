"""What goes back to an object: what was made from it, who imported that, and so on, each by the shortest chain."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from vault_magic.identity import Match
from vaultcheck.standing import OldImport, Standing, list_made
from vaultcheck.steps import Step


@dataclass(frozen=True, slots=True)
class Descendant:
    """A store of something made from an object, or an import of that; `through` are the notebooks in between."""

    step: Step
    path: str
    through: tuple[str, ...]
    is_import: bool


@dataclass(frozen=True)
class Descent:
    """The objects that were made from others, by what the stores recorded of their session's imports."""

    standings: tuple[Standing, ...] = ()

    def follow(self, origin: Standing, importers: Iterable[OldImport]) -> Iterator[Descendant]:
        """Yield what goes back to an object as some notebooks have imported it, the nearest first."""
        waiting: deque[tuple[Standing, Step, tuple[str, ...]]] = deque(
            (origin, one.step, (one.step.notebook.path,)) for one in importers
        )
        notebooks = {step.notebook.path for _, step, _ in waiting}
        objects = {_key(origin)}
        while waiting:
            source, step, through = waiting.popleft()
            for made, store in self._made.get(step.notebook.path, ()):
                if _key(made) in objects or not _is_made_from(store, made, source, step):
                    continue
                objects.add(_key(made))
                yield Descendant(store, made.use.path, through, is_import=False)
                for taker in _list_takers(made):
                    if taker.notebook.path not in notebooks:
                        notebooks.add(taker.notebook.path)
                        yield Descendant(taker, made.use.path, through, is_import=True)
                        waiting.append((made, taker, (*through, taker.notebook.path)))

    @cached_property
    def _made(self) -> Mapping[str, list[tuple[Standing, Step]]]:
        notebooks = dict.fromkeys(step.notebook.path for one in self.standings for step in one.use.stores)
        return {name: [*list_made(name, self._by_producer[name])] for name in notebooks}

    @cached_property
    def _by_producer(self) -> Mapping[str, list[Standing]]:
        found: dict[str, list[Standing]] = {}
        for one in self.standings:
            for name in dict.fromkeys(step.notebook.path for step in one.use.stores):
                found.setdefault(name, []).append(one)
        return found


def _key(standing: Standing) -> tuple[str, str]:
    return standing.use.vault, standing.use.path


def _is_made_from(store: Step, made: Standing, source: Standing, step: Step) -> bool:
    """Tell whether a store's session had imported the object as this import found it."""
    imported = step.imported(source.use.path)
    vault = source.vault.vault
    return imported is not None and any(
        one.path == source.use.path and one.vault == vault and one.identity.compare(imported) is Match.SAME
        for one in store.list_inputs(made.use.path)
    )


def _list_takers(made: Standing) -> Iterator[Step]:
    """Yield the imports of an object by others that found what is there now."""
    for step in made.use.imports:
        found = step.imported(made.use.path)
        if found and made.present and found.compare(made.present) is not Match.DIFFERENT:
            yield step
