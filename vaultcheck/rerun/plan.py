"""What is to be run, in which order, and why: from the hand-overs that the notebooks tell of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vaultcheck.notebook import Notebook

ObjectKey = tuple[str, str]
"""The path of a vault and that of an object in it."""


@dataclass(frozen=True, slots=True)
class Need:
    """A run that has to come before another: for an object that it hands over, or because the settings say so."""

    run: str
    object: ObjectKey | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one notebook: `source` is what is executed, `saved` what it is compared with.

    These are two where papermill has made a copy, whose `parameters` are given again. `makes` are the objects that it
    stores. `seconds` is what it took when it was recorded, if that can be told.
    """

    saved: Notebook
    source: Notebook
    parameters: Mapping[str, object] = field(default_factory=dict)
    makes: tuple[ObjectKey, ...] = ()
    needs: tuple[Need, ...] = ()
    seconds: float | None = None

    @property
    def name(self) -> str:
        """The path of the notebook with which it is compared."""
        return self.saved.path


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """A notebook that is not run, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """The runs, each behind all that it needs, and the notebooks that are left out."""

    runs: tuple[Run, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Run]:
        """The runs by the paths of their notebooks."""
        return {run.name: run for run in self.runs}

    def list_before(self, run: Run) -> tuple[Run, ...]:
        """Return all runs that one needs, directly or through others, the latest first."""
        wanted, waiting = set[str](), [run]
        while waiting:
            fresh = [need.run for need in waiting.pop().needs if need.run not in wanted]
            wanted |= {*fresh}
            waiting += [self.by_name[name] for name in fresh]
        return tuple(one for one in reversed(self.runs) if one.name in wanted)

    @cached_property
    def critical_path(self) -> tuple[Run, ...]:
        """The chain of runs that takes longest by the recorded times: no number of processes makes it shorter."""
        ends = dict[str, float]()
        for run in self.runs:
            ends[run.name] = (run.seconds or 0.0) + self._find_latest(run, ends)[0]
        last = max(self.runs, key=lambda one: ends[one.name], default=None)
        chain = list[Run]()
        while last is not None:
            chain.append(last)
            before = self._find_latest(last, ends)[1]
            last = self.by_name[before] if before else None
        return tuple(reversed(chain))

    @staticmethod
    def _find_latest(run: Run, ends: Mapping[str, float]) -> tuple[float, str]:
        """Return when the last of what a run needs ends, and its name; an empty one where it needs nothing."""
        return max(((ends[need.run], need.run) for need in run.needs), default=(0.0, ""))
