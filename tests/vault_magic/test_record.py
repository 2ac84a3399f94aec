"""Tests of the record: its frozen layout, what a reader keeps and refuses, and that damage is always said as such."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError, NewerFormat
from vault_magic.identity import Identity
from vault_magic.ledger import Ledger
from vault_magic.record import ArchiveRef, CellRef, Environment, Input, Record, Result, read_record

# Frozen: records of this layout are in people's notebooks and archives. Later versions may add fields; they never
# rename, retype or drop one of these.
_GOLDEN = """{
  "schema_version": 1,
  "action": "store",
  "command": "store salaries in datasets",
  "results": [
    {
      "path": "datasets/salaries",
      "variable": "salaries",
      "before": null,
      "after": {
        "format": "tsv",
        "bytes": 123456,
        "crc32": "6DE33062",
        "sha256": "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c",
        "schema": "2222222222222222222222222222222222222222222222222222222222222222"
      }
    }
  ],
  "inputs": [
    {
      "path": "models/fit",
      "vault": "0c8cf4a1",
      "identity": {
        "format": "pickle",
        "bytes": 7,
        "crc32": "00CA7812",
        "sha256": "3333333333333333333333333333333333333333333333333333333333333333",
        "schema": null,
        "unstable": true
      }
    }
  ],
  "archive": {
    "vault": "0c8cf4a1",
    "path": "data/storage.zip",
    "from_notebook": "../data/storage.zip"
  },
  "notebook": "prepare.ipynb",
  "parameters": {
    "alpha": 0.5,
    "cities": [
      "Lagos",
      null
    ]
  },
  "started": "2019-12-08T11:58:01.000000+00:00",
  "finished": "2019-12-08T11:58:01.250000+00:00",
  "cell": {
    "id": "8f2c1a90",
    "count": 4,
    "sha256": "4444444444444444444444444444444444444444444444444444444444444444",
    "code": "5555555555555555555555555555555555555555555555555555555555555555",
    "code_version": 1
  },
  "session": "5d9ff7a2",
  "ledger": {
    "code_version": 1,
    "dropped": 2,
    "rows": "4 ~ REREREREREREREREREREQw VVVVVVVVVVVVVVVVVVVVVQ N3Gtlhmk"
  },
  "environment": {
    "python": "3.11.2",
    "platform": "linux-x86_64",
    "packages": {
      "vault_magic": "1.0",
      "pandas": "2.2.3"
    }
  }
}"""

_RECORD = Record(
    action="store",
    command="store salaries in datasets",
    results=(
        Result(
            "datasets/salaries",
            "salaries",
            after=Identity(
                "6DE33062",
                "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c",
                "tsv",
                schema="2" * 64,
                bytes=123456,
            ),
        ),
    ),
    archive=ArchiveRef("0c8cf4a1", "data/storage.zip", from_notebook="../data/storage.zip"),
    started=datetime(2019, 12, 8, 11, 58, 1, tzinfo=UTC),
    finished=datetime(2019, 12, 8, 11, 58, 1, 250_000, tzinfo=UTC),
    session="5d9ff7a2",
    inputs=(Input("models/fit", "0c8cf4a1", Identity("00CA7812", "3" * 64, "pickle", bytes=7, unstable=True)),),
    notebook="prepare.ipynb",
    parameters={"alpha": 0.5, "cities": ["Lagos", None]},
    cell=CellRef("4" * 64, "5" * 64, 1, id="8f2c1a90", count=4),
    ledger=Ledger(1, "4 ~ REREREREREREREREREREQw VVVVVVVVVVVVVVVVVVVVVQ N3Gtlhmk", dropped=2),
    environment=Environment("3.11.2", "linux-x86_64", {"vault_magic": "1.0", "pandas": "2.2.3"}),
)

# Frozen as well: the least that a record of version 1 holds.
_LEAST = {
    "schema_version": 1,
    "action": "del",
    "command": "del 'a'",
    "results": [{"path": "a"}],
    "archive": {"vault": "v", "path": "storage.zip"},
    "started": "2019-12-08T11:58:01+00:00",
    "finished": "2019-12-08T11:58:01+00:00",
    "session": "s",
}


def _stored(**changes: object) -> dict[str, Any]:
    return {**json.loads(_GOLDEN), **changes}


def test_record_is_written_in_the_frozen_layout() -> None:
    assert json.dumps(_RECORD.to_json(), indent=2) == _GOLDEN


def test_record_of_the_frozen_layout_is_read() -> None:
    assert read_record(json.loads(_GOLDEN)) == _RECORD


def test_record_with_the_least_fields_is_read() -> None:
    now = datetime(2019, 12, 8, 11, 58, 1, tzinfo=UTC)
    assert read_record(_LEAST) == Record(
        "del", "del 'a'", (Result("a"),), ArchiveRef("v", "storage.zip"), now, now, "s"
    )


@pytest.mark.parametrize("name", sorted(set(_LEAST) - {"schema_version"}))
def test_record_without_a_needed_field_is_damaged(name: str) -> None:
    with pytest.raises(FormatError, match=f"a record is damaged: .*`{name}`"):
        read_record({key: value for key, value in _LEAST.items() if key != name})


def test_unknown_fields_are_kept() -> None:
    later = {"signature": {"by": ["somebody"]}, "note": None}
    assert read_record(_stored(**later)).to_json() == _stored(**later)


def test_unknown_fields_inside_known_ones_are_passed_over() -> None:
    stored = _stored()
    stored["results"][0]["later"] = 1
    stored["cell"]["later"] = 1
    assert read_record(stored) == _RECORD


def test_newer_record_says_what_to_do() -> None:
    with pytest.raises(NewerFormat, match=r"a record has version 2, .* run: pip install --upgrade vaultcheck"):
        read_record(_stored(schema_version=2, results="of another layout"))


def test_reading_leaves_what_was_stored_alone() -> None:
    stored = _stored(later=1)
    before = copy.deepcopy(stored)
    read_record(stored)
    assert stored == before


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        pytest.param("2019-12-08T11:58:01.250000+00:00", "2019-12-08T11:58:01.250000+00:00", id="utc"),
        pytest.param("2019-12-08T11:58:01Z", "2019-12-08T11:58:01.000000+00:00", id="z"),
        pytest.param("2019-12-08T12:58:01+01:00", "2019-12-08T11:58:01.000000+00:00", id="another-zone"),
        pytest.param("2019-12-08T11:58:01", "2019-12-08T11:58:01.000000+00:00", id="no-zone-is-utc"),
    ],
)
def test_times_become_utc(written: str, moment: str) -> None:
    assert read_record(_stored(started=written)).to_json()["started"] == moment


def test_time_of_another_zone_is_written_in_utc() -> None:
    local = datetime(2019, 12, 8, 12, 58, 1, tzinfo=timezone(timedelta(hours=1)))
    stored = Record("list", "list", (), ArchiveRef("v", "p"), local, local, "s").to_json()
    assert stored["finished"] == "2019-12-08T11:58:01.000000+00:00"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"started": "yesterday"}, id="time-in-words"),
        pytest.param({"started": 1575806281}, id="time-as-number"),
        pytest.param({"started": "0001-01-01T00:00:00+23:59"}, id="time-before-the-calendar"),
        pytest.param({"finished": "9999-12-31T23:59:59-23:59"}, id="time-behind-the-calendar"),
        pytest.param({"command": None}, id="no-command"),
        pytest.param({"started": "\ud800"}, id="time-of-half-a-character"),
        pytest.param({"results": {}}, id="results-as-object"),
        pytest.param({"results": [None]}, id="null-result"),
        pytest.param({"results": [{"path": "a", "after": {}}]}, id="identity-without-crc32"),
        pytest.param({"archive": "storage.zip"}, id="archive-as-text"),
        pytest.param({"cell": {"sha256": "4", "code": "5", "code_version": "1"}}, id="version-as-text"),
        pytest.param({"ledger": {"code_version": 1, "rows": []}}, id="rows-as-list"),
        pytest.param({"parameters": []}, id="parameters-as-list"),
        pytest.param({"environment": {"python": "3", "platform": "x", "packages": {"pandas": 2}}}, id="package-number"),
        pytest.param({"schema_version": "1"}, id="version-in-quotes"),
    ],
)
def test_damaged_record_is_a_format_error(changes: dict[str, object]) -> None:
    with pytest.raises(FormatError, match="a record "):
        read_record(_stored(**changes))


def _places(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [(*at, key) for key, _ in inner] + [place for key, one in inner for place in _places(one, (*at, key))]


_TEXT = st.text(st.characters()) | st.datetimes().map(str)  # with halves of characters, as damage leaves them
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(_places(json.loads(_GOLDEN))), _ANYTHING | st.just(...))
def test_any_damage_is_a_format_error_or_a_record(place: tuple[str | int, ...], value: object) -> None:
    stored = json.loads(_GOLDEN)
    inside = stored
    for key in place[:-1]:
        inside = inside[key]
    if value is ...:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    try:
        record = read_record(stored)
    except FormatError:
        return
    assert read_record(record.to_json()) == record


@given(_ANYTHING)
def test_anything_else_is_a_format_error(stored: object) -> None:
    with pytest.raises(FormatError):
        read_record(stored)
