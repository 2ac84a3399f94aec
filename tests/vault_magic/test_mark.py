"""Tests of the mark on rich outputs: its frozen layout, and that damage is always said as such."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError, NewerFormat
from vault_magic.mark import METADATA_KEY, Mark, read_mark

# Frozen: marks of this layout are in people's notebooks. Later versions may add fields, never change these.
_GOLDEN = """{
  "schema_version": 1,
  "session": "5d9ff7a2",
  "count": 4,
  "sha256": "4444444444444444444444444444444444444444444444444444444444444444",
  "code": "5555555555555555555555555555555555555555555555555555555555555555",
  "code_version": 1,
  "data": {
    "text/plain": "6666666666666666666666666666666666666666666666666666666666666666"
  }
}"""
_MARK = Mark("5d9ff7a2", "4" * 64, "5" * 64, 1, count=4, data={"text/plain": "6" * 64})


def test_key_in_the_metadata_is_frozen() -> None:
    assert METADATA_KEY == "vault_cell"


def test_mark_is_written_in_the_frozen_layout() -> None:
    assert json.dumps(_MARK.to_json(), indent=2) == _GOLDEN


def test_mark_of_the_frozen_layout_is_read() -> None:
    assert read_mark(json.loads(_GOLDEN)) == _MARK


def test_mark_with_the_least_fields_is_read() -> None:
    stored = {"schema_version": 1, "session": "s", "sha256": "4", "code": "5", "code_version": 1}
    assert read_mark(stored) == Mark("s", "4", "5", 1)


def test_unknown_fields_are_passed_over() -> None:
    assert read_mark({**json.loads(_GOLDEN), "later": [1]}) == _MARK


def test_newer_mark_says_what_to_do() -> None:
    with pytest.raises(NewerFormat, match=r"a mark has version 2, .* run: pip install --upgrade vaultcheck"):
        read_mark({**json.loads(_GOLDEN), "schema_version": 2})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"schema_version": None}, id="no-version"),
        pytest.param({"session": 1}, id="session-as-number"),
        pytest.param({"sha256": None}, id="no-digest"),
        pytest.param({"code_version": "1"}, id="version-as-text"),
        pytest.param({"count": "4"}, id="count-as-text"),
        pytest.param({"data": None}, id="no-data"),
        pytest.param({"data": []}, id="data-as-list"),
        pytest.param({"data": {"text/plain": 1}}, id="digest-as-number"),
    ],
)
def test_damaged_mark_is_a_format_error(changes: dict[str, object]) -> None:
    with pytest.raises(FormatError, match="a mark "):
        read_mark({**json.loads(_GOLDEN), **changes})


@pytest.mark.parametrize("stored", [None, "x", 1, [], {}], ids=["null", "text", "number", "list", "empty"])
def test_what_is_no_mark_is_a_format_error(stored: object) -> None:
    with pytest.raises(FormatError, match="a mark "):
        read_mark(stored)


_SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
_ANYTHING = _SIMPLE | st.lists(_SIMPLE, max_size=2) | st.dictionaries(st.text(), _SIMPLE, max_size=2)


@given(st.sampled_from(list(json.loads(_GOLDEN))), _ANYTHING | st.just(...))
def test_any_damage_is_a_format_error_or_a_mark(name: str, value: object) -> None:
    stored = {key: old for key, old in json.loads(_GOLDEN).items() if key != name}
    try:
        mark = read_mark(stored if value is ... else {**stored, name: value})
    except FormatError:
        return
    assert read_mark(mark.to_json()) == mark
