"""Marks on what a real kernel sends: of every cell and thread, and none that would be another cell's."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.kernels import LOAD, Kernel, start_kernel
from vault_magic.output_data import digest_bundle

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PREPARE = """\
import asyncio, threading
from concurrent.futures import ThreadPoolExecutor
from IPython.display import HTML, SVG, Image, clear_output, display
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
class Widget:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Widget()"}
class Table:
    def _repr_html_(self):
        return "<table>\\r\\n</table>"
    def __repr__(self):
        return "table\\r\\n"
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Start a kernel with the extension, for cells that leave each other alone."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "show.py").write_text("from IPython.display import display\ndisplay('of a file')\n", encoding="utf-8")
    (folder / "show.ipy").write_text("display('of cells')\n", encoding="utf-8")
    with start_kernel(folder) as kernel:
        kernel.run(f"{LOAD}\n{PREPARE}")
        yield kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """Start a kernel in an empty folder."""
    with start_kernel(tmp_path) as kernel:
        yield kernel


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        pytest.param("1 + 1", 1, id="result"),
        pytest.param("display('shown')", 1, id="display"),
        pytest.param("display(1)\ndisplay(2)\n3", 3, id="several"),
        pytest.param("%%time\nHTML('<b>bold</b>')", 1, id="time"),
        pytest.param("%%capture kept\ndisplay(1)", 0, id="captured"),
        pytest.param("%%capture kept\ndisplay(1)\n%vault list", 0, id="captured-with-command"),
        pytest.param("get_ipython().run_cell('display(1)')\n2;", 1, id="nested"),
        pytest.param("get_ipython().run_cell('display(1)', store_history=True)\ndisplay(2)", 2, id="nested-as-cell"),
        pytest.param("%run show.py", 1, id="run"),
        pytest.param("%run -i show.ipy", 1, id="run-of-cells"),
        pytest.param("await asyncio.sleep(0.01)\ndisplay(1)\n2", 2, id="asynchronous"),
        pytest.param("display(Table())\nTable()", 2, id="table"),
        pytest.param("display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))", 1, id="svg"),
        pytest.param("display(Image(PNG))\nImage(PNG)", 2, id="figure"),
        pytest.param("display({'image/png': PNG, 'text/plain': ''}, raw=True)", 1, id="raw-bytes"),
        pytest.param("display({'text/plain': ['a\\n', 'b']}, raw=True)", 1, id="raw-lines"),
        pytest.param("display(Widget())\nWidget()", 2, id="widget"),
        pytest.param("for n in range(3):\n    clear_output(wait=True)\n    display(n)", 3, id="clear-output"),
        pytest.param(
            "thread = threading.Thread(target=display, args=[1])\nthread.start()\nthread.join()", 1, id="thread"
        ),
        pytest.param("with ThreadPoolExecutor() as pool:\n    list(pool.map(display, 'abc'))", 3, id="pool"),
    ],
)
def test_every_rich_output_is_marked_with_its_cell_and_data(loaded: Kernel, cell: str, count: int) -> None:
    outputs = loaded.run(cell)
    assert len(outputs) == count
    for output in outputs:
        assert output.find_marked(cell) == cell
        assert output.metadata["vault_cell"]["data"] == digest_bundle(output.data)
    assert loaded.errors == []


def test_loop_that_clears_sends_what_it_would_send_without_marks(loaded: Kernel) -> None:
    before = len(loaded.messages)
    loaded.run("for n in range(3):\n    clear_output(wait=True)\n    display(n)")
    assert loaded.messages[before:] == ["clear_output", "display_data"] * 3


def test_data_that_messages_change_are_digested_as_they_arrive(loaded: Kernel) -> None:
    (shown,) = loaded.run("display({'image/png': PNG, 'text/plain': 'a\\udc80', 'text/html': '<b>'}, raw=True)")
    assert b64encode(b"\x89PNG").decode()[:4] == shown.data["image/png"][:4]
    assert set(shown.metadata["vault_cell"]["data"]) == {"image/png", "text/html"}


def test_output_that_comes_late_is_marked_with_the_cell_under_which_it_appears(loaded: Kernel) -> None:
    before = len(loaded.outputs)
    late = "async def show():\n    await asyncio.sleep(0.5)\n    display('late')\ntask = asyncio.create_task(show())"
    for cell in (f"{late}\nawait asyncio.sleep(0)", "await asyncio.sleep(1); 'second'"):
        loaded.run(cell)
    outputs = loaded.outputs[before:]
    assert {output.data["text/plain"] for output in outputs} == {"'late'", "'second'"}
    assert [output.find_marked(output.cell) for output in outputs] == [output.cell for output in outputs]


FIRST, UPDATE, SECOND = (
    "display('a', display_id='{0}');",
    "display('b', display_id='{0}', update=True);",
    "display('c', display_id='{0}');  # in another cell",
)


@pytest.mark.parametrize(
    ("cells", "marked"),
    [
        pytest.param([FIRST], [FIRST], id="display"),
        pytest.param([FIRST, UPDATE], [FIRST, FIRST], id="update"),
        pytest.param([FIRST, SECOND], [FIRST, None], id="second-display"),
        pytest.param([FIRST, SECOND, UPDATE], [FIRST, None, None], id="update-of-two"),
        pytest.param([FIRST, UPDATE, FIRST, UPDATE], [FIRST] * 4, id="run-again"),
        pytest.param([UPDATE], [None], id="update-of-nothing"),
    ],
)
def test_output_that_others_can_replace_is_marked_with_its_own_cell(
    loaded: Kernel, request: pytest.FixtureRequest, cells: list[str], marked: list[str | None]
) -> None:
    name = request.node.callspec.id
    outputs = [output for cell in cells for output in loaded.run(cell.format(name), cell_id=str(cells.index(cell)))]
    known = {cell.format(name): cell for cell in cells}
    assert [known.get(output.find_marked(*known) or "") for output in outputs] == marked
    assert all(output.metadata.get("vault_cell", {}).get("data", {}) == {} for output in outputs)


def test_extension_that_is_loaded_while_outputs_are_captured_marks(kernel: Kernel) -> None:
    kernel.run(f"%%capture\n{LOAD}")
    (output,) = kernel.run("from IPython.display import display\ndisplay(1)")
    assert output.find_marked(output.cell) == output.cell


LEFT = "[name for one in (get_ipython().display_pub, get_ipython().displayhook) for name in vars(one) if name in {}]"
METHODS = ("publish", "finish_displayhook")


def test_unloading_leaves_nothing(kernel: Kernel) -> None:
    kernel.run(f"{LOAD}\n{PREPARE}\npool = ThreadPoolExecutor(1)\npool.submit(display, 0).result();")
    kernel.run("%unload_ext vault_magic")
    (left,) = kernel.run(LEFT.format(METHODS))
    assert left.data["text/plain"] == "[]"
    shown = kernel.run("pool.submit(display, 1).result()\ndisplay(2)\n3")
    assert [output.metadata for output in shown] == [{}, {}, {}]


@pytest.mark.parametrize("again", ["%load_ext vault_magic", "%reload_ext vault_magic", "import vault_magic"])
def test_loading_twice_marks_once(kernel: Kernel, again: str) -> None:
    kernel.run(LOAD)
    kernel.run(again)
    (left,) = kernel.run(LEFT.format(METHODS))
    assert left.data["text/plain"] == str([*METHODS])
    assert left.find_marked(left.cell) == left.cell
    kernel.run("%unload_ext vault_magic")
    (left,) = kernel.run(LEFT.format(METHODS))
    assert (left.data["text/plain"], left.metadata) == ("[]", {})
