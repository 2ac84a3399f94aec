"""What is shown on a terminal and nowhere else: colours, links, and progress of what takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import TextIO, TypeVar

from vaultcheck.reporters.style import PLAIN, Style

_T = TypeVar("_T")

_PATIENCE = 2.0
"""Seconds after which progress is shown."""

_INTERVAL = 0.1
"""Seconds between two states of it."""


def choose_style(stream: TextIO, environment: Mapping[str, str], *, folder: Path) -> Style:
    """Return the style for a stream: https://no-color.org, `FORCE_COLOR` and `TERM=dumb` are heeded."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return PLAIN
    is_terminal = stream.isatty()
    return Style(is_terminal or bool(environment.get("FORCE_COLOR")), folder if is_terminal else None)


class Progress:
    """Tells on standard error how far something is, if that is a terminal and it takes long; leaves nothing there."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_shown = self._stream.isatty()

    def follow(self, things: Iterable[_T], what: str) -> Iterator[_T]:
        """Yield some things, and tell how many were taken."""
        if not self._is_shown:
            yield from things
            return
        total = f" of {len(things):,}" if isinstance(things, Sized) else ""
        next_time, width = time.monotonic() + _PATIENCE, 0
        for number, thing in enumerate(things, start=1):
            yield thing
            if time.monotonic() >= next_time:
                text = f"{what}: {number:,}{total}"
                self._write(text)
                next_time, width = time.monotonic() + _INTERVAL, max(width, len(text))
        if width:
            self._write(" " * width)
            self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text}")
        self._stream.flush()
