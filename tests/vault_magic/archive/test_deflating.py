"""Compressed bytes that nobody takes for the end of an archive."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.archive import deflating
from vault_magic.archive.deflating import deflate
from vault_magic.archive.ending import SIGNATURE

NOISE = random.Random(1).randbytes(50_000)


def _inflate(packed: bytes) -> bytes:
    return zlib.decompress(packed, wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"a" * 100_000, id="constant"),
        pytest.param(SIGNATURE, id="the-signature"),
        pytest.param(SIGNATURE * 10_000, id="the-signature-often"),
        pytest.param(NOISE[:777] + SIGNATURE + NOISE[777:], id="in-noise"),
        pytest.param(b"".join(NOISE[at : at + 50] + SIGNATURE for at in range(0, 40_000, 50)), id="often-in-noise"),
    ],
)
def test_bytes_come_back_and_the_signature_is_nowhere(data: bytes) -> None:
    packed = deflate(data)

    assert _inflate(packed) == data
    assert SIGNATURE not in packed


@given(st.lists(st.sampled_from([SIGNATURE, SIGNATURE[:3], SIGNATURE[2:], NOISE[:300], b"\0" * 50, b"PKPK"])))
def test_any_mixture(parts: list[bytes]) -> None:
    data = b"".join(parts)
    packed = deflate(data)

    assert (_inflate(packed), SIGNATURE in packed) == (data, False)


def test_noise_would_hold_it_otherwise() -> None:
    assert SIGNATURE in zlib.compress(NOISE[:777] + SIGNATURE + NOISE[777:], wbits=-zlib.MAX_WBITS)


def test_what_compressing_itself_brings_about_is_broken_up_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    data = NOISE[:30_000]
    accidental = zlib.compress(data, wbits=-zlib.MAX_WBITS)[20_000:20_004]
    monkeypatch.setattr(deflating, "SIGNATURE", accidental)
    monkeypatch.setattr(deflating, "_find_middles", lambda _: iter(()))

    packed = deflate(data)

    assert (_inflate(packed), accidental in packed) == (data, False)


def test_ordinary_bytes_are_compressed_as_by_zlib() -> None:
    assert deflate(b"salary\tcity\n" * 500) == zlib.compress(b"salary\tcity\n" * 500, 6, wbits=-zlib.MAX_WBITS)
