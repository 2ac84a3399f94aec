"""Arrays of datetimes and durations as cells of text through pyarrow, as pandas writes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vault_magic.codecs.labels import NotInText

_TEXT = pa.large_string()
_DAY = 86_400  # seconds
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_NAT = np.iinfo(np.int64).min
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # seconds of the years 1 to 9999, which pyarrow spells as pandas does
_NOTHING, _SPACE, _POINT, _DAYS = (pa.scalar(text, _TEXT) for text in ("", " ", ".", "days"))


def render_instants(values: np.ndarray[Any, Any]) -> Any:
    """Return the text of datetimes without a zone: days, or as many decimals as the finest of them needs.

    Raises `NotInText` for years before 1.
    """
    unit, counts, missing = _split(values)
    per_day = _DAY * _PER_SECOND[unit]
    if not (counts % per_day).any():
        return _spell(counts // per_day, "D", missing)
    shown, scale = _find_precision(counts, unit)
    return _spell(counts // scale, shown, missing)


def render_zoned(values: Any) -> Any:
    """Return the text of datetimes of a zone with their offsets, and as many decimals as the finest of them needs."""
    local = np.asarray(values.tz_localize(None))
    unit, counts, missing = _split(local)
    shown, scale = _find_precision(counts, unit)
    offsets = _spell_offsets(_find_offsets(values, local))
    return pc.binary_join_element_wise(_spell(counts // scale, shown, missing), offsets, _NOTHING)


def render_stamps(values: Any) -> Any:
    """Return the text of datetimes as each is spelled alone, with its offset where it has a zone."""
    zoned = getattr(values, "tz", None) is not None
    local = np.asarray(values.tz_localize(None) if zoned else values)
    unit, counts, missing = _split(local)
    per_second = _PER_SECOND[unit]
    texts = _spell(counts // per_second, "s", missing)
    parts = [texts, _spell_fraction(counts % per_second * (10**9 // per_second))]
    if zoned:
        parts.append(_spell_offsets(_find_offsets(values, local)))
    return pc.binary_join_element_wise(*parts, _NOTHING)


def render_durations(values: np.ndarray[Any, Any], *, together: bool) -> Any:
    """Return the text of durations, `1 days 02:03:04`.

    Rendered `together`, all have as many decimals as the finest needs, and whole days no clock where all are; else
    each is spelled alone.
    """
    unit, counts, missing = _split(values)
    per_second = _PER_SECOND[unit]
    days, rest = np.divmod(counts, _DAY * per_second)
    texts = pc.binary_join_element_wise(pc.cast(pa.array(days, mask=missing), _TEXT), _DAYS, _SPACE)
    if together and not rest.any():
        return texts
    sign = pc.if_else(pa.array(days < 0), pa.scalar(" +", _TEXT), _SPACE)
    clock = pc.cast(pc.cast(pa.array((rest // per_second).astype(np.int32)), pa.time32("s")), _TEXT)
    fraction = _spell_fraction(rest % per_second * (10**9 // per_second), together=together)
    return pc.binary_join_element_wise(texts, sign, clock, fraction, _NOTHING)


def _split(values: np.ndarray[Any, Any]) -> tuple[str, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return unit, counts since 1970 with zeros where a value is missing, and where one is."""
    counts = np.ascontiguousarray(values).view(np.int64)
    missing = counts == _NAT
    return np.datetime_data(values.dtype)[0], np.where(missing, 0, counts) if missing.any() else counts, missing


def _find_precision(counts: np.ndarray[Any, Any], unit: str) -> tuple[str, int]:
    """Return the coarsest unit that tells all counts, and how many of theirs it has."""
    for shown, per_second in _PER_SECOND.items():
        scale = _PER_SECOND[unit] // per_second
        if scale <= 1 or not (counts % scale).any():
            return shown, max(scale, 1)
    raise AssertionError(unit)


def _spell(counts: np.ndarray[Any, Any], unit: str, missing: np.ndarray[Any, Any]) -> Any:
    """Return days or moments as text; years of five digits, which pyarrow does not know, as numpy does."""
    if not len(counts):
        return pa.array([], _TEXT)
    first, last = (_to_seconds(int(one), unit) for one in (counts.min(), counts.max()))
    if first < _FIRST:
        raise NotInText("years before 1")
    if last > _LAST:
        spelled = np.char.replace(np.datetime_as_string(counts.view(f"M8[{unit}]")), "T", " ")
        return pa.array(spelled.tolist(), _TEXT, mask=missing)
    if unit == "D":
        return pc.cast(pa.array(counts.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32()), _TEXT)
    return pc.cast(pa.array(counts, pa.timestamp(unit), mask=missing), _TEXT)


def _to_seconds(count: int, unit: str) -> int:
    return count * _DAY if unit == "D" else count // _PER_SECOND[unit]


def _find_offsets(values: Any, local: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return how many seconds each local time is ahead of UTC."""
    utc = np.asarray(values.tz_convert(None)).astype(local.dtype)
    unit = np.datetime_data(local.dtype)[0]
    return np.where(np.isnat(local), 0, local.view(np.int64) - utc.view(np.int64)) // _PER_SECOND[unit]


def _spell_fraction(nanoseconds: np.ndarray[Any, Any], *, together: bool = False) -> Any:
    """Return six or nine decimals or none, as each needs or all `together`."""
    if not nanoseconds.any():
        return _NOTHING
    fine = pc.utf8_lpad(pc.cast(pa.array(nanoseconds), _TEXT), 9, "0")
    short = pc.utf8_slice_codeunits(fine, 0, 6)
    is_fine, is_whole = nanoseconds % 1000 != 0, nanoseconds == 0
    if together:
        is_fine, is_whole = np.full_like(is_fine, is_fine.any()), np.zeros_like(is_whole)
    dotted = pc.binary_join_element_wise(_POINT, pc.if_else(pa.array(is_fine), fine, short), _NOTHING)
    return pc.if_else(pa.array(is_whole), _NOTHING, dotted)


def _spell_offsets(seconds: np.ndarray[Any, Any]) -> Any:
    distinct, codes = np.unique(seconds, return_inverse=True)
    return pa.array([_spell_offset(int(one)) for one in distinct], _TEXT).take(pa.array(codes))


def _spell_offset(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text
