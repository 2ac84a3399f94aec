"""What the outputs of a saved cell tell: its records and marks, and which data are no longer what was marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from vault_magic import mark, record
from vault_magic.digest import is_sha256
from vault_magic.errors import FormatError
from vault_magic.legacy import read_legacy_record
from vault_magic.mark import Mark, read_mark
from vault_magic.output_data import PROVED, digest_data
from vault_magic.record import Record, read_record
from vault_magic.stored import has_version
from vaultcheck.shown_error import ShownError, read_error


class Output(msgspec.Struct):
    """An output as the fast decoder gives it: its data stay text until somebody asks for them."""

    output_type: Any = None
    metadata: Any = None
    data: msgspec.Raw = msgspec.Raw()
    text: msgspec.Raw = msgspec.Raw()
    ename: Any = None
    evalue: Any = None


class UpgradedOutput(msgspec.Struct):
    """An output as nbformat gives it."""

    output_type: Any = None
    metadata: Any = None
    data: Any = None
    text: Any = None
    ename: Any = None
    evalue: Any = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What outputs tell of the code that made them.

    `altered` are the MIME types whose data are not what was marked, `faults` say which records and marks cannot be
    read, `is_whole` tells that every rich output has one that can, `has_error` that an error is shown, `error` which.
    """

    records: tuple[Record, ...] = ()
    marks: tuple[Mark, ...] = ()
    altered: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    is_whole: bool = True
    has_error: bool = False
    error: ShownError | None = None


NOTHING = Evidence()
_UNMARKED = Evidence(is_whole=False)
_T = TypeVar("_T")
RICH = ("display_data", "execute_result")
"""The types of output that carry data and metadata."""

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_outputs(outputs: Iterable[Output | UpgradedOutput]) -> Evidence:
    """Return what the outputs of one cell tell."""
    each = [_read_output(one) for one in outputs]
    if len(each) < 2:  # as most cells have none or one, and there are many
        return each[0] if each else NOTHING
    return Evidence(
        records=tuple(record for one in each for record in one.records),
        marks=tuple(mark for one in each for mark in one.marks),
        altered=tuple(sorted({mime for one in each for mime in one.altered})),
        faults=tuple(fault for one in each for fault in one.faults),
        is_whole=all(one.is_whole for one in each),
        has_error=any(one.has_error for one in each),
        error=next((one.error for one in each if one.error), None),
    )


def _read_output(output: Output | UpgradedOutput) -> Evidence:
    metadata = output.metadata if isinstance(output.metadata, dict) else {}
    if not metadata and output.output_type != "error":
        return _UNMARKED if output.output_type in RICH else NOTHING
    records, record_faults = _read(_read_record, metadata)
    marks, mark_faults = _read(_read_mark, metadata)
    return Evidence(
        records=records,
        marks=marks,
        altered=tuple(sorted(_find_altered(output, marks[0]))) if marks and marks[0].data else (),
        faults=record_faults + mark_faults,
        is_whole=output.output_type not in RICH or bool(records or marks),
        has_error=output.output_type == "error",
        error=read_error(output.ename, output.evalue) if output.output_type == "error" else None,
    )


def _read(
    read: Callable[[Mapping[str, object]], _T | None], metadata: Mapping[str, object]
) -> tuple[tuple[_T, ...], tuple[str, ...]]:
    """Return what can be read in the metadata of an output, and if it cannot be, why."""
    try:
        value = read(metadata)
    except FormatError as err:
        return (), (str(err),)
    return () if value is None else (value,), ()


def _read_record(metadata: Mapping[str, object]) -> Record | None:
    stored = metadata.get(record.METADATA_KEY)
    if has_version(stored):
        return read_record(stored)
    return None if metadata.keys() == {mark.METADATA_KEY} else read_legacy_record(metadata)


def _read_mark(metadata: Mapping[str, object]) -> Mark | None:
    stored = metadata.get(mark.METADATA_KEY)
    return read_mark(stored) if has_version(stored) else None


def _find_altered(output: Output | UpgradedOutput, made: Mark) -> list[str]:
    """Return the MIME types whose data are there and cannot be what was marked.

    Tools leave data out, or put `null` in their place: those are gone and not altered. No tool makes a number or an
    object of what was text, so such a value is altered. A later writer may mark MIME types of which this version does
    not know how they are saved.
    """
    digests = {mime: made.data[mime].lower() for mime in PROVED if mime in made.data}
    expected = {mime: digest for mime, digest in digests.items() if is_sha256(digest)}
    saved = _read_data(output.data, expected) if expected else {}
    return [mime for mime, value in saved.items() if value is not None and digest_data(mime, value) != expected[mime]]


def _read_data(data: object, wanted: Collection[str]) -> dict[str, object]:
    """Return the data of some MIME types; other data, which may be large, are not parsed."""
    if not isinstance(data, msgspec.Raw):
        return _select(data, wanted)
    try:
        members = _MEMBERS.decode(data)
        return {mime: msgspec.json.decode(members[mime]) for mime in wanted if mime in members}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _select(_parse(bytes(data)), wanted)


def _parse(text: bytes) -> object:
    """Return JSON that the fast decoder refuses: a number out of range, bytes that are no UTF-8."""
    try:
        return json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _select(data: object, wanted: Collection[str]) -> dict[str, object]:
    return {mime: data[mime] for mime in wanted if mime in data} if isinstance(data, dict) else {}
