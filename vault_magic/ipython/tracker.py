"""The session as IPython's events tell it: each cell that begins and ends goes into the ledger."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

from vault_magic.ipython.history import read_history
from vault_magic.ipython.latest import Latest
from vault_magic.ipython.request import Request, Told, read_request
from vault_magic.operations.host import remember
from vault_magic.operations.outcome import Outcome
from vault_magic.parameters import hide_secrets
from vault_magic.session import Run, Session, build_run
from vault_magic.session_id import create_session_id

_VARIABLE = "VAULT_MAGIC_NOTEBOOK"
_REMEMBERED = 1000
_SESSION = "_vault_magic_session"  # stays with the shell: unloading and loading again is no other session
_INJECTED = "# Parameters\n"  # how papermill begins the cell that it injects


class SessionTracker:
    """Keeps the `Session` of a shell up to date; runs without history (inside `%%capture`, helpers) are no cells.

    Cells may overlap: those of subshells run in threads of their own. Which of them an event or a command belongs to is
    told by the request that the kernel serves in that thread.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._folder = Path(str(next(iter(shell.user_ns.get("_dh", ())), Path.cwd())))  # before any chdir
        self._lock = threading.Lock()
        self._runs: Latest[str, Run] = Latest(_REMEMBERED)
        self._nested: Counter[str | None] = Counter()
        self._told: Told | None = None
        self._session = Session(id=vars(shell).setdefault(_SESSION, create_session_id()))
        self._begin_loading_cell()
        shell.events.register("pre_run_cell", self._on_start)
        shell.events.register("post_run_cell", self._on_finish)

    def detach(self) -> None:
        """Stop listening."""
        self._shell.events.unregister("pre_run_cell", self._on_start)
        self._shell.events.unregister("post_run_cell", self._on_finish)

    @property
    def session(self) -> Session:
        """The session as the cell sees it that is being served."""
        return self._session.serve(self._find_request().id)

    @property
    def session_id(self) -> str:
        """The id of the session."""
        return self._session.id

    @property
    def parameters(self) -> Mapping[str, object] | None:
        """The parameters of the run, where it has any, without secrets."""
        known = self._told.parameters if self._told else None
        return None if known is None else hide_secrets(known)

    def remember(self, outcome: Outcome) -> None:
        """Add what a command has brought."""
        self._change(lambda session: remember(session, outcome))

    def find_notebook(self) -> Path | None:
        """Return the notebook's file where somebody tells it, or `None`.

        Jupyter's server tells the whole path, or one from its own root, of which the kernel knows only the last part.
        """
        known: Mapping[str, Any] = self._shell.user_ns
        session = os.environ.get("JPY_SESSION_NAME", "")
        told = (
            self._told.notebook if self._told else None,
            os.environ.get(_VARIABLE),
            known.get("__vsc_ipynb_file__"),
            known.get("PAPERMILL_INPUT_PATH"),
            session if Path(session).is_absolute() else Path(session).name,
        )
        names = [name for name in told if isinstance(name, str) and name.endswith(".ipynb")]
        return self._folder / names[0] if names else None

    def find_saved(self) -> Path | None:
        """Return the file in which the run is saved, where that is another than the notebook's."""
        saved = self._told.saved if self._told else None
        return self._folder / saved if saved else None

    def find_run(self, message_id: str) -> Run | None:
        """Return the run that a message of the front end asked for; an output can come long after it."""
        return self._runs.get(message_id)

    def _begin_loading_cell(self) -> None:
        """Start with the cells that ran before, and the one that loads the extension: its own event is already past."""
        request = self._find_request()
        history = read_history(self._shell, running=request.source)
        missed = max(0, self._shell.displayhook.prompt_count - 1 - len(history))
        if request.told and request.told.parameters:
            history = {count: source for count, source in history.items() if not source.startswith(_INJECTED)}
        self._change(lambda session: session.recall(history, missed=missed))
        if request.source is not None:
            self._begin(request, request.source, sent_id=request.cell_id)

    def _find_request(self) -> Request:
        """Return the request that is being served; a terminal has none."""
        find_parent = getattr(getattr(self._shell, "kernel", None), "get_parent", None)
        return read_request(find_parent("shell") if find_parent else None)

    def _on_start(self, info: ExecutionInfo) -> None:
        if info.store_history and isinstance(info.raw_cell, str):
            self._begin(self._find_request(), info.raw_cell, sent_id=info.cell_id)

    def _on_finish(self, result: ExecutionResult | None) -> None:
        """End the run of the request that is served; an asynchronous cell that was interrupted has no result."""
        info = result.info if result is not None else None
        if info is not None and not (info.store_history and info.raw_cell and not info.raw_cell.isspace()):
            return
        request = self._find_request().id
        if request in self._nested:
            self._nested -= Counter([request])
            return
        succeeded = result is not None and bool(result.success)
        self._change(lambda session: session.finish(succeeded=succeeded, request=request))

    def _begin(self, request: Request, source: str, *, sent_id: object) -> None:
        """Begin a cell; what code of a cell runs as a cell belongs to that cell."""
        if request.told:
            self._listen(request.told)
        if (request.told and request.told.is_injected) or self._is_running(request.id):
            self._nested[request.id] += 1
            return
        known = sent_id if isinstance(sent_id, str) and sent_id else None
        count = self._shell.displayhook.prompt_count
        run = build_run(source, sent_id=known, count=count, request=request.id)
        self._change(lambda session: session.start(run))
        if request.id:
            self._runs.put(request.id, run)

    def _is_running(self, request: str | None) -> bool:
        """Tell whether a cell has begun for a request; where nobody sends requests, whether any runs."""
        return request in self._runs if request else self._session.current is not None

    def _listen(self, told: Told) -> None:
        """Take over what the papermill engine tells; the session only before anything was marked with another."""
        if self._told is None and told.session and not self._runs:
            self._session = replace(self._session, id=told.session)
        self._told = told

    def _change(self, change: Callable[[Session], Session]) -> None:
        with self._lock:
            self._session = change(self._session)
