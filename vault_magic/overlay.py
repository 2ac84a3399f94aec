"""Where a notebook that is run again works: the folder of its overlay, and what is read below it.

A folder, named by an environment variable, with one archive for each that is opened. What the notebook stores goes
there; what it deletes is noted there. Below lie the overlays of the notebooks that made its inputs, and the real
archive under all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vault_magic.errors import ArchiveError
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json, parse_json

VARIABLE = "VAULT_MAGIC_OVERLAY"
"""The environment variable that names the folder of an overlay."""

_PLAN = "overlay.json"
_KEY_LENGTH = 16  # hexadecimal digits of the SHA-256 of a path: a folder has few archives


@dataclass(frozen=True, slots=True)
class Overlay:
    """The folder of an overlay, and what is read below what is written into it.

    `layers` are the folders of other overlays, the nearest first. `masked` are the objects, by the whole paths of
    archives, that come from these or not at all: who makes them has been run again.
    """

    folder: Path
    layers: tuple[Path, ...] = ()
    masked: Mapping[Path, frozenset[str]] = field(default_factory=dict)

    def save(self) -> None:
        """Write down what is read below, for the process that runs the notebook."""
        self.folder.mkdir(parents=True, exist_ok=True)
        masked = {str(path): sorted(names) for path, names in sorted(self.masked.items())}
        fields = {"schema_version": SCHEMA_VERSION, "layers": [*map(str, self.layers)], "masked": masked}
        (self.folder / _PLAN).write_text(dump_json(fields), encoding="utf-8")

    def locate(self, archive: Path) -> Path:
        """Return where the overlay keeps what is written into an archive."""
        return self.folder / _name(archive) / archive.name

    def list_below(self, archive: Path) -> tuple[Path, ...]:
        """Return where the overlays below keep what was written into an archive, the nearest first."""
        return tuple(Overlay(folder).locate(archive) for folder in self.layers)


@dataclass(frozen=True, slots=True)
class _Plan:
    layers: tuple[str, ...]
    masked: Mapping[str, tuple[str, ...]]


def find_overlay() -> Overlay | None:
    """Return the overlay of this process, if it has one.

    Raises:
        ArchiveError: what is read below it is not written down, or in a version that is not known here.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    folder = Path(name)
    try:
        content = parse_json((folder / _PLAN).read_text(encoding="utf-8"), what="the overlay")
    except OSError as err:
        raise ArchiveError(f"{VARIABLE} names no overlay ({err.strerror}); remove the variable") from err
    plan = convert(check_version(content, what="the overlay"), _Plan, what="the overlay")
    masked = {Path(path): frozenset(names) for path, names in plan.masked.items()}
    return Overlay(folder, tuple(map(Path, plan.layers)), masked)


def _name(archive: Path) -> str:
    return hashlib.sha256(os.fsencode(archive.resolve())).hexdigest()[:_KEY_LENGTH]
