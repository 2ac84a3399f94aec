"""What is found when cells ran in another order, more than once or in more than one session, or have gone since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.desk import OPEN
from tests.end_to_end.rows import SHORT, SHOWN, Row, play

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CHAIN = (
    OPEN,
    "from IPython.display import HTML\nnumbers = [1]",
    "numbers.append(2)",
    "numbers.insert(0, 3)",
    "print('done')",
    "HTML(f'<b>{len(numbers)}</b>')",
    "%vault store numbers in datasets",
)
PLOTTED = (OPEN, "numbers = [1]", "figure = f'<{numbers}>'\nfigure", "%vault store numbers in datasets")
TOTAL = (OPEN, "total = 1", "total += 1", "%vault store total in results")
LISTED = (OPEN, "first = 1\nsecond = 2\nnumbers = [first, second]", "numbers", "%vault store numbers in datasets")

ORDER = [
    Row("move-without-effect", lambda desk: desk.move(5, to=2), [], CHAIN),
    Row("move-a-plot", lambda desk: desk.move(6, to=3), [], CHAIN),
    Row("move-with-effect-on-a-store", lambda desk: desk.move(4, to=3), [("VC308", 7)], CHAIN),
    Row("move-below-the-store", lambda desk: desk.move(4, to=7), [("VC308", 6)], CHAIN),
    Row("move-a-definition-below-its-use", lambda desk: desk.move(2, to=3), [("VC306", 2)], SHORT),
    Row("run-in-another-order", lambda desk: desk.run(1, 2, 4, 3, 5, 6, 7), [("VC308", 7)], CHAIN, runs=False),
    Row("delete-a-plot", lambda desk: desk.delete(6), [], CHAIN),
    Row("delete-a-plot-with-a-name", lambda desk: desk.delete(3), [("VC309", None)], PLOTTED),
    Row("delete-what-only-prints", lambda desk: desk.delete(5), [], CHAIN),
    Row("delete-a-definition-that-a-cell-uses", lambda desk: desk.delete(2), [("VC306", 2)], SHORT),
    Row("delete-a-definition-that-the-store-uses", lambda desk: desk.delete(3), [("VC306", 3)], SHORT),
    Row("delete-a-change-of-what-was-stored", lambda desk: desk.delete(3), [("VC309", 6)], CHAIN),
    Row(
        "delete-the-latter-of-two-definitions",
        lambda desk: desk.delete(3),
        [("VC309", 3)],
        (OPEN, "total = 1", "total = 2", TOTAL[3]),
    ),
    Row("duplicate-what-shows", lambda desk: desk.duplicate(3), [], SHOWN),
    Row("duplicate-a-definition", lambda desk: desk.duplicate(2), [], SHORT),
    Row("duplicate-a-mutation", lambda desk: desk.duplicate(3), [("VC307", 4)], CHAIN),
    Row(
        "duplicate-and-edit-what-shows",
        lambda desk: desk.duplicate(3).edit(4, old="by", new="times"),
        [("VC301", 4)],
        SHOWN,
    ),
    Row(
        "duplicate-and-edit-a-definition",
        lambda desk: desk.duplicate(2).edit(3, old="3", new="4"),  # a copy has the count of what it was copied from
        [("VC311", 5)],
        SHORT,
    ),
    Row("split", lambda desk: desk.split(2, after_line=1), [("VC302", 2)], LISTED),
    Row(
        "split-what-shows",
        lambda desk: desk.split(2, after_line=2),
        [("VC302", 2)],
        (OPEN, f"{LISTED[1]}\nnumbers", LISTED[3]),
    ),
    Row("merge", lambda desk: desk.merge(2), [("VC302", 2)], SHORT),
    Row("merge-with-what-shows", lambda desk: desk.merge(2), [("VC302", 2)], LISTED),
    Row("never-run-definition-of-what-is-stored", lambda desk: desk.add("numbers = [0]", at=4), [("VC307", 4)], SHORT),
    Row("never-run-definition-of-something-else", lambda desk: desk.add("other = [0]", at=4), [], SHORT),
]

RUNS = [
    Row("run-a-plot-again", lambda desk: desk.run(6), [], CHAIN),
    Row("run-a-mutation-again", lambda desk: desk.run(1, 2, 3, 3, 4), [("VC310", 3)], TOTAL, runs=False),
    Row("run-a-mutation-again-after-the-store", lambda desk: desk.run(3), [("VC308", 3)], TOTAL),
    Row("run-twice", lambda desk: desk.run_all(), [], CHAIN),
    Row("restart-and-run-all", lambda desk: desk.restart().run_all(), [], CHAIN),
    Row("restart-and-run-half", lambda desk: desk.restart().run(1, 2, 3), [("VC311", 5)], SHOWN),
    Row("restart-and-leave-changes-out", lambda desk: desk.restart().run(1, 2, 5, 6, 7), [("VC311", 7)], CHAIN),
    Row("edit-and-run-all", lambda desk: desk.edit(2, old="[1]", new="[0]").run_all(), [], CHAIN),
    Row("edit-and-run-what-follows", lambda desk: desk.edit(2, old="3", new="4").run(2, 3, 4), [], SHORT),
    Row("edit-and-run-all-but-the-store", lambda desk: desk.edit(2, old="3", new="4").run(2, 3), [("VC305", 4)], SHORT),
    Row("edit-and-run-the-cell-alone", lambda desk: desk.edit(2, old="3", new="4").run(2), [("VC305", 4)], SHORT),
]

ROWS = [*ORDER, *RUNS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_saved_order_is_judged_by_how_it_ran(tmp_path: Path, row: Row) -> None:
    assert play(row, tmp_path) == row.expected
