"""Tests of a kernel session: the latest run of each cell, what was imported, and what is never written down."""

from __future__ import annotations

import json

import pytest

from vault_magic import session as session_module
from vault_magic.cell_facts import CellFacts, read_facts
from vault_magic.digest import compact, digest_cell
from vault_magic.identity import Identity
from vault_magic.ledger import LIMIT, Status, compact_id, compact_names, parse_rows
from vault_magic.record import CellRef, Input
from vault_magic.session import Session, build_run

_DOCUMENT = "vscode-notebook-cell:/home/ada/secret%20project/prepare.ipynb#W0sZmlsZQ%3D%3D"


def _run_cells(*cells: tuple[str, str | None]) -> Session:
    session = Session("s")
    for count, (source, sent_id) in enumerate(cells, start=1):
        session = session.start(build_run(source, sent_id=sent_id, count=count)).finish(succeeded=True)
    return session


def _ledger_counts(session: Session) -> list[int | None]:
    return [row.count for row in parse_rows(session.ledger.rows)]


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        pytest.param([("x = 1", "a"), ("y = 2", "b")], [1, 2], id="two-cells"),
        pytest.param([("x = 1", "a"), ("y = 2", "b"), ("x = 1", "a")], [2, 3], id="run-again"),
        pytest.param([("x = 1", "a"), ("y = 2", "b"), ("x = 3", "a")], [1, 2, 3], id="edited-and-run-again"),
        pytest.param([("x = 1", "a"), ("x = 3", "a")], [2], id="edited-and-run-again-at-once"),
        pytest.param([("x = 1", "a"), ("x += 3", "a")], [1, 2], id="edited-to-add-to-what-was"),
        pytest.param([("x = 1", "a"), ("y = 2", "a")], [1, 2], id="edited-to-leave-what-was"),
        pytest.param([("print(1)", "a"), ("y = 2", "b"), ("z = 2", "a")], [2, 3], id="edited-from-what-left-nothing"),
        pytest.param([("%run a.py", "a"), ("x = 1", "a")], [1, 2], id="edited-from-what-may-have-done-anything"),
        pytest.param([("x = 1", "a"), ("x = 1", "b")], [1, 2], id="equal-sources-of-two-cells"),
        pytest.param([("x = 1", None), ("y = 2", None)], [1, 2], id="no-ids"),
        pytest.param([("x = 1", None), ("y = 2", None), ("x = 1", None)], [1, 2, 3], id="no-ids-each-execution"),
        pytest.param([("x = 1", None), ("x = 2", None)], [1, 2], id="no-ids-edited"),
        pytest.param([("x = 1", None), ("x = 1  # note", None)], [1, 2], id="no-ids-reformatted"),
        pytest.param([("x = 1", ""), ("x = 1", "")], [1, 2], id="empty-ids-are-none"),
        pytest.param([("x = 1", "a"), ("x = 1", None)], [1, 2], id="id-and-none"),
        pytest.param([("x", f"{_DOCUMENT}0"), ("x", f"{_DOCUMENT}1"), ("y", f"{_DOCUMENT}0")], [2, 3], id="addresses"),
    ],
)
def test_latest_run_of_each_cell_counts(cells: list[tuple[str, str | None]], counts: list[int]) -> None:
    assert _ledger_counts(_run_cells(*cells)) == counts


def test_edited_cell_has_the_digests_of_its_latest_source() -> None:
    (row,) = parse_rows(_run_cells(("x = 1", "a"), ("x = 2", "a")).ledger.rows)
    latest = digest_cell("x = 2")
    assert (row.count, row.status, row.id) == (2, Status.OK, compact_id("a"))
    assert (row.source, row.code) == (compact(latest.source), compact(latest.code))


def test_replaced_run_keeps_its_place_and_loses_its_id() -> None:
    first, other, latest = parse_rows(_run_cells(("x = 1", "a"), ("y = x", "b"), ("x = 2", "a")).ledger.rows)
    assert (first.count, first.status, first.id) == (1, Status.REPLACED, None)
    assert first.source == compact(digest_cell("x = 1").source)
    assert (other.status, latest.status, latest.id) == (Status.OK, Status.OK, compact_id("a"))


@pytest.mark.parametrize(
    ("cells", "previous"),
    [
        pytest.param([("x = 1", "a"), ("y = 2", "b")], [None, None], id="first-runs"),
        pytest.param([("x = 1", "a"), ("y = 2", "b"), ("x = 1", "a")], [None, 1], id="again"),
        pytest.param([("x = 1", "a"), ("x = 2", "a")], [None], id="edited-and-again"),
        pytest.param([("x = 1", "a")] * 3, [2], id="again-and-again"),
        pytest.param([("x = 1", None), ("x = 1", None)], [None, None], id="no-ids"),
        pytest.param([("x = 1", f"{_DOCUMENT}0"), ("x = 1", f"{_DOCUMENT}0")], [1], id="addresses"),
    ],
)
def test_row_tells_the_run_before(cells: list[tuple[str, str | None]], previous: list[int | None]) -> None:
    assert [row.previous for row in parse_rows(_run_cells(*cells).ledger.rows)] == previous


