"""The sentinel: the first member of a vault, whose content proves the password and holds the key of keyed digests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from vault_magic.archive.container import Member
from vault_magic.archive.layout import SENTINEL, write_sentinel_comment
from vault_magic.errors import FormatError
from vault_magic.stored import convert, dump_json, parse_json

_KEY_BYTES = 32
_WHAT = "the vault's sentinel"


@dataclass(frozen=True, slots=True)
class _Sentinel:
    """The content of the sentinel, as far as it is read."""

    digest_key: str | None = None


def create_key() -> bytes:
    """Return a new key for keyed digests."""
    return secrets.token_bytes(_KEY_BYTES)


def build_sentinel(vault: str, key: bytes | None) -> Member:
    """Return the sentinel of a vault, with the key of its digests if they are keyed."""
    content = {"vault": vault} | ({"digest_key": key.hex()} if key else {})
    return Member(SENTINEL, dump_json(content).encode(), comment=write_sentinel_comment(vault))


def read_digest_key(sentinel: bytes) -> bytes | None:
    """Return the key in a sentinel's content, where there is one.

    Raises:
        FormatError: the content is damaged.
    """
    fields = parse_json(sentinel, what="the vault's sentinel") if sentinel else {}
    key = convert(fields, _Sentinel, what="the vault's sentinel").digest_key
    try:
        return bytes.fromhex(key) if key else None
    except ValueError as err:
        raise FormatError("the vault's sentinel is damaged: its key is no hexadecimal number") from err
