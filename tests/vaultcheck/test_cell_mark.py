"""Tests of the mark of a whole cell, and of when it is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import build_cell, build_notebook, build_output, name_case, write_notebook
from vault_magic.digest import digest_cell
from vault_magic.mark import Mark
from vaultcheck.cell import Cell
from vaultcheck.cell_mark import CellMark, read_cell_mark
from vaultcheck.notebook import read_notebook

RUN, LATER = "2026-11-25T12:00:00.000001Z", "2026-11-25T13:00:00.000001Z"
Case = Callable[[list[dict[str, Any]]], None]


def _mark(source: str, *, count: int, session: str = "run") -> Mark:
    digest = digest_cell(source)
    return Mark(session, digest.source, digest.code, code_version=1, count=count)


def _run(source: str, *, count: int) -> dict[str, Any]:
    """Return a cell as the engine leaves it."""
    metadata = {
        "vault": _mark(source, count=count).to_json() | {"executed": RUN},
        "execution": {"iopub.execute_input": RUN, "iopub.status.idle": LATER},
    }
    printed = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
    return build_cell(source) | {"metadata": metadata, "execution_count": count, "outputs": [printed]}


def _show(source: str, *, count: int, session: str = "run") -> dict[str, Any]:
    """Return the marked output of a run."""
    return build_output({"vault_cell": _mark(source, count=count, session=session).to_json()})


def _record(*, session: str) -> dict[str, Any]:
    """Return the output of a command."""
    record: dict[str, Any] = {"schema_version": 1, "action": "list", "command": "list", "results": []}
    record |= {"archive": {"vault": None, "path": "storage.zip"}, "session": session}
    return build_output({"vault": record | {"started": "2026-11-25T12:00:00Z", "finished": "2026-11-25T12:00:00Z"}})


_LEGACY = {"action": "store", "command": "store x in m", "result": [], "finished_human_readable": "Sunday"}
_LEGACY |= {"started": "2019-12-08T11:58:01", "finished": "2019-12-08T11:58:02"}


@pytest.fixture
def cells() -> list[dict[str, Any]]:
    """Return a notebook run by the engine: a vault is opened, something printed and something shown."""
    cells = [_run("%open_vault", count=1), _run("print(1)", count=2), _run("show(1)", count=3)]
    cells[0]["outputs"] = [_record(session="run")]
    cells[2]["outputs"] += [_show("show(1)", count=3)]
    return cells


def _read(folder: Path, cells: list[dict[str, Any]]) -> tuple[Cell, ...]:
    path = write_notebook(folder / "a.ipynb", build_notebook(cells))
    return read_notebook(path, path="a.ipynb").cells


def _list_believed(folder: Path, cells: list[dict[str, Any]]) -> list[int]:
    return [cell.number for cell in _read(folder, cells) if cell.cell_mark]


def as_the_engine_left_it(cells: list[dict[str, Any]]) -> None:
    pass


def sources_edited(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["source"] += "  # edited"


def other_metadata_added(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"] |= {"tags": ["a"], "collapsed": True}
        del cell["metadata"]["execution"]["iopub.status.idle"]


def printed_text_cleared(cells: list[dict[str, Any]]) -> None:
    cells[1]["outputs"] = []


def stored_by_the_original_tool(cells: list[dict[str, Any]]) -> None:
    cells[1]["outputs"] = [build_output({"text/markdown": _LEGACY})]


def field_added_by_a_later_writer(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["later"] = 1


@pytest.mark.parametrize(
    "arrange",
    [
        as_the_engine_left_it,
        sources_edited,
        other_metadata_added,
        printed_text_cleared,
        stored_by_the_original_tool,
        field_added_by_a_later_writer,
    ],
    ids=name_case,
)
def test_mark_of_the_latest_run_is_believed(tmp_path: Path, cells: list[dict[str, Any]], arrange: Case) -> None:
    arrange(cells)
    assert _list_believed(tmp_path, cells) == [1, 2, 3]


def test_believed_mark_is_the_last_of_the_marks(tmp_path: Path, cells: list[dict[str, Any]]) -> None:
    _, printed, shown = _read(tmp_path, cells)
    assert printed.marks == (_mark("print(1)", count=2),) == (printed.cell_mark,)
    assert shown.marks == (_mark("show(1)", count=3), _mark("show(1)", count=3))
    assert shown.cell_mark == shown.marks[-1]


def run_again_with_its_time(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["execution"]["iopub.execute_input"] = LATER


def run_again_without_its_time(cells: list[dict[str, Any]]) -> None:
    del cells[1]["metadata"]["execution"]


def time_of_the_start_removed(cells: list[dict[str, Any]]) -> None:
    del cells[1]["metadata"]["execution"]["iopub.execute_input"]


def run_again_as_another_count(cells: list[dict[str, Any]]) -> None:
    cells[1]["execution_count"] = 4


def cleared(cells: list[dict[str, Any]]) -> None:
    cells[1] |= {"execution_count": None, "outputs": []}


def neither_has_a_count(cells: list[dict[str, Any]]) -> None:
    cells[1]["execution_count"] = cells[1]["metadata"]["vault"]["count"] = None


def shows_what_no_mark_tells_of(cells: list[dict[str, Any]]) -> None:
    cells[1]["outputs"] = [build_output()]


def shows_more_than_is_marked(cells: list[dict[str, Any]]) -> None:
    cells[1]["outputs"] = [_show("print(1)", count=2), build_output()]


def result_without_a_mark(cells: list[dict[str, Any]]) -> None:
    cells[1]["outputs"] = [build_output() | {"output_type": "execute_result", "execution_count": 2}]


def has_become_markdown(cells: list[dict[str, Any]]) -> None:
    cells[1]["cell_type"] = "markdown"
    del cells[1]["outputs"], cells[1]["execution_count"]


def mark_of_another_tool(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"] = {"executed": RUN, "secret": True}


def no_mark(cells: list[dict[str, Any]]) -> None:
    del cells[1]["metadata"]["vault"]


def mark_without_its_time(cells: list[dict[str, Any]]) -> None:
    del cells[1]["metadata"]["vault"]["executed"]


def both_times_are_missing(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["executed"] = cells[1]["metadata"]["execution"]["iopub.execute_input"] = None


def both_times_are_numbers(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["executed"] = cells[1]["metadata"]["execution"]["iopub.execute_input"] = 1


def digest_removed(cells: list[dict[str, Any]]) -> None:
    del cells[1]["metadata"]["vault"]["sha256"]


def count_as_a_text(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["count"] = "2"


def version_as_a_text(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["schema_version"] = "1"


def metadata_as_a_list(cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"] = []


@pytest.mark.parametrize(
    "arrange",
    [
        run_again_with_its_time,
        run_again_without_its_time,
        time_of_the_start_removed,
        run_again_as_another_count,
        cleared,
        neither_has_a_count,
        shows_what_no_mark_tells_of,
        shows_more_than_is_marked,
        result_without_a_mark,
        has_become_markdown,
        mark_of_another_tool,
        no_mark,
        mark_without_its_time,
        both_times_are_missing,
        both_times_are_numbers,
        digest_removed,
        count_as_a_text,
        version_as_a_text,
        metadata_as_a_list,
    ],
    ids=name_case,
)
def test_mark_of_another_run_is_passed_over_in_silence(
    tmp_path: Path, cells: list[dict[str, Any]], arrange: Case
) -> None:
    arrange(cells)
    assert _list_believed(tmp_path, cells) == [1, 3]
    assert all(cell.faults == () for cell in _read(tmp_path, cells))


def vault_opened_again_with_the_time_kept(cells: list[dict[str, Any]]) -> None:
    cells[0]["outputs"] = [_record(session="another")]


def shown_again_with_the_time_kept(cells: list[dict[str, Any]]) -> None:
    cells[2]["outputs"] = [_show("show(1)", count=3, session="another")]


def shown_again_as_another_count_with_the_time_kept(cells: list[dict[str, Any]]) -> None:
    cells[2] |= {"outputs": [_show("show(1)", count=7, session="another")], "execution_count": 7}


@pytest.mark.parametrize(
    "arrange",
    [
        vault_opened_again_with_the_time_kept,
        shown_again_with_the_time_kept,
        shown_again_as_another_count_with_the_time_kept,
    ],
    ids=name_case,
)
def test_front_end_that_keeps_times_leaves_no_mark_of_a_cell_believed(
    tmp_path: Path, cells: list[dict[str, Any]], arrange: Case
) -> None:
    arrange(cells)
    assert _list_believed(tmp_path, cells) == []


def test_front_end_that_drops_times_leaves_the_marks_of_the_other_cells(
    tmp_path: Path, cells: list[dict[str, Any]]
) -> None:
    vault_opened_again_with_the_time_kept(cells)
    shown_again_with_the_time_kept(cells)
    for cell in (cells[0], cells[2]):
        del cell["metadata"]["execution"]
    assert _list_believed(tmp_path, cells) == [2]


def test_newer_mark_of_the_latest_run_is_a_fault(tmp_path: Path, cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["schema_version"] = 99
    _, cell, _ = _read(tmp_path, cells)
    (fault,) = cell.faults
    assert fault.startswith("a mark has version 99, this installation reads up to ")
    assert cell.marks == ()


def test_newer_mark_of_a_former_run_is_no_fault(tmp_path: Path, cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["schema_version"] = 99
    run_again_without_its_time(cells)
    assert _read(tmp_path, cells)[1].faults == ()


def test_newer_mark_of_what_is_a_text_now_is_no_fault(tmp_path: Path, cells: list[dict[str, Any]]) -> None:
    cells[1]["metadata"]["vault"]["schema_version"] = 99
    has_become_markdown(cells)
    assert _read(tmp_path, cells)[1].faults == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([RUN, LATER, ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["vault", "execution", "executed", "schema_version"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_FIELDS = {"executed": st.just(RUN), "schema_version": st.just(1) | _JSON} | dict.fromkeys(
    ("session", "sha256", "code", "code_version", "count", "data"), _JSON | st.just("a") | st.just(1)
)
_EXECUTION = st.just({"iopub.execute_input": RUN}) | _JSON
_METADATA = _JSON | st.fixed_dictionaries({"vault": st.fixed_dictionaries(_FIELDS) | _JSON, "execution": _EXECUTION})


@given(_METADATA)
def test_any_metadata_is_a_mark_with_its_time_or_none(metadata: Any) -> None:
    found = read_cell_mark(metadata)
    if found.mark:
        assert found.mark.session == metadata["vault"]["session"]
    if found != CellMark():
        assert metadata["vault"]["executed"] == metadata["execution"]["iopub.execute_input"]
