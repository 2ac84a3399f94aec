"""Tests of what is told apart from Python in a cell, with IPython's own transformer as the judge."""

from __future__ import annotations

import ast
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from vault_magic.cell_text import CODE_MAGICS, CellText, LineKind, LogicalLine, split_cell

_STRING = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(
    rf"get_ipython\(\)\.(?:run_line_magic\({_STRING}, {_STRING}\)|(?:system|getoutput)\({_STRING}\)|show_usage\(\))"
)
_HELP_CALLS = {"pinfo", "pinfo2", "psearch"}


def _magics(source: str) -> list[str]:
    return [line.text for line in split_cell(source).lines if line.kind is LineKind.MAGIC]


def _found_here(source: str) -> list[tuple[str, ...]]:
    """Reduce our reading of a cell to what IPython's output also shows."""
    found: list[tuple[str, ...]] = []
    for line in split_cell(source).lines:
        name, _, argument = line.text.partition(" ")
        shell = line.text[1:].removeprefix("!") if line.target is None else line.text[1:]
        found.append(
            {LineKind.MAGIC: ("magic", name, argument), LineKind.SHELL: ("shell", shell), LineKind.HELP: ("help",)}[
                line.kind
            ]
        )
    return found


def _found_by_ipython(source: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    transformed = TransformerManager().transform_cell(source)
    for name, argument, shell in _CALL.findall(transformed):
        if shell:
            found.append(("shell", ast.literal_eval(shell)))
        elif name and ast.literal_eval(name) not in _HELP_CALLS:
            found.append(("magic", ast.literal_eval(name), ast.literal_eval(argument)))
        else:
            found.append(("help",))
    return found


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param("%vault store df in x", ["vault store df in x"], id="alone"),
        pytest.param("x = 1\n%vault store x in a\ny = 2", ["vault store x in a"], id="between-statements"),
        pytest.param("for i in y:\n\tif i:\n\t\t%vault store i in a", ["vault store i in a"], id="indented"),
        pytest.param("  x = 1\n  %vault store x in a", ["vault store x in a"], id="shared-indentation"),
        pytest.param("%vault store df in x   \t", ["vault store df in x"], id="trailing-space"),
        pytest.param("%vault store df in x;", ["vault store df in x;"], id="semicolon-kept"),
        pytest.param("%vault store a, \\\n   b in x", ["vault store a,     b in x"], id="continued"),
        pytest.param("%a b \\\n c \\\n d\n%e", ["a b   c   d", "e"], id="continued-twice"),
        pytest.param("%a b \\", ["a b \\"], id="nothing-to-continue"),
        pytest.param("x = %a b", ["a b"], id="assigned"),
        pytest.param("if x == 1: y = %a b", ["a b"], id="assigned-after-comparison"),
        pytest.param("f(a=1)[b == c] = %a b", ["a b"], id="assigned-after-keyword"),
        pytest.param("x = \\\n  %a b", ["a b"], id="assigned-on-next-line"),
        pytest.param("@decorator\n%a", ["a"], id="after-decorator"),
        pytest.param("%time f(\n%a", ["time f(", "a"], id="opens-a-bracket"),
        pytest.param('%echo """\n%a', ['echo """', "a"], id="opens-a-string"),
        pytest.param("x = 'open\n%a", ["a"], id="after-unterminated-string"),
        pytest.param("x = 'it\\'s'\n%a", ["a"], id="after-escaped-quote"),
        pytest.param("x = r'\\'\n'\n%a", ["a"], id="after-raw-string"),
        pytest.param("x = '''it's'''\n%a", ["a"], id="after-triple-quotes"),
        pytest.param("x = rb'''\n''' + b''\n%a", ["a"], id="after-prefixed-strings"),
        pytest.param("x = f\"{d['a(']}\"\n%a", ["a"], id="after-f-string"),
        pytest.param("# it's (\n%a", ["a"], id="after-comment"),
        pytest.param("f(1,\n  2)\n%a", ["a"], id="after-bracket"),
        pytest.param("x = ')(' % '('\n%a", ["a"], id="brackets-in-single-quotes"),
        pytest.param('x = ")(" % "("\n%a', ["a"], id="brackets-in-double-quotes"),
        pytest.param("x)\n%a", ["a"], id="after-stray-bracket"),
        pytest.param("x % y)\n%a", ["a"], id="after-stray-bracket-of-expression"),
        pytest.param("\x0c%a", ["a"], id="after-form-feed"),
        pytest.param("x = 1\r\n%a\r\n%b\ry", ["a", "b"], id="other-line-ends"),
        pytest.param("%a b \\\r\n c", ["a b   c"], id="continued-over-crlf"),
        pytest.param("x = 1\n%%time\n%a", ["%time", "a"], id="cell-magic-too-late"),
        pytest.param("%time f()?", ["time f()?"], id="question-of-no-name"),
        pytest.param("%a b? # c", ["a b? # c"], id="question-before-comment"),
        pytest.param("%a 'b?'", ["a 'b?'"], id="question-in-string"),
        pytest.param("%matplotlib inline\n%a", ["matplotlib inline", "a"], id="several"),
        pytest.param("", [], id="empty"),
        pytest.param("x = a % b", [], id="modulo"),
        pytest.param("x %= b", [], id="modulo-assignment"),
        pytest.param("x = (a\n% b)", [], id="modulo-in-brackets"),
        pytest.param("x = a \\\n% b", [], id="modulo-continued"),
        pytest.param("x = f(a = %a)", [], id="assignment-in-brackets"),
        pytest.param("x = y = %a", [], id="second-assignment"),
        pytest.param("x == %a", [], id="comparison"),
        pytest.param("x = %%a", [], id="cell-magic-assigned"),
        pytest.param("x = %3", [], id="number-assigned"),
        pytest.param("if (x := %a): pass", [], id="walrus"),
        pytest.param("if x: %a", [], id="after-colon"),
        pytest.param("# %a", [], id="commented-out"),
        pytest.param("'''\n%a\n'''", [], id="in-triple-quotes"),
        pytest.param("'\\\n%a'", [], id="in-continued-string"),
        pytest.param('"""\n\\"""\n%a\n"""', [], id="in-string-with-escaped-quotes"),
        pytest.param("'''\n%a", [], id="in-unterminated-triple-quotes"),
        pytest.param("f(\n%a", [], id="in-unterminated-bracket"),
        pytest.param("\xa0%a", [], id="after-foreign-space"),
        pytest.param("%%bash\n%a", [], id="in-other-language"),
        pytest.param("%a?", [], id="help-on-magic"),
    ],
)
def test_magic_lines_found(source: str, texts: list[str]) -> None:
    assert _magics(source) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param("!ls", ["!ls"], id="alone"),
        pytest.param("!!ls -l", ["!!ls -l"], id="captured"),
        pytest.param("x = !ls a", ["!ls a"], id="assigned"),
        pytest.param("if x:\n    !ls %vault", ["!ls %vault"], id="indented"),
        pytest.param("x != y", [], id="comparison"),
        pytest.param("!= y", [], id="operator-first"),
        pytest.param("x = !=", [], id="operator-assigned"),
        pytest.param("f'{x!r}'", [], id="conversion"),
    ],
)
def test_shell_lines_found(source: str, texts: list[str]) -> None:
    assert [line.text for line in split_cell(source).lines if line.kind is LineKind.SHELL] == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param("?x", ["?x"], id="before"),
        pytest.param("?", ["?"], id="nothing-asked"),
        pytest.param("x?", ["x?"], id="after"),
        pytest.param("a.b[0]??", ["a.b[0]??"], id="attribute-of-item"),
        pytest.param("%time??", ["%time??"], id="magic"),
        pytest.param("%%time?\nx", ["%%time?"], id="cell-magic"),
        pytest.param("np.*load*?", ["np.*load*?"], id="pattern"),
        pytest.param("y = %time f?", ["y = %time f?"], id="assigned"),
        pytest.param("!ls x?", ["!ls x?"], id="shell"),
        pytest.param("x ?", [], id="space-between"),
        pytest.param("x? ", [], id="space-after"),
        pytest.param("x???", [], id="too-many"),
        pytest.param("f()?", [], id="call"),
        pytest.param("12?", [], id="number"),
        pytest.param("# x?", [], id="comment"),
        pytest.param("'x?'", [], id="string"),
        pytest.param("(x?\n)", [], id="in-brackets"),
    ],
)
def test_help_lines_found(source: str, texts: list[str]) -> None:
    assert [line.text for line in split_cell(source).lines if line.kind is LineKind.HELP] == texts


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param(
            "x = '''\n'''\n\nif x:\n    %a \\\n b\n",
            LogicalLine(LineKind.MAGIC, number=4, indent="    ", target=None, text="a   b", lines=2),
            id="indented",
        ),
        pytest.param(
            "\n\nd[\n'k'\n] = %a b",
            LogicalLine(LineKind.MAGIC, number=2, indent="", target="d[\n'k'\n]", text="a b", lines=3),
            id="target-over-lines",
        ),
        pytest.param(
            "x \\\n = \\\n !a",
            LogicalLine(LineKind.SHELL, number=0, indent="", target="x", text="!a", lines=3),
            id="target-continued",
        ),
        pytest.param(
            "\\\n %a",
            LogicalLine(LineKind.MAGIC, number=1, indent=" ", target=None, text="a", lines=1),
            id="after-lone-backslash",
        ),
        pytest.param(
            "\n%%time\n\n%a",
            LogicalLine(LineKind.MAGIC, number=3, indent="", target=None, text="a", lines=1),
            id="below-cell-magic",
        ),
        pytest.param(
            "x\n  y + \\\n  z?",
            LogicalLine(LineKind.HELP, number=1, indent="  ", target=None, text="y + \\\n  z?", lines=2),
            id="help",
        ),
        pytest.param(
            "y = %time f?",
            LogicalLine(LineKind.HELP, number=0, indent="", target=None, text="y = %time f?", lines=1),
            id="help-where-a-target-would-be",
        ),
    ],
)
def test_line_says_where_it_stands(source: str, line: LogicalLine) -> None:
    assert split_cell(source).lines == (line,)


