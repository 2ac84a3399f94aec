"""Tests of the commands found in a cell's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.forms import Verb
from vaultcheck.cell_source import FoundCommand, FoundMove, FoundOpening, FoundRun, find_commands, read_cell
from vaultcheck.vault_names import Role

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
    "deeply-indented": ("def f():\n    for x in y:\n\t%vault list", [3]),
    "timed-twice": ("%%time\n%%capture\n%vault list", [3]),
    "below-a-string": ("x = '''\n%vault list\n'''\n%vault list", [4]),
    "called": ("x = 1\nget_ipython().run_line_magic('vault', 'list')", [2]),
    "called-the-old-way": ("get_ipython().magic('vault list')", [1]),
    "called-beside-a-line": ("ip.run_line_magic('vault', 'list')\n%vault list\nip.magic('vault list')", [1, 2, 3]),
    "called-opening": ("ip.run_line_magic('open_vault', '-p a.zip')", [1]),
    "automagic": ("vault list", [1]),
    "automagic-with-line-end": ("vault list\n", [1]),
    "automagic-below-blank-lines": ("\n \n  vault store x in m", [3]),
    "automagic-opening": ("open_vault -p a.zip", [1]),
    "automagic-opening-without-options": ("open_vault", [1]),
    "automagic-captured": ("%%capture\n\nvault list", [3]),
    "automagic-with-comment": ("vault from m import x  # as ever", [1]),
    "python": ("from vault_magic import open_vault\nv = open_vault('a.zip')\nv.store('m/x', df)", [2, 3]),
    "python-chained": ("import vault_magic as vm\nvm.open_vault('a.zip').load('m/x')", [2, 2]),
    "python-below-a-magic": ("%load_ext vault_magic\nfrom vault_magic import vault\nvault.load('m/x')", [3]),
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
    "docstring": 'def f():\n    """\n    %vault list\n    """',
    "script": "%%script bash\n%vault list",
    "r": "%%R\n%vault list",
    "html": "%%html\n%vault list",
    "written-file": "%%writefile a.py\n%vault list",
    "bash-below-time": "%%time\n%%bash\n%vault list",
    "other-shell-line": "!echo %vault list",
    "assigned-shell-line": "x = !echo %vault list",
    "other-magic": "%timeit vault.load('m/x')",
    "printed": "print('%vault list')",
    "automagic-among-lines": "x = 1\nvault list",
    "automagic-below-a-comment": "# all\nvault list",
    "automagic-above-a-blank-line": "vault list\n\n",
    "automagic-shadowed": "from vault_magic import vault\nvault list",
    "automagic-in-bash": "%%bash\nvault list",
    "variable": "vault",
    "assignment": "vault = 3",
    "comparison": "vault == 3",
    "membership": "vault in x",
    "tuple": "vault, x",
    "attribute": "vault.x",
    "call": "vault(3)",
    "item": "vault[0]",
    "unknown-method": "vault.load('m/x')",
    "prose": "vault doors are heavy",
    "prose-with-a-longer-verb": "vault stored at home",
    "opening-function": "open_vault('a.zip')",
    "opening-difference": "open_vault - p",
    "opening-assigned": "open_vault = 3",
    "called-with-another-magic": "ip.run_line_magic('pwd', 'vault list')",
    "called-with-a-variable": "ip.run_line_magic('vault', line)",
    "called-in-a-string": "x = \"ip.run_line_magic('vault', 'list')\"",
    "python-on-another-object": "from vault_magic import vault\nstore.load('m/x')",
    "python-that-only-mentions": "# open_vault\njson.load('m/x')",
    "nothing": "",
}


@pytest.mark.parametrize(("source", "lines"), _LIVE.values(), ids=_LIVE)
def test_live_lines_are_found(source: str, lines: list[int]) -> None:
    assert [found.line for found in find_commands(source)] == lines


@pytest.mark.parametrize("source", _DEAD.values(), ids=_DEAD)
def test_dead_lines_are_not_found(source: str) -> None:
    assert find_commands(source) == ()


def test_automagic_gives_way_to_a_name() -> None:
    assert find_commands("vault list", names={"vault": Role.VAULT}) == ()


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


# Calls

_NAMES = {"vault": Role.VAULT, "v": Role.VAULT, "open_vault": Role.OPENER}


def _find(source: str) -> FoundCommand:
    (found,) = find_commands(source, names=_NAMES)
    assert isinstance(found, FoundCommand)
    return found


_CALLS: dict[str, tuple[str, str, Verb, list[str]]] = {
    "store": ("v.store('m/x', df)", "vault.store('m/x', ...)", Verb.STORE, ["m/x"]),
    "load": ("y = v.load(path='m/x')", "vault.load('m/x')", Verb.IMPORT, ["m/x"]),
    "delete": ('vault.delete("m/x")', "vault.delete('m/x')", Verb.DEL, ["m/x"]),
    "list": ("v.list()", "vault.list()", Verb.LIST, []),
}


@pytest.mark.parametrize(("source", "shown", "verb", "paths"), _CALLS.values(), ids=_CALLS)
def test_calls_are_commands(source: str, shown: str, verb: Verb, paths: list[str]) -> None:
    found = _find(source)
    assert found.command is not None
    assert (found.shown, found.command.verb) == (shown, verb)
    assert [target.path for target in found.command.targets] == paths


def test_line_is_shown_with_its_magic() -> None:
    assert _find("%vault  store x  in m").shown == "%vault store x in m"


def test_call_with_a_path_that_is_refused_is_faulty_and_no_template() -> None:
    found = _find("v.load('{m}/x')")
    assert found.error is not None
    assert not found.is_template


_SAME_CALL = {
    "same": ("v.store('m/x', df)", "vault.store('m/x', ...)", True),
    "same-load": ("z = v.load(path='m/x')", "vault.load('m/x')", True),
    "other-spelling-of-the-path": ("v.load('m//x')", "vault.load('m/x')", True),
    "other-path": ("v.load('m/x')", "vault.load('m/y')", False),
    "other-method": ("v.load('m/x')", "vault.delete('m/x')", False),
    "line": ("v.load('m/x')", "import x from m", False),
    "line-that-became-a-call": ("%vault store x in m", "vault.store('m/x', ...)", False),
    "called-magic": ("ip.run_line_magic('vault', 'store x in m')", "store x in m", True),
    "called-template": ("ip.run_line_magic('vault', f'store {x} in m')", "store x in m", True),
    "called-template-of-another": ("ip.run_line_magic('vault', f'store {x} in m')", "store x in n", False),
    "called-with-anything": ("ip.run_line_magic('vault', build(x))", "store x in m", True),
}


@pytest.mark.parametrize(("source", "executed", "answer"), _SAME_CALL.values(), ids=_SAME_CALL)
def test_calls_say_the_same_as_their_records(source: str, executed: str, *, answer: bool) -> None:
    assert _find(source).says_same(executed) is answer


_OPENED = {
    "magic": ("%open_vault -p data/", "data/storage.zip"),
    "called-magic": ("ip.run_line_magic('open_vault', '-p a.zip')", "a.zip"),
    "call": ("open_vault('data/a.zip')", "data/a.zip"),
    "folder": ("open_vault(path='data/')", "data/storage.zip"),
    "odd-name": ("""open_vault("it's a #1 -e.zip")""", "it's a #1 -e.zip"),
    "default": ("open_vault()", "storage.zip"),
    "variable": ("open_vault(path)", None),
    "template": ("ip.run_line_magic('open_vault', f'-p {path}')", None),
}


@pytest.mark.parametrize(("source", "path"), _OPENED.values(), ids=_OPENED)
def test_openings_tell_their_path(source: str, path: str | None) -> None:
    (found,) = find_commands(source, names=_NAMES)
    assert isinstance(found, FoundOpening)
    assert (found.options.path if found.options else None, found.error) == (path, None)


_AFTER = {
    "kept": ("x = 1", True),
    "kept-by-a-mention": ("print(v, v.list())", True),
    "assigned": ("v = 3", False),
    "assigned-without-spaces": ("v=3", False),
    "annotated": ("v: int = 3", False),
    "unpacked": ("v, w = 1, 2", False),
    "looped-over": ("for v in x: pass", False),
    "imported": ("import json as v", False),
    "deleted": ("del v", False),
    "defined": ("def v(): pass", False),
}


@pytest.mark.parametrize(("between", "known"), _AFTER.values(), ids=_AFTER)
def test_names_are_handed_on_from_cell_to_cell(between: str, *, known: bool) -> None:
    names = read_cell("from vault_magic import open_vault\nv = open_vault('a.zip')").names
    names = read_cell(between, names=names).names
    assert len(find_commands("v.load('m/x')", names=names)) == known


# Turns

_TURNS: dict[str, tuple[str, list[FoundRun | FoundMove]]] = {
    "run": ("x\n%run setup.ipynb", [FoundRun("setup.ipynb", 2)]),
    "run-called": ("ip.run_line_magic('run', 'setup')", [FoundRun("setup", 1)]),
    "run-by-automagic": ("run setup.ipynb", [FoundRun("setup.ipynb", 1)]),
    "run-of-a-variable": ("%run $name", []),
    "run-in-a-string": ("x = '''\n%run a\n'''", []),
    "run-called-in-a-function": ("def f():\n    ip.run_line_magic('run', 'a')", []),
    "cd": ("%cd ..", [FoundMove("..", 1)]),
    "cd-quietly": ("%cd -q 'my data'", [FoundMove("my data", 1)]),
    "cd-home": ("%cd", [FoundMove("~", 1)]),
    "cd-back": ("%cd -", [FoundMove(None, 1)]),
    "cd-to-a-variable": ("%cd {root}", [FoundMove(None, 1)]),
    "cd-by-automagic": ("cd ../data", [FoundMove("../data", 1)]),
    "cd-assigned": ("cd = 3", []),
    "chdir": ("import os\nos.chdir('..')", [FoundMove("..", 2)]),
    "chdir-computed": ("os.chdir(root)", [FoundMove(None, 1)]),
    "chdir-for-a-while": ("with chdir('..'):\n    pass", []),
    "shell": ("!cd ..", []),
}


@pytest.mark.parametrize(("source", "turns"), _TURNS.values(), ids=_TURNS)
def test_turns_are_found(source: str, turns: list[FoundRun | FoundMove]) -> None:
    assert list(read_cell(source).turns) == turns


# Any text

_PIECES = ["%vault ", "%open_vault ", "store x in m", "$x", "{", "'", '"""', "\n", "\\", "%%", "open_vault(", ")", "v."]


