"""The records of the original tool (`data-vault`), read as our own: what it left in outputs and in its log.

A late version left them under the MIME type of its stamp, an early one directly in the metadata of the output. They
name no archive, no session and no cell, and call an object by its variable; so paths are taken from the command, read
as the original read it: `a.b` is one folder there, and a `;` is part of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vault_magic.command import Algorithm
from vault_magic.errors import FormatError
from vault_magic.forms import Verb
from vault_magic.identity import Identity
from vault_magic.record import LEGACY_SESSION, ArchiveRef, Record, Result, read_time
from vault_magic.stored import convert

_LATE_KEY = "text/markdown"
_KEYS = frozenset({"action", "command", "result", "started", "finished", "finished_human_readable"})
_WHAT = "a record of the original tool"

# Words end at white space, unless that follows a comma; a `#` ends the command even inside a word.
_WORD = re.compile(
    r"""(?P<comment>\#)|'(?>(?:\\'|[^'])*)(?:'|(?P<single>\Z))|"(?>(?:\\"|[^"])*)(?:"|(?P<double>\Z))"""
    r"""|(?>(?:[^\s#'"]|(?<=,)\s++)+)"""
)
_CRC32 = re.compile(r"[0-9A-F]{1,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Digests:
    crc32: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    subject: str
    old_file: _Digests | None = None
    new_file: _Digests | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    action: Verb
    command: str
    result: tuple[_Change, ...]
    started: datetime
    finished: datetime


def read_legacy_record(metadata: Mapping[str, object]) -> Record | None:
    """Return the original's record in the metadata of an output, in either layout; `None` where there is none.

    Raises:
        FormatError: it has all the keys of such a record, and cannot be read.
    """
    content = next((one for one in (metadata.get(_LATE_KEY), metadata) if _is_record(one)), None)
    if content is None:
        return None
    stored = convert(content, _Stored, what=_WHAT)
    return Record(
        action=stored.action.value,
        command=stored.command,
        results=_build_results(stored),
        archive=ArchiveRef(vault=None, path=""),
        started=read_time(stored.started),
        finished=read_time(stored.finished),
        session=LEGACY_SESSION,
    )


def _is_record(content: object) -> bool:
    return isinstance(content, dict) and content.keys() >= _KEYS


def _build_results(stored: _Stored) -> tuple[Result, ...]:
    """Tie digests to paths by their position; the import of a whole module tells neither."""
    paths = _list_paths(stored) if stored.result else []
    if len(paths) != len(stored.result):
        raise FormatError(f"{_WHAT} is damaged: its {len(stored.result)} results do not fit {stored.command!r}")
    return tuple(_build_result(change, path, stored.action) for change, path in zip(stored.result, paths, strict=True))


def _build_result(change: _Change, path: str, verb: Verb) -> Result:
    old, new = _read_digests(change.old_file), _read_digests(change.new_file)
    if verb is Verb.STORE:
        return Result(path, change.subject, before=old, after=new)
    if verb is Verb.IMPORT:
        return Result(path, change.subject, before=new, after=new)
    return Result(path, before=old, after=None if verb is Verb.DEL else old)


def _read_digests(stored: _Digests | None) -> Identity | None:
    """Return an identity: an assertion puts either digest under `crc32`, an import leaves out leading zeros."""
    if stored is None or not (stored.crc32 or stored.sha256):
        return None
    crc32, sha256 = (stored.crc32 or "").upper(), (stored.sha256 or "").lower()
    if len(crc32) == Algorithm.SHA256.value:
        crc32, sha256 = "", crc32.lower()
    for digest, pattern in ((crc32, _CRC32), (sha256, _SHA256)):
        if digest and not pattern.fullmatch(digest):
            raise FormatError(f"{_WHAT} is damaged: {digest!r} is no digest")
    return Identity(crc32.zfill(Algorithm.CRC32.value) if crc32 else None, sha256 or None)


def _list_paths(stored: _Stored) -> Sequence[str]:
    """Return the objects of a command, in the order of its results; none where it does not tell them."""
    if stored.action not in (Verb.STORE, Verb.IMPORT):
        return [change.subject for change in stored.result]
    words, storing = tuple(_split_words(stored.command)), stored.action is Verb.STORE
    clauses = dict(zip(words[::2], words[1::2], strict=False))
    names, folder = clauses.get(stored.action.value, ""), clauses.get("in" if storing else "from", "")
    target = folder if storing else names
    if _unquote(target) != target:
        return [_unquote(target)]
    named = clauses.get("as", names) if storing else names
    return [f"{folder}/{name}" for name in named.split(",")] if folder else []


def _split_words(command: str) -> Iterator[str]:
    for match in _WORD.finditer(command):
        if match["comment"]:
            return
        word = match[0]
        if match.lastgroup:  # no such quote ends further on: asking each of them anew takes minutes
            yield from _split_words(word[1:].replace(word[0], " "))
            return
        yield word if _unquote(word) != word else "".join(word.split())


def _unquote(word: str) -> str:
    """Return what quotes enclose, or a word without quotes as it is."""
    mark = word[:1]
    return word[1:-1].replace(f"\\{mark}", mark) if mark in ("'", '"') and word[1:].endswith(mark) else word
