"""Which run an output with a display id carries the mark of."""

from __future__ import annotations

import pytest

from vault_magic.ipython import origins
from vault_magic.ipython.origins import DisplayOrigins
from vault_magic.session import Run, build_run

A = build_run("display(1, display_id='k')", sent_id="a", count=1)
A_EDITED = build_run("display(2, display_id='k')", sent_id="a", count=2)
B = build_run("display(3, display_id='k')", sent_id="b", count=3)
WITHOUT_ID = build_run(A.code.source, count=4)
WITHOUT_ID_AGAIN = build_run(A.code.source, count=5)
OTHER_WITHOUT_ID = build_run(B.code.source, count=6)


@pytest.mark.parametrize(
    ("displayed", "marked", "origin"),
    [
        pytest.param([A], [A], A, id="first"),
        pytest.param([A, A], [A, A], A, id="again-in-the-cell"),
        pytest.param([A, A_EDITED], [A, A_EDITED], A_EDITED, id="cell-edited-and-run-again"),
        pytest.param([A, B], [A, None], None, id="second-cell"),
        pytest.param([A, B, A], [A, None, None], None, id="first-cell-after-a-second"),
        pytest.param([A, B, B], [A, None, None], None, id="second-cell-again"),
        pytest.param([WITHOUT_ID, WITHOUT_ID_AGAIN], [WITHOUT_ID, WITHOUT_ID_AGAIN], WITHOUT_ID_AGAIN, id="no-ids"),
        pytest.param([WITHOUT_ID, OTHER_WITHOUT_ID], [WITHOUT_ID, None], None, id="no-ids-other-source"),
        pytest.param([None, A], [None, None], None, id="shown-by-no-cell-first"),
        pytest.param([A, None], [A, None], None, id="shown-by-no-cell-later"),
    ],
)
def test_run_whose_mark_an_output_carries(
    displayed: list[Run | None], marked: list[Run | None], origin: Run | None
) -> None:
    known = DisplayOrigins()
    assert [known.note("k", run) for run in displayed] == marked
    assert known.find_origin("k") == origin


def test_update_of_an_unknown_output_carries_none() -> None:
    known = DisplayOrigins()
    known.note("k", A)
    assert known.find_origin("other") is None


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "_REMEMBERED", 2)
    known = DisplayOrigins()
    for name in ("k", "l", "k", "m"):
        known.note(name, A)
    assert [known.find_origin(name) for name in ("k", "l", "m")] == [A, None, A]