@given(st.lists(st.sampled_from(_PIECES)))
def test_any_text_can_be_read(parts: list[str]) -> None:
    source = "".join(parts)
    assert all(1 <= found.line <= source.count("\n") + 1 for found in find_commands(source, names=_NAMES))


@given(st.text())
def test_any_text_with_signs_of_calls_can_be_read(text: str) -> None:
    assert isinstance(find_commands(f"{text}\nopen_vault\n{text}", names=_NAMES), tuple)


_COMMANDS = ("%vault store x in m", "v.load('m/x')", "ip.run_line_magic('vault', 'store x in m')")
_WITHOUT_QUOTES = st.text(st.characters(exclude_characters="'\"\\"), max_size=30)
_WITHOUT_LINES = st.text(st.characters(exclude_characters="\n\r"), max_size=30)


@given(before=_WITHOUT_QUOTES, after=_WITHOUT_QUOTES, quotes=st.sampled_from(["'''", '"""']))
@pytest.mark.parametrize("command", _COMMANDS)
def test_nothing_is_found_in_a_string(command: str, before: str, after: str, quotes: str) -> None:
    assert find_commands(f"x = {quotes}{before}\n{command}\n{after}{quotes}", names=_NAMES) == ()


@given(before=_WITHOUT_LINES)
@pytest.mark.parametrize("command", _COMMANDS)
def test_nothing_is_found_in_a_comment(command: str, before: str) -> None:
    assert find_commands(f"x = 1  # {before} {command}", names=_NAMES) == ()
