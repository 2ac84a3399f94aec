"""The variables that IPython fills in to a line before a magic or the shell gets it: `$name`, `{expression}`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from vault_magic.masking import NOT_PYTHON, parse_python

_DOLLAR = re.compile(r"(?<!\$)\$([^\W\d]\w*)")
_BRACED = re.compile(r"(?<![{$])\{([^{}]+)\}")
_TEMPLATE = re.compile(r"\$\w[\w.]*|\{[^{}]*\}")

_ENVIRONMENT = frozenset({"CONDA_PREFIX", "HOME", "HOSTNAME", "LD_LIBRARY_PATH", "OLDPWD", "PATH", "PWD", "PYTHONPATH"})
_ENVIRONMENT |= {"SHELL", "TMPDIR", "USER", "USERNAME", "VIRTUAL_ENV"}
"""Variables of the shell, which nobody has in a notebook."""


def find_filled_in(text: str) -> frozenset[str]:
    """Return the names that a line reads so; one that is not there stays as it is, without an error."""
    if "$" not in text and "{" not in text:
        return frozenset()
    found = {one for one in _DOLLAR.findall(text) if one not in _ENVIRONMENT}
    return frozenset(found.union(*map(_list_names, _BRACED.findall(text))))


def fill_in(text: str, value: str) -> str:
    """Return a line with some value in all places where one is filled in."""
    return _TEMPLATE.sub(value, text) if "$" in text or "{" in text else text


def _list_names(expression: str) -> Iterator[str]:
    """Yield the names in what stands in braces, if that can be an expression and not the shell's own `{a,b}`."""
    try:
        body = parse_python(f"({re.split('[!:]', expression)[0]})").body
    except NOT_PYTHON:
        return
    match body:
        case [ast.Expr(value=value)] if not isinstance(value, ast.Tuple):
            named = [one for one in ast.walk(value) if isinstance(one, ast.Name)]
            stored = {one.id for one in named if isinstance(one.ctx, ast.Store)}
            yield from (one.id for one in named if one.id not in stored)
