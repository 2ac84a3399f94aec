"""VC406: files that notebooks read past the vault; good to know."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from vaultcheck.cell import Cell
from vaultcheck.file_calls import FileCall, find_file_calls, may_call_files
from vaultcheck.file_functions import Kind
from vaultcheck.finding import Location, Severity
from vaultcheck.handovers import Medium, find_handlings
from vaultcheck.notebook import Notebook
from vaultcheck.path_names import PathNames
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.rules.phrases import agree, list_names, list_notebooks
from vaultcheck.workspace import Workspace


class LocalFile(Rule):
    """A file that a notebook reads past the vault.

    **What**: a notebook that works with a vault reads a local file by one of the usual calls (`pd.read_csv`, `open`,
    `np.load`, `joblib.load`). Told once for a notebook, at the first.

    **Why**: what the notebook makes depends on something that is neither recorded nor stored: it can change without
    anything being stale.

    **Example**: `raw = pd.read_csv("data/raw.csv")` above `%vault store clean in datasets`.

    **How to mend**: nothing needs to be done for raw data that never change. What a notebook writes, which the finding
    tells, is better handed over by the vault: `vaultcheck adopt` shows how.
    """

    code = "VC406"
    name = "local-file"
    severity = Severity.INFO

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each notebook that works with a vault and reads files."""
        paths = dict.fromkeys(step.notebook.path for step in workspace.steps)
        reads = {path: [*_list_reads(workspace.by_path[path])] for path in paths}
        writers = _find_writers(workspace, [call for found in reads.values() for _, call in found])
        for path, found in reads.items():
            if found:
                cell, call = found[0]
                where = Location(path, cell=cell.number, cell_id=cell.id, line=call.line)
                files = list(dict.fromkeys(one.path for _, one in found))
                message = f"{list_names(files)} {agree(files, 'is', 'are')} read from outside the vault"
                yield Draft(where, message, _advise(workspace.by_path[path], files, writers))


def _list_reads(notebook: Notebook) -> Iterator[tuple[Cell, FileCall]]:
    has_text = "'" in notebook.code or '"' in notebook.code  # else no path is written out
    if not has_text or not may_call_files(notebook.code):
        return
    names = PathNames(cell.source for cell in notebook.code_cells)
    for cell in notebook.code_cells:
        calls = find_file_calls(cell.source, names=names)
        yield from ((cell, call) for call in calls if call.kind is Kind.READ)


def _find_writers(workspace: Workspace, reads: Iterable[FileCall]) -> Mapping[str, list[str]]:
    """Return the notebooks that write files, by the whole paths of these; only those that speak of a file read."""
    names = {posixpath.basename(call.path.replace("\\", "/")) for call in reads} - {""}
    writers: dict[str, list[str]] = {}
    for notebook in workspace.notebooks if names else ():
        if any(name in cell.source for cell in notebook.code_cells for name in names):
            for one in find_handlings(notebook):
                if one.kind is Kind.WRITE and one.parcel.medium is Medium.FILE:
                    writers.setdefault(one.parcel.name, []).append(notebook.path)
    return writers


def _advise(notebook: Notebook, files: Iterable[str], writers: Mapping[str, list[str]]) -> str:
    """Return what to do about files that a notebook reads: of those that notebooks write, who does."""
    read = (
        {one.parcel.name: one.call.path for one in find_handlings(notebook) if one.kind is Kind.READ} if writers else {}
    )
    written = {shown: writers[name] for name, shown in read.items() if name in writers}
    if not written:
        return "store it in the vault once, and import it; or leave it so, if it never changes"
    shown = [file for file in files if file in written]
    makers = sorted({maker for found in written.values() for maker in found})
    which = f"{list_notebooks(makers)} {agree(makers, 'writes', 'write')} {list_names(shown)}"
    return f"{which}: hand {agree(shown, 'it', 'them')} over by the vault, as vaultcheck adopt shows"
