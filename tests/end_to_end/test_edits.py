"""What is found when a saved notebook is not what ran: every row is run by a real kernel and saved as a real file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.running import VARIABLE
from fixtures.running import write_notebook as write_file
from tests.end_to_end.desk import OPEN, Desk
from tests.end_to_end.rows import NAME, SHORT, SHOWN, Row, play
from tests.end_to_end.test_runs import ROWS as RUN_ROWS

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


SALARIES = (
    OPEN,
    "# Salaries",
    "import json\nimport math",
    "scale = 3  # a factor",
    'def grow(value):\n    """Return a value\n\n    grown by the factor."""\n    return value * scale',
    "numbers = [grow(one) for one in range(4)]",
    "print(len(numbers), json.dumps(numbers))",
    "numbers[:2]",
    "%vault store numbers in datasets",
    "print('stored')",
)
SEALED = (*SALARIES, "%vault seal")
TEXT = [
    Row("nothing", lambda desk: desk, [], SALARIES),
    Row("code", lambda desk: desk.edit(6, old="range(4)", new="range(5)"), [("VC301", 6), ("VC305", 9)], SALARIES),
    Row("constant", lambda desk: desk.edit(4, old="= 3", new="= 4"), [("VC301", 4), ("VC305", 9)], SALARIES),
    Row(
        "body-of-a-function",
        lambda desk: desk.edit(5, old="value * scale", new="value + scale"),
        [("VC301", 5), ("VC305", 9)],
        SALARIES,
    ),
    Row("comment", lambda desk: desk.edit(4, old="a factor", new="the factor"), [("VC302", 4)], SALARIES),
    Row("whitespace", lambda desk: desk.edit(6, old="s = [", new="s  =  [ "), [("VC302", 6)], SALARIES),
    Row(
        "docstring",
        lambda desk: desk.edit(5, old="grown by", new="multiplied by"),
        [("VC301", 5), ("VC305", 9)],
        SALARIES,
    ),
    Row(
        "indentation-of-a-docstring",
        lambda desk: desk.edit(5, old="    grown", new="        grown"),
        [("VC302", 5)],
        SALARIES,
    ),
    Row("markdown", lambda desk: desk.edit(2, old="Salaries", new="Wages"), [], SALARIES),
    Row(
        "two-comments",
        lambda desk: desk.edit(4, old="a f", new="f").edit(6, old="[", new="[ "),
        [("VC302", 4)],
        SALARIES,
    ),
    Row(
        "comment-where-the-vault-is-opened",
        lambda desk: desk.edit(1, old="%open", new="# here\n%open"),
        [("VC302", 1)],
        SHORT,
    ),
    Row("command", lambda desk: desk.edit(9, old="datasets", new="archive"), [("VC102", 9)], SALARIES),
    Row("and-put-back", lambda desk: desk.edit(4, old="3", new="4").edit(4, old="4", new="3"), [], SALARIES),
    Row("shown-only", lambda desk: desk.edit(8, old="2", new="3"), [("VC301", 8)], SALARIES),
    Row("printed-above-the-last-store", lambda desk: desk.edit(7, old="len", new="sum"), [("VC301", 7)], SALARIES),
    Row(
        "printed-below-the-last-store",
        lambda desk: desk.edit(10, old="stored", new="done"),
        [],
        SALARIES,
        unseen="no record and no mark was made after it ran; %vault seal and the engine of papermill help",
    ),
    Row("printed-above-a-seal", lambda desk: desk.edit(10, old="stored", new="done"), [("VC301", 10)], SEALED),
    Row("nothing-above-a-seal", lambda desk: desk, [], SEALED),
    Row(
        "printed-with-a-seal-alone",
        lambda desk: desk.edit(2, old="1", new="2"),
        [("VC301", 2)],
        (OPEN, "print(1)", "%vault seal"),
    ),
]

UNTIDY = (
    OPEN,
    "import os, math\nimport json\nfrom collections import OrderedDict, Counter",
    "def grow( value ):\n  '''Return it\n  grown.'''\n  return value*math.pi",
    "numbers=[ grow(one) for one in range( 4 ) ]",
    "print( len(numbers),json.dumps( numbers ) , os.sep, OrderedDict(), Counter() )",
    "%vault store numbers in datasets",
)
UNUSED = (OPEN, "import json\nimport math", "numbers = [1]", "json.dumps(numbers)", "%vault store numbers in datasets")
UNUSED_BESIDE_USED = (OPEN, "import json\nimport math", "text = json.dumps([1])", "%vault store text in datasets")
_REMOVE = ("ruff", "check", "--isolated", "--no-cache", "--select", "F401", "--fix", NAME)

TOOLS = [
    Row("black", lambda desk: desk.use("black", "--quiet", NAME), [("VC302", 3)], UNTIDY),
    Row(
        "ruff-format", lambda desk: desk.use("ruff", "format", "--isolated", "--no-cache", NAME), [("VC302", 3)], UNTIDY
    ),
    Row(
        "ruff-sorts-imports",
        lambda desk: desk.use("ruff", "check", "--isolated", "--no-cache", "--select", "I", "--fix", NAME),
        [("VC302", 2)],
        UNTIDY,
    ),
    Row("ruff-removes-an-unused-import", lambda desk: desk.use(*_REMOVE), [("VC301", 2)], UNUSED),
    Row(
        "ruff-removes-an-import-beside-one-in-use",
        lambda desk: desk.use(*_REMOVE),
        [("VC301", 2), ("VC305", 4)],
        UNUSED_BESIDE_USED,
    ),
]

TABLE = "from IPython.display import HTML\nHTML('<table><tr><td>3</td></tr></table>')"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
FIGURE = f"from base64 import b64decode\nfrom IPython.display import Image\nImage(b64decode('{DOT}'))"
DRAWING = 'from IPython.display import SVG\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg"><g id="three"/></svg>\')'
DATA = "from IPython.display import JSON\nJSON({'three': 3})"

OUTPUTS = [
    Row("table", lambda desk: desk.alter(2, mime="text/html", old="3", new="4"), [("VC303", 2)], (OPEN, TABLE)),
    Row("figure", lambda desk: desk.alter(2, mime="image/png", old="mNk", new="mNg"), [("VC303", 2)], (OPEN, FIGURE)),
    Row(
        "drawing",
        lambda desk: desk.alter(2, mime="image/svg+xml", old="three", new="four"),
        [("VC303", 2)],
        (OPEN, DRAWING),
    ),
    Row("result", lambda desk: desk.alter(3, mime="text/plain", old="3", new="4"), [("VC303", 3)], SHOWN),
    Row("nothing-altered", lambda desk: desk, [], (OPEN, TABLE, FIGURE, DRAWING, DATA)),
    Row("code-of-a-table", lambda desk: desk.edit(2, old="3", new="4"), [("VC301", 2)], (OPEN, TABLE)),
    Row("clear", lambda desk: desk.clear_outputs(), [], SALARIES),
    Row(
        "clear-and-edit",
        lambda desk: desk.clear_outputs().edit(4, old="= 3", new="= 4"),
        [("VC301", 4), ("VC305", 9)],
        SALARIES,
    ),
]

PARAMETERS = (OPEN, "limit = 3", "numbers = list(range(limit))", "%vault store numbers in datasets", "print('below')")


def _run_papermill(desk: Desk, *options: str) -> Desk:
    """Run the notebook with a parameter; its injected cell is the third."""
    command = ("papermill", NAME, NAME, "-k", "python3", "--no-progress-bar", "-p", "limit", "4", *options)
    return desk.tag(2, "parameters").use(*command, **{VARIABLE: NAME})


def _run_engine(desk: Desk) -> Desk:
    return _run_papermill(desk, "--engine", "vaultcheck")


PAPERMILL = [
    Row("parameters", _run_papermill, [], PARAMETERS, runs=False),
    Row(
        "injected-parameters-edited",
        lambda desk: _run_papermill(desk).edit(3, old="4", new="5"),
        [("VC301", 3), ("VC305", 5)],
        PARAMETERS,
        runs=False,
    ),
    Row("engine", _run_engine, [], PARAMETERS, runs=False),
    Row(
        "engine-injected-parameters-edited",
        lambda desk: _run_engine(desk).edit(3, old="4", new="5"),
        [("VC301", 3), ("VC305", 5)],
        PARAMETERS,
        runs=False,
    ),
    Row(
        "engine-printed-below-the-last-store",
        lambda desk: _run_engine(desk).edit(6, old="below", new="under"),
        [("VC301", 6)],
        PARAMETERS,
        runs=False,
    ),
]

FILLED = (OPEN, "place = 'datasets'\nnumbers = [1]", "%vault store numbers in $place")
LOOP = (OPEN, "numbers = [1]", "for place in ('datasets', 'archive'):\n    %vault store numbers in $place")
RAISING = (OPEN, "numbers = [1]", "numbers.append(2)\n1 / 0", "%vault store numbers in datasets")
LATE = ("numbers = [1, 2]", OPEN, "%vault store numbers in datasets")
AWAITING = (OPEN, "import asyncio\nawait asyncio.sleep(0)\nnumbers = [1]", "%vault store numbers in datasets")
THREAD = (
    OPEN,
    "import threading\nfrom IPython.display import display",
    "def work():\n    display('from 1')\nthread = threading.Thread(target=work)\nthread.start()\nthread.join()",
)
TIMED = (OPEN, "%%time\nnumbers = [1]", "%vault store numbers in datasets")
CAPTURED = (OPEN, "%%capture said\nprint(1)\nnumbers = [1]", "%vault store numbers in datasets")
UPDATED = (
    OPEN,
    "from IPython.display import display, update_display",
    "handle = display('first', display_id='k')",
    "update_display('second', display_id='k')",
    "numbers = [1]\n%vault store numbers in datasets",
)
INCLUDING = ("%run setup.ipynb", "numbers = [1]", "%vault store numbers in datasets")


def _run_raising(desk: Desk) -> Desk:
    return desk.run(1, 2).run_failing(3).run(4)


def _include(desk: Desk) -> Desk:
    write_file(desk.path.with_name("setup.ipynb"), (OPEN,))
    return desk.run_all()


SPECIAL = [
    Row("filled-in-name", lambda desk: desk, [], FILLED),
    Row("filled-in-name-edited", lambda desk: desk.edit(2, old="1", new="2"), [("VC301", 2), ("VC305", 3)], FILLED),
    Row("loop", lambda desk: desk, [], LOOP),
    Row("loop-with-an-edit-above", lambda desk: desk.edit(2, old="1", new="2"), [("VC301", 2), ("VC305", 3)], LOOP),
    Row("raising-cell", _run_raising, [], RAISING, runs=False),
    Row(
        "raising-cell-edited",
        lambda desk: _run_raising(desk).edit(3, old="/ 0", new="/ 1"),
        [("VC301", 3), ("VC305", 4)],
        RAISING,
        runs=False,
    ),
    Row("before-loading", lambda desk: desk, [], LATE),
    Row("before-loading-edited", lambda desk: desk.edit(1, old="2", new="3"), [("VC301", 1), ("VC305", 3)], LATE),
    Row("async", lambda desk: desk, [], AWAITING),
    Row("async-edited", lambda desk: desk.edit(2, old="[1]", new="[2]"), [("VC301", 2), ("VC305", 3)], AWAITING),
    Row("thread", lambda desk: desk, [], THREAD),
    Row("thread-edited", lambda desk: desk.edit(3, old="1", new="2"), [("VC301", 3)], THREAD),
    Row("time-edited", lambda desk: desk.edit(2, old="1", new="2"), [("VC301", 2), ("VC305", 3)], TIMED),
    Row("capture-edited", lambda desk: desk.edit(2, old="[1]", new="[2]"), [("VC301", 2), ("VC305", 3)], CAPTURED),
    Row("update", lambda desk: desk, [], UPDATED),
    Row("update-edited", lambda desk: desk.edit(4, old="second", new="third"), [("VC301", 4)], UPDATED),
    Row("updated-cell-edited", lambda desk: desk.edit(3, old="first", new="zeroth"), [("VC301", 3)], UPDATED),
    Row("include", _include, [], INCLUDING, runs=False),
    Row(
        "include-edited",
        lambda desk: _include(desk).edit(2, old="1", new="2"),
        [("VC301", 2), ("VC305", 3)],
        INCLUDING,
        runs=False,
    ),
    Row("ids-renumbered", lambda desk: desk.renumber_ids(), [], SALARIES),
    Row(
        "ids-renumbered-and-edited",
        lambda desk: desk.renumber_ids().edit(4, old="= 3", new="= 4"),
        [("VC301", 4), ("VC305", 9)],
        SALARIES,
    ),
    Row("ids-missing", lambda desk: desk, [], SALARIES, sends_ids=False),
    Row(
        "ids-missing-and-edited",
        lambda desk: desk.edit(4, old="= 3", new="= 4"),
        [("VC301", 4), ("VC305", 9)],
        SALARIES,
        sends_ids=False,
    ),
    Row("ids-not-in-the-file", lambda desk: desk.drop_ids(), [], SALARIES),
    Row(
        "ids-not-in-the-file-and-edited",
        lambda desk: desk.drop_ids().edit(4, old="= 3", new="= 4"),
        [("VC301", 4), ("VC305", 9)],
        SALARIES,
    ),
]

ROWS = [*TEXT, *TOOLS, *OUTPUTS, *PAPERMILL, *SPECIAL]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_saved_notebook_is_judged_by_what_ran(tmp_path: Path, row: Row) -> None:
    assert play(row, tmp_path) == row.expected


def test_hardly_an_edit_cannot_be_told() -> None:
    assert len([row for row in (*ROWS, *RUN_ROWS) if row.unseen]) <= 3