@pytest.mark.parametrize(
    ("source", "name", "line", "is_code"),
    [
        pytest.param("x = 1", None, "", True, id="none"),
        pytest.param("%time x", None, "", True, id="line-magic"),
        pytest.param("%%time", "time", "", True, id="code"),
        pytest.param("%%timeit -n 1 x  \ny", "timeit", "-n 1 x", True, id="code-with-line"),
        pytest.param("\n \n%%capture out\nx", "capture", "out", True, id="after-blank-lines"),
        pytest.param("\n  %%time\n  x", "time", "", True, id="shared-indentation"),
        pytest.param("  %%time\nx", None, "", True, id="own-indentation"),
        pytest.param("%%bash -e\nls", "bash", "-e", False, id="other-language"),
        pytest.param("%%python\nx", "python", "", False, id="other-interpreter"),
        pytest.param("%%time\n\n%%bash\nls", "time", "", False, id="other-language-below-code"),
        pytest.param("%%capture\n%%time\nx", "capture", "", True, id="code-below-code"),
        pytest.param("x\n%%bash\ny", None, "", True, id="not-first"),
        pytest.param("%%time?\nx", None, "", True, id="help"),
        pytest.param("%%\nx", "", "", False, id="nameless"),
    ],
)
def test_cell_magic_found(source: str, name: str | None, line: str, is_code: bool) -> None:
    cell = split_cell(source)
    assert (cell.cell_magic, cell.cell_magic_line, cell.is_code) == (name, line, is_code)


