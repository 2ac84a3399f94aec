"""Tests of the ledger: its frozen rows, its bound, and the answer to rows that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError
from vault_magic.ledger import (
    LIMIT,
    MOST_NAMES,
    Ledger,
    Row,
    Status,
    build_ledger,
    compact_id,
    compact_names,
    forget_counts,
    parse_rows,
)

_SOURCE, _CODE = "EvFjIRgP5eNi2C0-2pjk3g", "47DEQpj8HBSa-_TImW-5JA"

# Frozen: rows of this layout are in people's notebooks, archives and manifests. Later versions never change it.
_GOLDEN_ROWS = (
    f"1 + {_SOURCE} {_CODE} M6frPYB5\n2 ! {_SOURCE} {_CODE} -\n"
    f"- ~ {_SOURCE} {_CODE} M6frPYB5\n- < {_SOURCE} {_CODE} -\n"
    f"5 + {_SOURCE} {_CODE} M6frPYB5 .\n6 + {_SOURCE} {_CODE} - LXEWofzk\n"
    f"7 + {_SOURCE} {_CODE} M6frPYB5 LXEW 3\n8 ! {_SOURCE} {_CODE} M6frPYB5 - 4"
)
_GOLDEN = (
    Row(1, Status.OK, _SOURCE, _CODE, "M6frPYB5"),
    Row(2, Status.FAILED, _SOURCE, _CODE),
    Row(None, Status.RUNNING, _SOURCE, _CODE, "M6frPYB5"),
    Row(None, Status.EARLIER, _SOURCE, _CODE),
    Row(5, Status.OK, _SOURCE, _CODE, "M6frPYB5", names=()),
    Row(6, Status.OK, _SOURCE, _CODE, names=("LXEW", "ofzk")),
    Row(7, Status.OK, _SOURCE, _CODE, "M6frPYB5", names=("LXEW",), previous=3),
    Row(8, Status.FAILED, _SOURCE, _CODE, "M6frPYB5", previous=4),
)


def test_rows_are_written_in_the_frozen_layout() -> None:
    assert build_ledger(_GOLDEN, code_version=1).rows == _GOLDEN_ROWS


def test_rows_of_the_frozen_layout_are_read() -> None:
    assert parse_rows(_GOLDEN_ROWS) == _GOLDEN


def test_ledger_is_written_in_the_frozen_layout() -> None:
    assert Ledger(code_version=1, rows=_GOLDEN_ROWS, dropped=3).to_json() == {
        "code_version": 1,
        "dropped": 3,
        "rows": _GOLDEN_ROWS,
    }


# Frozen: what a row calls a cell is compared with the ids of saved cells.
@pytest.mark.parametrize(
    ("cell_id", "short"),
    [
        pytest.param("8f2c1a90", "N3Gtlhmk", id="plain"),
        pytest.param("half \ud800", "cRpD8MO3", id="surrogate"),
    ],
)
def test_cell_id_is_shortened_as_frozen(cell_id: str, short: str) -> None:
    assert compact_id(cell_id) == short


# Frozen: what a row calls a name is compared with the names of saved cells.
@pytest.mark.parametrize(
    ("names", "short"),
    [
        pytest.param(["x"], ("LXEW",), id="one"),
        pytest.param(["y", "x", "x"], ("LXEW", "ofzk"), id="sorted-and-unique"),
        pytest.param([], (), id="none"),
        pytest.param(["\ud800"], ("kaaB",), id="surrogate"),
        pytest.param([f"x{number}" for number in range(MOST_NAMES + 1)], None, id="too-many"),
    ],
)
def test_names_are_shortened_as_frozen(names: list[str], short: tuple[str, ...] | None) -> None:
    assert compact_names(names) == short


def test_as_many_names_as_a_row_keeps_are_kept() -> None:
    names = compact_names(f"x{number}" for number in range(MOST_NAMES))
    assert names is not None
    assert len(names) == MOST_NAMES


def test_empty_ledger_has_no_rows() -> None:
    assert build_ledger([], code_version=1) == Ledger(code_version=1)
    assert parse_rows("") == ()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"1 + {_SOURCE} {_CODE}", id="four-words"),
        pytest.param(f"1  {_SOURCE} {_CODE} -", id="no-status"),
        pytest.param(f"one + {_SOURCE} {_CODE} -", id="count-in-letters"),
        pytest.param(f" + {_SOURCE} {_CODE} -", id="empty-count"),
        pytest.param(f"{'1' * 5_000} + {_SOURCE} {_CODE} -", id="count-beyond-limits"),
        pytest.param(f"1\t+ {_SOURCE} {_CODE} -", id="tab"),
        pytest.param(f"1 + {_SOURCE} {_CODE} - . one", id="run-before-in-letters"),
        pytest.param("", id="blank-line"),
    ],
)
def test_line_that_is_no_row_is_damage(line: str) -> None:
    with pytest.raises(FormatError, match="a ledger has a row that cannot be read"):
        parse_rows(f"{_GOLDEN_ROWS}\n{line}\n{_GOLDEN_ROWS}")


@pytest.mark.parametrize(
    ("row", "without"),
    [
        pytest.param("1 + {} M6frPYB5", "- + {} M6frPYB5", id="count"),
        pytest.param("- < {} -", "- < {} -", id="no-count"),
        pytest.param("1 + {} - LXEWofzk", "- + {} - LXEWofzk", id="names"),
        pytest.param("1 + {} - .", "- + {} - .", id="no-names"),
        pytest.param("3 + {} - LXEW 1", "- + {} - LXEW", id="run-before"),
        pytest.param("3 + {} - . 1", "- + {} - .", id="run-before-without-names"),
        pytest.param("3 + {} - - 1", "- + {} -", id="run-before-of-unknown-names"),
        pytest.param("3 + {} - LXEW 1 more", "- + {} - LXEW - more", id="word-of-a-later-writer"),
    ],
)
def test_row_without_counts_is_that_of_a_first_run(row: str, without: str) -> None:
    first, forgotten = (text.format(f"{_SOURCE} {_CODE}") for text in (row, without))
    ledger = Ledger(1, f"{first}\n{first}", dropped=2)
    assert forget_counts(ledger) == Ledger(1, f"{forgotten}\n{forgotten}", dropped=2)


def test_empty_ledger_without_counts_is_empty() -> None:
    assert forget_counts(Ledger(1)) == Ledger(1)


_WORDS = st.text("abcXYZ019-_", min_size=1, max_size=22)
_ROWS = st.builds(
    Row,
    count=st.none() | st.integers(0, 10**9),
    status=st.sampled_from(Status),
    source=_WORDS,
    code=_WORDS,
    id=st.none() | _WORDS.filter(lambda word: word != "-"),
    names=st.none() | st.lists(st.text("abcXYZ019_-", min_size=4, max_size=4), max_size=5).map(tuple),
    previous=st.none() | st.integers(0, 10**9),
)


@given(st.lists(_ROWS, max_size=5))
def test_rows_are_read_back_as_written(rows: list[Row]) -> None:
    assert parse_rows(build_ledger(rows, code_version=1).rows) == tuple(rows)


@given(st.lists(_ROWS, max_size=5))
def test_runs_without_counts_are_read_as_first_runs(rows: list[Row]) -> None:
    ledger = forget_counts(build_ledger(rows, code_version=1))
    assert parse_rows(ledger.rows) == tuple(replace(row, count=None, previous=None) for row in rows)


@pytest.mark.parametrize(
    ("ran", "kept", "dropped"),
    [
        pytest.param(LIMIT - 1, LIMIT - 1, 0, id="below"),
        pytest.param(LIMIT, LIMIT, 0, id="at-the-limit"),
        pytest.param(LIMIT + 1, LIMIT, 1, id="one-more"),
        pytest.param(2 * LIMIT + 5, LIMIT, LIMIT + 5, id="many-more"),
    ],
)
def test_ledger_keeps_the_latest_rows_and_counts_the_others(ran: int, kept: int, dropped: int) -> None:
    ledger = build_ledger((Row(count, Status.OK, _SOURCE, _CODE) for count in range(1, ran + 1)), code_version=1)
    counts = [row.count for row in parse_rows(ledger.rows)]
    assert (counts, ledger.dropped) == (list(range(ran - kept + 1, ran + 1)), dropped)


def test_what_a_later_writer_adds_to_a_row_is_passed_over() -> None:
    (row,) = parse_rows(f"1 @ {_SOURCE} {_CODE} - LXEW 3 more words")
    assert (row.count, row.status, row.source) == (1, Status.UNKNOWN, _SOURCE)
    assert (row.names, row.previous) == (("LXEW",), 3)
