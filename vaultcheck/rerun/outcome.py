"""What came of a rerun, object by object and run by run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from vault_magic.identity import Identity, Match
from vaultcheck.rerun.execution import Failure
from vaultcheck.rerun.plan import LeftOut, ObjectKey, Run


class ObjectState(Enum):
    """How an object that was made again stands against the one that is stored."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_STORED = "not stored this time"
    NEW = "not stored before"
    CANNOT_TELL = "cannot tell: its bytes differ each time"


class RunState(Enum):
    """What came of a run."""

    REPRODUCED = "reproduced"
    DIFFERS = "differs"
    FAILED = "failed"
    SKIPPED = "skipped"


_STATES = {
    Match.SAME: ObjectState.SAME,
    Match.DIFFERENT: ObjectState.DIFFERENT,
    Match.UNKNOWN: ObjectState.CANNOT_TELL,
}
_DIFFERING = frozenset({ObjectState.DIFFERENT, ObjectState.NOT_STORED})


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What came of one run: its objects, why it failed, or the runs that failed before it so that it was skipped."""

    run: Run
    state: RunState
    objects: Mapping[ObjectKey, ObjectState]
    failure: Failure | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RerunResult:
    """What came of all runs, in their order, and what was left out."""

    outcomes: tuple[RunOutcome, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_reproduced(self) -> bool:
        """Whether all runs made what is stored."""
        return all(one.state is RunState.REPRODUCED for one in self.outcomes)


def judge(
    run: Run, made: Mapping[ObjectKey, Identity], stored: Mapping[ObjectKey, Identity], failure: Failure | None
) -> RunOutcome:
    """Compare what a run has made with what is stored, by identity."""
    objects = {key: compare(made.get(key), stored.get(key)) for key in (*run.makes, *(made.keys() - {*run.makes}))}
    objects = {key: objects[key] for key in sorted(objects)}
    if failure is not None:
        return RunOutcome(run, RunState.FAILED, objects, failure)
    differs = not _DIFFERING.isdisjoint(objects.values())
    return RunOutcome(run, RunState.DIFFERS if differs else RunState.REPRODUCED, objects)


def compare(made: Identity | None, stored: Identity | None) -> ObjectState:
    """Return how an object that was made stands against the stored one."""
    if made is None:
        return ObjectState.NOT_STORED
    if stored is None:
        return ObjectState.NEW
    return _STATES[stored.compare(made)]
