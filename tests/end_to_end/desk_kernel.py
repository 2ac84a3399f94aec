"""A real kernel as a front end drives it: cells run one by one, and outputs go to their cells as they come."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode

_TIMEOUT = 60.0
_RICH = frozenset({"display_data", "execute_result", "update_display_data"})


class DeskKernel:
    """The kernel of a notebook, which sends outputs to cells."""

    def __init__(self, notebook: Path) -> None:
        told = {"JPY_SESSION_NAME": str(notebook)}  # as Jupyter's server does
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(notebook.parent), env=os.environ | told)
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=_TIMEOUT)
        self._asked: dict[str, _OutputArea] = {}
        self._shown: dict[str, list[NotebookNode]] = {}

    def stop(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def restart(self) -> None:
        """Start it anew."""
        self._manager.restart_kernel(now=True)
        self._client.wait_for_ready(timeout=_TIMEOUT)

    def run(self, cell: NotebookNode, *, cell_id: str | None) -> None:
        """Run a cell and collect its outputs, and those that come late for others."""
        content = {"code": cell.source, "silent": False, "store_history": True}
        request = self._client.session.msg("execute_request", {**content, "user_expressions": {}, "allow_stdin": False})
        request["metadata"] = {"cellId": cell_id} if cell_id else {}
        self._asked = {key: area for key, area in self._asked.items() if area.cell is not cell}  # late ones are lost
        self._asked[request["header"]["msg_id"]] = _OutputArea(cell)
        self._client.shell_channel.send(request)
        while not self._take(self._client.get_iopub_msg(timeout=_TIMEOUT), request["header"]["msg_id"]):
            pass
        self._client.get_shell_msg(timeout=_TIMEOUT)

    def _take(self, message: dict[str, Any], awaited: str) -> bool:
        """Do what a message says, and tell whether it is the last of the request awaited."""
        kind, content, asked = message["msg_type"], message["content"], message["parent_header"].get("msg_id")
        shown = (content.get("transient") or {}).get("display_id") if kind in _RICH else None
        for output in self._shown.get(shown, ()) if shown else ():
            output.update(deepcopy({"data": content["data"], "metadata": content["metadata"]}))
        added = self._asked[asked].take(kind, content) if asked in self._asked else None
        if shown and added is not None:
            self._shown.setdefault(shown, []).append(added)
        return bool(kind == "status" and content["execution_state"] == "idle" and asked == awaited)


class _OutputArea:
    """The outputs of a cell that runs."""

    def __init__(self, cell: NotebookNode) -> None:
        self.cell = cell
        self._clears_next = False
        cell.outputs, cell.execution_count = [], None

    def take(self, kind: str, content: dict[str, Any]) -> NotebookNode | None:
        """Do what a message says, and return the output that it has added."""
        match kind:
            case "execute_input":
                self.cell.execution_count = content["execution_count"]
            case "clear_output":
                self._clears_next = bool(content["wait"])
                self.cell.outputs = self.cell.outputs if self._clears_next else []
            case "stream" | "display_data" | "execute_result" | "error":
                return self._add(kind, content)
        return None

    def _add(self, kind: str, content: dict[str, Any]) -> NotebookNode:
        if self._clears_next:
            self._clears_next, self.cell.outputs = False, []
        last: NotebookNode | None = self.cell.outputs[-1] if self.cell.outputs else None
        if kind == "stream" and last is not None and last.get("name") == content["name"]:
            last.text += content["text"]
            return last
        fields = {key: value for key, value in deepcopy(content).items() if key != "transient"}
        added: NotebookNode = nbformat.v4.new_output(kind, **fields)
        self.cell.outputs.append(added)
        return added
