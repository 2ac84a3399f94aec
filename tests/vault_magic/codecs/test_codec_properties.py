"""Any table comes back exactly, most of them as text, and the text is what pandas writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.vault_magic.codecs.oracle import differences, is_specified
from tests.vault_magic.codecs.random_frames import frames
from tests.vault_magic.codecs.tables import fingerprint
from vault_magic.codecs import decode, encode, rows

FEWEST_AS_TEXT = 0.8

_formats: Counter[str] = Counter()


@pytest.fixture(scope="module")
def formats() -> Iterator[Counter[str]]:
    """Count how the tables of this module were stored, and ask that text be the rule."""
    _formats.clear()
    yield _formats
    assert _formats["tsv"] >= FEWEST_AS_TEXT * _formats.total()


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(table=frames())
def test_any_table_comes_back_exactly(formats: Counter[str], table: Any) -> None:
    encoded = encode(table)
    formats[encoded.format] += 1
    event(encoded.format)

    assert fingerprint(decode(encoded.format, encoded.data, encoded.schema)) == fingerprint(table)
    if encoded.format == "tsv" and is_specified():
        assert not differences(encoded.data.decode(), table)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(table=frames())
def test_any_table_comes_back_exactly_when_proved_in_groups(monkeypatch: pytest.MonkeyPatch, table: Any) -> None:
    monkeypatch.setattr(rows, "_PANDAS_CELLS", 3)
    monkeypatch.setattr(rows, "_GROUP_CELLS", 5)

    encoded = encode(table)

    assert fingerprint(decode(encoded.format, encoded.data, encoded.schema)) == fingerprint(table)
