"""Where places in cells lie in the files, as editors count lines; a file is looked into when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from vaultcheck.discovery import FoundFile
from vaultcheck.file_position import FilePositions, locate_sources
from vaultcheck.finding import Finding, Location


class FileLines:
    """The lines of the sources in some files, each read once."""

    def __init__(self, files: Iterable[FoundFile]) -> None:
        self._files = {found.path: found.file for found in files}
        self._find_positions = cache(self._locate)

    def find(self, where: Location) -> int | None:
        """Return the line of the file of a place in a cell of one of the files."""
        if where.cell is None or where.file not in self._files:
            return None
        return self._find_positions(where.file).find_line(cell=where.cell, line=where.line or 1)

    def add(self, finding: Finding) -> Finding:
        """Return a finding with the lines of its place and of what follows from it."""
        consequences = tuple(replace(one, location=self._add(one.location)) for one in finding.consequences)
        return replace(finding, location=self._add(finding.location), consequences=consequences)

    def _add(self, where: Location) -> Location:
        return where if where.cell is None else replace(where, file_line=self.find(where))

    def _locate(self, path: str) -> FilePositions:
        return locate_sources(self._files[path].read_text(encoding="utf-8", errors="replace"))
