"""Tests of cells with names in place of the lines that IPython rewrites."""

from __future__ import annotations

import ast

import pytest

from vault_magic.cell_text import split_cell
from vault_magic.masking import mask_cell, parse_cell, parse_python

_CELLS = {
    "magic": ("x = 1\n%vault list\ny = 2", "x = 1\n_rewritten_0\ny = 2"),
    "indented": ("if x:\n    !ls", "if x:\n    _rewritten_0"),
    "assigned": ("y = %vault list", "y = _rewritten_0"),
    "continued": ("%vault \\\n list\nx", "_rewritten_0\n\nx"),
    "cell-magic": ("%%time\nx", "\nx"),
    "name-in-use": ("_rewritten_0 = 1\n%pwd", "_rewritten_0 = 1\n_rewritten__0"),
    "nothing-to-mask": ("x % y", "x % y"),
}


@pytest.mark.parametrize(("source", "text"), _CELLS.values(), ids=_CELLS)
def test_lines_become_names_where_they_stand(source: str, text: str) -> None:
    assert mask_cell(split_cell(source)).text == text


def test_names_lead_to_the_lines() -> None:
    masked = mask_cell(split_cell("%vault list\n!ls"))
    assert [line.text for line in masked.lines.values()] == ["vault list", "!ls"]


def test_parsing_warns_of_nothing() -> None:
    assert isinstance(parse_python("'\\d' is 1"), ast.Module)


@pytest.mark.parametrize(
    ("source", "is_python"),
    [
        pytest.param("x = 1", True, id="python"),
        pytest.param("%vault list\nx", True, id="magic"),
        pytest.param("%%time\nx = 1", True, id="cell-magic"),
        pytest.param("%%bash\nls", False, id="other-language"),
        pytest.param("x = =", False, id="invalid"),
        pytest.param("a\0b", False, id="nul"),
        pytest.param("-" * 100_000 + "1", False, id="deep"),
    ],
)
def test_cell_has_a_tree_where_it_is_python(source: str, is_python: bool) -> None:
    cell = parse_cell(source)
    assert (cell.tree is not None, cell.source) == (is_python, source)


def test_parsed_cell_knows_its_lines() -> None:
    assert [line.text for line in parse_cell("%vault list\nx").lines.values()] == ["vault list"]
