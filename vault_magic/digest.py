"""Digests of bytes, of a cell's source and of its canonical code."""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from binascii import b2a_base64
from dataclasses import dataclass
from functools import lru_cache

from vault_magic.canonical import canonical_code, canonical_form
from vault_magic.cell_text import unify_line_ends
from vault_magic.masking import ParsedCell, parse_cell
from vault_magic.zlib_library import choose_library

_COMPACT_BYTES = 16
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STORED_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class CellDigest:
    """Both digests of a cell: of its source as written, and of its code whatever its layout."""

    source: str
    code: str


def sha256_hex(data: bytes, *, key: bytes | None = None) -> str:
    """Compute the SHA-256 as 64 lower-case hex digits; with a key, the HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, data, "sha256").hex() if key else hashlib.sha256(data).hexdigest()


def crc32_hex(data: bytes, *, key: bytes | None = None) -> str:
    """Compute the CRC-32 as 8 upper-case hex digits, leading zeros included; with a key, as many of a second HMAC.

    A plain checksum beside a keyed digest would tell what the digest hides.
    """
    return _key_crc32(key, hmac.digest(key, data, "sha256")) if key else f"{zlib.crc32(data):08X}"


def _key_crc32(key: bytes, digest: bytes) -> str:
    return sha256_hex(b"crc32" + digest, key=key)[:8].upper()


class ObjectDigest:
    """Both digests of an object that comes in pieces, as `sha256_hex` and `crc32_hex` give them of the whole."""

    def __init__(self, *, key: bytes | None = None) -> None:
        self._key = key
        self._sum = hmac.new(key, digestmod="sha256") if key else hashlib.sha256()
        self._crc = 0

    def update(self, piece: bytes) -> None:
        """Add the next bytes."""
        self._sum.update(piece)
        self._crc = choose_library(len(piece)).crc32(piece, self._crc)

    @property
    def sha256(self) -> str:
        """The SHA-256 so far."""
        return self._sum.hexdigest()

    @property
    def crc32(self) -> str:
        """The CRC-32 so far."""
        return _key_crc32(self._key, self._sum.digest()) if self._key else f"{self._crc:08X}"


def source_digest(source: str) -> str:
    """Compute the hex SHA-256 of a cell's source in UTF-8: line ends as LF, otherwise exact."""
    return sha256_hex(unify_line_ends(source).encode("utf-8", "surrogatepass"))


def code_digest(source: str) -> str:
    """Compute the hex SHA-256 of the canonical form of a cell's code."""
    return sha256_hex(canonical_code(source))


def digest_cell(source: str) -> CellDigest:
    """Compute both digests of a cell."""
    return digest_parsed(parse_cell(source))


def digest_parsed(cell: ParsedCell) -> CellDigest:
    """Compute both digests of a cell that is parsed already."""
    return CellDigest(source=source_digest(cell.source), code=sha256_hex(canonical_form(cell)))


def is_sha256(text: str) -> bool:
    """Tell whether a text is a SHA-256 as it is stored; anybody may have edited it by hand."""
    return _STORED_SHA256.fullmatch(text) is not None


def compact(hexdigest: str) -> str:
    """Shorten a hex SHA-256 to its first 128 bits, as 22 characters of unpadded URL-safe base64.

    Only for the bounded rows of a ledger, where a record holds the whole digest of its own cell beside them: 128 bits
    leave no accidental collisions, and a row is a third as long. Raises `ValueError` on anything but a hex SHA-256.
    """
    if not _HEX_SHA256.fullmatch(hexdigest):
        raise ValueError(f"not a SHA-256 in hex: {hexdigest!r}")
    return _encode(bytes.fromhex(hexdigest[: 2 * _COMPACT_BYTES]))


@lru_cache(maxsize=100_000)
def compact_source_digest(source: str) -> str:
    """Compute the digest of a cell's source as `compact` shortens it, without writing it out in between."""
    return _encode(hashlib.sha256(unify_line_ends(source).encode("utf-8", "surrogatepass")).digest()[:_COMPACT_BYTES])


def _encode(data: bytes) -> str:
    return b2a_base64(data, newline=False).rstrip(b"=\n").translate(_URL_SAFE).decode("ascii")
