"""Where findings lie in the files, as editors count lines; only files with findings are looked into."""

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

    def add(self, finding: Finding) -> Finding:
        """Return a finding with the lines of its place and of what follows from it."""
        consequences = tuple(replace(one, location=self._add(one.location)) for one in finding.consequences)
        return replace(finding, location=self._add(finding.location), consequences=consequences)

    def _add(self, where: Location) -> Location:
        if where.cell is None or where.file not in self._files:
            return where
        positions = self._find_positions(where.file)
        return replace(where, file_line=positions.find_line(cell=where.cell, line=where.line or 1))

    def _locate(self, path: str) -> FilePositions:
        return locate_sources(self._files[path].read_text(encoding="utf-8", errors="replace"))
