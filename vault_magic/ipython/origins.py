"""Which cell displayed an output that has an id, so that others can replace it."""

from __future__ import annotations

from vault_magic.ipython.latest import Latest
from vault_magic.session import Run

_REMEMBERED = 1000


class DisplayOrigins:
    """Tells of an output with a display id which run it may carry the mark of.

    Front ends copy data and metadata of such an output to every other output of that id. Where one cell alone has
    displayed it, that is right: an update from elsewhere carries that cell's mark. Where a second cell displays the
    same id, the mark of either would be wrong in the other, so that from there on there is none.
    """

    def __init__(self) -> None:
        self._origins: Latest[str, Run | None] = Latest(_REMEMBERED)

    def find_origin(self, display_id: str) -> Run | None:
        """Return the run whose mark an update carries."""
        return self._origins.get(display_id)

    def note(self, display_id: str, run: Run | None) -> Run | None:
        """Note that a run displays an id, and return the run whose mark that output carries."""
        if display_id in self._origins and not _is_same_cell(self._origins[display_id], run):
            run = None
        self._origins.put(display_id, run)
        return run


def _is_same_cell(one: Run | None, other: Run | None) -> bool:
    """Tell whether two runs are of one cell; equal sources leave equal marks, so they pass for one."""
    return one is not None and other is not None and (one.key == other.key or one.code == other.code)
