"""How the objects of a storing cell came to be: which runs before it had a part in them, and which cells would have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from vault_magic.digest import compact
from vault_magic.forms import Verb
from vault_magic.ledger import Ledger, Row, Status
from vault_magic.record import CellRef
from vaultcheck.cell import Cell
from vaultcheck.dataflow import Effect, Trace, trace
from vaultcheck.execution import Execution, read_rows
from vaultcheck.makers import Fit, list_sessions
from vaultcheck.matching import Matching, match_cells
from vaultcheck.metadata import INJECTED
from vaultcheck.notebook import Notebook
from vaultcheck.runs import Runs, read_cell
from vaultcheck.steps import Step
from vaultcheck.straight_run import count_straight


@dataclass(frozen=True)
class Making:
    """The making of what one cell stored: its commands, and the runs before them that a ledger tells of.

    `session` is missing where the outputs were stripped and only manifest or sidecar tell. `is_complete` tells that the
    ledger holds every run of the session.
    """

    cell: Cell
    steps: tuple[Step, ...]
    runs: Runs
    execution: Execution
    session: str | None = None
    is_complete: bool = True

    @property
    def notebook(self) -> Notebook:
        """The notebook that stored."""
        return self.runs.notebook

    @property
    def objects(self) -> tuple[str, ...]:
        """The paths of the objects that it stored."""
        return tuple(dict.fromkeys(path for step in self.steps for path in step.paths))

    @cached_property
    def sessions(self) -> frozenset[str]:
        """The sessions that the outputs of the notebook are of."""
        return frozenset(one for cell in self.notebook.code_cells for one in list_sessions(cell))

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The names that were stored, or of which objects were made as they were stored."""
        named = {name for step in self.steps for name in _list_variables(step)}
        return frozenset(named) or read_cell(self.cell).uses

    @cached_property
    def possible(self) -> Mapping[int, frozenset[str]]:
        """The places of the rows that may have had a part in what was stored, with the names that they changed."""
        return self._merge_turns(self._trace_turns(surely=False))

    @cached_property
    def sure(self) -> Mapping[int, frozenset[str]]:
        """The places of the rows that surely had a part in it, with the names that they changed."""
        return self._merge_turns(self.sure_turns)

    @property
    def sure_cells(self) -> frozenset[int]:
        """The cells that surely had a part in it."""
        return frozenset(number for place in self.sure if (number := self.runs.find_cell(place)))

    @cached_property
    def sure_turns(self) -> Trace:
        """The turns that surely had a part in it."""
        return self._trace_turns(surely=True)

    @cached_property
    def cells_above(self) -> tuple[Cell, ...]:
        """The cells of code above the storing one; not what papermill has put in, where the ledger leaves it out."""
        above = (cell for cell in self.notebook.code_cells if cell.number < self.cell.number)
        linked = self.runs.matching.by_cell
        return tuple(cell for cell in above if INJECTED not in cell.tags or cell.number in linked)

    @cached_property
    def edited(self) -> tuple[int, ...]:
        """The cells that have other code now and may have had a part in what was stored, or have one as they stand.

        The storing cell itself is not among them.
        """
        places = (place for place in self.possible if self.runs.get_fit(place) is Fit.EDITED)
        numbers = {self.runs.find_cell(place) for place in places} | self._edited_above
        return tuple(sorted(number for number in numbers if number and number != self.cell.number))

    @property
    def _edited_above(self) -> set[int]:
        """The edited cells above that have a part in it as they stand, and those of parameters that no ledger holds."""
        above = [cell for cell in self.notebook.code_cells if cell.number < self.cell.number]
        links = self.runs.matching.by_cell
        edited = {cell.number for cell in above if (link := links.get(cell.number)) and link.fit is Fit.EDITED}
        edited |= {cell.number for cell in above if INJECTED in cell.tags and self.execution.is_edited(cell)}
        if not edited:
            return edited
        return edited & self._trace_effects([Effect(read_cell(cell)) for cell in above], above).changed.keys()

    @cached_property
    def trace_above(self) -> Trace:
        """What the stored names go back to in the cells above, if these ran in their order."""
        return self.trace_cells(self.cells_above)

    def trace_cells(self, cells: Sequence[Cell]) -> Trace:
        """Return what the stored names go back to, by the numbers of cells, if these ran in their order."""
        return self._trace_effects([self.runs.read_linked(cell) for cell in cells], cells)

    def _trace_effects(self, effects: Sequence[Effect], cells: Sequence[Cell]) -> Trace:
        found = trace([*effects, Effect(read_cell(self.cell))], self.wanted, self.runs.bonds, surely=True)
        return Trace({cells[at].number: names for at, names in found.changed.items() if at < len(cells)}, found.needed)

    def _trace_turns(self, *, surely: bool) -> Trace:
        turns, runs = self.runs.turns, self.runs
        effects = [*(runs.effects[place] for place in turns), Effect(read_cell(self.cell))]
        return trace(effects, self.wanted, runs.bonds, surely=surely, latest=len(turns) == len(runs.effects))

    def _merge_turns(self, found: Trace) -> Mapping[int, frozenset[str]]:
        turns, changed = self.runs.turns, dict[int, frozenset[str]]()
        for turn, names in sorted(found.changed.items()):
            if turn < len(turns):  # the last is the storing cell itself
                changed[turns[turn]] = changed.get(turns[turn], frozenset()) | names
        return changed


