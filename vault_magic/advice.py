"""What an error advises where a name is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def advise(name: str, known: Iterable[str], *, otherwise: str) -> str:
    """Return the known name that was most likely meant, as a question, or else another advice."""
    near = difflib.get_close_matches(name, [*known], n=1)
    return f"did you mean {near[0]!r}?" if near else otherwise
