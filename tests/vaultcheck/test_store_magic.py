"""Tests of `%store` lines."""

from __future__ import annotations

import pytest

from vaultcheck.store_magic import StoreAction, StoreLine, find_store_lines

_LINES: dict[str, tuple[str, list[StoreLine]]] = {
    "one": ("%store x", [StoreLine(1, StoreAction.STORE, ("x",))]),
    "several": ("%store x y", [StoreLine(1, StoreAction.STORE, ("x", "y"))]),
    "with-commas-and-a-comment": ("%store x, y  # all", [StoreLine(1, StoreAction.STORE, ("x", "y"))]),
    "indented": ("if x:\n    %store x", [StoreLine(2, StoreAction.STORE, ("x",))]),
    "timed": ("%%time\n%store x", [StoreLine(2, StoreAction.STORE, ("x",))]),
    "restored": ("%store -r x y;", [StoreLine(1, StoreAction.RESTORE, ("x", "y"))]),
    "all-restored": ("%store -r", [StoreLine(1, StoreAction.RESTORE)]),
    "deleted": ("%store -d x", [StoreLine(1, StoreAction.DELETE, ("x",))]),
    "all-deleted": ("%store -z", [StoreLine(1, StoreAction.CLEAR)]),
    "shown": ("%store", [StoreLine(1, StoreAction.SHOW)]),
    "to-a-file": ("%store x > a.txt", [StoreLine(1, StoreAction.EXPORT, ("x",), "a.txt")]),
    "to-the-end-of-a-file": ("%store x >>'a.txt'", [StoreLine(1, StoreAction.EXPORT, ("x",), "a.txt")]),
    "called": ("get_ipython().run_line_magic('store', '-r x')", [StoreLine(1, StoreAction.RESTORE, ("x",))]),
    "of-the-vault": ("%vault store x in m", []),
    "another-magic": ("%stores x", []),
    "in-a-string": ("'%store x'", []),
    "in-a-comment": ("# %store x", []),
    "another-language": ("%%bash\n%store x", []),
    "called-in-another-interpreter": ("%%python\nget_ipython().run_line_magic('store', 'x')", []),
    "computed": ("%store {x}", []),
}


@pytest.mark.parametrize(("source", "lines"), _LINES.values(), ids=_LINES)
def test_store_lines(source: str, lines: list[StoreLine]) -> None:
    assert list(find_store_lines(source)) == lines
