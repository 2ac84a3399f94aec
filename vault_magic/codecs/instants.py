"""Text of dates, times and durations to and from whole nanoseconds; pandas is not needed here."""

from __future__ import annotations

import datetime as dt
import re

DAY = 86_400 * 10**9

_DIGITS = 4  # of the years that `datetime` knows
_CYCLE, _CYCLE_DAYS = 400, 146_097  # years and days after which the calendar repeats itself
_EPOCH = dt.date(1970, 1, 1).toordinal()
_CLOCK = r"(\d+):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
_INSTANT = re.compile(rf"(\d{{4,9}})(-\d\d-\d\d)(?: {_CLOCK}(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?)?", re.ASCII)
_DURATION = re.compile(rf"(-?\d+) days(?: \+?{_CLOCK})?", re.ASCII)


def parse_instant(text: str, *, zoned: bool) -> int:
    """Give nanoseconds since 1970, in UTC where a zone is expected; raises `ValueError`."""
    match = _INSTANT.fullmatch(text)
    if match is None or (match[7] is not None) != zoned:
        raise ValueError(text)
    east = -1 if match[7] == "-" else 1
    offset = _count(match[8], match[9], match[10], None)
    cycles, year = divmod(int(match[1]), _CYCLE) if len(match[1]) > _DIGITS else (0, int(match[1]))
    days = dt.date.fromisoformat(f"{year + bool(cycles) * _CYCLE:04}{match[2]}").toordinal() - _EPOCH
    days += (cycles - bool(cycles)) * _CYCLE_DAYS
    return days * DAY + _count(*match.group(3, 4, 5, 6)) - east * offset


def parse_duration(text: str) -> int:
    """Give nanoseconds of `1 days 02:03:04.5`, the sign on the days; raises `ValueError`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]) * DAY + _count(*match.group(2, 3, 4, 5))


def render_duration(nanoseconds: int) -> str:
    """Write whole nanoseconds as `parse_duration` reads them."""
    days, rest = divmod(nanoseconds, DAY)
    seconds, fraction = divmod(rest, 10**9)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{days} days {clock}.{fraction:09}" if fraction else f"{days} days {clock}"


def _count(hours: str | None, minutes: str | None, seconds: str | None, fraction: str | None) -> int:
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 10**9 + int((fraction or "").ljust(9, "0"))