def test_count_that_begins_anew_is_no_run_before() -> None:
    session = Session("s").start(build_run("x = 1", count=1)).start(build_run("x = 1", count=1))
    assert [(run.count, run.previous) for run in session.runs] == [(1, None)]


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        pytest.param("x = 1", ["x"], id="bound"),
        pytest.param("x.append(y)\ndel z", ["x", "z"], id="changed-and-deleted"),
        pytest.param("print(x)", [], id="none"),
        pytest.param("exec(x)", None, id="opaque"),
        pytest.param("x = (", None, id="no-python"),
    ],
)
def test_row_tells_the_names_that_the_cell_changes(source: str, changed: list[str] | None) -> None:
    expected = None if changed is None else compact_names(changed)
    assert build_run(source).row.names == expected


def test_code_is_read_once_and_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def read_noted(source: str) -> CellFacts:
        read.append(source)
        return read_facts(source)

    monkeypatch.setattr(session_module, "read_facts", read_noted)
    session = _run_cells(("x = 1", "a"), ("y = 2", "b"))
    assert read == []
    assert session.ledger == session.ledger
    session = session.start(build_run("z = 3", sent_id="c"))
    assert session.finish(succeeded=True).ledger != session.ledger
    assert read == ["x = 1", "y = 2", "z = 3"]


# Which cell is running


def test_running_cell_is_current_and_last_in_the_ledger() -> None:
    session = _run_cells(("x = 1", "a")).start(build_run("y = 2", sent_id="b", count=2))
    assert session.current == build_run("y = 2", sent_id="b", count=2)
    assert [row.status for row in parse_rows(session.ledger.rows)] == [Status.OK, Status.RUNNING]


@pytest.mark.parametrize(("succeeded", "status"), [(True, Status.OK), (False, Status.FAILED)], ids=["ok", "failed"])
def test_ended_cell_is_no_longer_current(succeeded: bool, status: Status) -> None:
    session = Session("s").start(build_run("x = 1")).finish(succeeded=succeeded)
    assert (session.current, session.runs[-1].status) == (None, status)


def test_end_without_a_beginning_changes_nothing() -> None:
    ended = _run_cells(("x = 1", "a"))
    assert ended.finish(succeeded=False) == ended
    assert ended.finish(succeeded=False, request="other") == ended
    assert Session("s").finish(succeeded=True) == Session("s")


def _overlap() -> Session:
    session = Session("s")
    for source, request in (("slow()", "main"), ("x = 1", "side")):
        session = session.start(build_run(source, sent_id=source, request=request))
    return session


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        pytest.param("main", [Status.FAILED, Status.RUNNING], id="the-one-that-began-first"),
        pytest.param("side", [Status.RUNNING, Status.FAILED], id="the-one-that-began-last"),
        pytest.param("other", [Status.RUNNING, Status.RUNNING], id="unknown"),
        pytest.param(None, [Status.RUNNING, Status.RUNNING], id="none"),
    ],
)
def test_end_is_that_of_the_run_that_was_asked_for(request_: str | None, statuses: list[Status]) -> None:
    ended = _overlap().finish(succeeded=False, request=request_)
    assert [run.status for run in ended.runs] == statuses


@pytest.mark.parametrize(
    ("serving", "source"),
    [
        pytest.param("main", "slow()", id="the-one-that-began-first"),
        pytest.param("side", "x = 1", id="the-one-that-began-last"),
        pytest.param("other", None, id="no-cell"),
        pytest.param(None, None, id="none"),
    ],
)
def test_current_is_the_run_that_is_served(serving: str | None, source: str | None) -> None:
    current = _overlap().serve(serving).current
    assert (current.code.source if current else None) == source


def test_what_goes_on_after_the_end_of_its_cell_belongs_to_it() -> None:
    current = _overlap().finish(succeeded=True, request="main").serve("main").current
    assert current is not None
    assert (current.code.source, current.status) == ("slow()", Status.OK)


# Cells that ran before