@pytest.mark.parametrize(
    ("source", "body"),
    [
        pytest.param("x\r\ny\rz", "x\ny\nz", id="line-ends"),
        pytest.param("\n  x\n\n    y\n \n", "\nx\n\n  y\n\n", id="shared-indentation"),
        pytest.param("  x\n\ty", "  x\n\ty", id="tab-is-not-spaces"),
        pytest.param("%%time\n  x\n   y", "%%time\nx\n y", id="below-cell-magic"),
        pytest.param("%%bash\n  x", "%%bash\n  x", id="other-language"),
    ],
)
def test_body_is_what_ipython_reads(source: str, body: str) -> None:
    assert split_cell(source).body == body


def test_lines_of_every_code_magic_are_live() -> None:
    assert all(split_cell(f"%%{name} x\n%a").lines for name in CODE_MAGICS)


def test_python_has_no_lines() -> None:
    assert split_cell("x = 1\ny") == CellText(None, "", is_code=True, body="x = 1\ny", lines=())


_FRAGMENTS = st.sampled_from(
    [
        *(
            "x = 1",
            "",
            "# it's ( [",
            "import os; import sys",
            "x: int = 3",
            "f(a=1)",
            "print('100%', \"it's\")",
            "pass",
        ),
        *(
            "'''\n%no\n'''",
            '"""\n!no "" \\"""\n"""',
            "x = r'\\n' + rb'''\n?'''",
            "f'{x!r:>{w}} {y}'",
            "'a\\\n%no'",
            "''",
        ),
        *(
            "f(\n  %no\n)",
            "x = [1,\n  2] % 3",
            "d = {'a': 1,\n'b':\n2}",
            "a = b \\\n% c",
            "x %= 2",
            "x != 2",
            "a = b % c",
        ),
        *(
            "%vault store df in x",
            "%a",
            "%a b \\\n  c, \\\nd",
            "%a '''",
            "% a b",
            "%a  b  ",
            "%a 'b",
            "%a b? c",
        ),
        *(
            "x = %a b",
            "x = %a b \\\n c",
            "x[y == 1] = %a",
            "x = \\\n%a b",
            "x.y: int = %a",
            "x =%a",
            "a; b = %c",
            "x = % a",
        ),
        *(
            "!ls",
            "!!ls *",
            "y = !ls {x} \\\n -l",
            "!echo 'it",
            "?x",
            "x?",
            "np.*a?",
            "%time??",
            "x = %a b?",
            "%%late a b",
        ),
        *("%a b?", "!ls x?", "x.y[0][1]??", '%a "b?"', "x[\n0] = %a", "f(x = %a)", "x = y = %a", "x == %a", "\\\n%a"),
    ]
)
_BLOCKS = st.sampled_from(["", "", "if x:", "for i in range(3):", "def f():", "with x as y:"])


