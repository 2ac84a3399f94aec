"""Tests of a kernel session: the latest run of each cell, what was imported, and what is never written down."""

from __future__ import annotations

import json

import pytest

from vault_magic.digest import compact, digest_cell
from vault_magic.identity import Identity
from vault_magic.ledger import LIMIT, Row, Status, compact_id, parse_rows
from vault_magic.record import CellRef, Input
from vault_magic.session import Run, Session, build_run

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
        pytest.param([("x = 1", "a"), ("y = 2", "b"), ("x = 3", "a")], [2, 3], id="edited-and-run-again"),
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
    assert row == Row(2, Status.OK, compact(latest.source), compact(latest.code), compact_id("a"))


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
    assert Session("s").finish(succeeded=True) == Session("s")


def test_run_before_the_extension_is_not_current() -> None:
    early = Run("a", digest_cell("x = 1"), status=Status.EARLIER)
    assert Session("s", runs=(early,)).current is None


def test_ledger_of_a_long_session_is_bounded() -> None:
    runs = tuple(Run(str(number), digest_cell("x"), count=number) for number in range(LIMIT + 7))
    ledger = Session("s", runs=runs).ledger
    assert (len(parse_rows(ledger.rows)), ledger.dropped) == (LIMIT, 7)


def test_ledger_and_cell_tell_the_version_of_the_code_digest() -> None:
    run = build_run("x = 1", sent_id="a", count=3)
    digest = digest_cell("x = 1")
    assert run.cell == CellRef(digest.source, digest.code, 1, id="a", count=3)
    assert Session("s", runs=(run,)).ledger.code_version == 1


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
