"""What a front end, or the papermill engine, tells with a request to run a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Told:
    """What the papermill engine tells of the run: its session, the input notebook, the parameters if it has any.

    `saved` is the file in which the run is saved. The cell with the parameters is not one of the notebook, so an
    injected cell is no cell.
    """

    session: str | None = None
    notebook: str | None = None
    saved: str | None = None
    parameters: Mapping[str, object] | None = None
    is_injected: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request to run a cell; at a terminal there is none, and nothing of it is known."""

    id: str | None = None
    source: str | None = None
    cell_id: str | None = None
    told: Told | None = None


def read_request(message: object) -> Request:
    """Return what is of use in the message of a request, whoever has sent it."""
    content, metadata = _read_mapping(message, "content"), _read_mapping(message, "metadata")
    is_cell = content.get("store_history", True) and not content.get("silent")
    return Request(
        id=_read_text(_read_mapping(message, "header"), "msg_id"),
        source=_read_text(content, "code") if is_cell else None,
        cell_id=_read_text(metadata, "cellId"),
        told=_read_told(told) if (told := _read_mapping(metadata, "vault")) else None,
    )


def _read_told(told: Mapping[str, Any]) -> Told:
    session, parameters = _read_text(told, "session") or "", told.get("parameters")
    return Told(
        session=session if _SESSION.fullmatch(session) else None,
        notebook=_read_text(told, "notebook"),
        saved=_read_text(told, "saved"),
        parameters=parameters if isinstance(parameters, Mapping) else None,
        is_injected=told.get("is_injected") is True,
    )


def _read_mapping(outer: object, key: str) -> Mapping[str, Any]:
    value = outer.get(key) if isinstance(outer, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _read_text(outer: Mapping[str, Any], key: str) -> str | None:
    value = outer.get(key)
    return value if isinstance(value, str) and value else None
