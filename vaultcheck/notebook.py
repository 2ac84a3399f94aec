"""Saved notebooks as values: a fast decoder for what the rules need, nbformat behind it for everything else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic

import msgspec

from vault_magic.record import Record
from vault_magic.whereabouts import relate
from vaultcheck.cell import Cell
from vaultcheck.metadata import is_python, read_ignored, read_python
from vaultcheck.outputs import Output, UpgradedOutput
from vaultcheck.papermill_run import PapermillRun, read_papermill_run
from vaultcheck.saved_cells import AnyOutput, SavedCell, build_cells


class UnreadableNotebook(Exception):
    """A file that is not a readable notebook; the text says why and what to do."""


class _Notebook(msgspec.Struct, Generic[AnyOutput]):
    nbformat: int
    cells: list[SavedCell[AnyOutput]]
    metadata: Any = None


_DECODER = msgspec.json.Decoder(_Notebook[Output])
_CURRENT_FORMAT = 4


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
        cells=build_cells(decoded.cells, is_python=is_python(decoded.metadata)),
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
