"""Archives made to deceive, written by hand and not by the code under test."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

VAULT = "0123456789abcdef0123456789abcdef"
SENTINEL = ".vault/vault"


@dataclass(frozen=True)
class Part:
    """A member as it is to lie in the file, and what its two headers claim of it."""

    name: bytes
    data: bytes = b""
    size: int = 0
    crc: int = 0
    method: int = 8
    flags: int = 0
    comment: bytes = b""
    mode: int = 0o100644
    local_name: bytes | None = None
    offset: int | None = None
    claims: int | None = None


def deflated(name: str, data: bytes, **more: object) -> Part:
    packed = zlib.compress(data, 9, wbits=-15)
    return replace(Part(name.encode(), packed, len(data), zlib.crc32(data)), **more)  # type: ignore[arg-type]


def write_zip(
    parts: Iterable[Part],
    *,
    comment: bytes = b"",
    count: int | None = None,
    size: int | None = None,
    start: int | None = None,
    comment_length: int | None = None,
) -> bytes:
    """Write an archive; what is given claims something else than the truth."""
    body, records = b"", b""
    parts = [*parts]
    for part in parts:
        local_name = part.name if part.local_name is None else part.local_name
        common = (20, 0, part.flags, part.method, 0, 33, part.crc)
        claimed = len(part.data) if part.claims is None else part.claims
        sizes = (min(claimed, 2**32 - 1), min(part.size, 2**32 - 1))
        offset = len(body) if part.offset is None else part.offset
        body += struct.pack("<4s2B4HL2L2H", b"PK\3\4", *common, *sizes, len(local_name), 0) + local_name + part.data
        records += struct.pack(
            "<4s4B4HL2L5H2L",
            b"PK\1\2",
            20,
            3,
            *common,
            *sizes,
            len(part.name),
            0,
            len(part.comment),
            0,
            0,
            part.mode << 16,
            offset,
        )
        records += part.name + part.comment
    return (
        body
        + records
        + write_end(
            count=len(parts) if count is None else count,
            size=len(records) if size is None else size,
            start=len(body) if start is None else start,
            comment=comment,
            comment_length=comment_length,
        )
    )


def write_end(*, count: int, size: int, start: int, comment: bytes = b"", comment_length: int | None = None) -> bytes:
    length = len(comment) if comment_length is None else comment_length
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, length) + comment


def write_end64(*, count: int, size: int, start: int, at: int) -> bytes:
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    return (
        record + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + write_end(count=0xFFFF, size=2**32 - 1, start=2**32 - 1)
    )


def sentinel(**more: object) -> Part:
    comment = json.dumps({"schema_version": 1, "vault": VAULT}).encode()
    return deflated(SENTINEL, json.dumps({"vault": VAULT}).encode(), **{"comment": comment} | more)


def marker(**more: object) -> bytes:
    return json.dumps({"schema_version": 1, "vault": VAULT, "generation": 3} | more).encode()


def ours(name: str, data: bytes, **more: object) -> list[Part]:
    """Return an object as a vault holds it, with a sidecar that belongs to it."""
    identity = {
        "format": "pickle",
        "bytes": len(data),
        "crc32": f"{zlib.crc32(data):08X}",
        "sha256": hashlib.sha256(data).hexdigest(),
        "schema": None,
    }
    record = {
        "schema_version": 1,
        "action": "store",
        "command": f"store x in '{name}'",
        "results": [],
        "archive": {"vault": VAULT, "path": "storage.zip"},
        "started": "2026-11-22T12:00:00.000000+00:00",
        "finished": "2026-11-22T12:00:00.000000+00:00",
        "session": "s",
    }
    sidecar = {"schema_version": 1, "path": name, "identity": identity, "schema": None, "record": record}
    comment = json.dumps({"schema_version": 1} | identity).encode()
    return [
        deflated(name, data, comment=comment, **more),
        deflated(f".vault/objects/{name}.json", json.dumps(sidecar).encode()),
    ]


def vault(*parts: Part, comment: bytes | None = None) -> bytes:
    """Write a vault that holds `good`, and other parts."""
    return write_zip(
        [sentinel(), *ours("good", b"\x80\x05K*."), *parts], comment=marker() if comment is None else comment
    )


def plain(*parts: Part, **more: Any) -> bytes:
    """Write an archive of another tool that holds `good`, and other parts."""
    return write_zip([deflated("good", b"a\n1\n"), *parts], **more)


BOMB = zlib.compress(bytes(30 * 2**20), 9, wbits=-15)
LONG = 2**40
NESTED = b"[" * 100_000


def _overlap_fully(write: Callable[..., bytes]) -> bytes:
    kernel = deflated("bomb0", bytes(10**6))
    first = len(write()) // 10  # any member that is there
    return write(
        kernel,
        *(
            replace(kernel, name=b"bomb%d" % number, data=b"", claims=len(kernel.data), offset=first)
            for number in range(1, 50)
        ),
    )


def _overlap_by_a_byte() -> bytes:
    one, other = deflated("one", b"1" * 99), deflated("other", b"2" * 99)
    return plain(one, replace(other, claims=len(other.data) + 1), deflated("third", b"3"))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "one-byte": lambda: b"P",
    "end-alone": lambda: write_end(count=0, size=0, start=0),
    "end-of-something": lambda: write_end(count=5, size=500, start=0),
    "overlap-full": lambda: _overlap_fully(plain),
    "overlap-full-vault": lambda: _overlap_fully(vault),
    "overlap-by-a-byte": _overlap_by_a_byte,
    "into-the-directory": lambda: plain(replace(deflated("x", b"1" * 99), claims=300)),
    "into-the-directory-vault": lambda: vault(replace(deflated("x", b"1" * 99), claims=300)),
    "declares-less": lambda: vault(replace(ours("x", bytes(10**6))[0], size=10)),
    "declares-more": lambda: vault(replace(ours("x", b"1" * 9)[0], size=900)),
    "declares-what-it-cannot-hold": lambda: vault(replace(ours("x", b"1" * 9)[0], size=2**31)),
    "bomb-that-says-so": lambda: vault(Part(b"x", BOMB, 30 * 2**20, zlib.crc32(bytes(30 * 2**20)))),
    "bomb-that-lies": lambda: vault(Part(b"x", BOMB, 10, 0)),
    "count-more": lambda: plain(count=60_000),
    "count-less": lambda: plain(deflated("x", b"1"), count=1),
    "count-of-millions": lambda: write_zip([deflated("x", b"1")]) + write_end64(count=2**40, size=46, start=0, at=0),
    "a-million-entries": lambda: write_zip([]) + _million(),
    "directory-longer": lambda: plain(size=10_000),
    "directory-shorter": lambda: plain(deflated("x", b"1"), size=60),
    "directory-elsewhere": lambda: plain(start=2**31),
    "directory-64-absurd": lambda: plain() + write_end64(count=1, size=2**62, start=2**62, at=0),
    "directory-64-negative": lambda: plain() + write_end64(count=1, size=2**63, start=2**63 - 1, at=2**63),
    "comment-longer": lambda: plain(comment_length=500),
    "absolute": lambda: plain(deflated("/etc/passwd", b"1")),
    "absolute-vault": lambda: vault(deflated("/etc/passwd", b"1")),
    "parent": lambda: plain(deflated("../../x", b"1")),
    "parent-within": lambda: plain(deflated("a/../../x", b"1")),
    "parent-backslash": lambda: plain(deflated("..\\x", b"1")),
    "drive": lambda: plain(deflated("C:/x", b"1")),
    "nul": lambda: plain(deflated("a\0b", b"1")),
    "newline": lambda: plain(deflated("a\nb", b"1")),
    "escape": lambda: plain(deflated("a\x1b[2Jb", b"1")),
    "half-a-character": lambda: plain(Part(b"\xed\xa0\x80", flags=0x800)),
    "not-utf-8": lambda: plain(Part(b"\xff\xfe", flags=0x800)),
    "other-name-before-it": lambda: plain(deflated("x", b"1", local_name=b"y")),
    "other-name-before-it-vault": lambda: vault(replace(ours("x", b"1")[0], local_name=b"y")),
    "twice": lambda: plain(deflated("x", b"1"), deflated("x", b"2")),
    "twice-vault": lambda: vault(*ours("x", b"1"), *ours("x", b"2")),
    "two-sentinels": lambda: vault(sentinel()),
    "link": lambda: plain(deflated("x", b"/etc/passwd", mode=0o120777)),
    "link-vault": lambda: vault(replace(ours("x", b"/etc/passwd")[0], mode=0o120777)),
    "device": lambda: plain(deflated("x", b"", mode=0o060644)),
    "garbage-before": lambda: b"#!/bin/sh\n" + plain(),
    "garbage-before-vault": lambda: b"#!/bin/sh\n" + vault(),
    "garbage-behind": lambda: plain() + b"garbage",
    "garbage-behind-vault": lambda: vault() + b"garbage",
    "much-garbage-behind-vault": lambda: vault() + bytes(10 * 2**20),
    "false-ends": lambda: vault() + b"PK\5\6" * (4 * 2**20),
    "false-ends-of-ours": lambda: vault() + write_end(count=3, size=99, start=9, comment=marker()) * 120_000,
    "false-ends-alone": lambda: b"PK\5\6\0\0\0\0" * (2 * 2**20),
    "zip-in-a-torn-zip": lambda: vault(Part(b"x", plain(), len(plain()), 0, method=0))[: 700 + len(plain())],
    "vault-in-a-torn-vault": lambda: vault(Part(b"x", vault(), len(vault()), 0, method=0))[: 700 + len(vault())],
    "no-sentinel": lambda: write_zip(ours("x", b"1"), comment=marker()),
    "sentinel-not-first": lambda: write_zip([*ours("x", b"1"), sentinel()], comment=marker()),
    "sentinel-without-comment": lambda: write_zip([sentinel(comment=b"")], comment=marker()),
    "sentinel-of-another": lambda: write_zip([sentinel()], comment=marker(vault="f" * 32)),
    "generation-huge": lambda: vault(comment=marker(generation=2**200)),
    "generation-text": lambda: vault(comment=marker(generation="9")),
    "newer-marker": lambda: vault(comment=marker(schema_version=2)),
    "newer-sentinel": lambda: write_zip([sentinel(comment=b'{"schema_version": 2}')], comment=marker()),
    "newer-entry": lambda: vault(deflated("x", b"1", comment=b'{"schema_version": 2}')),
    "comment-of-junk": lambda: vault(deflated("x", b"1", comment=b"\xff" * 65_535)),
    "comment-deep": lambda: vault(deflated("x", b"1", comment=b"[" * 65_535)),
    "marker-deep": lambda: vault(comment=b"[" * 65_535),
    "sidecar-deep": lambda: vault(ours("x", b"1")[0], deflated(".vault/objects/x.json", NESTED)),
    "sidecar-huge": lambda: vault(
        ours("x", b"1")[0], Part(b".vault/objects/x.json", BOMB, 30 * 2**20, zlib.crc32(bytes(30 * 2**20)))
    ),
    "sidecar-of-another": lambda: vault(ours("x", b"1")[0], replace(ours("y", b"1")[1], name=b".vault/objects/x.json")),
    "sidecar-missing": lambda: vault(ours("x", b"1")[0]),
    "claims-a-pickle": lambda: vault(deflated("x", b"\x80\x05K*.", comment=ours("x", b"2")[0].comment)),
    "method-unknown": lambda: vault(replace(ours("x", b"1")[0], method=99)),
    "method-zstd": lambda: plain(deflated("x", b"1", method=93)),
    "strong-encryption": lambda: plain(deflated("x", b"1", flags=0x41)),
    "says-encrypted": lambda: plain(deflated("x", b"1" * 40, flags=0x1)),
    "empty-name": lambda: plain(deflated("", b"1")),
}


def _million() -> bytes:
    record = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
    records = b"".join(record + b"%07d" % number for number in range(1_000_000))
    return records + write_end64(count=10**6, size=len(records), start=22, at=22 + len(records))
