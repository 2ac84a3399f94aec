"""Tests of what an error advises."""

from __future__ import annotations

import pytest

from vault_magic.advice import advise


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        pytest.param("salarys", "did you mean 'salaries'?", id="nearest"),
        pytest.param("xyz", "define it first", id="nothing-like-it"),
    ],
)
def test_advice_is_the_nearest_name_or_what_else_to_do(name: str, advice: str) -> None:
    assert advise(name, iter(["salary_table", "salaries"]), otherwise="define it first") == advice
