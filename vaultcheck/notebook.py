"""Saved notebooks as values: a fast decoder for what the rules need, nbformat behind it for everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from vault_magic.digest import code_digest, compact_source_digest, source_digest
from vault_magic.mark import Mark
from vault_magic.record import Record
from vault_magic.whereabouts import relate
from vaultcheck.cell_mark import NO_MARK, CellMark, read_cell_mark
from vaultcheck.cell_source import CellReading, FoundCommand, FoundOpening, find_commands
from vaultcheck.help_lines import turn_help_lines
from vaultcheck.metadata import is_python, may_have_tags, read_ignored, read_python, read_tags
from vaultcheck.outputs import NOTHING, Evidence, Output, UpgradedOutput, read_outputs
from vaultcheck.papermill_run import PapermillRun, read_papermill_run
from vaultcheck.shown_error import ShownError
from vaultcheck.shown_texts import find_telling


class UnreadableNotebook(Exception):
    """A file that is not a readable notebook; the text says why and what to do."""


_Output = TypeVar("_Output", Output, UpgradedOutput)


class _Cell(msgspec.Struct, Generic[_Output]):
    cell_type: str
    source: str | list[str] = ""
    id: Any = None
    execution_count: Any = None
    outputs: list[_Output] = []
    metadata: Any = None


class _Notebook(msgspec.Struct, Generic[_Output]):
    nbformat: int
    cells: list[_Cell[_Output]]
    metadata: Any = None


_DECODER = msgspec.json.Decoder(_Notebook[Output])
_CURRENT_FORMAT = 4


class Cell(msgspec.Struct, frozen=True, dict=True):
    """A cell as saved; `number` counts all cells from 1. `faults` say which records and marks could not be read.

    `marks` are those of the outputs, and `cell_mark` too, that of the whole cell, if it is of the latest run. `altered`
    are the MIME types of output data that are not what was marked, `telling` the shown texts in which a secret may
    stand. `reading` is what the source says below the cells above it, where these were read.

    There are many, and a struct is built five times as fast as a dataclass.
    """

    number: int
    is_code: bool
    source: str
    id: str | None = None
    count: int | None = None
    has_outputs: bool = False
    has_error: bool = False
    error: ShownError | None = None
    records: tuple[Record, ...] = ()
    marks: tuple[Mark, ...] = ()
    cell_mark: Mark | None = None
    altered: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    reading: CellReading | None = None

    @cached_property
    def source_digest(self) -> str:
        """The digest of the source as saved."""
        return source_digest(self.source)

    @cached_property
    def compact_digest(self) -> str:
        """The digest of the source as the rows of a ledger have it."""
        return compact_source_digest(self.source)

    @cached_property
    def code_digest(self) -> str:
        """The digest of the canonical code as saved: a hundred times dearer, so asked for only where sources differ."""
        return code_digest(self.source)

    @cached_property
    def turned_digest(self) -> str | None:
        """The digest of the canonical code with help lines written the other way, as formatters do."""
        turned = turn_help_lines(self.source)
        return None if turned is None else code_digest(turned)

    @property
    def found(self) -> tuple[FoundCommand | FoundOpening, ...]:
        """The vault lines in the source, and the calls as far as the cells above were read with it."""
        return self._found_alone if self.reading is None else self.reading.found

    @cached_property
    def _found_alone(self) -> tuple[FoundCommand | FoundOpening, ...]:
        return find_commands(self.source) if self.is_code else ()

    def read_below(self, reading: CellReading) -> Cell:
        """Return the cell with what its source says below the cells above it."""
        return msgspec.structs.replace(self, reading=reading)


@dataclass(frozen=True)
class Notebook:
    """A notebook as saved; `path` is for display, `file` is where it lies, `python` is the version of its kernel.

    `papermill` tells that it is a copy which papermill has made, `source` the notebook that it is a run of.
    `ignored` are the rules that its metadata suppress, an empty word for all.
    """

    path: str
    file: Path
    cells: tuple[Cell, ...]
    python: tuple[int, int] | None = None
    papermill: PapermillRun | None = None
    source: str | None = None
    ignored: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path by which lineage knows it: that of the notebook of which it is a run."""
        return self.source or self.path

    @cached_property
    def code(self) -> str:
        """All code as one text, to tell at once that none of it holds a word."""
        return "\n".join([cell.source for cell in self.code_cells])

    def relate_to(self, folder: Path) -> str | None:
        """Return its path from a folder, as manifests name notebooks; none where it would tell too much."""
        if folder not in self._related:
            self._related[folder] = relate(self.file, folder=folder)
        return self._related[folder]

    @cached_property
    def _related(self) -> dict[Path, str | None]:
        return {}

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records of all cells, in the order of the cells."""
        return tuple(one for cell in self.cells for one in cell.records)

    @cached_property
    def code_cells(self) -> tuple[Cell, ...]:
        """The cells with code in them."""
        return tuple(cell for cell in self.cells if cell.is_code and cell.source.strip())


def read_notebook(file: Path, *, path: str) -> Notebook:
    """Read a notebook.

    Raises:
        UnreadableNotebook: it cannot be read.
    """
    if file.exists() and not file.is_file():  # a pipe would be waited for
        raise UnreadableNotebook("is not a file; remove it, or leave it out")
    try:
        content = file.read_bytes()
    except OSError as err:
        raise UnreadableNotebook(f"cannot be read: {err.strerror or err}") from err
    decoded = _decode(content)
    return Notebook(
        path=path,
        file=file,
        cells=_build_cells(decoded),
        python=read_python(decoded.metadata),
        papermill=read_papermill_run(decoded.metadata, name=file.name),
        ignored=read_ignored(decoded.metadata),
    )


def _decode(content: bytes) -> _Notebook[Any]:
    try:
        decoded = _DECODER.decode(content)
        if decoded.nbformat == _CURRENT_FORMAT:
            return decoded
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return _decode_slowly(content)


def _decode_slowly(content: bytes) -> _Notebook[UpgradedOutput]:
    """Read through nbformat what the fast decoder does not take: older formats, odd values, or an error to explain."""
    import nbformat  # slow to import, and needed for few files only

    text = _decode_text(content)
    try:
        upgraded = nbformat.reads(text, as_version=_CURRENT_FORMAT)
        return msgspec.convert(json.loads(json.dumps(upgraded)), _Notebook[UpgradedOutput])
    except Exception as err:  # nbformat lets any error of its converters through
        raise UnreadableNotebook(_explain(text, err)) from err


def _decode_text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as err:
        raise UnreadableNotebook(f"is not UTF-8 (byte {err.start}); save it as UTF-8") from err


def _explain(text: str, err: Exception) -> str:
    if any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in text.splitlines()):
        return "holds an unresolved merge; resolve it, for instance with nbdime"
    if text.startswith("\ufeff"):
        return "starts with a byte order mark; save it as UTF-8 without one"
    try:
        json.loads(text)
    except ValueError as reason:
        return f"is not JSON ({reason}); restore it from a copy"
    except RecursionError:
        return "is nested too deeply; restore it from a copy"
    return f"is not valid ({type(err).__name__}: {' '.join(str(err).split())[:200]}); restore it from a copy"


def _build_cells(decoded: _Notebook[Any]) -> tuple[Cell, ...]:
    """Return the cells; where a front end has kept times of runs that are not the latest, no mark of a cell counts."""
    cells, is_code = decoded.cells, is_python(decoded.metadata)
    evidence = {at: read_outputs(cell.outputs) for at, cell in enumerate(cells) if cell.outputs}
    own = {at: read_cell_mark(one.metadata) for at, one in enumerate(cells) if one.metadata and one.cell_type == "code"}
    if any(mark.is_contradicted(evidence.get(at, NOTHING)) for at, mark in own.items()):
        own = {at: CellMark(faults=mark.faults) for at, mark in own.items()}
    return tuple([_build_cell(cell, at, evidence, own, is_python=is_code) for at, cell in enumerate(cells)])


def _build_cell(
    cell: _Cell[Any], at: int, evidence: Mapping[int, Evidence], marks: Mapping[int, CellMark], *, is_python: bool
) -> Cell:
    """Return a cell; most have neither outputs nor metadata, and these are done with at once."""
    source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    is_code = cell.cell_type == "code" and is_python
    id_ = cell.id if isinstance(cell.id, str) else None
    count = cell.execution_count if type(cell.execution_count) is int else None
    if at not in evidence and not may_have_tags(cell.metadata, source=source):
        return Cell(at + 1, is_code, source, id_, count)
    outputs, own = evidence.get(at, NOTHING), marks.get(at, NO_MARK)
    cell_mark = own.find(count=count, evidence=outputs)
    return Cell(
        number=at + 1,
        is_code=is_code,
        source=source,
        id=id_,
        count=count,
        has_outputs=bool(cell.outputs),
        has_error=outputs.has_error,
        error=outputs.error,
        records=outputs.records,
        marks=(*outputs.marks, cell_mark) if cell_mark else outputs.marks,
        cell_mark=cell_mark,
        altered=outputs.altered,
        telling=find_telling(cell.outputs),
        faults=outputs.faults + own.faults,
        tags=read_tags(cell.metadata, source=source),
    )
