"""The plain bytes of an object before they are written: held, or made anew a piece at a time where they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that come in pieces, the same ones as often as they are asked for; `size` is that of all together.

    What is not held in memory is made anew each time, and might be other bytes if its source was changed meanwhile.
    """

    size: int
    pieces: Callable[[], Iterator[bytes]]
    is_held: bool = False

    @classmethod
    def of(cls, data: bytes | Content) -> Content:
        """Return bytes that are held as content."""
        return data if isinstance(data, Content) else cls(len(data), lambda: iter((data,)), is_held=True)

    def read(self) -> bytes:
        """Return all of it."""
        return b"".join(self.pieces())
