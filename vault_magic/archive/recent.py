"""The directory of an archive as it was last read or written here, so that the next command need not read it again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from vault_magic.archive.directory import Directory

_Signature: TypeAlias = tuple[int, ...]


@dataclass(slots=True)
class Recent:
    """The last directory of one archive, and what its file was like then."""

    _directory: Directory | None = field(default=None, repr=False)
    _signature: _Signature | None = field(default=None, repr=False)

    def recall(self, file: BinaryIO) -> Directory | None:
        """Return the directory of an open archive if nobody has changed the file; its end is read and compared."""
        found = self._directory
        if found is None or self._signature != _sign(file):
            return None
        end = found.render_end()
        file.seek(found.end.stop - len(end))
        return found if file.read(len(end)) == end else None

    def remember(self, file: BinaryIO, directory: Directory) -> None:
        """Keep the directory that an open archive has now."""
        self._directory, self._signature = directory, _sign(file)


def _sign(file: BinaryIO) -> _Signature:
    """Return what differs between two files, and between most states of one."""
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
