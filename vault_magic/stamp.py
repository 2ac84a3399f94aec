"""The stamp: the line that a command prints, in English whatever the locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from vault_magic.forms import Verb
from vault_magic.identity import Identity
from vault_magic.record import Result

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PAST = {
    Verb.STORE: "Stored",
    Verb.IMPORT: "Imported",
    Verb.DEL: "Deleted",
    Verb.ASSERT: "Verified",
    Verb.SEAL: "Sealed",
}


def render_stamp(verb: Verb, results: Sequence[Result], *, finished: datetime, subject: str = "") -> str:
    """Return the stamp in Markdown; its plain form is the same without the back quotes.

    `subject` says what the command was about where it was about no single objects.
    """
    when = f"at {render_time(finished)}"
    if not results:
        return f"{_PAST[verb]} {subject} {when}"
    lines = [_describe(verb, result) for result in results]
    if len(lines) == 1:
        return f"{_PAST[verb]} {lines[0]} {when}"
    listed = "".join(f" - {line}\n" for line in lines)
    return f"{_PAST[verb]}:\n\n{listed}\n{when}"


def render_time(time: datetime) -> str:
    """Return a time as people read it, in UTC: `Sunday, 08. Dec 2019 11:58 UTC`."""
    time = time.astimezone(UTC)
    return f"{_DAYS[time.weekday()]}, {time.day:02}. {_MONTHS[time.month - 1]} {time:%Y %H:%M} UTC"


def _describe(verb: Verb, result: Result) -> str:
    if verb is Verb.STORE:
        note = " as pickle" if result.after and result.after.format == "pickle" else ""
        return f"`{result.variable or result.path}`{note} ({_checksum(result.before)} → {_checksum(result.after)})"
    name = (verb is Verb.IMPORT and result.variable) or result.path
    return f"`{name}` ({_checksum(result.before)})"


def _checksum(identity: Identity | None) -> str:
    return (identity.crc32 or "unknown") if identity else "None"
