"""Tests of when two stored objects are the same, different, or cannot be told apart."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.identity import Identity, Match, compare_objects

_ONE, _TWO = "1" * 64, "2" * 64
_TABLE = Identity("40CA7812", _ONE, "tsv", schema=_ONE, bytes=10)
_FOREIGN = Identity("40CA7812")
_UNSTABLE = Identity("40CA7812", _ONE, "pickle", unstable=True)


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [
        pytest.param(_TABLE, _TABLE, Match.SAME, id="same"),
        pytest.param(_TABLE, Identity("40CA7812", _ONE, "tsv", schema=_TWO), Match.DIFFERENT, id="other-schema"),
        pytest.param(_TABLE, Identity("40CA7812", _ONE, "tsv"), Match.DIFFERENT, id="no-schema"),
        pytest.param(_TABLE, Identity("40CA7812", _ONE, "text", schema=_ONE), Match.DIFFERENT, id="other-format"),
        pytest.param(_TABLE, Identity("40CA7812", _ONE), Match.SAME, id="format-not-known"),
        pytest.param(_TABLE, Identity("40CA7812", _TWO, "tsv", schema=_ONE), Match.DIFFERENT, id="crc32-collision"),
        pytest.param(_TABLE, _FOREIGN, Match.UNKNOWN, id="only-crc32-known"),
        pytest.param(_TABLE, Identity("00000000"), Match.DIFFERENT, id="only-another-crc32-known"),
        pytest.param(_FOREIGN, _FOREIGN, Match.UNKNOWN, id="crc32-on-both-sides"),
        pytest.param(_UNSTABLE, _UNSTABLE, Match.SAME, id="unstable-same-bytes"),
        pytest.param(_UNSTABLE, Identity("0", _TWO, "pickle", unstable=True), Match.UNKNOWN, id="unstable-other-bytes"),
        pytest.param(_UNSTABLE, Identity("0", _TWO, "pickle"), Match.DIFFERENT, id="one-side-unstable"),
        pytest.param(
            Identity("0", unstable=True), Identity("1", unstable=True), Match.UNKNOWN, id="unstable-without-sha256"
        ),
        pytest.param(_TABLE, None, Match.DIFFERENT, id="gone"),
        pytest.param(None, _TABLE, Match.DIFFERENT, id="new"),
        pytest.param(None, None, Match.SAME, id="absent-on-both-sides"),
    ],
)
def test_objects_match(before: Identity | None, after: Identity | None, match: Match) -> None:
    assert compare_objects(before, after) is match
    assert compare_objects(after, before) is match


def test_size_alone_makes_no_difference() -> None:
    assert _TABLE.compare(Identity("40CA7812", _ONE, "tsv", schema=_ONE, bytes=None)) is Match.SAME


_IDENTITIES = st.builds(
    Identity,
    crc32=st.sampled_from(["0", "1"]),
    sha256=st.sampled_from([None, _ONE, _TWO]),
    format=st.sampled_from([None, "tsv", "pickle"]),
    schema=st.sampled_from([None, _ONE]),
    unstable=st.booleans(),
)


@given(_IDENTITIES, _IDENTITIES)
def test_comparison_has_no_direction(one: Identity, other: Identity) -> None:
    assert one.compare(other) is other.compare(one)


@given(_IDENTITIES)
def test_nothing_differs_from_itself(one: Identity) -> None:
    assert one.compare(one) is not Match.DIFFERENT


def test_stored_fields_have_a_fixed_order() -> None:
    assert json.dumps(_TABLE.to_json()) == (
        f'{{"format": "tsv", "bytes": 10, "crc32": "40CA7812", "sha256": "{_ONE}", "schema": "{_ONE}"}}'
    )


@pytest.mark.parametrize(("identity", "stored"), [(_TABLE, False), (_UNSTABLE, True)], ids=["stable", "unstable"])
def test_unstable_is_stored_only_where_true(identity: Identity, stored: bool) -> None:
    assert ("unstable" in identity.to_json()) is stored
