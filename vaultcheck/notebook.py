"""Saved notebooks as values: a fast decoder for what the rules need, nbformat behind it for everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vault_magic import mark, record
from vault_magic.digest import code_digest, source_digest
from vault_magic.errors import FormatError
from vault_magic.legacy import read_legacy_record
from vault_magic.mark import Mark, read_mark
from vault_magic.record import Record, read_record
from vaultcheck.cell_source import CellReading, FoundCommand, FoundOpening, find_commands


class UnreadableNotebook(Exception):
    """A file that is not a readable notebook; the text says why and what to do."""


class _Output(msgspec.Struct):
    metadata: Any = None


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str] = ""
    id: Any = None
    execution_count: Any = None
    outputs: list[_Output] = []
    metadata: Any = None


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell]
    metadata: Any = None


_T = TypeVar("_T")
_DECODER = msgspec.json.Decoder(_Notebook)
_CURRENT_FORMAT = 4


@dataclass(frozen=True)
class Cell:
    """A cell as saved; `number` counts all cells from 1. `faults` say which records could not be read.

    `reading` is what the source says below the cells above it, where these were read.
    """

    number: int
    is_code: bool
    source: str
    id: str | None = None
    count: int | None = None
    has_outputs: bool = False
    records: tuple[Record, ...] = ()
    marks: tuple[Mark, ...] = ()
    faults: tuple[str, ...] = ()
    reading: CellReading | None = None

    @cached_property
    def source_digest(self) -> str:
        """The digest of the source as saved."""
        return source_digest(self.source)

    @cached_property
    def code_digest(self) -> str:
        """The digest of the canonical code as saved: a hundred times dearer, so asked for only where sources differ."""
        return code_digest(self.source)

    @cached_property
    def found(self) -> tuple[FoundCommand | FoundOpening, ...]:
        """The vault lines in the source, and the calls as far as the cells above were read with it."""
        if self.reading is not None:
            return self.reading.found
        return find_commands(self.source) if self.is_code else ()


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as saved; `path` is for display, `file` is where it lies."""

    path: str
    file: Path
    cells: tuple[Cell, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of all cells, in the order of the cells."""
        return tuple(one for cell in self.cells for one in cell.records)

    @property
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
    is_python = _is_python(decoded.metadata)
    cells = tuple(_build_cell(cell, number, is_python=is_python) for number, cell in enumerate(decoded.cells, start=1))
    return Notebook(path=path, file=file, cells=cells)


def _decode(content: bytes) -> _Notebook:
    try:
        decoded = _DECODER.decode(content)
        if decoded.nbformat == _CURRENT_FORMAT:
            return decoded
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return _decode_slowly(content)


def _decode_slowly(content: bytes) -> _Notebook:
    """Read through nbformat what the fast decoder does not take: older formats, odd values, or an error to explain."""
    import nbformat  # slow to import, and needed for few files only

    text = _decode_text(content)
    try:
        upgraded = nbformat.reads(text, as_version=_CURRENT_FORMAT)
        return msgspec.convert(json.loads(json.dumps(upgraded)), _Notebook)
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


def _is_python(metadata: object) -> bool:
    """Tell whether the notebook says that its language is Python; one that says nothing is taken for it."""
    fields = metadata if isinstance(metadata, dict) else {}
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        inner = fields.get(key)
        if isinstance(inner, dict) and isinstance(inner.get(name), str):
            return bool(inner[name].lower() in ("python", "ipython"))
    return True


def _build_cell(cell: _Cell, number: int, *, is_python: bool) -> Cell:
    source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    metadata = [one.metadata for one in cell.outputs if isinstance(one.metadata, dict)]
    records, record_faults = _read_each(metadata, _read_record)
    marks, mark_faults = _read_each(metadata, _read_mark)
    return Cell(
        number=number,
        is_code=cell.cell_type == "code" and is_python,
        source=source,
        id=cell.id if isinstance(cell.id, str) else None,
        count=cell.execution_count if type(cell.execution_count) is int else None,
        has_outputs=bool(cell.outputs),
        records=records,
        marks=marks,
        faults=record_faults + mark_faults,
    )


def _read_each(
    outputs: Iterable[Mapping[str, object]], read: Callable[[Mapping[str, object]], _T | None]
) -> tuple[tuple[_T, ...], tuple[str, ...]]:
    """Return what can be read in the metadata of the outputs, and for the rest why not."""
    values, faults = [], []
    for metadata in outputs:
        try:
            value = read(metadata)
        except FormatError as err:
            faults.append(str(err))
        else:
            values += [] if value is None else [value]
    return tuple(values), tuple(faults)


def _read_record(metadata: Mapping[str, object]) -> Record | None:
    stored = metadata.get(record.METADATA_KEY)
    return read_record(stored) if _has_version(stored) else read_legacy_record(metadata)


def _read_mark(metadata: Mapping[str, object]) -> Mark | None:
    stored = metadata.get(mark.METADATA_KEY)
    return read_mark(stored) if _has_version(stored) else None


def _has_version(stored: object) -> bool:
    """Tell whether a value is ours; another tool may use the same key."""
    return isinstance(stored, dict) and "schema_version" in stored
