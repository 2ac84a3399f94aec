"""Tests of the Python calls that are commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from vault_magic.cell_text import split_cell
from vaultcheck.cell_calls import Call, MagicCall, MoveCall, OpenCall, VaultCall, find_calls, find_imports
from vaultcheck.vault_names import Role

_NAMES = {"vault": Role.VAULT, "v": Role.VAULT, "open_vault": Role.OPENER, "vm": Role.MODULE}


def _find(source: str) -> list[Call]:
    return list(find_calls(split_cell(source), names=_NAMES).calls)


_MAGICS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "literal": ("get_ipython().run_line_magic('vault', 'list')", [("vault", "list")]),
    "any-receiver": ("ip.run_line_magic('vault', 'list')", [("vault", "list")]),
    "keywords": ("ip.run_line_magic(line='list', magic_name='vault')", [("vault", "list")]),
    "mixed": ("ip.run_line_magic('vault', line='list')", [("vault", "list")]),
    "old-way": ("get_ipython().magic('vault list')", [("vault", "list")]),
    "old-way-with-percent": ("get_ipython().magic('%vault list')", [("vault", "list")]),
    "no-text": ("ip.run_line_magic('vault', '')", [("vault", "")]),
    "formatted": ("ip.run_line_magic('vault', f'store x in {m}')", [("vault", "store x in {...}")]),
    "computed": ("ip.run_line_magic('vault', build())", [("vault", "{...}")]),
    "assigned": ("x = ip.run_line_magic('vault', 'list')", [("vault", "list")]),
    "in-a-loop": ("for x in y:\n    ip.run_line_magic('vault', 'list')", [("vault", "list")]),
    "in-a-function": ("def f():\n    return ip.run_line_magic('vault', 'list')", [("vault", "list")]),
    "as-an-argument": ("print(ip.run_line_magic('vault', 'list'))", [("vault", "list")]),
    "over-lines": ("ip.run_line_magic(\n    'vault',\n    'list',\n)", [("vault", "list")]),
    "beside-magics": ("%vault log\nx = %pwd\nip.run_line_magic('vault', 'list')", [("vault", "list")]),
    "timed": ("%%time\nip.run_line_magic('vault', 'list')", [("vault", "list")]),
    "variable": ("ip.run_line_magic('vault', line)", []),
    "variable-name": ("ip.run_line_magic(name, 'list')", []),
    "no-line": ("ip.run_line_magic('vault')", []),
    "unpacked": ("ip.run_line_magic(*parts)", []),
    "another-method": ("ip.run_cell_magic('vault', 'list')", []),
    "a-bare-function": ("run_line_magic('vault', 'list')", []),
    "string": ("\"ip.run_line_magic('vault', 'list')\"", []),
    "comment": ("# ip.run_line_magic('vault', 'list')", []),
    "docstring": ('def f():\n    """ip.run_line_magic(\'vault\', \'list\')"""', []),
    "no-python": ("for for\nip.run_line_magic('vault', 'list')", []),
}


@pytest.mark.parametrize(("source", "calls"), _MAGICS.values(), ids=_MAGICS)
def test_magics_called_as_functions(source: str, calls: list[tuple[str, str]]) -> None:
    assert [(call.name, call.text) for call in _find(source) if isinstance(call, MagicCall)] == calls


_METHODS: dict[str, tuple[str, list[tuple[str, str | None]]]] = {
    "store": ("vault.store('m/x', df)", [("store", "m/x")]),
    "load": ("x = v.load('m/x')", [("load", "m/x")]),
    "load-by-keyword": ("x = v.load(path='m/x')", [("load", "m/x")]),
    "delete": ("v.delete('m/x')", [("delete", "m/x")]),
    "list": ("v.list()", [("list", None)]),
    "list-of-a-module": ("v.list('m')", [("list", "m")]),
    "of-the-module": ("vm.vault.store('m/x', df)", [("store", "m/x")]),
    "chained": ("open_vault('a.zip').load('m/x')", [("load", "m/x")]),
    "chained-from-the-module": ("vm.open_vault('a.zip').load('m/x')", [("load", "m/x")]),
    "nested": ("v.store('m/x', f(v.load('m/y')))", [("load", "m/y"), ("store", "m/x")]),
    "in-a-function": ("def f():\n    return v.load('m/x')", [("load", "m/x")]),
    "in-a-lambda": ("f = lambda: v.load('m/x')", [("load", "m/x")]),
    "bound-in-the-cell": ("w = open_vault('a.zip')\nw.load('m/x')", [("load", "m/x")]),
    "over-lines": ("v.store(\n    'm/x',\n    df,\n)", [("store", "m/x")]),
    "another-object": ("store.load('m/x')", []),
    "a-module": ("json.load('m/x')", []),
    "an-attribute": ("self.v.load('m/x')", []),
    "a-parameter": ("def f(v):\n    v.load('m/x')", []),
    "a-star-parameter": ("def f(*v):\n    v.load('m/x')", []),
    "a-parameter-of-a-lambda": ("lambda v: v.load('m/x')", []),
    "a-local-variable": ("def f():\n    v = g()\n    v.load('m/x')", []),
    "a-loop-variable": ("for v in x:\n    v.load('m/x')", []),
    "a-variable-of-a-comprehension": ("[v.load('m/x') for v in y]", []),
    "rebound": ("v = 3\nv.load('m/x')", []),
    "not-yet-bound": ("w.load('m/x')\nw = open_vault('a.zip')", []),
    "computed-path": ("v.load(f'm/{x}')", []),
    "variable-path": ("v.load(path)", []),
    "list-of-a-variable": ("v.list(m)", []),
    "no-path": ("v.load()", []),
    "unpacked": ("v.load(*parts)", []),
    "another-method": ("v.items('m/x')", []),
    "no-call": ("v.load", []),
    "the-function": ("open_vault.load('m/x')", []),
}


