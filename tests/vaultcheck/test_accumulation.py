"""Tests of finding what adds up from run to run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcheck.accumulation import find_accumulated

_ADDS_UP = [
    "x += 1",
    "x *= 1.19",
    "x = x + 1",
    "x = 2 * (x + 1)",
    "x = 1 + (2 - x)",
    "x['a'] *= 2",
    "x['a'] = x['a'] * 2",
    "x.a = x.a / 100",
    "x[0][1] += 1",
    "x.append(1)",
    "x.parts.extend(y)",
    "x = x[1:]",
    "x = pd.concat([x, y])",
    "x = pd.concat([y, x], ignore_index=True)",
    "x = np.append(x, 1)",
    "x = x.shift(1)",
    "for y in z:\n    x.append(y)",
    "if z:\n    x += 1",
    "try:\n    x += 1\nexcept E:\n    pass",
    "with y:\n    x += 1",
    "%time y = 1\nx += 1",
    "%%time\nx += 1",
    "y = 1\nx += y",
    "x = x\nx += 1",
    "y = x\ny.append(1)",
    "z = x\ny = z\ny += [1]",
]
_DOES_NOT = [
    "x = 1",
    "x = y + 1",
    "x = 0\nx += 1",
    "x = []\nfor y in z:\n    x.append(y)",
    "x = x.dropna()",
    "x = clean(x)",
    "x = x[x.a > 0]",
    "x = x[['a', 'b']]",
    "x = sorted(x)",
    "x['a'] = x['b'] * 2",
    "x['a'] = x['a'].str.strip()",
    "x.add(1)",
    "x.update(a=1)",
    "x |= y",
    "x &= y",
    "x, y = y, x",
    "def f():\n    x += 1",
    "class C:\n    x += 1",
    "print(x + 1)",
    "x.plot()",
    "%%bash\nx += 1",
    "x +=",
    "",
]


@pytest.mark.parametrize("source", _ADDS_UP)
def test_value_that_depends_on_how_often_the_cell_ran(source: str) -> None:
    assert find_accumulated(source) == {"x"}


@pytest.mark.parametrize("source", _DOES_NOT)
def test_value_that_is_the_same_however_often_it_ran(source: str) -> None:
    assert find_accumulated(source) == frozenset()


@given(st.text())
def test_any_text_is_survived(source: str) -> None:
    find_accumulated(source)


def test_text_nested_too_deeply_is_survived() -> None:
    assert find_accumulated(f"x = {'(' * 5000}") == frozenset()
    assert find_accumulated("x = x" + " + 1" * 20_000) <= {"x"}
