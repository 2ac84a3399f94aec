"""Tests of the variables that IPython fills in to a line."""

from __future__ import annotations

import pytest

from vault_magic.effects.filled_in import fill_in, find_filled_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("ls", "", id="none"),
        pytest.param("$a $b.c", "a b", id="dollars"),
        pytest.param("$$a $1 $HOME", "", id="of-the-shell"),
        pytest.param("{a} {b.c[d]} {e!r:>3} {f(g)}", "a b d e f g", id="braces"),
        pytest.param("{', '.join(x for x in y)}", "y", id="own-names-of-an-expression"),
        pytest.param("{1..3} {a,b} ${c} {{d}} {} {print $1}", "", id="braces-of-the-shell"),
        pytest.param('{"a": 1}', "", id="json"),
        pytest.param("{a} {(} {b", "a", id="broken"),
        pytest.param("$\xe9\xe9", "\xe9\xe9", id="not-ascii"),
    ],
)
def test_names_are_found_where_ipython_looks(text: str, names: str) -> None:
    assert find_filled_in(text) == frozenset(names.split())


@pytest.mark.parametrize(
    ("text", "filled"), [("a", "a"), ("$a.b c", "X c"), ("{a}/{b}", "X/X"), ("a {} b", "a X b"), ("{a", "{a")]
)
def test_value_takes_the_place_of_templates(text: str, filled: str) -> None:
    assert fill_in(text, "X") == filled
