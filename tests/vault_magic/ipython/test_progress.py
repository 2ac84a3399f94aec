"""A sign of life for commands that take long."""

from __future__ import annotations

import io
import threading
import time
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

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


def test_long_text_stays_on_one_line(
    shell: InteractiveShell, terminal: _Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    with Progress(shell).watch(f"store {', '.join(['variable'] * 20)}\n in m"):
        time.sleep(0.1)
    lines = terminal.getvalue().split("\r\033[K")
    assert lines[1].startswith("store variable, variable")
    assert all(len(line) < 60 and "\n" not in line for line in lines)


def test_short_command_shows_nothing(shell: InteractiveShell, terminal: _Terminal) -> None:
    with Progress(shell).watch("store x in m") as sign:
        pass
    assert terminal.getvalue() == ""
    assert sign.display_id is None


def test_commands_behind_each_other_share_a_thread_that_ends_after_them(
    shell: InteractiveShell, terminal: _Terminal
) -> None:
    before, shows = {*threading.enumerate()}, Progress(shell)
    started: set[threading.Thread] = set()
    for number in range(20):
        with shows.watch(f"store x{number} in m"):
            started |= {*threading.enumerate()} - before
    assert len(started) < 5  # one, unless the machine stood still meanwhile
    time.sleep(0.3)
    assert not any(one.is_alive() for one in started)
    assert terminal.getvalue() == ""


def test_command_after_a_pause_is_watched_again(shell: InteractiveShell, terminal: _Terminal) -> None:
    shows = Progress(shell)
    for name in "xy":
        with shows.watch(f"store {name} in m"):
            time.sleep(0.1)
        time.sleep(0.3)
    assert "store x in m" in terminal.getvalue()
    assert "store y in m" in terminal.getvalue()


def test_command_that_begins_while_another_is_looked_at_waits_its_own_time(
    shell: InteractiveShell, terminal: _Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.4)
    shows = Progress(shell)
    with shows.watch("short"):
        time.sleep(0.2)
    with shows.watch("store x in m"):
        time.sleep(0.3)
    assert terminal.getvalue() == ""


def test_failure_ends_the_watch_and_passes(shell: InteractiveShell, terminal: _Terminal) -> None:
    def fail_late() -> None:
        with Progress(shell).watch("store x in m"):
            time.sleep(0.2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    assert terminal.getvalue().endswith("\r\033[Kstore x in m: stopped\n")


def test_file_in_place_of_a_terminal_stays_empty(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    shown = io.StringIO()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=shown))
    with Progress(shell).watch("store x in m"):
        time.sleep(0.1)
    assert "store" not in shown.getvalue()


# In a notebook


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what a notebook shows: the text of each output by its id."""
    shown: dict[str, str] = {}

    def display(data: dict[str, str], *, raw: bool, display_id: str, update: bool) -> None:
        assert raw
        assert update is (display_id in shown)
        shown[display_id] = data["text/plain"]

    monkeypatch.setattr(progress, "display", display)
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "_PERIOD", 0.05)
    return shown


def make_kernel(**publisher: Any) -> Any:
    return SimpleNamespace(kernel=object(), display_pub=SimpleNamespace(**publisher))


def test_command_inside_a_command_has_an_output_of_its_own(outputs: dict[str, str]) -> None:
    shows = Progress(make_kernel(register_hook=None))
    with shows.watch("outer") as outer:
        time.sleep(0.1)
        with shows.watch("inner") as inner:
            time.sleep(0.1)
        time.sleep(0.1)
    assert [text.split()[0] for text in outputs.values()] == ["outer", "inner"]
    assert [*outputs] == [outer.display_id, inner.display_id]


def test_failure_is_shown_in_the_same_output(outputs: dict[str, str]) -> None:
    def fail_late() -> None:
        with Progress(make_kernel(register_hook=None)).watch("store x in m"):
            time.sleep(0.1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    assert [*outputs.values()] == ["store x in m: stopped"]


def test_what_captures_outputs_gets_none_that_would_be_replaced(outputs: dict[str, str]) -> None:
    with Progress(make_kernel()).watch("store x in m") as sign:
        time.sleep(0.1)
    assert outputs == {}
    assert sign.display_id is None


def test_sign_belongs_to_the_cell_that_runs(outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    cell = ContextVar("cell", default="none")
    cell.set("this")
    seen: list[str] = []
    monkeypatch.setattr(progress, "display", lambda *_, **__: seen.append(cell.get()))
    with Progress(make_kernel(register_hook=None)).watch("store x in m"):
        time.sleep(0.1)
    assert set(seen) == {"this"}
    assert outputs == {}