@pytest.mark.parametrize(("source", "calls"), _METHODS.values(), ids=_METHODS)
def test_methods_of_vaults(source: str, calls: list[tuple[str, str | None]]) -> None:
    assert [(call.method, call.path) for call in _find(source) if isinstance(call, VaultCall)] == calls


_OPENINGS: dict[str, tuple[str, list[str | None]]] = {
    "literal": ("v = open_vault('a.zip')", ["a.zip"]),
    "keyword": ("vm.open_vault(path='a.zip')", ["a.zip"]),
    "path": ("open_vault(Path('data') / 'a.zip')", ["data/a.zip"]),
    "default": ("open_vault()", [""]),
    "other-options-only": ("open_vault(encryption_variable='KEY')", [""]),
    "variable": ("open_vault(path)", [None]),
    "unpacked": ("open_vault(**options)", [None]),
    "another-function": ("open('a.zip')", []),
    "not-called": ("f = open_vault", []),
}


@pytest.mark.parametrize(("source", "paths"), _OPENINGS.values(), ids=_OPENINGS)
def test_openings(source: str, paths: list[str | None]) -> None:
    assert [call.path for call in _find(source) if isinstance(call, OpenCall)] == paths


_MOVES: dict[str, tuple[str, list[tuple[str | None, bool]]]] = {
    "literal": ("os.chdir('..')", [("..", True)]),
    "imported": ("chdir('..')", [("..", True)]),
    "path": ("os.chdir(Path('..'))", [("..", True)]),
    "file": ("os.chdir(Path(__file__).parent)", [("/p/f.py/..", True)]),
    "computed": ("os.chdir(root)", [(None, True)]),
    "function": ("def f():\n    os.chdir('..')", [("..", False)]),
    "context": ("with chdir('..'):\n    pass", [("..", False)]),
    "another-object": ("ftp.chdir('..')", []),
}


@pytest.mark.parametrize(("source", "moves"), _MOVES.values(), ids=_MOVES)
def test_moves(source: str, moves: list[tuple[str | None, bool]]) -> None:
    calls = find_calls(split_cell(source), file=Path("/p/f.py")).calls
    assert [(call.folder, call.is_lasting) for call in calls if isinstance(call, MoveCall)] == moves


def test_lines_are_those_of_the_cell() -> None:
    assert [call.line for call in _find("%pwd\n\nv.list()\nopen_vault(\n).list()")] == [3, 4, 4]


_IMPORTS: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "one": ("x\nimport a", [(2, "a")]),
    "several": ("import a, b.c as d", [(1, "a"), (1, "b.c")]),
    "from": ("from a import b", [(1, "a"), (1, "a.b")]),
    "relative": ("from . import a", [(1, "a")]),
    "in-a-function": ("def f():\n    import a", [(2, "a")]),
    "below-a-magic": ("%pwd\nimport a", [(2, "a")]),
    "string": ("'''\nimport a\n'''", []),
    "no-python": ("for for\nimport a", []),
}


@pytest.mark.parametrize(("source", "imports"), _IMPORTS.values(), ids=_IMPORTS)
def test_imports(source: str, imports: list[tuple[int, str]]) -> None:
    assert list(find_imports(split_cell(source))) == imports


def test_code_nested_too_deeply_has_no_calls_and_keeps_the_names() -> None:
    found = find_calls(split_cell(f"v.list()\nx = {'(' * 300}"), names=_NAMES)
    assert (found.calls, found.names) == ((), _NAMES)
