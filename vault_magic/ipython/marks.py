"""Marks on rich outputs: the metadata of each tells which code made it."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from vault_magic import mark, record
from vault_magic.canonical import VERSION
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.mark import Mark

_KINDS = frozenset({"display_data", "execute_result"})


class OutputMarks:
    """Puts a mark into the metadata of every rich output, through the hooks that a kernel offers.

    A terminal has no such hooks: there are no marks then. Where the hook for the result of a cell is missing
    (ipykernel before 7.3), the step that sends it is wrapped.
    """

    def __init__(self, shell: InteractiveShell, tracker: SessionTracker) -> None:
        self._tracker = tracker
        self._results: Any = shell.displayhook
        publishers: tuple[Any, Any] = (shell.display_pub, shell.displayhook)
        self._publishers = [one for one in publishers if hasattr(one, "register_hook")]
        for publisher in self._publishers:
            publisher.register_hook(self._mark)
        self._is_wrapped = self._results not in self._publishers and hasattr(self._results, "session")
        if self._is_wrapped:
            vars(self._results)["finish_displayhook"] = self._finish_marked

    def detach(self) -> None:
        """Stop marking."""
        for publisher in self._publishers:
            publisher.unregister_hook(self._mark)
        if self._is_wrapped:
            del vars(self._results)["finish_displayhook"]

    def _finish_marked(self) -> None:
        """Mark the result of a cell, then send it as its class does."""
        if isinstance(message := getattr(self._results, "msg", None), dict):
            self._mark(message)
        type(self._results).finish_displayhook(self._results)

    def _mark(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the message of an output with its mark; outputs of our own carry a whole record already."""
        run = self._tracker.find_run(message.get("parent_header", {}).get("msg_id", ""))
        metadata = message.get("content", {}).get("metadata")
        if run is None or message.get("msg_type") not in _KINDS or not isinstance(metadata, dict):
            return message
        if message["content"].get("transient", {}).get("display_id"):
            return message  # its metadata would be copied to every output of that id, whatever cell made it
        if record.METADATA_KEY not in metadata:
            made_by = Mark(self._tracker.session.id, run.digest.source, run.digest.code, VERSION, count=run.count)
            metadata[mark.METADATA_KEY] = made_by.to_json()
        return message
