"""Tests of the records of the original tool: both layouts, its ways of writing digests, and what is none."""

from __future__ import annotations

import copy
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError
from vault_magic.identity import Identity
from vault_magic.legacy import read_legacy_record
from vault_magic.record import ArchiveRef, Record, Result, read_record

_SHA = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"
_DIGESTS = {"crc32": "6DE33062", "sha256": _SHA}
_OBJECT = Identity("6DE33062", _SHA)
_NOTHING = {"crc32": None, "sha256": None}


def _change(subject: str = "x", *, old: object = ..., new: object = ...) -> dict[str, Any]:
    files = {"old_file": old, "new_file": new}
    return {key: value for key, value in files.items() if value is not ...} | {"subject": subject}


def _stored(command: str = "store x in m", *changes: dict[str, Any], **fields: object) -> dict[str, Any]:
    """Return what the original put into the metadata of an output."""
    action = command.split()[0]
    return {
        "action": "import" if action == "from" else action,
        "command": command,
        "result": list(changes) if changes else [_change(old=_NOTHING, new=_DIGESTS)],
        "started": "2019-12-08T11:58:01.250000",
        "finished": "2019-12-08T11:58:02",
        "finished_human_readable": "Sunday, 08. Dec 2019 11:58",
    } | fields


def _read(stored: dict[str, Any]) -> Record:
    record = read_legacy_record(stored)
    assert record is not None
    return record


_LAYOUTS: dict[str, dict[str, Any]] = {
    "late": {"text/markdown": _stored()},
    "early": _stored(),
    "late-beside-others": {"text/markdown": _stored(), "scrolled": True},
    "early-beside-others": {**_stored(), "scrolled": True, "text/markdown": {}},
}


@pytest.mark.parametrize("metadata", _LAYOUTS.values(), ids=_LAYOUTS)
def test_record_is_read_in_either_layout(metadata: dict[str, Any]) -> None:
    assert read_legacy_record(metadata) == Record(
        action="store",
        command="store x in m",
        results=(Result("m/x", "x", after=_OBJECT),),
        archive=ArchiveRef(None, ""),
        started=datetime(2019, 12, 8, 11, 58, 1, 250_000, tzinfo=UTC),
        finished=datetime(2019, 12, 8, 11, 58, 2, tzinfo=UTC),
        session="",
    )


def test_record_can_be_told_from_ours() -> None:
    stored = _read(_stored()).to_json()
    assert read_record(stored).is_legacy
    assert not read_record(stored | {"session": "s"}).is_legacy
    assert "is_legacy" not in stored


# name: command, the subjects of its results, the paths of the objects
_PATHS: dict[str, tuple[str, list[str], list[str]]] = {
    "store": ("store x in m", ["x"], ["m/x"]),
    "store-several": ("store x, y in m", ["x", "y"], ["m/x", "m/y"]),
    "store-several-without-spaces": ("store x,y in m", ["x", "y"], ["m/x", "m/y"]),
    "store-continued": ("store x,     y in m", ["x", "y"], ["m/x", "m/y"]),
    "store-as": ("store x in m as z", ["x"], ["m/z"]),
    "store-path": ("store x in 'p/x y.tsv'", ["x"], ["p/x y.tsv"]),
    "store-path-in-double-quotes": ('store x in "it\'s"', ["x"], ["it's"]),
    "store-path-with-a-quote": (r"store x in 'it\'s'", ["x"], ["it's"]),
    "store-path-with-a-hash": ("store x in 'a#b'", ["x"], ["a#b"]),
    "store-with": ("store x in m with pd.DataFrame.to_json as z", ["x"], ["m/z"]),
    "store-in-another-order": ("store x as z with f in m", ["x"], ["m/z"]),
    "spaces": ("  store   x  in   m  ", ["x"], ["m/x"]),
    "comment": ("store x in m # as z", ["x"], ["m/x"]),
    "comment-at-a-word": ("store x in m# as z", ["x"], ["m/x"]),
    "comment-with-a-quote": ("store x in m # it's", ["x"], ["m/x"]),
    "semicolon-is-part-of-the-module": ("store x in m;", ["x"], ["m;/x"]),
    "dot-is-part-of-the-module": ("store x in a.b", ["x"], ["a.b/x"]),
    "nested-module": ("store x in a/b", ["x"], ["a/b/x"]),
    "import": ("import x from m", ["x"], ["m/x"]),
    "import-several": ("import x, y from m", ["x", "y"], ["m/x", "m/y"]),
    "import-as": ("import x from m as z", ["z"], ["m/x"]),
    "import-path": ("import 'p/x' as z with f", ["z"], ["p/x"]),
    "from": ("from m import x as z", ["z"], ["m/x"]),
    "from-several-whose-as-was-passed-over": ("from m import x, y as z", ["x", "y"], ["m/x", "m/y"]),
    "del": ("del x from m", ["m/x"], ["m/x"]),
    "del-path": ("del 'p/x y'", ["p/x y"], ["p/x y"]),
    "assert": ("assert x in m is 6DE33062", ["m/x"], ["m/x"]),
}


