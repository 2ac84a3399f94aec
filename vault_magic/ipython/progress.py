"""A sign of life for commands that take over a second; the stamp takes its place when they are done."""

from __future__ import annotations

import contextvars
import shutil
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

PATIENCE = 1.0
"""Seconds before anything is shown."""

_PERIOD = 0.5
_ROOM = 20  # columns of a terminal for what is told of a command behind its text


class Progress:
    """Shows a command and the seconds it has taken: as an output in a notebook, as a line at a terminal."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

    @contextmanager
    def watch(self, text: str) -> Iterator[Sign]:
        """Show the command while the block runs, once it has run for long; the sign tells which output it was."""
        sign = self._choose_sign(text)
        done = threading.Event()
        # The context tells the kernel to which cell an output belongs.
        context = contextvars.copy_context()
        watcher = threading.Thread(target=context.run, args=(_tick, sign, done), daemon=True)
        watcher.start()
        try:
            yield sign
        except BaseException:
            _end(watcher, done)
            sign.stop()
            raise
        _end(watcher, done)
        sign.clear()

    def _choose_sign(self, text: str) -> Sign:
        if not hasattr(self._shell, "kernel"):
            return _Line(text)
        # What captures outputs has no hooks, and would keep every stage of one that is replaced.
        return _Output(text) if hasattr(self._shell.display_pub, "register_hook") else Sign(text)


class Sign:
    """The sign of life of one command; this one is never seen."""

    display_id: str | None = None
    """The output to replace by the stamp, if one was shown."""

    def __init__(self, text: str) -> None:
        self._text = text

    def tick(self, seconds: float) -> None:
        """Show how long it has taken."""

    def stop(self) -> None:
        """Show that it has failed."""

    def clear(self) -> None:
        """Make room for the stamp."""


class _Output(Sign):
    """An output of the cell."""

    def tick(self, seconds: float) -> None:
        self._show(f"{self._text} … {seconds:.0f} s")

    def stop(self) -> None:
        if self.display_id is not None:
            self._show(f"{self._text}: stopped")

    def _show(self, text: str) -> None:
        is_first = self.display_id is None
        self.display_id = self.display_id or uuid.uuid4().hex
        display({"text/plain": text}, raw=True, display_id=self.display_id, update=not is_first)


class _Line(Sign):
    """A line of a terminal; in a file in place of a terminal it would stay, so there is none."""

    _is_shown = False

    def __init__(self, text: str) -> None:
        room = shutil.get_terminal_size().columns - _ROOM
        super().__init__(textwrap.shorten(text, max(room, _ROOM), placeholder="…"))

    def tick(self, seconds: float) -> None:
        self._write(f"{self._text} … {seconds:.0f} s")
        self._is_shown = True

    def stop(self) -> None:
        if self._is_shown:
            self._write(f"{self._text}: stopped\n")

    def clear(self) -> None:
        if self._is_shown:
            self._write("")

    def _write(self, text: str) -> None:
        if sys.stderr.isatty():  # a line that is broken could not be taken back
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)  # noqa: T201


def _tick(sign: Sign, done: threading.Event) -> None:
    started = time.monotonic()
    wait = PATIENCE
    while not done.wait(wait):
        sign.tick(time.monotonic() - started)
        wait = _PERIOD


def _end(watcher: threading.Thread, done: threading.Event) -> None:
    done.set()
    watcher.join()
