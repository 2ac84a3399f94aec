"""What only a real kernel shows: messages, cell ids, outputs that come late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from vault_magic.digest import source_digest
from vault_magic.ledger import compact_id

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

LOAD = "%load_ext vault_magic\n%open_vault -p storage.zip --secure False"


class Kernel:
    """A running kernel, asked as a front end asks it."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client
        self._sources: dict[str, str] = {}
        self.outputs: list[tuple[str, dict[str, Any]]] = []

    def run(self, code: str, *, cell_id: str | None = None) -> list[dict[str, Any]]:
        """Run a cell and return its rich outputs; `outputs` has all so far, each with the cell it belongs to."""
        message = self._client.session.msg("execute_request", self._content(code))
        message["metadata"] = {"cellId": cell_id} if cell_id else {}
        self._sources[message["header"]["msg_id"]] = code
        self._client.shell_channel.send(message)
        own: list[dict[str, Any]] = []
        while True:
            received = self._client.get_iopub_msg(timeout=30)
            mine = received["parent_header"].get("msg_id") == message["header"]["msg_id"]
            if received["msg_type"] in ("display_data", "execute_result"):
                self.outputs.append((self._sources[received["parent_header"]["msg_id"]], received["content"]))
                own += [received["content"]] if mine else []
            if mine and received["content"].get("execution_state") == "idle":
                return own

    @staticmethod
    def _content(code: str) -> dict[str, Any]:
        return {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """Start a kernel in an empty folder."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    yield Kernel(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_ledger_holds_cell_ids_and_the_loading_cell(kernel: Kernel) -> None:
    kernel.run(LOAD, cell_id="aaaa")
    kernel.run("x = 1", cell_id="bbbb")
    kernel.run("x = 2", cell_id="bbbb")
    (output,) = kernel.run("%vault store x in m", cell_id="cccc")
    record = output["metadata"]["vault"]
    rows = [row.split(" ") for row in record["ledger"]["rows"].splitlines()]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("1", "+", compact_id("aaaa")),
        ("3", "+", compact_id("bbbb")),
        ("4", "~", compact_id("cccc")),
    ]
    assert (record["cell"]["id"], record["cell"]["count"]) == ("cccc", 4)


def test_address_of_a_document_is_not_written_down(kernel: Kernel) -> None:
    address = "vscode-notebook-cell:/home/somebody/a.ipynb#W0sZmlsZQ%3D%3D"
    kernel.run(LOAD, cell_id=address)
    (output,) = kernel.run("x = 1\n%vault store x in m", cell_id=address)
    assert "somebody" not in str(output["metadata"])
    assert output["metadata"]["vault"]["cell"]["id"] is None


@pytest.mark.parametrize(
    "cell",
    [
        "1 + 1",
        "from IPython.display import display\ndisplay('shown')",
        "%%time\nfrom IPython.display import HTML\nHTML('<b>bold</b>')",
    ],
)
def test_every_rich_output_is_marked_with_its_cell(kernel: Kernel, cell: str) -> None:
    kernel.run(LOAD)
    (output,) = kernel.run(cell)
    assert output["metadata"]["vault_cell"]["sha256"] == source_digest(cell)


def test_output_that_comes_late_is_marked_with_the_cell_under_which_it_appears(kernel: Kernel) -> None:
    late = (
        "import asyncio\n"
        "from IPython.display import display\n"
        "async def show():\n    await asyncio.sleep(0.5)\n    display('late')\n"
        "task = asyncio.get_event_loop().create_task(show())"
    )
    for cell in (LOAD, late, "await asyncio.sleep(1); 'second'"):
        kernel.run(cell)
    assert {output["data"]["text/plain"] for _, output in kernel.outputs} == {"'late'", "'second'"}
    for source, output in kernel.outputs:  # which one that is for the late output differs between kernels
        assert output["metadata"]["vault_cell"]["sha256"] == source_digest(source)


def test_output_whose_metadata_travel_to_other_cells_is_not_marked(kernel: Kernel) -> None:
    kernel.run(LOAD)
    kernel.run("from IPython.display import display")
    (output,) = kernel.run("display('a', display_id='k');")
    assert output["metadata"] == {}


def test_unloading_stops_the_marks(kernel: Kernel) -> None:
    kernel.run(LOAD)
    kernel.run("%unload_ext vault_magic")
    (output,) = kernel.run("1 + 1")
    assert output["metadata"] == {}
