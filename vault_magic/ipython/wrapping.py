"""A method of one object that is replaced for a time, on that object alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """The method as it was before, and the object that it belongs to."""

    owner: Any
    method: Callable[..., Any]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the method."""
        return self.method(*arguments, **options)


Around = Callable[..., Any]
"""What is called in place of a method: with the `Call` that it replaces, then with the arguments."""


class Wrapping:
    """Puts a function around a method of an object until it is taken away.

    Where somebody else has put one around ours by then, theirs stays, and ours only hands on what it gets.
    """

    def __init__(self, owner: Any, name: str, around: Around) -> None:
        self.owner = owner
        self._name = name
        self._before = vars(owner).get(name)
        self._is_there = True
        call = Call(owner, getattr(owner, name))

        def wrapped(*arguments: Any, **options: Any) -> Any:
            return around(call, *arguments, **options) if self._is_there else call(*arguments, **options)

        self._wrapped = vars(owner)[name] = wrapped

    def detach(self) -> None:
        """Put back what was there."""
        self._is_there = False
        if vars(self.owner).get(self._name) is not self._wrapped:
            return
        if self._before is None:
            del vars(self.owner)[self._name]
        else:
            vars(self.owner)[self._name] = self._before
