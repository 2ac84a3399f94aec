"""Tests of stored JSON: versions, types, and one way of writing."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError, NewerFormat
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json, has_version, parse_json


def test_version_is_frozen() -> None:
    assert SCHEMA_VERSION == 1


def test_fields_of_this_version_are_returned_whole() -> None:
    assert check_version({"schema_version": 1, "later": 2}, what="a thing") == {"schema_version": 1, "later": 2}


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        pytest.param(None, "a thing is not a JSON object", id="null"),
        pytest.param([], "a thing is not a JSON object", id="list"),
        pytest.param("x", "a thing is not a JSON object", id="text"),
        pytest.param({}, "a thing has no valid schema_version", id="missing"),
        pytest.param({"schema_version": None}, "a thing has no valid schema_version", id="null-version"),
        pytest.param({"schema_version": "1"}, "a thing has no valid schema_version", id="text-version"),
        pytest.param({"schema_version": 1.0}, "a thing has no valid schema_version", id="float-version"),
        pytest.param({"schema_version": True}, "a thing has no valid schema_version", id="bool-version"),
        pytest.param({"schema_version": 0}, "a thing has no valid schema_version", id="zero"),
        pytest.param({"schema_version": -1}, "a thing has no valid schema_version", id="negative"),
    ],
)
def test_what_has_no_version_is_damaged(stored: object, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        check_version(stored, what="a thing")
    assert (type(caught.value), str(caught.value)) == (FormatError, message)


def test_newer_version_says_what_to_do() -> None:
    with pytest.raises(NewerFormat) as caught:
        check_version({"schema_version": 2}, what="a thing")
    assert str(caught.value) == (
        "a thing has version 2, this installation reads up to 1; run: pip install --upgrade vaultcheck"
    )


@dataclass(frozen=True, slots=True)
class _Thing:
    name: str
    size: int = 0


def test_unknown_fields_are_passed_over() -> None:
    assert convert({"name": "x", "later": [1]}, _Thing, what="a thing") == _Thing("x")


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param({}, id="missing"),
        pytest.param({"name": 1}, id="number-for-text"),
        pytest.param({"name": None}, id="null-for-text"),
        pytest.param({"name": "x", "size": "1"}, id="text-for-number"),
        pytest.param({"name": "x", "size": 1.5}, id="fraction"),
        pytest.param({"name": "x", "size": True}, id="bool-for-number"),
        pytest.param([], id="list"),
    ],
)
def test_wrong_type_is_damage(stored: object) -> None:
    with pytest.raises(FormatError, match=r"^a thing is damaged: "):
        convert(stored, _Thing, what="a thing")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="cut"),
        pytest.param('{"a": 1,}', id="comma"),
        pytest.param(b"\xff\xfe{", id="wrong-encoding"),
        pytest.param(b"\x80", id="not-utf-8"),
        pytest.param("[" * 100_000, id="too-deep"),
        pytest.param("1" * 5_000, id="too-long-a-number"),
        pytest.param('{"a": 1, "a": 2}', id="field-twice"),
        pytest.param('[{"b": {"a": 1, "a": 1}}]', id="field-twice-further-down"),
    ],
)
def test_what_is_no_json_is_damage(text: str | bytes) -> None:
    with pytest.raises(FormatError, match=r"^a thing is damaged: "):
        parse_json(text, what="a thing")


def test_field_that_stands_twice_is_named() -> None:
    with pytest.raises(FormatError, match="'b' stands there twice; keep one"):
        parse_json('{"a": 1, "b": 1, "b": 2}', what="a thing")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("zażółć 中文", '{"v": "zażółć 中文"}', id="readable"),
        pytest.param("a\u2028b", '{"v": "a\u2028b"}', id="unprintable-but-valid"),
        pytest.param("half \ud800", '{"v": "half \\ud800"}', id="surrogate"),
        pytest.param("a\nb", '{"v": "a\\nb"}', id="one-line"),
    ],
)
def test_text_stays_readable_and_encodable(value: str, text: str) -> None:
    assert dump_json({"v": value}) == text
    text.encode()


@pytest.mark.parametrize("number", [float("nan"), float("inf")], ids=["nan", "infinity"])
def test_number_that_json_has_not_is_never_written(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json({"v": number})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _JSON, max_size=4))
def test_what_is_written_is_read_back(fields: dict[str, object]) -> None:
    text = dump_json(fields)
    assert "\n" not in text
    assert parse_json(text.encode(), what="a thing") == fields
    assert list(json.loads(text)) == list(fields)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"schema_version": 1}, True),
        ({"schema_version": None}, True),
        ({"version": 1}, False),
        (["schema_version"], False),
    ],
    ids=["ours", "damaged", "of-another-tool", "list"],
)
def test_value_of_another_tool_is_not_taken_for_ours(stored: object, expected: bool) -> None:
    assert has_version(stored) is expected
