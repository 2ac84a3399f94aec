"""Tests of what expressions say without being run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from vaultcheck.literals import read_path, read_text


def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


_TEXTS = {
    "literal": ("'list'", "list"),
    "adjacent-literals": ("'store x ' 'in m'", "store x in m"),
    "formatted": ("f'store {name} in m'", "store {...} in m"),
    "formatted-with-own-braces": ("f'{{x}}'", "{x}"),
    "sum": ("'store x in ' + name", "store x in {...}"),
    "format": ("'store {} in m'.format(name)", "store {} in m"),
    "percent": ("'store %s in m' % name", "{...}"),
    "call": ("build()", "{...}"),
    "choice": ("'list' if x else 'log'", "{...}"),
    "variable": ("line", None),
    "attribute": ("self.line", None),
    "item": ("lines[0]", None),
    "bytes": ("b'list'", None),
    "number": ("3", None),
}


@pytest.mark.parametrize(("expression", "text"), _TEXTS.values(), ids=_TEXTS)
def test_what_is_computed_leaves_a_gap(expression: str, text: str | None) -> None:
    assert read_text(_parse(expression)) == text


_PATHS = {
    "literal": ("'data/'", "data/"),
    "path": ("Path('data')", "data"),
    "path-of-parts": ("pathlib.Path('data', 'raw')", "data/raw"),
    "divided": ("Path('data') / 'raw'", "data/raw"),
    "joined": ("os.path.join('data', 'raw')", "data/raw"),
    "resolved": ("Path('data').resolve()", "data"),
    "as-text": ("str(Path('data'))", "data"),
    "above": ("Path('data').parent", "data/.."),
    "above-the-working-directory": ("Path.cwd().parent", ".."),
    "above-by-os": ("os.path.dirname(os.getcwd())", ".."),
    "two-above": ("Path().resolve().parents[1]", "../.."),
    "file": ("Path(__file__).parent.parent", "/p/f.py/../.."),
    "file-by-os": ("os.path.dirname(os.path.abspath(__file__))", "/p/f.py/.."),
    "variable": ("folder", None),
    "divided-by-a-variable": ("Path('data') / name", None),
    "formatted": ("f'data/{name}'", None),
    "home": ("Path.home()", None),
    "environment": ("os.environ['HOME']", None),
    "endless": ("Path('a').parents[10**9]", None),
    "far-above": ("Path('a').parents[100000]", None),
    "with-keywords": ("Path('a').resolve(strict=True)", None),
}


@pytest.mark.parametrize(("expression", "path"), _PATHS.values(), ids=_PATHS)
def test_paths_are_read_where_they_are_written_out(expression: str, path: str | None) -> None:
    assert read_path(_parse(expression), file=Path("/p/f.py")) == path


def test_file_of_a_notebook_is_not_known() -> None:
    assert read_path(_parse("Path(__file__).parent")) is None