@pytest.mark.parametrize(
    ("history", "cells", "rows"),
    [
        pytest.param({1: "x = 1", 2: "y = 2"}, [], [(1, "<"), (2, "<")], id="alone"),
        pytest.param({1: "x = 1", 2: "y = 2", 3: "x = 1"}, [], [(2, "<"), (3, "<")], id="equal-sources"),
        pytest.param({1: "x = 1", 2: "y = 2"}, [("x = 1", None)], [(2, "<"), (11, "+")], id="run-later"),
        pytest.param({1: "x = 1", 2: "y = 2"}, [("x = 1", "a")], [(2, "<"), (11, "+")], id="run-later-with-id"),
        pytest.param({1: "x = 1"}, [("x = 1\n\n", "a")], [(11, "+")], id="line-ends-that-the-history-drops"),
        pytest.param({1: "x = 1"}, [("x = 2", "a")], [(1, "<"), (11, "+")], id="edited"),
        pytest.param({1: "x = 1"}, [("x = 1 ", "a")], [(1, "<"), (11, "+")], id="blank-at-the-end"),
    ],
)
def test_cells_of_the_history_are_rows_until_they_run(
    history: dict[int, str], cells: list[tuple[str, str | None]], rows: list[tuple[int, str]]
) -> None:
    session = Session("s").recall(history)
    for count, (source, sent_id) in enumerate(cells, start=11):
        session = session.start(build_run(source, sent_id=sent_id, count=count)).finish(succeeded=True)
    found = parse_rows(session.ledger.rows)
    assert [(row.count, row.status.value) for row in found] == rows
    assert {(row.id, row.previous) for row in found if row.status is Status.EARLIER} <= {(None, None)}


def test_cell_of_the_history_is_not_current() -> None:
    assert Session("s").recall({1: "x = 1"}).current is None


def test_ledger_of_a_long_session_is_bounded() -> None:
    ledger = _run_cells(*[("x", None)] * (LIMIT + 7)).ledger
    assert (len(parse_rows(ledger.rows)), ledger.dropped) == (LIMIT, 7)


def test_ledger_and_cell_tell_the_version_of_the_code_digest() -> None:
    run = build_run("x = 1", sent_id="a", count=3)
    digest = digest_cell("x = 1")
    assert run.cell == CellRef(digest.source, digest.code, 1, id="a", count=3)
    assert Session("s").start(run).ledger.code_version == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("8f2c1a90-0b1c", "8f2c1a90-0b1c", id="nbformat"),
        pytest.param("a_B", "a_B", id="underscore"),
        pytest.param("x" * 64, "x" * 64, id="longest"),
        pytest.param("x" * 65, None, id="too-long"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="none"),
        pytest.param(_DOCUMENT, None, id="address"),
        pytest.param("file:///home/ada/x.ipynb", None, id="file"),
        pytest.param("abc\n", None, id="line-end"),
        pytest.param("zażółć", None, id="other-letters"),
    ],
)
def test_only_ids_of_the_notebook_format_are_kept(sent: str | None, kept: str | None) -> None:
    assert build_run("x = 1", sent_id=sent).id == kept


def test_address_of_a_document_is_never_written() -> None:
    session = Session("s").start(build_run("x = 1", sent_id=_DOCUMENT, count=1))
    assert session.current is not None
    written = json.dumps([session.current.cell.to_json(), session.ledger.to_json()])
    assert session.current.row.id is None
    assert "ada" not in written
    assert compact_id(_DOCUMENT) not in written


def _input(path: str, crc32: str, *, vault: str = "v") -> Input:
    return Input(path, vault, Identity(crc32))


@pytest.mark.parametrize(
    ("imports", "known"),
    [
        pytest.param([[_input("a", "1")]], [_input("a", "1")], id="one"),
        pytest.param([[_input("a", "1")], [_input("a", "2")]], [_input("a", "2")], id="later-command"),
        pytest.param([[_input("a", "1"), _input("a", "2")]], [_input("a", "2")], id="later-in-one-command"),
        pytest.param([[_input("b", "1")], [_input("a", "2")]], [_input("a", "2"), _input("b", "1")], id="sorted"),
        pytest.param(
            [[_input("a", "1", vault="w")], [_input("a", "2")]],
            [_input("a", "2"), _input("a", "1", vault="w")],
            id="same-path-in-two-vaults",
        ),
        pytest.param([[_input("a", "1")], []], [_input("a", "1")], id="nothing-new"),
    ],
)
def test_latest_import_of_each_object_is_remembered(imports: list[list[Input]], known: list[Input]) -> None:
    session = Session("s")
    for inputs in imports:
        session = session.remember(iter(inputs))
    assert list(session.inputs) == known


def test_session_before_a_change_stays_as_it_was() -> None:
    session = _run_cells(("x = 1", "a"))
    session.start(build_run("y = 2"))
    session.remember([_input("a", "1")])
    assert (_ledger_counts(session), session.inputs) == ([1], ())


def test_long_session_keeps_what_a_ledger_keeps_and_counts_the_rest() -> None:
    session = Session(id="s").start(build_run("long = 1", sent_id="long", request="long"))
    for count in range(LIMIT + 5):
        session = session.start(build_run(f"x = {count}", count=count, request=str(count)))
        session = session.finish(succeeded=True, request=str(count))
    assert len(session.cells) == LIMIT
    assert session.missed == session.ledger.dropped == 6
    assert session.runs[0].id == "long"  # it still runs, and may store something
    assert session.runs[-1].count == LIMIT + 4
