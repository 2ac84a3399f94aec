"""Tests of which names are taken for modules and for plots."""

from __future__ import annotations

import pytest

from vault_magic.effects.libraries import is_drawing, is_library, is_nickname


@pytest.mark.parametrize(
    ("module", "is_known"),
    [("pandas", True), ("sklearn.metrics", True), ("pd", False), ("mine.pandas", False), ("", False)],
)
def test_library_is_known_by_its_first_part(module: str, is_known: bool) -> None:
    assert is_library(module) is is_known


@pytest.mark.parametrize(("name", "is_known"), [("pd", True), ("np", True), ("stats", False), ("df", False)])
def test_nickname_is_what_nobody_calls_a_value(name: str, is_known: bool) -> None:
    assert is_nickname(name) is is_known


@pytest.mark.parametrize("name", ["plt", "ax", "ax1", "axes", "fig", "fig_pay", "left_ax"])
def test_drawing_is_known_by_its_name(name: str) -> None:
    assert is_drawing(name)


@pytest.mark.parametrize("name", ["df", "axle", "figs", "tax", "pd", "max_", "axis_of_evil"])
def test_value_is_no_drawing(name: str) -> None:
    assert not is_drawing(name)
