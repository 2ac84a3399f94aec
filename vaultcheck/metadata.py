"""What the metadata of a notebook and its cells say, whatever stands there: anybody may have edited them."""

from __future__ import annotations

import re
from typing import Any

INJECTED = "injected-parameters"
"""The tag of the cell in which papermill puts parameters."""

EXPECTED_ERROR = "raises-exception"
"""The tag of a cell whose error is meant, as nbclient and papermill know it."""

SKIPPED = frozenset({"skip-execution", "nbval-skip"})
"""Tags of cells that need not run: nbclient's and nbval's (https://nbval.readthedocs.io)."""

_NBVAL = "NBVAL_"
_NO_TAGS = frozenset[str]()
_COMMENT = re.compile(r"^[^\S\n]*#+[^\S\n]*NBVAL_(SKIP|RAISES_EXCEPTION)[^\S\n]*$", re.MULTILINE)  # alone in its line
_COMMENTS = {"SKIP": "nbval-skip", "RAISES_EXCEPTION": EXPECTED_ERROR}

_VERSION = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})(?![0-9])")


def is_python(metadata: object) -> bool:
    """Tell whether the notebook says that its language is Python; one that says nothing is taken for it."""
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        language = get(get(metadata, key), name)
        if isinstance(language, str):
            return language.lower() in ("python", "ipython")
    return True


def read_python(metadata: object) -> tuple[int, int] | None:
    """Return which Python the kernel was: 3.12.4 is (3, 12); `None` where that is not said, or it was none."""
    version = get(get(metadata, "language_info"), "version")
    if not isinstance(version, str) or not is_python(metadata):
        return None
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else None


def may_have_tags(metadata: object, *, source: str) -> bool:
    """Tell whether a cell may have tags: most have neither metadata nor comments of nbval."""
    return bool(metadata) or _NBVAL in source


def read_tags(metadata: object, *, source: str) -> frozenset[str]:
    """Return the tags of a cell; nbval's comments count as those that they stand for."""
    if not may_have_tags(metadata, source=source):
        return _NO_TAGS
    tags = get(metadata, "tags")
    found = {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set[str]()
    if _NBVAL in source:
        found |= {_COMMENTS[word] for word in _COMMENT.findall(source)}
    return frozenset(found)


def read_ignored(metadata: object) -> tuple[str, ...]:
    """Return the rules that a notebook's metadata suppress in it, an empty word for all of them."""
    words = get(get(metadata, "vaultcheck"), "ignore")
    if words is True:
        return ("",)
    return tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()


def get(fields: object, key: str) -> Any:
    """Return a field of what may be no JSON object, or `None`."""
    return fields.get(key) if isinstance(fields, dict) else None
