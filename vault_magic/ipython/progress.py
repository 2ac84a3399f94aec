"""A sign of life for commands that take over a second; the stamp takes its place when they are done."""

from __future__ import annotations

import contextvars
import sys
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


class Progress:
    """Shows the command and the seconds it has taken: as an output in a notebook, as a line at a terminal."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._has_kernel = hasattr(shell, "kernel")
        self._display_id: str | None = None

    @contextmanager
    def watch(self, text: str) -> Iterator[None]:
        """Show the command while the block runs, once it has run for long."""
        self._display_id = None
        done = threading.Event()
        # The context tells the kernel to which cell an output belongs.
        context = contextvars.copy_context()
        watcher = threading.Thread(target=context.run, args=(self._tick, text, done), daemon=True)
        watcher.start()
        try:
            yield
        except BaseException:
            done.set()
            watcher.join()
            self._write(f"{text}: stopped") if self._display_id else None
            self._display_id = None
            raise
        done.set()
        watcher.join()

    def take(self) -> str | None:
        """Return the output to replace by the stamp, if one was shown."""
        taken, self._display_id = self._display_id, None
        return taken if self._has_kernel else None

    def _tick(self, text: str, done: threading.Event) -> None:
        started = time.monotonic()
        wait = PATIENCE
        while not done.wait(wait):
            self._write(f"{text} … {time.monotonic() - started:.0f} s")
            wait = _PERIOD
        if self._display_id and not self._has_kernel:
            print("\r\033[K", end="", file=sys.stderr, flush=True)  # noqa: T201

    def _write(self, text: str) -> None:
        is_first = self._display_id is None
        self._display_id = self._display_id or uuid.uuid4().hex
        if self._has_kernel:
            display({"text/plain": text}, raw=True, display_id=self._display_id, update=not is_first)
        elif sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)  # noqa: T201
