"""How each stored object stands against what notebooks recorded of it: one state, and the imports that are older.

The vault, the last recorded store and the one whom manifest or sidecar name as maker are compared in this order, and
the first row that fits is the one cause; imports of another content follow from it.

| the vault holds | recorded last | made by | state | told |
| --- | --- | --- | --- | --- |
| bytes that are not what their entry says | | | damaged | VC203 at the archive |
| nothing | a store, or only imports | | missing | VC201 at the store, else at the first import |
| what was recorded, or what cannot be told apart | | | as recorded | VC304 at each older import |
| another content | a store | a notebook that is there and not checked | as recorded | VC304 at each older import |
| what an earlier store left | a store | | former | VC202 at the store |
| another content | a store | a checked notebook, whose saved copy does not show it | behind | VC206 at its store |
| another content | a store | somebody without a trace | replaced | VC202 at the store |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from vault_magic.identity import Identity, Match
from vaultcheck.lineage import Lineage, Use
from vaultcheck.snapshot import Snapshot
from vaultcheck.steps import Step


class State(Enum):
    """How what a vault holds of an object stands against what was recorded last."""

    AS_RECORDED = "as recorded"
    DAMAGED = "damaged"
    MISSING = "missing"
    FORMER = "former"
    BEHIND = "behind"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class OldImport:
    """The import of an object by a notebook that found another content than the present one."""

    step: Step
    imported: Identity


@dataclass(frozen=True, slots=True)
class Standing:
    """How one object stands.

    `last` is the last recorded store, `present` what the vault holds, `maker` the notebook that stored that by manifest
    or sidecar. `old_imports` has one entry for each notebook that holds an older content.
    """

    use: Use
    vault: Snapshot
    state: State
    last: Step | None = None
    present: Identity | None = None
    maker: str | None = None
    old_imports: tuple[OldImport, ...] = ()

    @property
    def recorded(self) -> Identity | None:
        """What the last recorded store left."""
        return self.last.recorded(self.use.path) if self.last else None


def build_standings(
    lineage: Lineage, vaults: Mapping[str, Snapshot], *, checked: Collection[str]
) -> tuple[Standing, ...]:
    """Judge each object that notebooks speak of; `checked` are the paths of the notebooks."""
    return tuple(_build_standing(use, vaults[use.vault], checked) for use in lineage.uses)


def _build_standing(use: Use, vault: Snapshot, checked: Collection[str]) -> Standing:
    last, present, maker = _find_last(use), vault.objects.get(use.path), vault.find_maker(use.path)
    state = _judge(use, vault, last=last, checked=checked)
    old = tuple(_find_old_imports(use, present)) if present else ()
    return Standing(use, vault, state, last, present, maker, old)


def _judge(use: Use, vault: Snapshot, *, last: Step | None, checked: Collection[str]) -> State:
    recorded, present = last.recorded(use.path) if last else None, vault.objects.get(use.path)
    if use.path in vault.damaged:
        return State.DAMAGED
    if present is None:
        is_gone = vault.is_known and (recorded is not None or _was_only_imported(use))
        return State.MISSING if is_gone else State.AS_RECORDED
    if recorded is None or recorded.compare(present) is not Match.DIFFERENT:
        return State.AS_RECORDED
    maker = vault.find_maker(use.path)
    is_elsewhere = maker in vault.makers and maker not in checked
    if is_elsewhere or any(step.is_silent for step in use.stores):
        return State.AS_RECORDED
    if _was_recorded_before(use, present):
        return State.FORMER
    return State.BEHIND if maker in checked else State.REPLACED


def _find_last(use: Use) -> Step | None:
    """Return the last recorded store or delete; of one by a command edited since, that is told already."""
    changes = [(step.record.finished, step) for step in use.changes if step.record]
    last = max(changes, key=lambda change: change[0], default=(None, None))[1]
    return None if last is None or last.differs else last


def _was_only_imported(use: Use) -> bool:
    """Tell whether notebooks have imported the object, and none is known to have stored or deleted it."""
    is_known = any(step.imported(use.path) is not None for step in use.imports)
    return is_known and not use.changes and not use.deletes


def _was_recorded_before(use: Use, present: Identity) -> bool:
    """Tell whether the present content is what some recorded change found or left."""
    results = (one for step in use.changes if step.record for one in step.record.results if one.path == use.path)
    known = (identity for one in results for identity in (one.before, one.after))
    return any(one is not None and one.compare(present) is Match.SAME for one in known)


def _find_old_imports(use: Use, present: Identity) -> Iterator[OldImport]:
    told = set[str]()
    for step in use.imports:
        if step.notebook.path not in told and (old := _find_old(use, step, present)):
            told.add(step.notebook.path)
            yield old


def _find_old(use: Use, step: Step, present: Identity) -> OldImport | None:
    imported = step.imported(use.path)
    if imported is None or imported.compare(present) is not Match.DIFFERENT or _made_it_since(use, step, present):
        return None
    return OldImport(step, imported)


def _made_it_since(use: Use, step: Step, present: Identity) -> bool:
    """Tell whether the importing notebook itself stored the present object after the import."""
    own = [one for one in use.stores if one.notebook is step.notebook]
    if any(one.is_silent for one in own):
        return True  # it left no record of what it stored
    stored = [one.recorded(use.path) for one in own if _is_after(one, step)]
    return any(identity is not None and identity.compare(present) is not Match.DIFFERENT for identity in stored)


def _is_after(store: Step, step: Step) -> bool:
    if store.record is None or step.record is None:
        return store.cell.number >= step.cell.number
    return store.record.started >= step.record.finished


def list_made(notebook: str, standings: Iterable[Standing]) -> Iterator[tuple[Standing, Step]]:
    """Yield the objects that a notebook has stored last, with the command that did."""
    for one in standings:
        steps = (step for step in reversed(one.use.stores) if step.notebook.path == notebook)
        if one.present and (made := next((step for step in steps if _has_made(step, one)), None)):
            yield one, made


def _has_made(step: Step, standing: Standing) -> bool:
    recorded, path = step.recorded(standing.use.path), standing.use.path
    if recorded is None or standing.present is None:
        return step.is_maker(path)
    return recorded.compare(standing.present) is not Match.DIFFERENT
