"""Tests of which names stand for vaults."""

from __future__ import annotations

import ast

import pytest

from vaultcheck.vault_names import NO_NAMES, NameReader, Role

_START = "from vault_magic import open_vault, vault\n"
_OPEN = f"{_START}v = open_vault('a.zip')\n"

_BOUND = {
    "assigned": (f"{_START}v = open_vault('a.zip')", "v"),
    "two-targets": (f"{_START}w = v = open_vault('a.zip')", "v"),
    "annotated": (f"{_START}v: Vault = open_vault('a.zip')", "v"),
    "walrus": (f"{_START}print(v := open_vault('a.zip'))", "v"),
    "with": (f"{_START}with open_vault('a.zip') as v:\n    pass", "v"),
    "copied": (f"{_OPEN}w = v", "w"),
    "imported": (_START, "vault"),
    "imported-as": ("from vault_magic import vault as v", "v"),
    "star": ("from vault_magic import *", "vault"),
    "module-as": ("import vault_magic as vm\nv = vm.vault", "v"),
    "by-module": ("import vault_magic\nv = vault_magic.open_vault()", "v"),
    "function-as": ("from vault_magic import open_vault as o\nv = o('a.zip')", "v"),
    "function-copied": (f"{_START}o = open_vault\nv = o('a.zip')", "v"),
    "in-a-branch": (f"{_START}if x:\n    v = open_vault('a.zip')\nelse:\n    v = None", "v"),
    "tried": (f"{_START}try:\n    v = open_vault('a.zip')\nexcept OSError:\n    v = None", "v"),
    "in-a-loop": (f"{_START}for x in y:\n    v = open_vault(x)", "v"),
    "hidden-in-a-function-only": (f"{_OPEN}def f(v):\n    v = 3", "v"),
    "local-of-a-comprehension": (f"{_OPEN}x = [v for v in y]", "v"),
}
_NOT_BOUND = {
    "never": ("v = 3", "v"),
    "another-module": ("from hvac import vault", "vault"),
    "relative-import": ("from .vault_magic import vault", "vault"),
    "another-function": ("v = open_vault('a.zip')", "v"),
    "function-itself": (_START, "open_vault"),
    "rebound": (f"{_OPEN}v = 3", "v"),
    "unpacked": (f"{_OPEN}v, w = 1, 2", "v"),
    "deleted": (f"{_OPEN}del v", "v"),
    "loop-variable": (f"{_OPEN}for v in x:\n    pass\nv = v", "w"),
    "shadowed-by-import": (f"{_OPEN}import json as v", "v"),
    "shadowed-by-function": (f"{_OPEN}def v():\n    pass", "v"),
    "shadowed-by-class": (f"{_OPEN}class v:\n    pass", "v"),
    "local-of-a-function": (f"{_START}def f():\n    v = open_vault('a.zip')", "v"),
    "rebound-in-both-branches": (f"{_OPEN}if x:\n    v = 1\nelse:\n    v = 2", "v"),
    "element": (f"{_START}v = [open_vault('a.zip')]", "v"),
    "submodule": ("import vault_magic.options as o\nv = o.vault", "v"),
}


def _find_role(source: str, name: str) -> Role | None:
    reader = NameReader(NO_NAMES)
    assert all(isinstance(call, ast.Call) for call in reader.walk(ast.parse(source)))
    return reader.names.get(name)


@pytest.mark.parametrize(("source", "name"), _BOUND.values(), ids=_BOUND)
def test_name_stands_for_a_vault(source: str, name: str) -> None:
    assert _find_role(source, name) is Role.VAULT


@pytest.mark.parametrize(("source", "name"), _NOT_BOUND.values(), ids=_NOT_BOUND)
def test_name_stands_for_no_vault(source: str, name: str) -> None:
    assert _find_role(source, name) is not Role.VAULT


def test_names_given_are_left_as_they_are() -> None:
    names = {"v": Role.VAULT}
    reader = NameReader(names)
    assert list(reader.walk(ast.parse("v = 3"))) == []
    assert (names, reader.names) == ({"v": Role.VAULT}, {})


def test_calls_come_in_the_order_in_which_they_run() -> None:
    calls = NameReader(NO_NAMES).walk(ast.parse("a(b())\nc(d(), e())"))
    assert [ast.unparse(call.func) for call in calls] == ["b", "a", "d", "e", "c"]


_LASTING = {
    "plain": ("f()", [True]),
    "loop": ("for x in y:\n    f()", [True]),
    "class": ("class A:\n    f()", [True]),
    "function": ("def g():\n    f()", [False]),
    "after-a-function": ("def g():\n    f()\nf()", [False, True]),
    "lambda": ("lambda: f()", [False]),
    "context": ("with f():\n    f()", [False, True]),
}


@pytest.mark.parametrize(("source", "answers"), _LASTING.values(), ids=_LASTING)
def test_what_may_not_run_or_goes_back_does_not_last(source: str, answers: list[bool]) -> None:
    reader = NameReader(NO_NAMES)
    assert [reader.is_lasting for _ in reader.walk(ast.parse(source))] == answers
