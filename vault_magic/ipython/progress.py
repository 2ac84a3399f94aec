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
from contextlib import contextmanager, suppress

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
        self._watcher = _Watcher()

    @contextmanager
    def watch(self, text: str) -> Iterator[Sign]:
        """Show the command while the block runs, once it has run for long; the sign tells which output it was."""
        sign = self._choose_sign(text)
        # The context tells the kernel to which cell an output belongs.
        watched = _Watched(sign, contextvars.copy_context())
        try:
            self._watcher.add(watched)
            yield sign
        except BaseException:
            self._watcher.drop(watched)
            sign.stop()
            raise
        self._watcher.drop(watched)
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


class _Watched:
    """A command under way."""

    def __init__(self, sign: Sign, context: contextvars.Context) -> None:
        self._sign = sign
        self._context = context
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._is_done = False
        self.due = self._started + PATIENCE

    def tick(self) -> None:
        """Show how long it has taken, if it is time for that."""
        with self._lock:
            now = time.monotonic()
            if not self._is_done and now >= self.due:
                self._context.run(self._sign.tick, now - self._started)
                self.due = time.monotonic() + _PERIOD

    def end(self) -> None:
        """Show nothing more; what is being shown comes to its end first."""
        with self._lock:
            self._is_done = True


class _Watcher:
    """A thread that looks at the commands under way; it stays a moment longer than they do, because most are short."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: list[_Watched] = []
        self._thread: threading.Thread | None = None

    def add(self, watched: _Watched) -> None:
        """Look at a command from here on."""
        with self._lock:
            self._watched.append(watched)
            if self._thread is None or not self._thread.is_alive():  # a fork has no threads
                self._thread = threading.Thread(target=self._look, daemon=True)
                self._thread.start()

    def drop(self, watched: _Watched) -> None:
        """Look at a command no more."""
        watched.end()
        with self._lock, suppress(ValueError):  # an interrupt may have come before it was added
            self._watched.remove(watched)

    def _look(self) -> None:
        wait = PATIENCE
        while True:
            time.sleep(max(0.0, wait))
            with self._lock:
                known = [*self._watched]
                if not known:
                    self._thread = None
                    return
            for one in known:
                one.tick()
            wait = min(one.due for one in known) - time.monotonic()
