"""Marks on rich outputs: the metadata of each tells which code made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from vault_magic import mark, record
from vault_magic.canonical import VERSION
from vault_magic.ipython.origins import DisplayOrigins
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.ipython.wrapping import Around, Call, Wrapping
from vault_magic.mark import Mark
from vault_magic.output_data import digest_bundle
from vault_magic.session import Run


class OutputMarks:
    """Puts a mark into the metadata of every rich output, in the steps of a kernel that send it.

    A terminal sends nothing: there are no marks then. The hooks that kernels offer for this are not used: they are of
    one thread each, stay in threads that nobody can reach, and are missing for results before ipykernel 7.3.
    """

    def __init__(self, shell: InteractiveShell, tracker: SessionTracker) -> None:
        self._shell = shell
        self._tracker = tracker
        self._origins = DisplayOrigins()
        self._wrappings: dict[str, Wrapping] = {}
        self._attach()
        shell.events.register("pre_run_cell", self._attach)

    def detach(self) -> None:
        """Stop marking."""
        self._shell.events.unregister("pre_run_cell", self._attach)
        for one in self._wrappings.values():
            one.detach()

    def _attach(self, *_: object) -> None:
        """Stand where outputs are sent; the cell that loads the extension may have its own outputs captured."""
        self._wrap(self._shell.display_pub, "publish", self._publish)
        self._wrap(self._shell.displayhook, "finish_displayhook", self._finish)

    def _wrap(self, owner: Any, name: str, around: Around) -> None:
        known = self._wrappings.get(name)
        if not hasattr(owner, "parent_header") or (known and known.owner is owner):
            return
        if known:
            known.detach()
        self._wrappings[name] = Wrapping(owner, name, around)

    def _publish(self, publish: Call, data: Any, metadata: Any = None, *arguments: Any, **options: Any) -> Any:
        """Publish a display with its mark."""
        transient = options.get("transient")
        display_id = transient.get("display_id") if isinstance(transient, dict) else None
        if not arguments:  # else it is called as long ago, and what it is cannot be told
            run = self._choose_run(publish.owner.parent_header, display_id, is_update=bool(options.get("update")))
            metadata = self._mark(run, {} if display_id or _is_changed(publish) else data, metadata)
        return publish(data, metadata, *arguments, **options)

    def _finish(self, finish: Call) -> Any:
        """Mark the result of a cell, then send it."""
        message = getattr(finish.owner, "msg", None)
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(message, dict) and isinstance(content, dict) and content.get("data"):
            run = self._find_run(message.get("parent_header"))
            data = {} if _is_changed(finish) and isinstance(content["data"], dict) else content["data"]
            content["metadata"] = self._mark(run, data, content.get("metadata"))
        return finish()

    def _choose_run(self, header: object, display_id: object, *, is_update: bool) -> Run | None:
        """Return the run whose mark a display carries."""
        run = self._find_run(header)
        if not isinstance(display_id, str):
            return None if display_id or is_update else run
        return self._origins.find_origin(display_id) if is_update else self._origins.note(display_id, run)

    def _find_run(self, header: object) -> Run | None:
        message_id = header.get("msg_id") if isinstance(header, Mapping) else None
        return self._tracker.find_run(message_id) if isinstance(message_id, str) else None

    def _mark(self, run: Run | None, data: object, metadata: object) -> object:
        """Return the metadata of an output with its mark; outputs of our own carry a whole record already."""
        known = {} if metadata is None else metadata
        if run is None or not (isinstance(known, dict) and isinstance(data, dict)) or record.METADATA_KEY in known:
            return metadata
        try:
            digests = digest_bundle(data)
            made_by = Mark(
                self._tracker.session_id, run.digest.source, run.digest.code, VERSION, count=run.count, data=digests
            )
        except Exception:  # the user's output is worth more than its mark, whatever is wrong with ours
            return metadata
        return {**known, mark.METADATA_KEY: made_by.to_json()}


def _is_changed(call: Call) -> bool:
    """Tell whether somebody else stands between us and the message, and may change the data: digests would be wrong.

    That is a hook of this thread, or what another extension has put in the place of the sender's own method.
    """
    own, name = getattr(call.method, "__func__", None), getattr(call.method, "__name__", "")
    is_own = own is not None and own is getattr(type(call.owner), name, None)
    return not is_own or bool(getattr(call.owner, "_hooks", ()))
