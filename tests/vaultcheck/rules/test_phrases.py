"""Tests of how messages speak of several things."""

from __future__ import annotations

import pytest

from vaultcheck.rules.phrases import agree, list_cells, list_counts, list_from_difference, list_names


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([3], "cell 3"),
        ([2, 4], "cells 2 and 4"),
        ([1, 2, 3], "cells 1, 2 and 3"),
        (range(1, 8), "cells 1, 2, 3, 4 and 3 more"),
    ],
)
def test_cells_are_listed(numbers: list[int], text: str) -> None:
    assert list_cells(numbers) == text


def test_names_are_quoted() -> None:
    assert list_names(["m/x", "m/y"]) == "'m/x' and 'm/y'"


def test_counts_are_shown_as_notebooks_do_and_left_out_where_unknown() -> None:
    assert list_counts([2, None, 5]) == "[2] and [5]"
    assert list_counts([None]) == ""


@pytest.mark.parametrize(
    ("numbers", "other", "text"),
    [
        ([1, 3, 2], [1, 2, 3], "cells 1, 3 and 2"),
        ([*range(1, 8), 9, 8], [*range(1, 10)], "cells 9 and 8"),
        ([*range(1, 8)], [*range(1, 7)], "cells 1, 2, 3, 4 and 3 more"),
    ],
    ids=["few", "many", "one-longer"],
)
def test_many_cells_are_listed_from_where_they_differ(numbers: list[int], other: list[int], text: str) -> None:
    assert list_from_difference(numbers, other) == text


def test_words_agree_with_how_many_there_are() -> None:
    assert [agree(things, "is", "are") for things in (["a"], ["a", "b"])] == ["is", "are"]
