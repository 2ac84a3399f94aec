"""The same in JupyterLab itself: what it does to cells and saves, and that its page looks as without the extension."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import NOTEBOOKS
from fixtures.running import write_notebook
from tests.end_to_end.desk import OPEN, Desk, judge
from tests.end_to_end.lab_page import CHROMIUM, LabPage, open_lab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.kernel,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is a program of its own; .ci/run installs it"),
]

ARTIFACTS = NOTEBOOKS.parent.parent / "test-artifacts"
SHORT = (OPEN, "scale = 3", "print('by', scale)", "scale", "%vault store scale in datasets")
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
MANY = (
    OPEN,
    "import pandas\npandas.DataFrame({'salary': [1.0, 2.5]})",
    f"from base64 import b64decode\nfrom IPython.display import Image\nImage(b64decode('{DOT}'), width=30)",
    "from IPython.display import SVG\n"
    'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" height="9"><circle r="9"/></svg>\')',
    "from IPython.display import JSON\nJSON({'salary': 1.0})",
    "from IPython.display import clear_output, display\n"
    "for at in range(3):\n    clear_output(wait=True)\n    display(f'step {at}')",
    "handle = display('before', display_id='k')",
    "handle.update('after')",
    "frame = 1\n%vault store frame in datasets",
    "%open_vault -p storage.zip --secure False --timestamp False\nprint('quiet')\n%vault store frame in datasets",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabPage]:
    """Open JupyterLab once; every test has a notebook of its own."""
    with open_lab(tmp_path_factory.mktemp("lab")) as page:
        yield page


@pytest.fixture
def page(server: LabPage, request: pytest.FixtureRequest) -> Iterator[LabPage]:
    """Give the page to a test, and look at the end whether it is as it should be."""
    yield server
    server.photograph(ARTIFACTS / f"{request.node.name}.png")
    assert server.find_oddities() == []
    assert server.count_outputs() == sum(len(cell.get("outputs", ())) for cell in server.save())


def _open(page: LabPage, name: str, cells: tuple[str, ...] = SHORT) -> None:
    write_notebook(page.folder / name / "work.ipynb", cells)
    page.open(f"{name}/work.ipynb")


def _judge(page: LabPage) -> list[tuple[str, int | None]]:
    page.save()
    return judge(page.file)


@pytest.mark.parametrize(
    ("cell", "oddity"),
    [
        pytest.param("from IPython.display import display\ndisplay({}, raw=True)", "a strip of 20 pixels", id="blank"),
        pytest.param("import sys\nprint('careful', file=sys.stderr)", "careful", id="warning"),
    ],
)
def test_what_is_odd_is_seen(server: LabPage, cell: str, oddity: str, request: pytest.FixtureRequest) -> None:
    _open(server, request.node.callspec.id, (cell,))
    server.run_all()
    assert [text.strip() for text in server.find_oddities()] == [oddity]


def test_edit_is_found_until_the_cell_runs_again(page: LabPage) -> None:
    _open(page, "edit")
    page.run_all()
    assert _judge(page) == []
    page.type_at_end(3, "  # so much")
    assert _judge(page) == [("VC302", 3)]
    page.type_at_end(2, "0")
    assert _judge(page) == [("VC301", 2), ("VC302", 3), ("VC305", 5)]
    page.run(2, 3, 4)
    assert _judge(page) == [("VC305", 5)]
    page.run(5)
    assert _judge(page) == []


def test_marks_survive_closing_and_opening(page: LabPage) -> None:
    _open(page, "reload")
    page.run_all()
    page.save()
    page.open("reload/work.ipynb")
    assert _judge(page) == []
    page.type_at_end(4, " * 2")
    assert _judge(page) == [("VC301", 4)]


def test_copied_cell_is_judged_by_its_own_text(page: LabPage) -> None:
    _open(page, "copy")
    page.run_all()
    page.duplicate(4)
    assert _judge(page) == []
    page.type_at_end(5, " * 2")
    assert _judge(page) == [("VC301", 5)]
    page.run(5, 6)
    assert _judge(page) == []


def test_split_and_merged_cells_are_the_code_that_ran(page: LabPage) -> None:
    _open(page, "split", (OPEN, "first = 1\nsecond = 2\nfirst + second", *SHORT[1:]))
    page.run_all()
    page.split(2, after_line=2)
    assert _judge(page) == [("VC302", 2)]
    page.merge(2)
    assert _judge(page) == [("VC302", 2)]
    page.run(2, 3, 4, 5, 6)
    assert _judge(page) == []


def test_cleared_outputs_are_judged_from_the_manifest(page: LabPage) -> None:
    _open(page, "clear")
    page.run_all()
    page.clear_outputs()
    assert _judge(page) == []
    page.type_at_end(2, "0")
    assert _judge(page) == [("VC301", 2), ("VC305", 5)]


def test_outputs_of_all_kinds_are_saved_as_they_were_marked(page: LabPage) -> None:
    _open(page, "many", MANY)
    page.run_all()
    assert _judge(page) == []
    cells = page.save()
    assert [len(cell["outputs"]) for cell in cells] == [1, 1, 1, 1, 1, 1, 1, 0, 1, 2]
    assert cells[6]["outputs"][0]["data"]["text/plain"] == ["'after'"]
    page.open("many/work.ipynb")
    assert _judge(page) == []
    page.type_at_end(3, "  # a dot")
    assert _judge(page) == [("VC302", 3)]


STEPS: tuple[Callable[[LabPage | Desk], object], ...] = (
    lambda front_end: front_end.run_all(),
    lambda front_end: front_end.duplicate(3),
    lambda front_end: front_end.split(2, after_line=1),
    lambda front_end: front_end.merge(3),
    lambda front_end: front_end.run(3),
    lambda front_end: front_end.restart(),
    lambda front_end: front_end.run(1, 2, 3),
    lambda front_end: front_end.clear_outputs(),
)


def test_desk_does_as_jupyterlab(page: LabPage, tmp_path: Path) -> None:
    cells = (OPEN, "first = 1\nfirst", *MANY[5:8])
    _open(page, "desk", cells)
    with Desk(tmp_path) as desk:
        desk.write(*cells)
        for step in STEPS:
            step(page)
            step(desk)
            assert [_describe(cell) for cell in desk.notebook.cells] == [_describe(cell) for cell in page.save()]


def _describe(cell: dict[str, Any]) -> list[object]:
    """Return what of a cell is the same whoever runs it."""
    shown = [
        (one["output_type"], sorted(one.get("data", ())), sorted(one.get("metadata", ()))) for one in cell["outputs"]
    ]
    return ["".join(cell["source"]), cell["execution_count"], shown, sorted(cell["metadata"])]
