"""The parameters of a parametrised run as records tell them: what JSON holds, and no secrets."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

HIDDEN = "***"
"""What stands in place of a secret."""

_SECRET = re.compile(
    r"passw|pass[ _-]?(?:phrase|code)|(?<![a-z])pass(?![a-z])|pwd|(?<![a-z])pw(?![a-z])|secret|token"
    r"|credential|bearer|(?<![a-z])creds?(?![a-z])|authori[sz]ation|auth(?![a-z])|cookie|jwt"
    r"|conn(?:ection)?[ _-]?str|(?<![a-z])dsn(?![a-z])"
    r"|(?:api|access|account|client|encryption|hmac|license|private|sas|shared|signing|ssh|storage)[ _-]?key",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?<=://)[^/?#\s]*@")  # of an address; without it no user and no password are told
_ABSOLUTE = re.compile(r"(?:/|~|[A-Za-z]:[\\/]|\\\\|file:)[^\n]*")  # the path of a file on this machine
_DEPTH = 20  # what lies deeper is not looked into, and so not told


def is_secret(name: str) -> bool:
    """Tell whether a name looks like that of a secret."""
    return _SECRET.search(name) is not None


def hide_secrets(parameters: Mapping[str, object]) -> dict[str, object]:
    """Return parameters with the values of names that look like secrets hidden, and what JSON cannot hold as text."""
    return _clean_mapping(parameters, depth=_DEPTH)


def _clean_mapping(values: Mapping[str, object], *, depth: int) -> dict[str, object]:
    names = {str(name): value for name, value in values.items()}
    return {name: HIDDEN if is_secret(name) else _clean(value, depth=depth) for name, value in names.items()}


def _clean(value: object, *, depth: int) -> object:
    match value:
        case None | bool() | int():
            return value
        case str():
            return _clean_text(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping() | list() | tuple() if not depth:
            return HIDDEN
        case Mapping():
            return _clean_mapping(value, depth=depth - 1)
        case list() | tuple():
            return [_clean(one, depth=depth - 1) for one in value]
        case _:
            return _clean_text(str(value))


def _clean_text(text: str) -> str:
    """Return a text without the login of addresses; of an absolute path the name alone, as of archives."""
    if _ABSOLUTE.fullmatch(text):
        return PurePosixPath(text.replace("\\", "/")).name
    return _LOGIN.sub(f"{HIDDEN}@", text)
