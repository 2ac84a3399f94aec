"""What notebooks do with vaults: every command, as saved and as recorded, with the vault it is about."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vault_magic.forms import Verb
from vault_magic.identity import Identity
from vault_magic.manifest import ImportLine, Producer
from vault_magic.options import DEFAULT_PATH
from vault_magic.record import ArchiveRef, Record
from vault_magic.whereabouts import relate
from vaultcheck.cell_source import FoundCommand, FoundOpening
from vaultcheck.finding import Location
from vaultcheck.notebook import Cell, Notebook
from vaultcheck.pairing import pair_commands
from vaultcheck.snapshot import Snapshot, is_about

_VERBS = {verb.value: verb for verb in Verb}


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a notebook: its line as saved, its record, and the vault it works on.

    `differs` tells that line and record do not say the same.
    """

    notebook: Notebook
    cell: Cell
    vault: Snapshot
    found: FoundCommand | None
    record: Record | None
    differs: bool = False

    @property
    def location(self) -> Location:
        """Where the command stands."""
        line = self.found.line if self.found else 1
        return Location(self.notebook.path, cell=self.cell.number, cell_id=self.cell.id, line=line)

    @property
    def verb(self) -> Verb | None:
        """What it does: what the text says, or what was recorded where the text cannot be read."""
        if self.found and self.found.command:
            return self.found.command.verb
        return _VERBS.get(self.record.action) if self.record else None

    @property
    def paths(self) -> tuple[str, ...]:
        """The objects concerned, by the text or else by the record."""
        if self.found and self.found.command:
            return tuple(target.path for target in self.found.command.targets)
        return tuple(result.path for result in self.record.results) if self.record else ()

    @property
    def text(self) -> str:
        """The command as it stands in the notebook."""
        return " ".join((self.found.text if self.found else self.record.command if self.record else "").split())

    @property
    def is_silent(self) -> bool:
        """Whether it has run and left no record, as under `%%capture`."""
        return self.record is None and self.found is not None and self.cell.count is not None

    def recorded(self, path: str) -> Identity | None:
        """Return the identity that the command left behind, or found when importing, of one object."""
        results = self.record.results if self.record else ()
        return next((one.after for one in results if one.path == path), None)

    @property
    def is_in_manifest(self) -> bool:
        """Whether the manifest tells that this notebook has run the command as it stands."""
        if self.verb is Verb.IMPORT:
            return all(self.imported(path) is not None for path in self.paths)
        return any(self._made(path) for path in self.paths or self.vault.producers)  # variables: it may be any of them

    def imported(self, path: str) -> Identity | None:
        """Return what an import found of one object: by its record, or by the manifest where outputs were stripped."""
        if self.record is not None:
            return self.recorded(path)
        lines = [one for one in self.vault.imports if one.path == path and self._is_by(one)]
        return lines[0].identity if lines else None

    @property
    def _name(self) -> str | None:
        """The notebook as the manifest names it."""
        return relate(self.notebook.file, folder=self.vault.archive.parent)

    def _made(self, path: str) -> bool:
        """Tell whether the manifest says that an object was stored by this command of this notebook."""
        producer = self.vault.producers.get(path)
        if producer is None or self.found is None or not self._is_by(producer):
            return False
        return self.found.says_same(producer.command)

    def _is_by(self, line: ImportLine | Producer) -> bool:
        """Tell whether a line of the manifest is about this notebook."""
        return is_about(line, notebook=self._name, sources=(self.cell.source_digest,))


def build_steps(
    notebook: Notebook, *, find_vault: Callable[[tuple[Path, ...], str | None], Snapshot]
) -> Iterator[Step]:
    """Return the commands of a notebook in the order of its cells.

    `find_vault` chooses among possible places of an archive, the likeliest first, given the vault's id if known.
    """
    opened = DEFAULT_PATH
    folder = notebook.file.resolve().parent
    bases = (folder, find_root(folder))
    for cell in notebook.cells:
        openings = [one for one in cell.found if isinstance(one, FoundOpening)]
        for pair in pair_commands(cell):
            line = pair.found.line if pair.found else 0
            above = [one.options.path for one in openings if one.options and one.line <= line]
            reference = pair.record.archive if pair.record else None
            places = _list_places(bases, above[-1] if above else opened, reference)
            vault = find_vault(places, reference.vault if reference else None)
            yield Step(notebook, cell, vault, pair.found, pair.record, differs=pair.differs)
        opened = next((one.options.path for one in reversed(openings) if one.options), opened)


def _list_places(bases: tuple[Path, Path], typed: str, reference: ArchiveRef | None) -> tuple[Path, ...]:
    """Return where an archive can be: as recorded, from the notebook's folder, from the project's root."""
    names = (reference.path, typed) if reference else (typed,)
    recorded = [bases[0] / reference.from_notebook] if reference and reference.from_notebook else []
    places = recorded + [base / name for name in names for base in bases]
    return tuple(dict.fromkeys(Path(os.path.normpath(place)) for place in places))


def find_root(folder: Path) -> Path:
    """Return the nearest folder upwards that looks like the root of a project, or the folder itself."""
    roots = (one for one in (folder, *folder.parents) if (one / "pyproject.toml").exists() or (one / ".git").exists())
    return next(roots, folder)
