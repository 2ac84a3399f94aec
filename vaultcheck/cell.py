"""A cell of a saved notebook as a value."""

from __future__ import annotations

from functools import cached_property

import msgspec

from vault_magic.digest import code_digest, compact_source_digest, source_digest
from vault_magic.mark import Mark
from vault_magic.record import Record
from vaultcheck.cell_source import CellReading, FoundCommand, FoundOpening, find_commands
from vaultcheck.help_lines import turn_help_lines
from vaultcheck.shown_error import ShownError


class Cell(msgspec.Struct, frozen=True, dict=True):
    """A cell as saved; `number` counts all cells from 1. `faults` say which records and marks could not be read.

    `marks` are those of the outputs, and `cell_mark` too, that of the whole cell, if it is of the latest run. `altered`
    are the MIME types of output data that are not what was marked, `telling` the shown texts in which a secret may
    stand. `reading` is what the source says, below the cells above it where these were read.

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

    @property
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

    def read_below(self, reading: CellReading | None) -> Cell:
        """Return the cell with what its source says below the cells above it."""
        return self if reading is self.reading else msgspec.structs.replace(self, reading=reading)
