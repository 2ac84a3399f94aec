"""What a cell has done to each name on the path that is read: surely, whichever branches ran, or only perhaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class NameState(Enum):
    """What became of a name that the cell has surely touched."""

    BOUND = "bound"
    DELETED = "deleted"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the code that may be left out: the states of names at its end, and what it does to any on its way."""

    states: Mapping[str, NameState | None]
    bound: frozenset[str]
    deleted: frozenset[str]
    is_dead: bool


@dataclass(slots=True)
class _Opened:
    """A branch that is being read, with what was before it."""

    was_dead: bool
    before: dict[str, NameState | None] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)


class Paths:
    """The states of names, read in the order in which code runs; a name without a state may be as it was before.

    A branch is opened, read and closed, which takes its states back; then branches are joined. Each change costs as
    often as it is nested.
    """

    def __init__(self) -> None:
        self.states: dict[str, NameState] = {}
        self.touched: set[str] = set()
        self.is_dead = False
        self._opened: list[_Opened] = []

    @property
    def is_straight(self) -> bool:
        """Whether what is read now runs whenever the cell does."""
        return not self._opened

    def bind(self, name: str) -> None:
        """Bind a name."""
        self.touched.add(name)
        if self._opened:
            self._opened[-1].bound.add(name)
        self._put(name, NameState.BOUND)

    def delete(self, name: str) -> None:
        """Delete a name."""
        self.touched.add(name)
        if self._opened:
            self._opened[-1].deleted.add(name)
        self._put(name, NameState.DELETED)

    def end(self) -> None:
        """Say that the path goes no further: it raises, returns or leaves the loop."""
        self.is_dead = True

    def open_branch(self) -> None:
        """Begin a part that may be left out."""
        self._opened.append(_Opened(self.is_dead))

    def close_branch(self) -> Branch:
        """End the part that was opened last, and go back to the states before it."""
        opened = self._opened.pop()
        states = {name: self.states.get(name) for name in opened.before}
        branch = Branch(states, frozenset(opened.bound), frozenset(opened.deleted), self.is_dead)
        for name, state in opened.before.items():
            self._set(name, state)
        self.is_dead = opened.was_dead
        if self._opened:
            self._opened[-1].bound |= branch.bound
            self._opened[-1].deleted |= branch.deleted
        return branch

    def join(self, branches: Sequence[Branch]) -> None:
        """Go on from where exactly one of some branches has run; those that end their path do not count."""
        live = [branch for branch in branches if not branch.is_dead]
        self.is_dead = self.is_dead or not live
        outcomes: dict[str, list[NameState | None]] = {}
        for branch in live:
            for name, state in branch.states.items():
                outcomes.setdefault(name, []).append(state)
        for name, states in outcomes.items():
            self._put(name, _combine({*states, *([] if len(states) == len(live) else [self.states.get(name)])}))

    def blur(self, branch: Branch) -> None:
        """Go on from where a branch may have run in part, or several times."""
        for name in branch.bound | branch.deleted:
            state = self.states.get(name)
            others = branch.bound if state is NameState.DELETED else branch.deleted
            if state is not None and name in others:
                self._put(name, NameState.EITHER)

    def apply(self, branch: Branch) -> None:
        """Go on from where a branch has run."""
        self.join([branch])

    def _put(self, name: str, state: NameState | None) -> None:
        if self._opened:
            self._opened[-1].before.setdefault(name, self.states.get(name))
        self._set(name, state)

    def _set(self, name: str, state: NameState | None) -> None:
        if state is None:
            self.states.pop(name, None)
        else:
            self.states[name] = state


def _combine(states: Iterable[NameState | None]) -> NameState | None:
    different = {*states}
    if None in different:
        return None
    return different.pop() if len(different) == 1 else NameState.EITHER
