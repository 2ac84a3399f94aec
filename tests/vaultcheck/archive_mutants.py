"""Archives made wrong: each mutant has a few damages in its headers, or other members, comments and sidecars."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from dataclasses import dataclass, replace

from tests.vaultcheck.mutants import spoil_bytes, spoil_json

_FIELD_VALUES = (0, 1, 2**15, 2**16 - 1, 2**31, 2**32 - 1)
_NAMES = (
    *("../x", "/x", "m/", "m\\x", "M/X", "C:/x", "m/é", "a" * 5000),
    *(".vault/x", ".vault/vault", ".vault/objects/m/x.json"),
)


def spoil_archive(content: bytes, dice: random.Random) -> bytes:
    """Return an archive with something wrong in it."""
    return dice.choice((spoil_bytes, spoil_headers, spoil_headers, spoil_members, spoil_members))(content, dice)


def spoil_headers(content: bytes, dice: random.Random) -> bytes:
    """Damage what describes the members of an archive: bits, whole fields, the places where they are cut."""
    changed = bytearray(content)
    signature, length = dice.choice(((b"PK\1\2", 46), (b"PK\1\2", 46), (b"PK\3\4", 30), (b"PK\5\6", 22)))
    for _ in range(dice.choice((1, 1, 2, 6))):
        starts = [found.start() for found in re.finditer(re.escape(signature), changed)]
        if not starts:
            break
        start = dice.choice((*starts, starts[-1]))
        at, size = start + dice.randrange(length + dice.choice((0, 0, 300))), dice.choice((1, 2, 4))
        match dice.randrange(4):
            case 0:
                changed[at : at + 1] = bytes(byte ^ 1 << dice.randrange(8) for byte in changed[at : at + 1])
            case 1:
                changed[at : at + size] = (dice.choice(_FIELD_VALUES) & (1 << 8 * size) - 1).to_bytes(size, "little")
            case 2:
                changed[at : at + size] = dice.randbytes(size)
            case _:
                del changed[at : at + dice.choice((1, size, len(changed)))]
    return bytes(changed)


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    data: bytes
    comment: bytes = b""
    is_link: bool = False


def spoil_members(content: bytes, dice: random.Random) -> bytes:
    """Write an archive anew with other members, names, comments or sidecars: each is a sound ZIP."""
    try:
        members, comment = _read_members(content)
    except (NotImplementedError, RuntimeError):  # encrypted
        return spoil_headers(content, dice)
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(len(members))
        match dice.randrange(8):
            case 0:
                members.insert(dice.randrange(len(members) + 1), members[at])
            case 1:
                members[at] = replace(members[at], name=dice.choice((*_NAMES, dice.choice(members).name.upper())))
            case 2 | 3:
                members[at] = replace(members[at], comment=_spoil_text(members[at].comment, dice))
            case 4:
                other = dice.choice(members)
                members[at] = replace(members[at], data=dice.choice((b"", other.data, content)), comment=other.comment)
            case 5:
                members[at] = replace(members[at], is_link=True)
            case 6 if len(members) > 1:
                del members[at]
            case _:
                comment = dice.choice((_spoil_text(comment, dice), members[at].comment, b""))
    sidecars = [at for at, one in enumerate(members) if one.name.endswith(".json")]
    if sidecars and dice.random() < 0.5:
        at = dice.choice(sidecars)
        members[at] = replace(members[at], data=_spoil_text(members[at].data, dice))
    return _write_members(members, comment)


def _spoil_text(content: bytes, dice: random.Random) -> bytes:
    try:
        return dice.choice((spoil_json, spoil_bytes))(content, dice)
    except (ValueError, RecursionError):  # no JSON, or no longer
        return spoil_bytes(content, dice)


def _read_members(content: bytes) -> tuple[list[_Member], bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [_Member(one.filename, archive.read(one), one.comment) for one in archive.infolist()]
        return found, archive.comment


def _write_members(members: list[_Member], comment: bytes) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w") as archive:  # of names that are there
        for member in members:
            info = zipfile.ZipInfo(member.name)
            info.comment = member.comment[: 2**16 - 1]
            info.external_attr = (0o120777 if member.is_link else 0o600) << 16
            archive.writestr(info, member.data)
        archive.comment = comment[: 2**16 - 1]
    return file.getvalue()
