"""Tests of what the outputs of a cell tell."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.mark import Mark
from vault_magic.output_data import PROVED, digest_data
from vaultcheck.outputs import Evidence, Output, UpgradedOutput, read_outputs

MARK = Mark("session", "a" * 64, "b" * 64, code_version=1, count=3)
SHOWN = digest_data("text/html", "<b>1</b>") or ""


def _mark(**data: str) -> dict[str, Any]:
    """Return the metadata of an output with these digests; `html` stands for `text/html`."""
    return {"vault_cell": MARK.to_json() | {"data": {f"text/{kind}": digest for kind, digest in data.items()}}}


def _read(data: object, metadata: object, kind: object = "display_data") -> Evidence:
    """Read one output as the fast decoder gives it."""
    return _decode(json.dumps(data).encode(), metadata, kind)


def _decode(data: bytes, metadata: object, kind: object = "display_data") -> Evidence:
    rest = json.dumps({"metadata": metadata, "output_type": kind}).encode()
    return read_outputs([msgspec.json.decode(b'{"data": ' + data + b"," + rest[1:], type=Output)])


_UNALTERED: dict[str, object] = {
    "text": {"text/html": "<b>1</b>"},
    "lines": {"text/html": ["<b>", "1</b>"]},
    "null": {"text/html": None},
    "gone": {"text/plain": "1"},
    "nothing": {},
    "no-data": None,
    "number-for-all-data": 1,
    "list-for-all-data": ["text/html"],
    "string-for-all-data": "text/html",
    "beside-what-is-odd": {"text/html": "<b>1</b>", "application/json": [1e300, -5, {"a": None}], "": 10**30},
}


@pytest.mark.parametrize("data", _UNALTERED.values(), ids=_UNALTERED)
def test_data_as_marked_or_gone_are_not_altered(data: object) -> None:
    assert _read(data, _mark(html=SHOWN)).altered == ()


_ALTERED: dict[str, object] = {
    "text": "<b>2</b>",
    "empty": "",
    "no-lines": [],
    "number": 1,
    "false": False,
    "object": {"<b>1</b>": 1},
    "list-of-numbers": [1, 2],
    "list-of-lists": [["<b>1</b>"]],
}


@pytest.mark.parametrize("value", _ALTERED.values(), ids=_ALTERED)
def test_data_that_cannot_be_what_was_marked_are_altered(value: object) -> None:
    assert _read({"text/html": value}, _mark(html=SHOWN)).altered == ("text/html",)


_SILENT = {
    "empty": "",
    "short": SHOWN[:-1],
    "long": f"{SHOWN}0",
    "line-behind": f"{SHOWN}\n",
    "no-hex": "g" * 64,
    "algorithm-before": f"sha256:{SHOWN}",
    "digits-of-another-script": "\u0663" * 64,
}


@pytest.mark.parametrize("digest", _SILENT.values(), ids=_SILENT)
def test_what_is_no_digest_tells_nothing(digest: str) -> None:
    assert _read({"text/html": "<b>2</b>"}, _mark(html=digest)).altered == ()


@pytest.mark.parametrize(("value", "altered"), [("<b>1</b>", ()), ("<b>2</b>", ("text/html",))], ids=["same", "other"])
def test_digest_in_capitals_is_a_digest(value: str, altered: tuple[str, ...]) -> None:
    assert _read({"text/html": value}, _mark(html=SHOWN.upper())).altered == altered


def test_one_digest_that_is_none_leaves_the_others() -> None:
    evidence = _read({"text/html": "<b>2</b>", "text/plain": "2"}, _mark(html=SHOWN, plain="?"))
    assert evidence.altered == ("text/html",)


def test_mime_type_that_a_later_writer_has_proved_is_not_judged() -> None:
    assert _read({"text/markdown": "2"}, _mark(markdown=SHOWN)).altered == ()


def test_mark_that_cannot_be_read_does_not_judge_data() -> None:
    stored = _mark(html=SHOWN)
    stored["vault_cell"]["schema_version"] = 99
    evidence = _read({"text/html": "<b>2</b>"}, stored)
    assert (evidence.altered, len(evidence.faults), evidence.is_whole) == ((), 1, False)


def test_altered_types_of_all_outputs_are_sorted_and_told_once() -> None:
    metadata = _mark(html=SHOWN, plain=digest_data("text/plain", "1") or "")
    outputs = [
        UpgradedOutput("display_data", metadata, {"text/plain": "2"}),
        UpgradedOutput("display_data", metadata, {"text/plain": "3", "text/html": "<b>2</b>"}),
    ]
    assert read_outputs(outputs).altered == ("text/html", "text/plain")


def test_each_output_is_compared_with_its_own_mark() -> None:
    other = digest_data("text/html", "<b>2</b>") or ""
    outputs = [
        UpgradedOutput("display_data", _mark(html=SHOWN), {"text/html": "<b>1</b>"}),
        UpgradedOutput("display_data", _mark(html=other), {"text/html": "<b>2</b>"}),
    ]
    assert read_outputs(outputs).altered == ()
    outputs[0].data, outputs[1].data = outputs[1].data, outputs[0].data
    assert read_outputs(outputs).altered == ("text/html",)


_ODD_TEXTS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "bytes-that-are-no-utf-8-elsewhere": (b'{"text/plain": "\xff", "text/html": "<b>1</b>"}', ()),
    "bytes-that-are-no-utf-8-within": (b'{"text/html": "<b>1</b>\xff"}', ("text/html",)),
    "key-that-is-no-utf-8": (b'{"\xff": 1, "text/html": "<b>2</b>"}', ("text/html",)),
    "number-out-of-range": (b'{"text/html": 1e999}', ("text/html",)),
    "number-out-of-range-elsewhere": (b'{"text/plain": 1e999, "text/html": "<b>1</b>"}', ()),
    "twice": (b'{"text/html": "<b>2</b>", "text/html": "<b>1</b>"}', ()),
    "long-number": (b'{"text/html": ' + b"9" * 5000 + b"}", ()),
    "deep": (b'{"text/html": ' + b"[" * 900 + b"]" * 900 + b"}", ("text/html",)),
}


@pytest.mark.parametrize(("data", "altered"), _ODD_TEXTS.values(), ids=_ODD_TEXTS)
def test_odd_json_is_judged_as_far_as_it_can_be_read(data: bytes, altered: tuple[str, ...]) -> None:
    assert _decode(data, _mark(html=SHOWN)).altered == altered


def test_large_data_of_other_types_are_not_parsed() -> None:
    refused = b'{"application/json": [1e999, ' + b"9" * 5000 + b'], "text/html": "<b>2</b>"}'  # by either parser
    assert _decode(refused, _mark(html=SHOWN)).altered == ("text/html",)


@pytest.mark.parametrize(
    ("kind", "metadata", "is_whole"),
    [
        pytest.param("display_data", _mark(), True, id="marked"),
        pytest.param("execute_result", _mark(), True, id="marked-result"),
        pytest.param("display_data", {}, False, id="bare"),
        pytest.param("execute_result", {}, False, id="bare-result"),
        pytest.param("display_data", {"vault_cell": {"schema_version": 1}}, False, id="damaged"),
        pytest.param("display_data", None, False, id="no-metadata"),
        pytest.param("stream", None, True, id="stream"),
        pytest.param("error", None, True, id="error"),
        pytest.param(3, {}, True, id="no-kind"),
        pytest.param(["display_data"], {}, True, id="odd-kind"),
    ],
)
def test_evidence_is_whole_where_every_rich_output_tells_who_made_it(
    kind: object, metadata: object, *, is_whole: bool
) -> None:
    assert _read({}, metadata, kind).is_whole is is_whole


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*PROVED, "schema_version", "session", "count", "sha256", "code", "code_version", "data"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_MARKS = st.fixed_dictionaries(
    {"schema_version": st.just(1), "session": st.text(max_size=3), "sha256": _JSON, "code": _JSON}
    | {"code_version": st.just(1), "data": st.dictionaries(st.sampled_from(PROVED), st.just(SHOWN)) | _JSON}
)
_METADATA = _JSON | st.fixed_dictionaries({"vault_cell": _JSON | _MARKS | st.just(_mark(html=SHOWN)["vault_cell"])})


@given(_JSON, _METADATA, st.sampled_from(["display_data", "execute_result", "stream"]) | _JSON)
def test_any_output_is_read_alike_by_both_decoders(data: object, metadata: object, kind: object) -> None:
    both = [_read(data, metadata, kind), read_outputs([UpgradedOutput(kind, metadata, data)])]
    assert both[0] == both[1]
