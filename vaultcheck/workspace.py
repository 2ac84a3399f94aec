"""Everything a rule may look at: notebooks, vaults, commands, how the notebooks ran, and who hands what to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

from vault_magic.ledger import Ledger
from vault_magic.manifest import SUFFIX
from vault_magic.project import load_defaults
from vault_magic.record import CellRef
from vaultcheck.copies import find_sources, find_superseded
from vaultcheck.descent import Descent
from vaultcheck.discovery import FoundFile, display_path, follow_links
from vaultcheck.execution import Execution, reconstruct
from vaultcheck.includes import Course, Include, SourceFiles, follow
from vaultcheck.lineage import Lineage, build_lineage
from vaultcheck.making import Making, build_makings
from vaultcheck.notebook import Notebook, UnreadableNotebook, read_notebook
from vaultcheck.settings import Settings
from vaultcheck.snapshot import Snapshot, load_snapshot
from vaultcheck.standing import Standing, build_standings
from vaultcheck.steps import Step, build_steps
from vaultcheck.undefined import Undefined, find_undefined


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is not a readable notebook, and why."""

    path: str
    reason: str
    file: Path = Path()


@dataclass(frozen=True)
class Workspace:
    """A set of notebooks and vaults, read once; rules are functions of it and open nothing themselves.

    `depends_on` are the files that the settings say notebooks need, by the paths of the notebooks. `superseded` are the
    runs of whose notebooks newer ones have taken the place.
    """

    notebooks: tuple[Notebook, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    vaults: tuple[Snapshot, ...] = ()
    steps: tuple[Step, ...] = ()
    includes: Mapping[str, tuple[Include, ...]] = field(default_factory=dict)
    executions: Mapping[str, Execution] = field(default_factory=dict)
    makings: tuple[Making, ...] = ()
    undefined: Mapping[str, tuple[Undefined, ...]] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=Lineage)
    standings: tuple[Standing, ...] = ()
    descent: Descent = field(default_factory=Descent)
    depends_on: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    superseded: frozenset[str] = frozenset()

    @cached_property
    def by_path(self) -> Mapping[str, Notebook]:
        """The notebooks by their paths."""
        return {one.path: one for one in self.notebooks}

    @cached_property
    def templates(self) -> frozenset[str]:
        """The notebooks of which runs are among those checked: these tell what happened, and not their own text."""
        return frozenset(one.source for one in self.notebooks if one.source and one.source != one.path)

    def list_undefined(self, notebook: Notebook) -> frozenset[str]:
        """Return the names that cells of a notebook use and that no cell above them defines any more."""
        return frozenset(name for one in self.undefined.get(notebook.path, ()) for name in one.names)

    def get_vault(self, path: str) -> Snapshot:
        """Return a vault by its path."""
        return self._vaults_by_path[path]

    @cached_property
    def _vaults_by_path(self) -> Mapping[str, Snapshot]:
        return {vault.path: vault for vault in self.vaults}


class _Vaults:
    """The vaults met so far, each read once."""

    def __init__(self, working_directory: Path, *, override: Path | None) -> None:
        self._working_directory = working_directory
        self._override = override
        self.loaded: dict[tuple[int, ...] | Path, Snapshot] = {}
        self._load = cache(self._load_once)
        self.find = cache(self._find)
        """Return the vault of an id among some places, else the first that exists, else the first."""

    def _find(self, places: tuple[str, ...], vault: str | None) -> Snapshot:
        snapshots = [self._load(Path(place)) for place in ((self._override,) if self._override else places)]
        same = [one for one in snapshots if vault is not None and one.vault == vault]
        existing = [one for one in snapshots if one.is_known or one.faults]
        return (same or existing or snapshots)[0]

    def _load_once(self, archive: Path) -> Snapshot:
        key = _identify(archive)
        if key not in self.loaded:
            self.loaded[key] = load_snapshot(archive, path=display_path(archive, self._working_directory))
        return self.loaded[key]


def _identify(archive: Path) -> tuple[int, ...] | Path:
    """Return what is the same for every name of an archive: in capitals it is no other on Windows and macOS.

    The folder counts too: a copy of a project may share its files by hard links.
    """
    for file in (archive, Path(f"{archive}{SUFFIX}")):
        with suppress(OSError, ValueError, RuntimeError):
            found = file.resolve(strict=True)
            numbers = (found.stat().st_dev, found.parent.stat().st_ino, found.stat().st_ino)
            if all(numbers[1:]):  # some file systems number nothing
                return numbers
    try:
        return archive.resolve()
    except (ValueError, RuntimeError):  # a name that no file can have, or links in a circle
        return archive


