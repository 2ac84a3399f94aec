"""The session as IPython's events tell it: each cell that begins and ends goes into the ledger."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

from vault_magic.operations.host import remember
from vault_magic.operations.outcome import Outcome
from vault_magic.session import Run, Session, build_run

_VARIABLE = "VAULT_MAGIC_NOTEBOOK"
_REMEMBERED = 1000


class SessionTracker:
    """Keeps the `Session` of a shell up to date; runs without history (inside `%%capture`, helpers) are no cells."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._folder = Path(str(next(iter(shell.user_ns.get("_dh", ())), Path.cwd())))  # before any chdir
        self._runs: dict[str, Run] = {}
        self.session = Session(id=uuid.uuid4().hex)
        self._begin_loading_cell()
        shell.events.register("pre_run_cell", self._on_start)
        shell.events.register("post_run_cell", self._on_finish)

    def detach(self) -> None:
        """Stop listening."""
        self._shell.events.unregister("pre_run_cell", self._on_start)
        self._shell.events.unregister("post_run_cell", self._on_finish)

    def remember(self, outcome: Outcome) -> None:
        """Add what a command has brought."""
        self.session = remember(self.session, outcome)

    def find_notebook(self) -> Path | None:
        """Return the notebook's file where the front end tells it, or `None`.

        Jupyter's server tells the whole path, or one from its own root, of which the kernel knows only the last part.
        """
        known: Mapping[str, Any] = self._shell.user_ns
        session = os.environ.get("JPY_SESSION_NAME", "")
        told = (
            os.environ.get(_VARIABLE),
            known.get("__vsc_ipynb_file__"),
            known.get("PAPERMILL_INPUT_PATH"),
            session if Path(session).is_absolute() else Path(session).name,
        )
        names = [name for name in told if isinstance(name, str) and name.endswith(".ipynb")]
        return self._folder / names[0] if names else None

    def find_run(self, message_id: str) -> Run | None:
        """Return the run that a message of the front end asked for; an output can come long after it."""
        return self._runs.get(message_id)

    def _begin_loading_cell(self) -> None:
        """Start with the cell that loads the extension: its own event is already past."""
        message = self._request()
        source = message.get("content", {}).get("code")
        if isinstance(source, str) and message["content"].get("store_history", True):
            self._begin(source, sent_id=message.get("metadata", {}).get("cellId"))

    def _request(self) -> dict[str, Any]:
        """Return the message that asked for the running cell; a terminal has none."""
        kernel = getattr(self._shell, "kernel", None)
        return (kernel.get_parent("shell") or {}) if kernel is not None else {}

    def _on_start(self, info: ExecutionInfo) -> None:
        if info.store_history and isinstance(info.raw_cell, str):
            self._begin(info.raw_cell, sent_id=info.cell_id)

    def _on_finish(self, result: ExecutionResult) -> None:
        if result.info is not None and result.info.store_history:
            self.session = self.session.finish(succeeded=bool(result.success))

    def _begin(self, source: str, *, sent_id: object) -> None:
        known = sent_id if isinstance(sent_id, str) and sent_id else None
        run = build_run(source, sent_id=known, count=self._shell.displayhook.prompt_count)
        self.session = self.session.start(run)
        message_id = self._request().get("header", {}).get("msg_id")
        if isinstance(message_id, str):
            self._runs[message_id] = run
        if len(self._runs) > _REMEMBERED:
            del self._runs[next(iter(self._runs))]