@pytest.mark.parametrize(("command", "subjects", "paths"), _PATHS.values(), ids=_PATHS)
def test_paths_come_from_the_command(command: str, subjects: list[str], paths: list[str]) -> None:
    record = _read(_stored(command, *(_change(one, old=_DIGESTS, new=_DIGESTS) for one in subjects)))
    assert [result.path for result in record.results] == paths


@pytest.mark.parametrize("command", ["import m", "import m as n", "import a.b"])
def test_import_of_a_module_has_no_results(command: str) -> None:
    assert _read(_stored(command, result=[])).results == ()


# name: command, its one result, what our record says of it
_RESULTS: dict[str, tuple[str, dict[str, Any], Result]] = {
    "store-new": ("store x in m", _change(old=_NOTHING, new=_DIGESTS), Result("m/x", "x", None, _OBJECT)),
    "store-again": ("store x in m", _change(old=_DIGESTS, new=_DIGESTS), Result("m/x", "x", _OBJECT, _OBJECT)),
    "import": ("import x from m as z", _change("z", new=_DIGESTS), Result("m/x", "z", _OBJECT, _OBJECT)),
    "del": ("del x from m", _change("m/x", old=_DIGESTS), Result("m/x", None, _OBJECT, None)),
    "assert": (
        "assert x in m is 6DE33062",
        _change("m/x", old={"crc32": "6DE33062"}),
        Result("m/x", None, Identity("6DE33062"), Identity("6DE33062")),
    ),
    "assert-with-sha256": (
        f"assert x in m is {_SHA} with SHA256",
        _change("m/x", old={"crc32": _SHA}),
        Result("m/x", None, Identity(None, _SHA), Identity(None, _SHA)),
    ),
    "null-files": ("store x in m", _change(old=None, new=None), Result("m/x", "x")),
}


@pytest.mark.parametrize(("command", "change", "result"), _RESULTS.values(), ids=_RESULTS)
def test_what_was_done_to_an_object(command: str, change: dict[str, Any], result: Result) -> None:
    assert _read(_stored(command, change)).results == (result,)


def test_digests_go_to_paths_by_position() -> None:
    other = {"crc32": "80A8BBD8", "sha256": None}
    record = _read(_stored("from m import y, x", _change("y", new=other), _change("x", new=_DIGESTS)))
    assert [(one.path, one.after) for one in record.results] == [("m/y", Identity("80A8BBD8")), ("m/x", _OBJECT)]


# name: as stored, as we write it
_SPELLINGS: dict[str, tuple[dict[str, object], Identity | None]] = {
    "as-ours": ({"crc32": "6DE33062", "sha256": _SHA}, _OBJECT),
    "upper-case": ({"crc32": "6DE33062", "sha256": _SHA.upper()}, _OBJECT),
    "lower-case": ({"crc32": "6de33062", "sha256": _SHA}, _OBJECT),
    "crc-without-a-zero": ({"crc32": "3CB4954"}, Identity("03CB4954")),
    "crc-without-zeros": ({"crc32": "A6AC6A"}, Identity("00A6AC6A")),
    "crc-of-nothing": ({"crc32": "0"}, Identity("00000000")),
    "sha-alone": ({"crc32": None, "sha256": _SHA}, Identity(None, _SHA)),
    "sha-in-place-of-the-crc": ({"crc32": _SHA.upper()}, Identity(None, _SHA)),
    "nothing": ({}, None),
    "nulls": ({"crc32": None, "sha256": None}, None),
    "empty": ({"crc32": "", "sha256": ""}, None),
}