Watch: TypeAlias = Callable[[Collection[FoundFile], str], Iterable[FoundFile]]
"""What is told of files before each is read, and what is done with them."""


def take_all(files: Collection[FoundFile], _what: str) -> Iterable[FoundFile]:
    """Return files without telling anybody."""
    return files


def load_workspace(
    files: Collection[FoundFile],
    *,
    working_directory: Path,
    settings: Settings | None = None,
    watch: Watch = take_all,
) -> Workspace:
    """Read notebooks and the vaults they speak of; settings may say where archive and kernels are.

    Raises:
        CommandError: what a project says of its vaults cannot be read.
    """
    settings = settings or Settings(root=working_directory)
    read, unreadable = _read_notebooks(watch(files, "reading notebooks"))
    courses = _follow(read, settings)
    notebooks = tuple(_add_readings(notebook, courses[notebook.path]) for notebook in read)
    own = _list_steps(notebooks, courses, _Vaults(working_directory, override=settings.vault))
    steps = tuple(step for found in own.values() for step in found)
    used = {step.vault.path: step.vault for step in steps}
    executions = {notebook.path: _reconstruct(notebook, used.values()) for notebook in notebooks}
    makings = {one.path: build_makings(one, executions[one.path], own[one.path]) for one in notebooks}
    superseded = find_superseded(notebooks, own)
    lineage = build_lineage(step for step in steps if step.notebook.path not in superseded)
    standings = build_standings(lineage, used, checked=own.keys())
    return Workspace(
        notebooks=notebooks,
        unreadable=unreadable,
        vaults=tuple(used[path] for path in sorted(used)),
        steps=steps,
        includes={path: course.includes for path, course in courses.items()},
        executions=executions,
        makings=tuple(making for found in makings.values() for making in found),
        undefined={one.path: find_undefined(one, executions[one.path], makings[one.path]) for one in notebooks},
        lineage=lineage,
        standings=standings,
        descent=Descent(standings),
        depends_on=_read_dependences(settings, working_directory),
        superseded=superseded,
    )


def _follow(notebooks: Iterable[Notebook], settings: Settings) -> dict[str, Course]:
    sources = SourceFiles()
    return {one.path: follow(one, sources, start=settings.working_directory) for one in notebooks}


def _list_steps(
    notebooks: Iterable[Notebook], courses: Mapping[str, Course], vaults: _Vaults
) -> dict[str, tuple[Step, ...]]:
    """Return the commands of each notebook, by its path."""
    find_defaults = cache(load_defaults)
    return {
        one.path: tuple(build_steps(one, courses[one.path], find_vault=vaults.find, find_defaults=find_defaults))
        for one in notebooks
    }


def _read_dependences(settings: Settings, folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the files that notebooks need beside what the vault tells, by the paths of the notebooks."""
    return {
        display_path(settings.root / name, folder): tuple(follow_links(settings.root / file) for file in files)
        for name, files in settings.depends_on.items()
    }


def _read_notebooks(files: Iterable[FoundFile]) -> tuple[tuple[Notebook, ...], tuple[Unreadable, ...]]:
    """Return the notebooks, each with the one that it is a run of, and the files that are none."""
    notebooks, unreadable = [], []
    for found in files:
        try:
            notebooks.append(read_notebook(found.file, path=found.path))
        except UnreadableNotebook as err:
            unreadable.append(Unreadable(found.path, str(err), found.file))
    runs = find_sources(notebooks)
    named = (replace(one, source=runs[one.path]) if one.path in runs else one for one in notebooks)
    return tuple(named), tuple(unreadable)


def _add_readings(notebook: Notebook, course: Course) -> Notebook:
    """Return the notebook with its cells read below each other: names that stand for vaults are bound further up."""
    if not course.readings:
        return notebook
    readings = course.readings
    return replace(
        notebook, cells=tuple([one.read_below(readings.get(one.number, one.reading)) for one in notebook.cells])
    )


def _reconstruct(notebook: Notebook, vaults: Iterable[Snapshot]) -> Execution:
    """Match a notebook to its runs, with what the manifests say of it where its own outputs say nothing."""
    ledgers: list[Ledger] = []
    importers: list[CellRef] = []
    if notebook.records:
        return reconstruct(notebook, ledgers, importers)
    sources = {cell.source_digest for cell in notebook.code_cells}
    for vault in vaults:
        name = notebook.relate_to(vault.archive.parent)
        makers = vault.list_producers(notebook=name, sources=sources)
        latest = max((one.generation or 0 for one in makers), default=0)
        ledgers += [one.ledger for one in makers if one.ledger and (one.generation or 0) == latest]
        importers += [one.cell for one in vault.list_imports(notebook=name, sources=sources) if one.cell]
    return reconstruct(notebook, ledgers, importers)
