"""Tests of the commands found in a cell's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcheck.cell_source import FoundCommand, FoundOpening, find_commands

_LIVE = {
    "alone": ("%vault list", [1]),
    "below-code": ("x = 1\n\n%vault list", [3]),
    "two": ("%vault list\n%vault list m", [1, 2]),
    "indented": ("if x:\n    %vault list", [2]),
    "assigned": ("y = %vault list", [1]),
    "continued": ("%vault \\\n list\n%vault list", [1, 3]),
    "timed": ("%%time\n%vault list", [2]),
    "captured-after-blank-lines": ("\n\n%%capture out\n%vault list", [4]),
    "opening": ("%open_vault", [1]),
    "windows-line-ends": ("x\r\n%vault list", [2]),
    "no-python": ("for for\n%vault list", [2]),
}
_DEAD = {
    "string": "'''\n%vault list\n'''",
    "comment": "# %vault list",
    "bash": "%%bash\n%vault list",
    "shell": "!vault list",
    "longer-name": "%vaulted list",
    "upper-case": "%VAULT list",
    "modulo": "x %vault",
    "in-brackets": "f(\n%vault\n)",
    "help": "%vault?",
    "loading": "%load_ext vault_magic",
    "nothing": "",
}


@pytest.mark.parametrize(("source", "lines"), _LIVE.values(), ids=_LIVE)
def test_live_lines_are_found(source: str, lines: list[int]) -> None:
    assert [found.line for found in find_commands(source)] == lines


@pytest.mark.parametrize("source", _DEAD.values(), ids=_DEAD)
def test_dead_lines_are_not_found(source: str) -> None:
    assert find_commands(source) == ()


def test_command_is_parsed() -> None:
    (found,) = find_commands("%vault store x in m")
    assert isinstance(found, FoundCommand)
    assert found.command is not None
    assert [target.path for target in found.command.targets] == ["m/x"]


def test_opening_is_parsed() -> None:
    (found,) = find_commands("%open_vault -p data/")
    assert isinstance(found, FoundOpening)
    assert found.options is not None
    assert found.options.path == "data/storage.zip"


@pytest.mark.parametrize("source", ["%vault store x in $m", "%vault store x in {m}", "%open_vault -p $path"])
def test_templates_are_neither_parsed_nor_faulty(source: str) -> None:
    (found,) = find_commands(source)
    assert found.error is None
    assert getattr(found, "command", None) is None
    assert getattr(found, "options", None) is None


_BECOMES = {
    "name": ("store x in $m", "store x in data", True),
    "attribute": ("store x in $a.b", "store x in data", True),
    "expression": ("store x in {a + 'b'}", "store x in data", True),
    "inside-a-word": ("store x in m/$n", "store x in m/data", True),
    "with-a-space": ("store $names in m", "store x, y in m", True),
    "other-spacing": ("store  x   in $m", "store x in data", True),
    "two": ("store $x in {m}", "store x in data", True),
    "other-variable": ("store x in $m", "store y in data", False),
    "other-verb": ("store x in $m", "import x from m", False),
    "text-after-it": ("store $x in m", "store x in n", False),
    "longer-name-after-it": ("store $x in m", "store x in mm", False),
    "special-characters-are-themselves": ("store x.y in $m", "store xzy in data", False),
}


@pytest.mark.parametrize(("line", "executed", "answer"), _BECOMES.values(), ids=_BECOMES)
def test_what_a_template_can_have_become(line: str, executed: str, *, answer: bool) -> None:
    assert FoundCommand(line, 1).is_template
    assert FoundCommand(line, 1).says_same(executed) is answer


_SAME = {
    "same": ("store x in m", "store x in m", True),
    "order": ("store x as y in m", "store x in m as y", True),
    "spelling-of-the-module": ("store x in a.b", "store x in a/b", True),
    "comment": ("store x in m # kept", "store x in m", True),
    "other-alias": ("store x as y in m", "store x in m as z", False),
    "faulty-and-the-same": ("store  x", "store x", True),
    "faulty-now": ("store x", "store x in m", False),
    "faulty-then": ("store x in m", "store x", False),
}


@pytest.mark.parametrize(("line", "executed", "answer"), _SAME.values(), ids=_SAME)
def test_line_says_the_same_however_it_is_spelt(line: str, executed: str, *, answer: bool) -> None:
    (found,) = find_commands(f"%vault {line}")
    assert isinstance(found, FoundCommand)
    assert found.says_same(executed) is answer


@given(st.lists(st.sampled_from(["%vault ", "%open_vault ", "store x in m", "$x", "{", "'", '"""', "\n", "\\", "%%"])))
def test_any_text_can_be_read(parts: list[str]) -> None:
    source = "".join(parts)
    assert all(1 <= found.line <= source.count("\n") + 1 for found in find_commands(source))
