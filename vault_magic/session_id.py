"""The id of a kernel session: a UUID that begins with the time, so that of two sessions the later one is known."""

from __future__ import annotations

import re
import secrets
import time

_VERSION, _VARIANT = 0x7, 0b10
_TIMED = re.compile(r"([0-9a-f]{12})7[0-9a-f]{3}[89ab][0-9a-f]{15}")


def create_session_id() -> str:
    """Return a new id: a UUID of version 7 (RFC 9562, 5.7) as 32 hex digits without hyphens."""
    milliseconds, chance = time.time_ns() // 1_000_000, secrets.randbits(74)
    head = milliseconds << 80 | _VERSION << 76 | (chance >> 62) << 64
    return f"{head | _VARIANT << 62 | chance & (1 << 62) - 1:032x}"


def read_start(session: str) -> int | None:
    """Return when a session began, in milliseconds since 1970; `None` where its id does not tell."""
    timed = _TIMED.fullmatch(session)
    return int(timed[1], 16) if timed else None
