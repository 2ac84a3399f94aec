"""The cells of a notebook as they lie in the file, and the values that are built from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from vaultcheck.cell import Cell
from vaultcheck.cell_mark import NO_MARK, CellMark, read_cell_mark
from vaultcheck.cell_source import NOTHING_READ, tells_anything
from vaultcheck.metadata import may_have_tags, read_tags
from vaultcheck.outputs import NOTHING, Output, UpgradedOutput, read_outputs
from vaultcheck.shown_texts import find_telling, may_tell

AnyOutput = TypeVar("AnyOutput", Output, UpgradedOutput)


class SavedCell(msgspec.Struct, Generic[AnyOutput]):
    """A cell as the decoder gives it."""

    cell_type: str
    source: str | list[str] = ""
    id: Any = None
    execution_count: Any = None
    outputs: list[AnyOutput] = []
    metadata: Any = None


def build_cells(saved: Sequence[SavedCell[Any]], *, is_python: bool) -> tuple[Cell, ...]:
    """Return the cells of a notebook, whose language may be another one."""
    builder = _Builder(saved, is_python=is_python)
    return tuple([builder.build(at, one) for at, one in enumerate(saved)])


class _Builder:
    """Builds the cells of one notebook; what few notebooks have is looked for in all cells at once."""

    def __init__(self, saved: Sequence[SavedCell[Any]], *, is_python: bool) -> None:
        self._is_python = is_python
        self._evidence = {at: read_outputs(one.outputs) for at, one in enumerate(saved) if one.outputs}
        self._marks = self._read_marks(saved)
        self._may_tell = may_tell([output for one in saved for output in one.outputs])

    def _read_marks(self, saved: Sequence[SavedCell[Any]]) -> dict[int, CellMark]:
        """Return the marks of whole cells; none counts where a front end has kept times of runs before the latest."""
        cells = ((at, one) for at, one in enumerate(saved) if one.metadata and one.cell_type == "code")
        marks = {at: read_cell_mark(one.metadata) for at, one in cells}
        if any(mark.is_contradicted(self._evidence.get(at, NOTHING)) for at, mark in marks.items()):
            return {at: CellMark(faults=mark.faults) for at, mark in marks.items()}
        return marks

    def build(self, at: int, saved: SavedCell[Any]) -> Cell:
        """Return a cell; most have neither outputs nor metadata, and these are done with at once."""
        source = saved.source if isinstance(saved.source, str) else "".join(saved.source)
        is_code = saved.cell_type == "code" and self._is_python
        cell_id = saved.id if isinstance(saved.id, str) else None
        count = saved.execution_count if type(saved.execution_count) is int else None
        reading = NOTHING_READ if is_code and not tells_anything(source) else None
        if at not in self._evidence and not may_have_tags(saved.metadata, source=source):
            return Cell(at + 1, is_code, source, cell_id, count, reading=reading)
        outputs, own = self._evidence.get(at, NOTHING), self._marks.get(at, NO_MARK)
        cell_mark = own.find(count=count, evidence=outputs)
        return Cell(
            number=at + 1,
            is_code=is_code,
            source=source,
            id=cell_id,
            count=count,
            has_outputs=bool(saved.outputs),
            has_error=outputs.has_error,
            error=outputs.error,
            records=outputs.records,
            marks=(*outputs.marks, cell_mark) if cell_mark else outputs.marks,
            cell_mark=cell_mark,
            altered=outputs.altered,
            telling=find_telling(saved.outputs) if self._may_tell else (),
            faults=outputs.faults + own.faults,
            tags=read_tags(saved.metadata, source=source),
            reading=reading,
        )
