"""A running kernel, asked as a front end asks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from vault_magic.digest import source_digest

LOAD = "%load_ext vault_magic\n%open_vault -p storage.zip --secure False"

_RICH = frozenset({"display_data", "execute_result", "update_display_data"})


@dataclass(frozen=True, slots=True)
class Output:
    """A rich output as it came: the cell that it belongs to, the kind of its message, what it holds."""

    cell: str
    kind: str
    data: dict[str, Any]
    metadata: dict[str, Any]

    @property
    def record(self) -> dict[str, Any]:
        """The record that it carries."""
        found: dict[str, Any] = self.metadata["vault"]
        return found

    def find_marked(self, *cells: str) -> str | None:
        """Return which of some cells its mark tells."""
        digest = self.metadata.get("vault_cell", {}).get("sha256")
        return next((cell for cell in cells if source_digest(cell) == digest), None)


class Kernel:
    """A running kernel; `outputs` are the rich outputs of all cells so far, `faults` what else went wrong."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager = manager
        self._client = client
        self._cells: dict[str, str] = {}
        self._idle: set[str] = set()
        self.outputs: list[Output] = []
        self.messages: list[str] = []
        self.errors: list[str] = []

    def run(self, code: str, *, cell_id: str | None = None, told: object = None) -> list[Output]:
        """Run a cell and return its rich outputs; `told` is what the papermill engine adds."""
        before = len(self.outputs)
        self.wait(self.ask(code, cell_id=cell_id, told=told))
        return [output for output in self.outputs[before:] if output.cell == code]

    def ask(self, code: str, *, cell_id: str | None = None, told: object = None, subshell: str | None = None) -> str:
        """Ask for a cell and return the id of the request."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self._client.session.msg("execute_request", content)
        metadata = {"cellId": cell_id, "vault": told}
        message["metadata"] = {key: value for key, value in metadata.items() if value is not None}
        if subshell:
            message["header"]["subshell_id"] = subshell
        request: str = message["header"]["msg_id"]
        self._cells[request] = code
        self._client.shell_channel.send(message)
        return request

    def wait(self, *requests: str) -> None:
        """Wait until cells have ended."""
        while not {*requests} <= self._idle:
            self._take(self._client.get_iopub_msg(timeout=30))

    def wait_for_output(self) -> None:
        """Wait for one more rich output of whatever cell."""
        before = len(self.outputs)
        while len(self.outputs) == before:
            self._take(self._client.get_iopub_msg(timeout=30))

    def interrupt(self) -> None:
        """Interrupt what runs."""
        self._manager.interrupt_kernel()

    def create_subshell(self) -> str:
        """Return the id of a new subshell."""
        message = self._client.session.msg("create_subshell_request", {})
        self._client.control_channel.send(message)
        reply: dict[str, Any] = self._client.get_control_msg(timeout=30)
        subshell: str = reply["content"]["subshell_id"]
        return subshell

    def _take(self, message: dict[str, Any]) -> None:
        request, content = message["parent_header"].get("msg_id"), message["content"]
        if content.get("execution_state") == "idle":
            self._idle.add(request)
        if request not in self._cells or message["msg_type"] in ("status", "execute_input"):
            return
        self.messages.append(message["msg_type"])
        if message["msg_type"] in _RICH:
            cell = self._cells[request]
            self.outputs.append(Output(cell, message["msg_type"], content["data"], content["metadata"]))
        if message["msg_type"] == "error":
            self.errors.append(content["ename"])
        if message["msg_type"] == "stream" and content["name"] == "stderr":
            self.errors.append(content["text"])


@contextmanager
def start_kernel(folder: Path) -> Iterator[Kernel]:
    """Start a kernel in a folder."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder))
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def list_rows(output: Output) -> list[list[str]]:
    """Return the rows of the ledger that an output carries, as words."""
    return [row.split(" ") for row in output.record["ledger"]["rows"].splitlines()]
