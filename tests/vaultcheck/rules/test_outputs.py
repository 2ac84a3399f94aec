"""Tests of the rule about outputs that are no longer what their cells have shown."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from tests.builders import Author, Lab, build_notebook, build_output, name_case
from vault_magic.output_data import digest_bundle
from vaultcheck.rules.freshness import EditedCell
from vaultcheck.rules.outputs import AlteredOutput

Case = Callable[[Author], None]

PIXEL = base64.encodebytes(bytes(range(200))).decode()
TABLE = "<table>\n  <tr><td>1</td></tr>\n</table>"


def _show(author: Author, data: dict[str, Any]) -> None:
    """Add a cell and run it; it shows the data, marked."""
    author.run("show(x)", shows=True)
    output = author.cells[-1]["outputs"][-1]
    output["metadata"]["vault_cell"]["data"] = digest_bundle(data)
    output["data"] = copy.deepcopy(data)


@pytest.fixture
def author(lab: Lab) -> Author:
    """Return a notebook whose second cell shows a table, a figure and more."""
    author = lab.start("a.ipynb")
    data = {"text/plain": "   x\n0  1", "text/html": TABLE, "image/png": PIXEL, "image/svg+xml": "<svg>\n</svg>"}
    _show(author, data | {"application/json": {"x": 1.0}})
    return author


def _output(author: Author) -> dict[str, Any]:
    output: dict[str, Any] = author.cells[1]["outputs"][0]
    return output


def _data(author: Author) -> dict[str, Any]:
    data: dict[str, Any] = _output(author)["data"]
    return data


def as_it_was(author: Author) -> None:
    pass


def split_into_lines_by_nbformat(author: Author) -> None:
    notebook = nbformat.from_dict(build_notebook([author.cells[1]]))
    author.cells[1]["outputs"] = json.loads(nbformat.writes(notebook))["cells"][0]["outputs"]
    assert _data(author)["text/html"] == TABLE.splitlines(keepends=True)


def saved_with_the_line_ends_of_windows(author: Author) -> None:
    for mime in ("text/plain", "text/html", "image/svg+xml"):
        _data(author)[mime] = _data(author)[mime].replace("\n", "\r\n")


def whole_number_saved_without_its_point(author: Author) -> None:
    _data(author)["application/json"] = {"x": 1}


def figure_encoded_again_on_one_line(author: Author) -> None:
    _data(author)["image/png"] = base64.b64encode(base64.b64decode(PIXEL)).decode()


def figure_saved_as_lines(author: Author) -> None:
    _data(author)["image/png"] = PIXEL.splitlines(keepends=True)


def figure_extracted_to_a_file(author: Author) -> None:
    _output(author)["metadata"]["filenames"] = {"image/png": "a_1_0.png"}
    _data(author)["text/latex"] = r"\includegraphics{a_1_0.png}"


def figure_dropped_for_its_size(author: Author) -> None:
    del _data(author)["image/png"]


def figure_emptied(author: Author) -> None:
    _data(author)["image/png"] = None


def all_data_dropped(author: Author) -> None:
    _output(author)["data"] = {}


def output_dropped(author: Author) -> None:
    author.cells[1]["outputs"] = []


def mark_dropped_with_the_metadata(author: Author) -> None:
    _data(author)["text/html"] = "<b>2</b>"
    _output(author)["metadata"] = {}


def outputs_put_in_another_order(author: Author) -> None:
    author.cells[1]["outputs"] = [build_output(), _output(author)]


def cell_copied(author: Author) -> None:
    author.cells.append(copy.deepcopy(author.cells[1]) | {"id": "copy"})


def outputs_of_a_merged_cell_beside_each_other(author: Author) -> None:
    _show(author, {"text/html": "<b>2</b>"})
    author.cells[1]["outputs"] += author.cells.pop()["outputs"]


def result_saved_as_a_display(author: Author) -> None:
    _output(author).update(output_type="execute_result", execution_count=9)


def mark_without_digests(author: Author) -> None:
    _output(author)["metadata"]["vault_cell"]["data"] = {}
    _data(author)["text/html"] = "<b>2</b>"


def other_metadata_edited(author: Author) -> None:
    _output(author)["metadata"]["needs_background"] = "light"


@pytest.mark.parametrize(
    "arrange",
    [
        as_it_was,
        split_into_lines_by_nbformat,
        saved_with_the_line_ends_of_windows,
        whole_number_saved_without_its_point,
        figure_encoded_again_on_one_line,
        figure_saved_as_lines,
        figure_extracted_to_a_file,
        figure_dropped_for_its_size,
        figure_emptied,
        all_data_dropped,
        output_dropped,
        mark_dropped_with_the_metadata,
        outputs_put_in_another_order,
        cell_copied,
        outputs_of_a_merged_cell_beside_each_other,
        result_saved_as_a_display,
        mark_without_digests,
        other_metadata_edited,
    ],
    ids=name_case,
)
def test_what_tools_do_to_outputs_is_accepted(lab: Lab, author: Author, arrange: Case) -> None:
    arrange(author)
    lab.save()
    assert lab.check([AlteredOutput()]) == []


def number_in_a_table(author: Author) -> None:
    _data(author)["text/html"] = TABLE.replace("1", "2")


def blank_in_a_table(author: Author) -> None:
    _data(author)["text/html"] = TABLE.replace(">1<", "> 1<")


def line_of_a_table(author: Author) -> None:
    _data(author)["text/html"] = TABLE.splitlines(keepends=True)[1:]


def table_emptied(author: Author) -> None:
    _data(author)["text/html"] = ""


def number_in_place_of_a_table(author: Author) -> None:
    _data(author)["text/html"] = 2


def object_in_place_of_a_table(author: Author) -> None:
    _data(author)["text/html"] = {"x": 2}


def table_altered_in_a_copy_of_the_cell(author: Author) -> None:
    author.cells.insert(1, copy.deepcopy(author.cells[1]) | {"id": "copy"})
    number_in_a_table(author)


def table_altered_in_the_second_output(author: Author) -> None:
    number_in_a_table(author)
    author.cells[1]["outputs"].insert(0, build_output())


@pytest.mark.parametrize(
    "arrange",
    [
        number_in_a_table,
        blank_in_a_table,
        line_of_a_table,
        table_emptied,
        number_in_place_of_a_table,
        object_in_place_of_a_table,
        table_altered_in_a_copy_of_the_cell,
        table_altered_in_the_second_output,
    ],
    ids=name_case,
)
def test_altered_table_is_reported(lab: Lab, author: Author, arrange: Case) -> None:
    arrange(author)
    lab.save()
    (finding,) = lab.check([AlteredOutput()])
    assert (finding.code, finding.location.file, finding.location.cell) == ("VC303", "a.ipynb", 2)
    assert finding.message == "an output of this cell was altered after the cell ran: text/html"
    assert finding.hint == "run the cell again, or restore its output from version control"


def test_altered_figure_is_reported(lab: Lab, author: Author) -> None:
    _data(author)["image/png"] = base64.b64encode(b"other").decode()
    lab.save()
    (finding,) = lab.check([AlteredOutput()])
    assert finding.message.endswith(": image/png")


def test_altered_outputs_of_a_cell_are_told_once(lab: Lab, author: Author) -> None:
    author.cells[1]["outputs"] *= 2
    _data(author).update({"text/plain": "2", "image/svg+xml": "<svg/>"})
    lab.save()
    (finding,) = lab.check([AlteredOutput()])
    assert finding.message.endswith(": image/svg+xml, text/plain")


def test_edited_cell_with_an_altered_output_is_both(lab: Lab, author: Author) -> None:
    number_in_a_table(author)
    author.edit(2, "show(y)")
    lab.save()
    assert lab.find([EditedCell(), AlteredOutput()]) == [("VC303", "a.ipynb", 2), ("VC301", "a.ipynb", 2)]
