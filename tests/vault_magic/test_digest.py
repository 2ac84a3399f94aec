"""Tests of the digests against known vectors."""

from __future__ import annotations

import pytest

from vault_magic.digest import (
    CellDigest,
    code_digest,
    compact,
    crc32_hex,
    digest_cell,
    digest_parsed,
    is_sha256,
    sha256_hex,
    source_digest,
)
from vault_magic.masking import parse_cell

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(("data", "digest"), [(b"", EMPTY), (b"abc", ABC)])
def test_sha256_is_lower_case_hex(data: bytes, digest: str) -> None:
    assert sha256_hex(data) == digest


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        pytest.param(b"", "00000000", id="empty"),
        pytest.param(b"123456789", "CBF43926", id="check-value"),
        pytest.param(b"vault 1", "061C2580", id="leading-zero"),
    ],
)
def test_crc32_is_eight_upper_case_digits(data: bytes, digest: str) -> None:
    assert crc32_hex(data) == digest


@pytest.mark.parametrize("source", ["a\nb\nc", "a\r\nb\rc"])
def test_line_ends_leave_the_source_digest(source: str) -> None:
    assert source_digest(source) == sha256_hex(b"a\nb\nc")


@pytest.mark.parametrize("source", ["x = 1", "x = 1\n", " x = 1", "x = 1 ", "x = 1;", "x = 1#", "x = 'é'"])
def test_source_digest_is_otherwise_exact(source: str) -> None:
    assert source_digest(source) == sha256_hex(source.encode())


def test_lone_surrogate_has_a_source_digest() -> None:
    assert source_digest("\ud800") == sha256_hex(b"\xed\xa0\x80")


def test_code_digest_is_that_of_the_canonical_form() -> None:
    assert code_digest("%%bash\nls\n") == sha256_hex(b"1 raw %%bash\nls")


def test_reformatting_changes_only_the_source_digest() -> None:
    before, after = digest_cell("x=1"), digest_cell("x = 1")
    assert (before.source != after.source, before.code) == (True, after.code)


def test_cell_digest_holds_both() -> None:
    assert digest_cell("x = 1") == CellDigest(source=source_digest("x = 1"), code=code_digest("x = 1"))


@pytest.mark.parametrize("source", ["\tx = 1\r\n", "'  Doc.'", "%%bash\nls", "x = ="])
def test_parsed_cell_has_the_same_digests(source: str) -> None:
    digest = digest_parsed(parse_cell(source))
    assert (digest.source, digest.code) == (source_digest(source), code_digest(source))


@pytest.mark.parametrize(
    ("hexdigest", "short"),
    [
        pytest.param(EMPTY, "47DEQpj8HBSa-_TImW-5JA", id="url-safe"),
        pytest.param(ABC.upper(), "ungWv48Bz-pBQUDeXa4iIw", id="upper-case"),
        pytest.param("0" * 64, "A" * 22, id="zeros"),
    ],
)
def test_compact_is_128_bits_in_base64(hexdigest: str, short: str) -> None:
    assert compact(hexdigest) == short


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "0" * 64 + "\n", " " + "0" * 63, "\u0660" * 64])
def test_compact_refuses_what_is_no_sha256(text: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        compact(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a1" * 32, True, id="digest"),
        pytest.param("A1" * 32, False, id="capitals"),
        pytest.param("a1" * 31, False, id="short"),
        pytest.param("g1" * 32, False, id="no-hex"),
        pytest.param("a1" * 32 + "\n", False, id="line-end"),
        pytest.param("", False, id="empty"),
    ],
)
def test_sha256_is_known_as_it_is_stored(text: str, expected: bool) -> None:
    assert is_sha256(text) is expected
