"""Tests of what is shown on a terminal alone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from vaultcheck.cli import terminal
from vaultcheck.cli.terminal import Progress, choose_style
from vaultcheck.reporters.style import PLAIN, Style


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


_HERE = Path("/here")


@pytest.mark.parametrize(
    ("stream", "environment", "style"),
    [
        pytest.param(_Terminal(), {}, Style(has_colours=True, links_from=_HERE), id="terminal"),
        pytest.param(io.StringIO(), {}, PLAIN, id="pipe"),
        pytest.param(io.StringIO(), {"FORCE_COLOR": "1"}, Style(has_colours=True), id="forced"),
        pytest.param(_Terminal(), {"NO_COLOR": "1"}, PLAIN, id="no-colour"),
        pytest.param(_Terminal(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, PLAIN, id="no-colour-wins"),
        pytest.param(_Terminal(), {"NO_COLOR": ""}, Style(has_colours=True, links_from=_HERE), id="empty-is-unset"),
        pytest.param(_Terminal(), {"TERM": "dumb"}, PLAIN, id="dumb"),
    ],
)
def test_style_is_that_of_the_stream(stream: io.StringIO, environment: dict[str, str], style: Style) -> None:
    assert choose_style(stream, environment, folder=_HERE) == style


@pytest.mark.parametrize("patience", [0.0, 100.0], ids=["long", "short"])
def test_progress_is_shown_of_what_takes_long(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    monkeypatch.setattr(terminal, "_PATIENCE", patience)
    monkeypatch.setattr(terminal, "_INTERVAL", 0.0)
    stream = _Terminal()
    assert [*Progress(stream).follow(range(3), "reading")] == [0, 1, 2]
    shown = "\rreading: 1 of 3\rreading: 2 of 3\rreading: 3 of 3\r               \r"
    assert stream.getvalue() == (shown if patience == 0.0 else "")


def test_progress_is_not_shown_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_PATIENCE", 0.0)
    stream = io.StringIO()
    assert [*Progress(stream).follow(iter("ab"), "reading")] == ["a", "b"]
    assert stream.getvalue() == ""
