"""The parameters of a parametrised run as records tell them: what JSON holds, and no secrets."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

HIDDEN = "***"
"""What stands in place of a secret."""

_SECRET = re.compile(
    r"passw|pass[ _-]?(?:phrase|code)|pwd|secret|token|credential|bearer|authori[sz]ation|auth(?![a-z])"
    r"|(?:api|access|account|encryption|private|ssh|storage)[ _-]?key",
    re.IGNORECASE,
)
_DEPTH = 20  # what lies deeper is not looked into, and so not told


def hide_secrets(parameters: Mapping[str, object]) -> dict[str, object]:
    """Return parameters with the values of names that look like secrets hidden, and what JSON cannot hold as text."""
    return _clean_mapping(parameters, depth=_DEPTH)


def _clean_mapping(values: Mapping[str, object], *, depth: int) -> dict[str, object]:
    names = {str(name): value for name, value in values.items()}
    return {name: HIDDEN if _SECRET.search(name) else _clean(value, depth=depth) for name, value in names.items()}


def _clean(value: object, *, depth: int) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping() | list() | tuple() if not depth:
            return HIDDEN
        case Mapping():
            return _clean_mapping(value, depth=depth - 1)
        case list() | tuple():
            return [_clean(one, depth=depth - 1) for one in value]
        case _:
            return str(value)
