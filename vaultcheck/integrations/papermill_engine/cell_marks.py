"""The mark that a whole cell carries, whether it has outputs or not: which code it ran, and in which run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vault_magic import mark, record
from vault_magic.canonical import VERSION
from vault_magic.digest import digest_cell
from vault_magic.mark import Mark
from vault_magic.output_data import digest_bundle
from vault_magic.stored import has_version
from vaultcheck.cell_mark import METADATA_KEY
from vaultcheck.outputs import RICH

if TYPE_CHECKING:
    from nbformat import NotebookNode


_EXECUTED = "executed"


def forget_marks(notebook: NotebookNode) -> None:
    """Remove the marks of former runs from all cells."""
    for cell in notebook.cells:
        if has_version(cell.metadata.get(METADATA_KEY)):
            del cell.metadata[METADATA_KEY]


def mark_cell(cell: NotebookNode, *, source: str, session: str) -> None:
    """Write into the metadata of a cell that it runs now, and with which source.

    The time in `executed` is also where nbclient noted it: who runs the cell again rewrites or removes only that one,
    so that a mark that is no longer true shows. Metadata of another tool under the same key stay.
    """
    executed = cell.metadata.get("execution", {}).get("iopub.execute_input")
    found = cell.metadata.get(METADATA_KEY)
    if executed is None or not (found is None or has_version(found)):
        return
    digest = digest_cell(source)
    made_by = Mark(session, digest.source, digest.code, VERSION, count=cell.execution_count)
    cell.metadata[METADATA_KEY] = {**made_by.to_json(), _EXECUTED: executed}


def mark_output(output: NotebookNode, cell: NotebookNode) -> None:
    """Write the mark of a cell into a rich output of it that has none, as where nothing has loaded the magics."""
    made_by = cell.metadata.get(METADATA_KEY)
    if not has_version(made_by) or output.output_type not in RICH:
        return
    if mark.METADATA_KEY in output.metadata or record.METADATA_KEY in output.metadata:
        return
    own = {key: value for key, value in made_by.items() if key != _EXECUTED}
    output.metadata[mark.METADATA_KEY] = own | {"data": digest_bundle(output.data)}
