"""A notebook open at a front end, with a real kernel, and saved as a real file.

What the front end does to cells is what JupyterLab does to them; `test_browser` holds the two together.
"""

from __future__ import annotations

import platform
import uuid
from copy import deepcopy
from pathlib import Path
from types import TracebackType
from typing import Self

import nbformat
from nbformat import NotebookNode

from fixtures.running import KERNEL, load_notebook
from tests.end_to_end.desk_kernel import DeskKernel
from tests.end_to_end.programs import run_program
from vaultcheck.checker import check

OPEN = "%load_ext vault_magic\n%open_vault -p storage.zip --secure False"

Verdict = list[tuple[str, int | None]]

_WITHOUT_IDS = 4  # the last minor version of the format in which cells have no ids


class Desk:
    """A front end with one notebook; cells are counted from 1, and what is done returns the desk.

    The kernel starts with the first cell that runs, and is told of cell ids unless `sends_ids` is false.
    """

    def __init__(self, folder: Path, *, name: str = "work.ipynb", sends_ids: bool = True) -> None:
        language = {"name": "python", "version": platform.python_version()}
        self.path = folder / name
        self.notebook: NotebookNode = nbformat.v4.new_notebook(
            metadata={"kernelspec": KERNEL, "language_info": language}
        )
        self._sends_ids = sends_ids
        self._kernel: DeskKernel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._kernel is not None:
            self._kernel.stop()

    def open(self) -> Self:
        """Open the notebook as it lies in the folder."""
        self.notebook = load_notebook(self.path)
        return self

    def write(self, *sources: str) -> Self:
        """Add cells at the end; one that starts with `# ` is text."""
        for source in sources:
            self.add(source, at=len(self.notebook.cells) + 1)
        return self

    def add(self, source: str, *, at: int) -> Self:
        """Add a cell that has not run so that it is the one of that number."""
        is_text = source.startswith("# ")
        build = nbformat.v4.new_markdown_cell if is_text else nbformat.v4.new_code_cell
        self.notebook.cells.insert(at - 1, build(source, id=_make_id()))  # type: ignore[no-untyped-call]
        return self

    def run(self, *numbers: int) -> Self:
        """Run cells, one after the other."""
        for number in numbers:
            if failure := self._run(self._cell(number)):
                raise RuntimeError(f"cell {number} failed: {failure}")
        return self

    def run_failing(self, number: int) -> Self:
        """Run a cell that is to fail."""
        if not self._run(self._cell(number)):
            raise RuntimeError(f"cell {number} did not fail")
        return self

    def run_all(self) -> Self:
        """Run all cells in their order."""
        cells = enumerate(self.notebook.cells, start=1)
        return self.run(*(number for number, cell in cells if cell.cell_type == "code"))

    def restart(self) -> Self:
        """Restart the kernel; what is shown stays."""
        if self._kernel is not None:
            self._kernel.restart()
        return self

    def edit(self, number: int, *, old: str, new: str) -> Self:
        """Edit a cell."""
        cell = self._cell(number)
        if cell.source.count(old) != 1:
            raise ValueError(f"cell {number} does not hold {old!r} once")
        cell.source = cell.source.replace(old, new)
        return self

    def alter(self, number: int, *, mime: str, old: str, new: str) -> Self:
        """Alter what a cell shows, as with a text editor in the file."""
        (data,) = (output.data for output in self._cell(number).outputs if mime in output.get("data", {}))
        if old not in data[mime]:
            raise ValueError(f"cell {number} does not show {old!r}")
        data[mime] = data[mime].replace(old, new)
        return self

    def tag(self, number: int, *tags: str) -> Self:
        """Tag a cell."""
        self._cell(number).metadata["tags"] = list(tags)
        return self

    def move(self, number: int, *, to: int) -> Self:
        """Move a cell so that it is the one of that number."""
        self.notebook.cells.insert(to - 1, self.notebook.cells.pop(number - 1))
        return self

    def delete(self, number: int) -> Self:
        """Delete a cell."""
        del self.notebook.cells[number - 1]
        return self

    def duplicate(self, number: int) -> Self:
        """Copy a cell below itself: with its outputs and its count, and with an id of its own."""
        copy = deepcopy(self._cell(number))
        copy.id = _make_id()
        self.notebook.cells.insert(number, copy)
        return self

    def split(self, number: int, *, after_line: int) -> Self:
        """Split a cell: id, count and outputs stay with the second half."""
        cell = self._cell(number)
        lines = cell.source.splitlines(keepends=True)
        cell.source = "".join(lines[after_line:])
        return self.add("".join(lines[:after_line]).rstrip("\n"), at=number)

    def merge(self, number: int) -> Self:
        """Merge a cell with the one below: a new cell, without count and outputs."""
        joined = "\n\n".join(self._cell(one).source for one in (number, number + 1))
        return self.delete(number).delete(number).add(joined, at=number)

    def clear_outputs(self) -> Self:
        """Clear the outputs and the counts of all cells."""
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        return self

    def renumber_ids(self) -> Self:
        """Give the cells the ids that tools give which want no noise in version control."""
        for number, cell in enumerate(self.notebook.cells):
            cell.id = str(number)
        return self

    def drop_ids(self) -> Self:
        """Make it a notebook of an older format, whose file holds no ids; the front end still has its own."""
        self.notebook.nbformat_minor = _WITHOUT_IDS
        return self

    def save(self) -> Self:
        """Save the notebook."""
        saved = deepcopy(self.notebook)
        for cell in saved.cells if saved.nbformat_minor <= _WITHOUT_IDS else ():
            del cell["id"]
        nbformat.write(saved, self.path)
        return self

    def use(self, *command: str, **environment: str) -> Self:
        """Save the notebook, let a program work on it, and open what that has made of it."""
        done = run_program(*command, folder=self.save().path.parent, **environment)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return self.open()

    def judge(self) -> Verdict:
        """Save the notebook and return what the checker finds in it."""
        return judge(self.save().path)

    def _cell(self, number: int) -> NotebookNode:
        cell: NotebookNode = self.notebook.cells[number - 1]
        return cell

    def _run(self, cell: NotebookNode) -> str:
        """Run a cell and return why it failed, if it did."""
        if self._kernel is None:
            self._kernel = DeskKernel(self.path)
        self._kernel.run(cell, cell_id=cell.id if self._sends_ids else None)
        return "".join(output.evalue for output in cell.outputs if output.output_type == "error")


def judge(notebook: Path) -> Verdict:
    """Return what the checker finds in a saved notebook that has run: codes and cells."""
    report = check([notebook])
    if not report.notebooks[0].has_evidence:
        raise RuntimeError(f"nothing is known of how {notebook.name} ran")
    return [(one.code, one.location.cell) for one in report.findings]


def _make_id() -> str:
    return str(uuid.uuid4())