def build_makings(notebook: Notebook, execution: Execution, steps: Iterable[Step]) -> tuple[Making, ...]:
    """Return the making of what a notebook stored, for those cells where not all is just as it ran.

    None where no cell is Python, as after a change of the language.
    """
    if not notebook.code_cells:
        return ()
    groups: dict[tuple[int, str, str | None], list[tuple[Step, _Origin]]] = {}
    for step in steps:
        if (origin := _find_origin(step)) and not _is_plain(notebook, step.cell, origin.ledger):
            groups.setdefault((step.cell.number, origin.ledger.rows, origin.session), []).append((step, origin))
    built = (_build_making(notebook, execution, found) for found in groups.values())
    return tuple(making for making in built if making)


@dataclass(frozen=True, slots=True)
class _Origin:
    """What is recorded of a store: the ledger, the storing cell as it ran, and the session if known."""

    ledger: Ledger
    cell: CellRef | None
    session: str | None = None


def _find_origin(step: Step) -> _Origin | None:
    """Return what the record of a store tells, or the manifest where the outputs were stripped."""
    if step.differs or step.verb is not Verb.STORE:
        return None
    if step.record is not None:
        record = step.record
        return _Origin(record.ledger, record.cell, record.session) if record.ledger else None
    made = [step.vault.producers[path] for path in step.paths if step.is_maker(path)]
    return next((_Origin(one.ledger, one.cell) for one in made if one.ledger), None)


def _is_plain(notebook: Notebook, cell: Cell, ledger: Ledger) -> bool:
    """Tell whether the cells down to this one are the runs of a ledger, in order and as they stand."""
    count = count_straight(notebook.code_cells, ledger)
    return count is not None and notebook.code_cells[count - 1] is cell


def _build_making(notebook: Notebook, execution: Execution, found: Sequence[tuple[Step, _Origin]]) -> Making | None:
    (step, origin), steps = found[0], tuple(step for step, _ in found)
    if not (rows := read_rows(origin.ledger)):
        return None
    matching = match_cells(notebook.code_cells, rows)
    end = _find_storing(rows, origin.cell)
    before = Matching(rows[:end], tuple(link for link in matching.links if link.run < end))
    runs = Runs(notebook, before)
    return Making(step.cell, steps, runs, execution, origin.session, is_complete=not origin.ledger.dropped)


def _find_storing(rows: Sequence[Row], cell: CellRef | None) -> int:
    """Return the place of the storing run: the last of its text, else the last that was still running."""
    source = _shorten(cell.sha256) if cell else None
    own = [place for place, row in enumerate(rows) if row.source == source]
    running = [place for place, row in enumerate(rows) if row.status is Status.RUNNING]
    return max(own or running, default=len(rows))


def _shorten(digest: str) -> str | None:
    try:
        return compact(digest)
    except ValueError:  # edited by hand
        return None


def _list_variables(step: Step) -> Iterator[str]:
    """Yield the variables of a store and the function that writes them; of a call, none."""
    command = step.found.command if step.found and not step.found.is_call else None
    for target in command.targets if command else ():
        if target.variable:
            yield target.variable
    if command and command.function:
        yield command.function.partition(".")[0]
