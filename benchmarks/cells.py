"""What the extension costs a notebook: `python benchmarks/cells.py`.

Processor time of a cell, without output and with one display, with and without the extension, in turns in the same run:
in ipykernel's kernel inside this process, so that no sockets add noise. Of real cells half have two lines or fewer, and
one in ten has ten or more. Then the growth of a notebook of 100 cells with
50 stores, run by nbclient in a kernel of its own. Machines are noisy: medians, and ratios.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator
from itertools import count
from typing import Any

import nbformat
from ipykernel.inprocess.manager import InProcessKernelManager
from nbclient import NotebookClient

ROUNDS, CELLS = 60, 10

BODY = """\
# prepare the measures of batch {number}
rows = [dict(city=name, value=index * {number}) for index, name in enumerate(("Oslo", "Rome", "Riga"))]
kept = {{row["city"]: row["value"] for row in rows if row["value"] >= 0}}
if kept:
    largest = max(kept.values())
else:
    largest = None
def scale(value, *, by={number}):
    return value / (by or 1)
scaled = [scale(value) for value in kept.values()]"""

SHORT = """\
values = [index * {number} for index in range(10)]
largest = max(values)"""

SHOWN = "IPython.display.display"
NUMBERS = count(1)


class Kernel:
    """A kernel in this process."""

    def __init__(self) -> None:
        manager: Any = InProcessKernelManager()
        manager.start_kernel()
        self._client = manager.client()
        self._client.start_channels()
        self.run("import IPython.display")

    def run(self, source: str) -> float:
        """Run a cell as a front end asks for it, and return the milliseconds of processor time it took."""
        start = time.process_time()
        self._client.execute(source)
        elapsed = time.process_time() - start
        while self._client.iopub_channel.msg_ready():
            self._client.get_iopub_msg()
        return elapsed * 1000


def measure(kernel: Kernel, cell: str) -> tuple[float, float]:
    """Return the medians without and with the extension of cells that are alike and never the same."""
    times: dict[str, list[float]] = {"unload_ext": [], "load_ext": []}
    for _ in range(ROUNDS):
        for state, found in times.items():
            kernel.run(f"%{state} vault_magic")
            found += (kernel.run(cell.format(number=next(NUMBERS))) for _ in range(CELLS))
    without, with_it = (statistics.median(found) for found in times.values())
    return without, with_it


def build_sources() -> Iterator[str]:
    """Yield the cells of a notebook: half of them store, a quarter show something."""
    yield "%load_ext vault_magic\n%open_vault -p storage.zip --secure False"
    for number in range(1, 100):
        body = BODY.format(number=number)
        if number % 2:
            yield f"{body}\nresult_{number} = scaled\n%vault store result_{number} in results"
        else:
            yield f"{body}\nlargest" if number % 4 else body


def measure_growth(*, sends_ids: bool) -> tuple[int, int, int]:
    """Return the bytes of the notebook as run, and those of its records and of its marks."""
    cells = [nbformat.v4.new_code_cell(source) for source in build_sources()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": folder}})
        with client.setup_kernel():
            for place, cell in enumerate(cells):
                if sends_ids:
                    send_id(client, cell["id"])
                client.execute_cell(cell, place)
    whole = measure_bytes(notebook)
    marks = whole - measure_bytes(drop(notebook, "vault_cell"))
    return whole, whole - marks - measure_bytes(drop(notebook, "vault")), marks


def send_id(client: Any, cell_id: str) -> None:
    """Send the id of a cell with the next request, as JupyterLab does."""
    session = client.kc.session
    build = type(session).msg
    session.msg = lambda *args, **options: build(session, *args, **options | {"metadata": {"cellId": cell_id}})


def measure_bytes(notebook: Any) -> int:
    """Return the size of a notebook as it is saved."""
    return len(nbformat.writes(notebook, indent=1).encode())


def drop(notebook: Any, key: str) -> Any:
    """Remove one key from the metadata of all outputs."""
    for cell in notebook.cells:
        for output in cell.outputs:
            output.get("metadata", {}).pop(key, None)
    return notebook


def main() -> None:
    """Print times and ratios, then the growth."""
    kernel = Kernel()
    cells = {
        "2 lines, no output": SHORT,
        "2 lines, a display": f"{SHORT}\n{SHOWN}(largest)",
        "10 lines, no output": BODY,
        "10 lines, a display": f"{BODY}\n{SHOWN}(scaled)",
    }
    for name, cell in cells.items():
        without, with_it = measure(kernel, cell)
        added = with_it - without
        print(f"{name:19} {without:6.3f} ms, {with_it:6.3f} with: {added:+.3f} ms, {with_it / without:.2f} x")
    for name, sends_ids in {"without ids": False, "with ids": True}.items():
        whole, records, marks = measure_growth(sends_ids=sends_ids)
        print(
            f"100 cells, 50 stores, {name:11} {records + marks} of {whole} bytes are records {records}, marks {marks}"
        )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