@st.composite
def _cells(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        header = draw(_BLOCKS)
        body = draw(st.lists(_FRAGMENTS, min_size=1, max_size=3))
        lines += [header, *("    " + line for line in body)] if header else body
    return draw(st.sampled_from(["", "", "\n", " \n\n"])) + "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


@given(_cells())
@settings(max_examples=500, deadline=None)
@example("%a b\\\n")
@example("%a b \\\n\n%c")
@example("  %a \\\n    b\n  %c")
def test_reading_agrees_with_ipython(source: str) -> None:
    assert _found_here(source) == _found_by_ipython(source)


@given(st.one_of(st.text(), st.text("%!?'\"\\\n\r\t\x0c ()[]{}=#af.0", max_size=40), _cells()))
@settings(max_examples=500, deadline=None)
def test_any_text_can_be_split(source: str) -> None:
    rows = split_cell(source).body.count("\n") + 1
    ends = [0]
    for line in split_cell(source).lines:
        assert ends[-1] <= line.number
        ends.append(line.number + line.lines)
    assert ends[-1] <= rows


@pytest.mark.parametrize(
    "unit",
    [
        "%a (\n",
        "'\n%a\n",
        '"""',
        "?",
        "(",
        "[1",
        "a1[0]",
        "\\\n",
        "\\",
        "%a \\\n",
        "%%time\n",
        "=\\\n",
        "= %",
        "x = !a?\n",
    ],
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    source = unit * (200_000 // len(unit)) + "%x?"
    start = time.perf_counter()
    split_cell(source)
    assert time.perf_counter() - start < 5  # about 0.3 s where linear, minutes where not
