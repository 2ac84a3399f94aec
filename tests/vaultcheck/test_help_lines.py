"""Tests of help lines that formatters turn around."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcheck.help_lines import turn_help_lines


@pytest.mark.parametrize(
    ("source", "turned"),
    [
        pytest.param("open?", "?open", id="behind"),
        pytest.param("?open", "open?", id="before"),
        pytest.param("open??", "??open", id="twice"),
        pytest.param("x = 1\nx.join?", "x = 1\n?x.join", id="below-code"),
        pytest.param("%vault?", "?%vault", id="magic"),
        pytest.param("x = '?'", None, id="text"),
        pytest.param("x = 1", None, id="none"),
        pytest.param("", None, id="empty"),
    ],
)
def test_help_lines_are_turned(source: str, turned: str | None) -> None:
    assert turn_help_lines(source) == turned


@given(st.text(alphabet="?%! ab.\n\\*"))
def test_any_text_is_survived(source: str) -> None:
    turn_help_lines(source)