@pytest.mark.parametrize(("stored", "identity"), _SPELLINGS.values(), ids=_SPELLINGS)
def test_digests_are_spelt_as_ours(stored: dict[str, object], identity: Identity | None) -> None:
    assert _read(_stored("store x in m", _change(new=stored))).results[0].after == identity


def test_time_with_a_zone_becomes_utc() -> None:
    record = _read(_stored(started="2019-12-08T12:58:01+01:00"))
    assert record.started == datetime(2019, 12, 8, 11, 58, 1, tzinfo=UTC)


def _without(key: str) -> dict[str, Any]:
    return {name: value for name, value in _stored().items() if name != key}


_OTHERS: dict[str, dict[str, Any]] = {
    "empty": {},
    "jupyter": {"scrolled": True, "needs_background": "light"},
    "ours": {"vault": {"schema_version": 1}},
    "another-size": {"image/png": {"width": 640}},
    "markdown-is-null": {"text/markdown": None},
    "markdown-is-text": {"text/markdown": "action command result started finished finished_human_readable"},
    "markdown-is-a-list": {"text/markdown": sorted(_stored())},
    "another-action": {"text/markdown": {"action": "store", "command": "x"}},
    **{f"without-{key}": _without(key) for key in _stored()},
    **{f"late-without-{key}": {"text/markdown": _without(key)} for key in _stored()},
}


@pytest.mark.parametrize("metadata", _OTHERS.values(), ids=_OTHERS)
def test_metadata_of_others_is_no_record(metadata: dict[str, Any]) -> None:
    assert read_legacy_record(metadata) is None


_DAMAGE: dict[str, dict[str, Any]] = {
    "unknown-action": _stored(action="conjure"),
    "command-is-null": _stored() | {"command": None},
    "half-a-character": _stored(started="\ud800"),
    "time-in-words": _stored(finished="Sunday"),
    "time-before-the-calendar": _stored(started="0001-01-01T00:00:00+23:59"),
    "result-is-no-list": _stored(result={}),
    "result-without-a-subject": _stored(result=[{"new_file": _DIGESTS}]),
    "crc-of-other-letters": _stored("store x in m", _change(new={"crc32": "6DE3306G"})),
    "crc-too-long": _stored("store x in m", _change(new={"crc32": "6DE330620"})),
    "crc-is-a-number": _stored("store x in m", _change(new={"crc32": 6})),
    "sha-too-short": _stored("store x in m", _change(new={"sha256": "12f1"})),
    "fewer-results-than-names": _stored("store x, y in m"),
    "more-results-than-names": _stored("store x in m", _change(), _change()),
    "command-that-names-no-place": _stored("store x"),
    "command-that-is-empty": _stored() | {"command": ""},
    "module-with-results": _stored("import m", _change(new=_DIGESTS)),
}


@pytest.mark.parametrize("metadata", _DAMAGE.values(), ids=_DAMAGE)
def test_damage_is_a_format_error(metadata: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match=r"^a record .*is damaged: [^\n]+$"):
        read_legacy_record(metadata)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.text() | st.sampled_from([*_stored(), "text/markdown"]), _ANYTHING))
def test_anything_may_lie_under_the_keys_of_others(metadata: dict[str, Any]) -> None:
    try:
        read_legacy_record(metadata)
    except FormatError:
        assert metadata.keys() >= _stored().keys()


@given(st.sampled_from([*_stored()]), _ANYTHING)
def test_any_damage_is_a_format_error_or_a_record(key: str, value: object) -> None:
    try:
        record = _read(_stored() | {key: value})
    except FormatError:
        return
    assert read_record(record.to_json()) == record


@given(st.text("store import from in as , ' \" \\ # ; \n", max_size=40))
def test_any_command_is_a_format_error_or_a_record(command: str) -> None:
    try:
        record = _read(_stored() | {"command": command})
    except FormatError:
        return
    assert len(record.results) == 1


@pytest.mark.parametrize(
    "word", ["\\'", '\\"', "x \\'", "'", "x,  "], ids=["single", "double", "words", "bare", "commas"]
)
def test_command_of_quotes_without_end_is_read_in_time(word: str) -> None:
    start = time.process_time()
    assert read_legacy_record(_stored(f"store x in m {word * 50_000}")) is not None
    assert time.process_time() - start < 2


def test_reading_leaves_what_was_stored_alone() -> None:
    stored = {"text/markdown": _stored()}
    before = copy.deepcopy(stored)
    read_legacy_record(stored)
    assert stored == before
