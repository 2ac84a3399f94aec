"""What notebooks do with vaults: every command, as saved and as recorded, with the vault it is about."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from vault_magic.calls import show_executed
from vault_magic.errors import CommandError
from vault_magic.forms import Verb
from vault_magic.identity import Identity
from vault_magic.manifest import ImportLine, Producer
from vault_magic.options import OpenOptions, parse_options
from vault_magic.record import ArchiveRef, CellRef, Input, Record
from vault_magic.whereabouts import expand_home
from vaultcheck.cell import Cell
from vaultcheck.cell_source import FoundCommand
from vaultcheck.finding import Location
from vaultcheck.includes import Course, Opening
from vaultcheck.notebook import Notebook
from vaultcheck.pairing import pair_commands
from vaultcheck.snapshot import Snapshot, is_about

_parse_options = cache(parse_options)  # the notebooks of a project open their vault in few ways

_VERBS = {verb.value: verb for verb in Verb}
_CHANGING = (Verb.STORE.value, Verb.DEL.value)
_LAST_LINE = sys.maxsize


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a notebook: its line as saved, its record, and the vault it works on.

    `differs` tells that line and record do not say the same. `member` is an object of a lazy module that the cell has
    asked for, where only the manifest tells it.
    """

    notebook: Notebook
    cell: Cell
    vault: Snapshot
    found: FoundCommand | None
    record: Record | None
    differs: bool = False
    member: str | None = None

    @property
    def location(self) -> Location:
        """Where the command stands."""
        line = self.found.line if self.found else 1
        return Location(self.notebook.path, cell=self.cell.number, cell_id=self.cell.id, line=line)

    @property
    def verb(self) -> Verb | None:
        """What it does: what the text says, or what was recorded where the text cannot be read."""
        recorded = _VERBS.get(self.record.action) if self.record else None
        if recorded is not None and not self.differs:
            return recorded
        if self.found and self.found.command:
            return self.found.command.verb
        if self.record:
            return recorded
        if self.found:
            return self.found.verb
        return Verb.IMPORT if self.member else None

    @property
    def paths(self) -> tuple[str, ...]:
        """The objects concerned: those recorded, if it is this that ran, or else those of the text."""
        if self.member:
            return (self.member,)
        recorded = tuple(result.path for result in self.record.results) if self.record else ()
        if (self.differs or not recorded) and self.found and self.found.command:
            return tuple(target.path for target in self.found.command.targets)
        return recorded

    @property
    def changed(self) -> tuple[str, ...]:
        """The objects that the recorded command stored or deleted, whatever the text says now."""
        if self.record is None or self.record.action not in _CHANGING:
            return ()
        return tuple(result.path for result in self.record.results)

    @property
    def text(self) -> str:
        """The command as it stands in the notebook, or else as it ran, as a message shows it."""
        if self.found:
            return self.found.shown
        return show_executed(self.record.command) if self.record else self.member or ""

    @property
    def module(self) -> str | None:
        """The module that it imports as a whole, as far as the text tells: each object is read when asked for."""
        command = self.found.command if self.found else None
        return command.bound_module if command is not None and command.is_module_import else None

    @property
    def is_open(self) -> bool:
        """Whether it stores or imports what its text does not tell: it depends on variables."""
        return not self.paths and self.module is None

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
        if self.verb is not Verb.IMPORT:
            return any(self.is_maker(path) for path in self.paths or self.vault.producers)  # variables: it may be any
        if self.paths:
            return all(self.imported(path) is not None for path in self.paths)
        return any(self._is_by(one) for one in self.vault.imports)

    def list_inputs(self, path: str) -> tuple[Input, ...]:
        """Return what the session had imported before it stored an object: by the record, or by the manifest."""
        if self.record is not None:
            return self.record.inputs
        return self.vault.producers[path].inputs if self.is_maker(path) else ()

    def imported(self, path: str) -> Identity | None:
        """Return what an import found of one object: by its record, or by the manifest where outputs were stripped."""
        if self.record is not None:
            return self.recorded(path)
        lines = (one for one in self.vault.imports_by_path.get(path, ()) if self._is_by(one))
        return next((one.identity for one in lines), None)

    @property
    def _name(self) -> str | None:
        """The notebook as the manifest names it."""
        return self.notebook.relate_to(self.vault.archive.parent)

    def is_maker(self, path: str) -> bool:
        """Tell whether the manifest says that an object was stored by this command of this notebook."""
        producer = self.vault.producers.get(path)
        if producer is None or self.found is None or not self._is_by(producer):
            return False
        return self.found.says_same(producer.command)

    def _is_by(self, line: ImportLine | Producer) -> bool:
        """Tell whether a line of the manifest is about this notebook."""
        return is_about(line, notebook=self._name, sources=(self.cell.source_digest,))


