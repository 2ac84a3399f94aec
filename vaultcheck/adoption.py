"""Hand-overs between notebooks by other means than a vault, and the commands to write instead."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaultcheck.adoption_advice import Advice, advise_further, advise_read, advise_write
from vaultcheck.cell_source import FoundOpening
from vaultcheck.copies import find_sources
from vaultcheck.discovery import display_path
from vaultcheck.file_functions import Kind
from vaultcheck.finding import Location
from vaultcheck.handovers import Handling, Medium, Parcel, find_handlings, find_line
from vaultcheck.notebook import Notebook
from vaultcheck.object_choice import Choice, Wish, choose_objects
from vaultcheck.parcels import Parcels, group_parcels, keep_handed
from vaultcheck.store_magic import find_store_lines

_ARCHIVE = "storage.zip"


@dataclass(frozen=True, slots=True)
class Step:
    """A line that writes or reads, or does something else with what is stored, and what to write in its place."""

    kind: Kind | None
    location: Location
    code: str
    advice: Advice


@dataclass(frozen=True, slots=True)
class Handover:
    """What one notebook writes and another reads: a file, or the variables that the same `%store` lines name.

    `objects` are the paths in the vault where they belong. The steps that write come first.
    """

    medium: Medium
    names: tuple[str, ...]
    objects: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What notebooks of one folder need before their first command."""

    notebooks: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adoption:
    """The hand-overs between notebooks; of what is none, what is only read (`raw`) and only written (`exports`).

    `further` are the other lines with `%store`, where it hands something over.
    """

    notebooks: int
    handovers: tuple[Handover, ...] = ()
    further: tuple[Step, ...] = ()
    preparations: tuple[Preparation, ...] = ()
    raw: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()


def plan_adoption(notebooks: Collection[Notebook], *, working_directory: Path) -> Adoption:
    """Find what notebooks hand over by files and by `%store`; papermill's copies count as the notebook they ran."""
    runs = find_sources(notebooks)
    own = [one for one in notebooks if runs.get(one.path, one.path) == one.path]
    parcels = group_parcels([handling for one in own for handling in find_handlings(one)], own)
    handed = {parcel: kept for parcel, found in parcels.items() if (kept := keep_handed(found))}
    involved = {one.notebook for found in handed.values() for one in found}
    taking_part = [one for one in own if one.path in involved]
    root = _find_root(taking_part)
    choices = _choose(handed, root)
    left = {parcel: {one.kind for one in found} for parcel, found in parcels.items() if parcel not in handed}
    return Adoption(
        notebooks=len(own),
        handovers=tuple(_build_handovers(handed, choices, working_directory)),
        further=tuple(
            _list_further(own, {one.name: where for one, where in choices.items() if one.medium is Medium.STORE})
        ),
        preparations=tuple(_prepare(taking_part, root)),
        raw=_name_left((one for one, kinds in left.items() if Kind.WRITE not in kinds), working_directory),
        exports=_name_left((one for one, kinds in left.items() if Kind.WRITE in kinds), working_directory),
    )


def _find_root(notebooks: Iterable[Notebook]) -> str:
    """Return the folder that all of them lie in or below."""
    folders = [_find_folder(one) for one in notebooks]
    try:
        return os.path.commonpath(folders) if folders else ""
    except ValueError:  # several drives on Windows
        return folders[0]


def _find_folder(notebook: Notebook) -> str:
    return os.path.dirname(os.path.abspath(notebook.file))  # noqa: PTH100, PTH120 - links are kept


def _choose(handed: Parcels, root: str) -> Mapping[Parcel, Choice]:
    wishes = {
        parcel: Wish(
            path=_show_path(parcel.name, Path(root)) if parcel.medium is Medium.FILE else "",
            variables=frozenset(one.call.variable or "" for one in found if one.kind is Kind.WRITE),
            part=parcel.part,
        )
        for parcel, found in handed.items()
    }
    choices = choose_objects(wishes.values())
    return {parcel: choices[wish] for parcel, wish in wishes.items()}


def _build_handovers(handed: Parcels, choices: Mapping[Parcel, Choice], folder: Path) -> Iterator[Handover]:
    for parcels in _join_stored(handed):
        first = handed[parcels[0]]
        yield Handover(
            medium=parcels[0].medium,
            names=_name_all(parcels, folder),
            objects=tuple(choices[one].path for one in parcels),
            steps=tuple(
                _build_step([handed[one][at] for one in parcels], [choices[one] for one in parcels], written=first)
                for at in range(len(first))
            ),
        )


def _join_stored(handed: Parcels) -> Iterator[list[Parcel]]:
    """Yield each file alone, and together the variables that the same `%store` lines name."""
    groups: dict[object, list[Parcel]] = {}
    for parcel, found in handed.items():
        places = tuple((one.notebook, one.cell, one.line, one.kind) for one in found)
        groups.setdefault(places if parcel.medium is Medium.STORE else parcel, []).append(parcel)
    yield from groups.values()


def _build_step(handlings: Sequence[Handling], choices: Sequence[Choice], *, written: Iterable[Handling]) -> Step:
    """Say what to write in place of one line; `written` is all that is done to the first of its parcels."""
    one, calls = handlings[0], [handling.call for handling in handlings]
    if one.kind is Kind.WRITE:
        advice = advise_write(calls, choices)
    else:
        writes = [other.call for other in written if other.kind is Kind.WRITE]
        advice = advise_read(calls, choices, written=writes, code=one.code)
    return Step(one.kind, Location(one.notebook, one.cell, one.cell_id, one.line), one.code, advice)


def _list_further(notebooks: Iterable[Notebook], choices: Mapping[str, Choice]) -> Iterator[Step]:
    """Yield the lines that delete or list what is handed over by `%store`."""
    for notebook in notebooks if choices else ():
        for cell in notebook.code_cells:
            for line in find_store_lines(cell.source):
                known = [choices[name] for name in line.names if name in choices]
                if advice := advise_further(line.action, known):
                    where = Location(notebook.path, cell.number, cell.id, line.line)
                    yield Step(None, where, find_line(cell.source, line.line), advice)


def _prepare(notebooks: Iterable[Notebook], root: str) -> Iterator[Preparation]:
    """Yield, folder by folder, what the notebooks need that do not open a vault yet."""
    folders: dict[str, list[str]] = {}
    for one in notebooks:
        if not any(isinstance(found, FoundOpening) for cell in one.code_cells for found in cell.found):
            folders.setdefault(_find_folder(one), []).append(one.path)
    for folder, paths in folders.items():
        archive = display_path(Path(root, _ARCHIVE), Path(folder))
        yield Preparation(tuple(paths), ("%load_ext vault_magic", f"%open_vault -p {archive}"))


def _name_all(parcels: Iterable[Parcel], folder: Path) -> tuple[str, ...]:
    """Return what people call these: paths as reports show them, and names of variables."""
    shown = (_show_path(one.name, folder) if one.medium is Medium.FILE else one.name for one in parcels)
    return tuple(dict.fromkeys(shown))


def _name_left(parcels: Iterable[Parcel], folder: Path) -> tuple[str, ...]:
    """Return the same for what may be of either kind."""
    named = ((one.medium, name) for one in parcels for name in _name_all([one], folder))
    return tuple(dict.fromkeys(f"%store {name}" if medium is Medium.STORE else name for medium, name in named))


def _show_path(path: str, folder: Path) -> str:
    """Return a path from a folder on, or whole where it lies far from that."""
    return min(display_path(Path(path), folder), path, key=len) if Path(path).is_absolute() else path
