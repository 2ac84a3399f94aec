"""What a rule is: a code, a name, a severity, a page of documentation, and a function of the workspace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from vaultcheck.cell import Cell
from vaultcheck.finding import Consequence, Location, Severity, Stake
from vaultcheck.making import Making
from vaultcheck.notebook import Notebook
from vaultcheck.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rule yields: the place, what is wrong there, what to do; the checker adds code, name and severity.

    `severity` is told where this one is not as bad as others of its rule, `stake` where data are at stake and not
    only what is written down. `runs` are the notebooks that are to be run again. The rest is as in `Finding`.
    """

    location: Location
    message: str
    hint: str
    object: str | None = None
    severity: Severity | None = None
    vault: str | None = None
    stake: Stake = Stake.BOOKKEEPING
    story: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    last_store: str | None = None
    consequences: tuple[Consequence, ...] = ()


def locate(notebook: Notebook, cell: Cell) -> Location:
    """Return the place of a whole cell."""
    return Location(notebook.path, cell=cell.number, cell_id=cell.id, line=1)


def draft_store(making: Making, message: str, hint: str) -> Draft:
    """Return a draft at the command that stored."""
    step, path = making.steps[0], making.objects[0]
    return Draft(step.location, message, hint, path, vault=step.vault.path, stake=Stake.DATA)


class Rule(ABC):
    """A rule; the docstring of each child is its page: what it reports, why, an example that fails, how to mend it."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    is_on_demand: ClassVar[bool] = False
    """Whether the rule runs only where it is asked for by its own name."""

    is_mended_by_run: ClassVar[bool] = False
    """Whether running the notebook again mends what the rule finds in it."""

    @abstractmethod
    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield what is wrong; opens nothing, knows no clock, changes nothing."""


class Remark(Rule):
    """A rule about what the others have found: by itself it finds nothing, the checker asks it in the end."""

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield nothing."""
        del workspace
        yield from ()
