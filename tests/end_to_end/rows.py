"""A row of a table of what is done with a notebook that a real kernel runs, and of what is then found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.desk import OPEN, Desk, Verdict

NAME = "work.ipynb"

SHORT = (OPEN, "scale = 3", "numbers = [scale]", "%vault store numbers in datasets")
SHOWN = (OPEN, "scale = 3", "f'by {scale}'", "numbers = [scale]", "%vault store numbers in datasets")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, what is done with them, and what is to be found: codes and numbers of cells.

    The cells run once, in their order, before anything is done; where `runs` is false, only what is done runs them.
    `unseen` says why an edit cannot be told.
    """

    name: str
    act: Callable[[Desk], object]
    expected: Verdict
    cells: tuple[str, ...] = ()
    runs: bool = True
    sends_ids: bool = True
    unseen: str = field(default="", kw_only=True)


def play(row: Row, folder: Path) -> Verdict:
    """Do what a row says in a folder, and return what is found."""
    with Desk(folder, name=NAME, sends_ids=row.sends_ids) as desk:
        desk.write(*row.cells)
        if row.runs:
            desk.run_all()
        row.act(desk)
        return desk.judge()
