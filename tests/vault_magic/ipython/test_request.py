"""What is read of the message that asks for a cell, whoever has sent it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.ipython.request import Request, Told, read_request

_HEADER = {"msg_id": "m1"}
_CONTENT = {"code": "x = 1", "silent": False, "store_history": True}


def _message(*, content: object = _CONTENT, **metadata: object) -> dict[str, object]:
    return {"header": _HEADER, "content": content, "metadata": metadata}


@pytest.mark.parametrize(
    ("message", "request_"),
    [
        pytest.param(_message(cellId="a"), Request("m1", "x = 1", "a"), id="jupyterlab"),
        pytest.param(_message(), Request("m1", "x = 1"), id="no-id"),
        pytest.param(_message(cellId=3), Request("m1", "x = 1"), id="id-as-number"),
        pytest.param(_message(cellId=""), Request("m1", "x = 1"), id="empty-id"),
        pytest.param(_message(content={"code": "x = 1"}), Request("m1", "x = 1"), id="least-content"),
        pytest.param(_message(content={**_CONTENT, "silent": True}), Request("m1"), id="silent"),
        pytest.param(_message(content={**_CONTENT, "store_history": False}), Request("m1"), id="without-history"),
        pytest.param(_message(content={"comm_id": "c"}), Request("m1"), id="callback-of-a-widget"),
        pytest.param(_message(content=None), Request("m1"), id="no-content"),
        pytest.param({}, Request(), id="nothing-yet"),
        pytest.param(None, Request(), id="terminal"),
    ],
)
def test_request_is_read(message: object, request_: Request) -> None:
    assert read_request(message) == request_


@pytest.mark.parametrize(
    ("told", "known"),
    [
        pytest.param(
            {
                "session": "5d9f",
                "notebook": "/a.ipynb",
                "saved": "/b.ipynb",
                "parameters": {"n": 1},
                "is_injected": True,
            },
            Told("5d9f", "/a.ipynb", "/b.ipynb", {"n": 1}, is_injected=True),
            id="all",
        ),
        pytest.param(
            {"session": "5d9f", "notebook": None, "parameters": None, "is_injected": False}, Told("5d9f"), id="least"
        ),
        pytest.param({"session": "a b"}, Told(), id="session-with-a-blank"),
        pytest.param({"session": "x" * 65}, Told(), id="session-too-long"),
        pytest.param({"session": "abc\n"}, Told(), id="session-with-a-line-end"),
        pytest.param({"session": 1, "notebook": 2, "parameters": [3], "is_injected": 1}, Told(), id="other-types"),
        pytest.param({}, None, id="empty"),
        pytest.param("later", None, id="text"),
        pytest.param(None, None, id="null"),
    ],
)
def test_what_the_engine_tells_is_read(told: object, known: Told | None) -> None:
    assert read_request(_message(vault=told)).told == known


_KEYS = st.sampled_from(["header", "content", "metadata", "msg_id", "code", "cellId", "vault", "session", "parameters"])
_ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(), inner, max_size=4),
)


@given(_ANYTHING)
def test_any_message_is_read(message: object) -> None:
    assert isinstance(read_request(message), Request)
