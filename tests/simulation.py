"""A notebook whose cells really run, without a kernel: people edit, run, move and delete, and what is stored is real.

Values are texts that tell how they were made, so that two of them are equal only if they were made alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.builders import Author, Lab, build_cell, build_output
from vault_magic.session import Session, build_run

OPEN = "%open_vault -p storage.zip --secure False"

_CELLS = (
    "{n} = 'k{i}'",
    "{n} = 'k{i}'",
    "{n} = {m} + 'd{i}'",
    "{n} = {m} + 'd{i}'",
    "{n} = {n} + 'u{i}'",
    "{n} += 's{i}'",
    "p = ['k{i}']",
    "p.append({n})",
    "p.append('v{i}')",
    "q = p\nq.append('w{i}')",
    "{n} = p[0] + 'i{i}'",
    "def f():\n    return a + 'f{i}'",  # a function that reads what is bound to its result may add up unseen
    "c = f() + 'r{i}'",
    "if {n}:\n    {m} = 'q{i}'",
    "for z in p:\n    {n} = z + 'z{i}'",
    "del {n}",
    "import os\n{n} = 'o{i}'",
    "len({n} + 'l{i}')",
    "len(p) + {i}",
)


class Simulation:
    """A notebook in use: `cells` stand in the notebook, `names` are what the kernel holds."""

    def __init__(self, folder: Path, *, seed: int, sends_ids: bool) -> None:
        self.lab = Lab(folder)
        self._random = random.Random(seed)
        self._made = 0
        self._names: dict[str, Any] = {}
        self._author = Author(self.lab, "a.ipynb", session=Session("session 0"), sends_ids=sends_ids)
        self.lab.notebooks["a.ipynb"] = self._author
        self._insert(OPEN, at=0)
        self._write_working_cells()
        self.restart()
        self.run_all()

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The cells as they stand."""
        return self._author.cells

    @property
    def store(self) -> int:
        """Where the storing cell stands, from 0."""
        return next(at for at, cell in enumerate(self.cells) if cell["source"].startswith("%vault"))

    def act(self, action: str) -> None:
        """Do what somebody does to a cell; what is to be stored, and where, stays."""
        at = self._random.randrange(1, len(self.cells))
        _ACTIONS[action](self, at)

    def find_stored(self) -> object:
        """Return what the storing cell has stored when it ran last; `None` where it failed."""
        metadata = [output.get("metadata", {}) for output in self.cells[self.store]["outputs"]]
        return next((self.lab.contents["m/value"] for one in metadata if "vault" in one), None)

    def run_afresh(self) -> object:
        """Return what the storing cell would store if a new kernel ran all cells from the top, whatever fails."""
        names: dict[str, Any] = {}
        for cell in self.cells[: self.store]:
            _execute(cell["source"], names)
        return repr(names.get(self._variable)) if self._variable in names else None

    @property
    def is_sound(self) -> bool:
        """Whether all cells run from the top without an error, the store too."""
        names: dict[str, Any] = {}
        return self.run_afresh() is not None and all(_execute(cell["source"], names) for cell in self.cells)

    def restart(self, _at: int = 0) -> None:
        """Begin with a new kernel, and open the vault."""
        self._names = {}
        self._author.session = Session(f"session {int(self._author.session.id.split()[1]) + 1}")
        self._author.count = 0
        self.run(0)

    def run_all(self, _at: int = 0) -> None:
        """Run all cells until one fails."""
        all(self.run(at) for at in range(len(self.cells)))

    def run(self, at: int) -> bool:
        """Run a cell and tell whether it ended well."""
        author, cell = self._author, self.cells[at]
        author.count += 1
        sent_id = cell["id"] if author.sends_ids else None
        author.session = author.session.start(build_run(cell["source"], sent_id=sent_id, count=author.count))
        succeeded, outputs = self._carry_out(cell["source"])
        author.session = author.session.finish(succeeded=succeeded)
        cell |= {"execution_count": author.count, "outputs": outputs}
        return succeeded

    def strip(self) -> None:
        """Remove what nbstripout removes."""
        self._author.strip()

    def edit(self, at: int) -> None:
        """Give a cell another text; the storing cell keeps its own."""
        if at != self.store:
            self.cells[at]["source"] = self._invent()

    def edit_and_run(self, at: int) -> None:
        """Give a cell another text and run it."""
        self.edit(at)
        self.run(at)

    def delete(self, at: int) -> None:
        """Delete a cell."""
        if at != self.store:
            del self.cells[at]

    def move(self, at: int) -> None:
        """Move a cell somewhere else."""
        self.cells.insert(self._random.randrange(1, len(self.cells)), self.cells.pop(at))

    def insert(self, at: int) -> None:
        """Add a cell and do not run it."""
        self._insert(self._invent(), at=at)

    def insert_and_run(self, at: int) -> None:
        """Add a cell and run it."""
        self.insert(at)
        self.run(at)

    def _carry_out(self, source: str) -> tuple[bool, list[dict[str, Any]]]:
        if source.startswith("%vault") and self._variable in self._names:
            record = self._author._do(
                source[len("%vault ") :], content=repr(self._names[self._variable]), unstable=False
            )
            return True, [build_output({"vault": record.to_json()})]
        succeeded = not source.startswith("%vault") and _execute(source, self._names)
        return succeeded, [] if succeeded else [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]

    def _write_working_cells(self) -> None:
        """Write cells until there are some that run from the top and a value to store."""
        while len(self.cells) < 3 + self._random.randrange(5) or not any(name in self._names for name in "abcp"):
            self._insert(self._invent(), at=len(self.cells))
            if not self.run(len(self.cells) - 1):
                del self.cells[-1]
        self._variable = self._random.choice([name for name in "abcp" if name in self._names])
        self._insert(f"%vault store {self._variable} in m as value", at=len(self.cells))

    def _insert(self, source: str, *, at: int) -> None:
        self._made += 1
        self.cells.insert(at, build_cell(source, id=f"id-{self._made}"))

    def _invent(self) -> str:
        self._made += 1
        name, other = self._random.sample("abc", 2)
        return self._random.choice(_CELLS).format(n=name, m=other, i=self._made)


def _execute(source: str, names: dict[str, Any]) -> bool:
    """Run a cell of Python and tell whether it ended well; magics do nothing."""
    try:
        exec("" if source.startswith("%") else source, names)
    except Exception:
        return False
    return True


_ACTIONS: dict[str, Callable[[Simulation, int], object]] = {
    "run": Simulation.run,
    "edit": Simulation.edit,
    "edit-and-run": Simulation.edit_and_run,
    "delete": Simulation.delete,
    "move": Simulation.move,
    "insert": Simulation.insert,
    "insert-and-run": Simulation.insert_and_run,
    "restart": Simulation.restart,
    "run-all": Simulation.run_all,
}

ACTIONS = tuple(_ACTIONS)
