"""Tests of the ids of sessions."""

from __future__ import annotations

import time
import uuid

import pytest

from vault_magic.session_id import create_session_id, read_start


def test_id_is_a_uuid_of_version_7() -> None:
    parsed = uuid.UUID(hex=create_session_id())
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)


def test_id_tells_when_the_session_began() -> None:
    before = time.time_ns() // 1_000_000
    start = read_start(create_session_id())
    assert start is not None
    assert before <= start <= time.time_ns() // 1_000_000


def test_no_two_sessions_have_the_same_id() -> None:
    assert len({create_session_id() for _ in range(1000)}) == 1000


# Frozen: an id of today has to tell its time to later versions. The example is that of RFC 9562, A.6.
def test_frozen_id_is_read() -> None:
    assert read_start("017f22e279b07cc398c4dc0c0c07398f") == 0x017F22E279B0


@pytest.mark.parametrize(
    "session",
    [
        pytest.param("", id="original-tool"),
        pytest.param("session of a.ipynb", id="text"),
        pytest.param(uuid.UUID(int=0, version=4).hex, id="version-4"),
        pytest.param("017f22e279b07cc318c4dc0c0c07398f", id="another-variant"),
        pytest.param("017F22E279B07CC398C4DC0C0C07398F", id="capitals"),
        pytest.param("017f22e279b07cc398c4dc0c0c07398f0", id="too-long"),
        pytest.param("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", id="hyphens"),
    ],
)
def test_id_that_tells_no_time_is_read_as_none(session: str) -> None:
    assert read_start(session) is None