def build_steps(
    notebook: Notebook,
    course: Course,
    *,
    find_vault: Callable[[tuple[str, ...], str | None], Snapshot],
    find_defaults: Callable[[Path], OpenOptions],
) -> Iterator[Step]:
    """Return the commands of a notebook in the order of its cells.

    `find_vault` chooses among possible places of an archive, the likeliest first, given the vault's id if known;
    `find_defaults` tells what the project says of the vaults of a folder.
    """

    @cache
    def find(opening: Opening | None, reference: ArchiveRef | None) -> Snapshot:
        places = _list_places(course, opening, reference=reference, defaults=find_defaults(course.folder))
        return find_vault(places, reference.vault if reference else None)

    for cell in notebook.cells:
        if not (cell.found or cell.records):
            continue
        for pair in pair_commands(cell):
            line = pair.found.line if pair.found else _LAST_LINE  # made by what the cell calls: all of it may be above
            vault = find(course.find_opening(cell.number, line=line), pair.record.archive if pair.record else None)
            step = Step(notebook, cell, vault, pair.found, pair.record, differs=pair.differs)
            yield step
            yield from _list_members(step)


def _list_members(step: Step) -> Iterator[Step]:
    """Return what cells of a stripped notebook have asked a module for, by the manifest: of an edited cell, nothing."""
    if step.notebook.records or step.module is None:
        return
    for line in step.vault.imports:
        cell = _find_cell(step.notebook, line.cell) if line.path.startswith(f"{step.module}/") else None
        if cell and (member := replace(step, cell=cell, found=None, member=line.path)).imported(line.path):
            yield member


def _find_cell(notebook: Notebook, ran: CellRef | None) -> Cell | None:
    cells = notebook.code_cells if ran else ()
    same = (one for one in cells if ran and one.source_digest == ran.sha256)
    return next(same, None) or next((one for one in cells if ran and one.code_digest == ran.code), None)


def _list_places(
    course: Course, opening: Opening | None, *, reference: ArchiveRef | None, defaults: OpenOptions
) -> tuple[str, ...]:
    """Return where an archive can be: as recorded, then as opened.

    A relative path begins in the working directory, where that is known, or in the folder of the notebook, at the root
    of the project, or where the file lies that opens the vault.
    """
    options = _parse_options(opening.found.text, defaults=defaults) if opening else defaults
    known = [opening.folder] if opening and opening.folder else []
    bases = [*known, *([course.start] if course.start else []), course.folder, course.root]
    recorded = [(course.folder, reference.from_notebook)] if reference and reference.from_notebook else []
    recorded += [(base, reference.path) for base in bases] if reference and reference.path else []
    opened = [options.base] if options.base else [*bases, *([opening.origin] if opening else [])]
    path = _expand(options.path)
    places = recorded + [(base, path) for base in opened]
    joined = [os.path.join(*place) for place in places]  # noqa: PTH118 - `Path` takes three times as long
    return tuple(dict.fromkeys(map(os.path.normpath, joined)))


def _expand(path: str) -> str:
    try:
        return str(expand_home(path)) if path.startswith("~") else path
    except CommandError:  # the home folder of somebody who is not on this machine
        return path
