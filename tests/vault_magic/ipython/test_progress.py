"""A sign of life for commands that take long."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell

from vault_magic.ipython import progress
from vault_magic.ipython.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    """Return what a terminal shows; a command counts as long after a twentieth of a second."""
    shown = _Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=shown))
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "_PERIOD", 0.05)
    return shown


def test_long_command_shows_itself_and_goes(shell: InteractiveShell, terminal: _Terminal) -> None:
    with Progress(shell).watch("store x in m"):
        time.sleep(0.2)
    assert terminal.getvalue().startswith("\r\033[Kstore x in m … 0 s")
    assert terminal.getvalue().endswith("\r\033[K")


def test_short_command_shows_nothing(shell: InteractiveShell, terminal: _Terminal) -> None:
    shows = Progress(shell)
    with shows.watch("store x in m"):
        pass
    assert terminal.getvalue() == ""
    assert shows.take() is None


def test_failure_ends_the_watch_and_passes(shell: InteractiveShell, terminal: _Terminal) -> None:
    def fail_late() -> None:
        with Progress(shell).watch("store x in m"):
            time.sleep(0.2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    assert terminal.getvalue().endswith("\r\033[Kstore x in m: stopped")


def test_file_in_place_of_a_terminal_stays_empty(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    shown = io.StringIO()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=shown))
    with Progress(shell).watch("store x in m"):
        time.sleep(0.1)
    assert "store" not in shown.getvalue()
