"""Tests of what a command says it ran on."""

from __future__ import annotations

import json
import math
import platform
import sys
from collections import OrderedDict
from collections.abc import Iterator
from importlib import metadata
from types import ModuleType

import msgspec
import pytest

import vault_magic
from vault_magic import environment, grammar
from vault_magic.environment import describe_environment


def _packages(*values: object) -> dict[str, str]:
    return dict(describe_environment({f"v{number}": value for number, value in enumerate(values)}).packages)


@pytest.fixture(autouse=True)
def _forget_versions() -> Iterator[None]:
    """Keep what one test was told to be installed from the others."""
    yield
    environment._find_versions.cache_clear()


_OURS = {"vault_magic": vault_magic.__version__}
_MSGSPEC = _OURS | {"msgspec": metadata.version("msgspec")}


@pytest.mark.parametrize(
    ("value", "packages"),
    [
        pytest.param(msgspec, _MSGSPEC, id="module"),
        pytest.param(msgspec.json, _MSGSPEC, id="submodule"),
        pytest.param(msgspec.Struct, _MSGSPEC, id="class"),
        pytest.param(msgspec.convert, _MSGSPEC, id="builtin-function"),
        pytest.param(msgspec.json.schema, _MSGSPEC, id="function"),
        pytest.param(pytest, _OURS | {"pytest": metadata.version("pytest")}, id="another-module"),
        pytest.param(math, _OURS, id="standard-library"),
        pytest.param(OrderedDict, _OURS, id="standard-class"),
        pytest.param(grammar, _OURS, id="this-package"),
        pytest.param(grammar.parse_command, _OURS, id="function-of-this-package"),
        pytest.param(ModuleType("__main__"), _OURS, id="main"),
        pytest.param(ModuleType("made_up"), _OURS, id="module-of-no-distribution"),
        pytest.param(lambda: None, _OURS, id="function-of-the-notebook"),
        pytest.param("msgspec", _OURS, id="text"),
        pytest.param(None, _OURS, id="none"),
    ],
)
def test_packages_are_those_that_names_come_from(value: object, packages: dict[str, str]) -> None:
    assert _packages(value) == packages


def _provide(monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]]) -> None:
    monkeypatch.setattr(environment, "_list_distributions", lambda: names)
    environment._find_versions.cache_clear()


def test_packages_are_sorted_behind_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["pytest", "nbformat", "msgspec", "hypothesis", "filelock", "click"]
    _provide(monkeypatch, {f"module_of_{name}": [name] for name in names})
    modules = [ModuleType(f"module_of_{name}") for name in names]
    assert list(_packages(*modules)) == ["vault_magic", *sorted(names)]


@pytest.mark.parametrize("name", ["math", "__main__", "vault_magic"], ids=["standard-library", "main", "this-package"])
def test_module_that_is_no_import_of_the_notebook_is_not_looked_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _provide(monkeypatch, {name: ["pytest"]})
    assert _packages(ModuleType(name)) == _OURS


def test_class_without_a_module_tells_nothing() -> None:
    assert _packages(type("Odd", (), {"__module__": None})) == _OURS


def test_module_of_several_distributions_names_each(monkeypatch: pytest.MonkeyPatch) -> None:
    _provide(monkeypatch, {"made_of_two": ["pytest", "msgspec", "pytest", "not-installed"]})
    assert list(_packages(ModuleType("made_of_two.part"))) == ["vault_magic", "msgspec", "pytest"]


def test_python_and_platform_are_named() -> None:
    described = describe_environment({})
    assert described.python == platform.python_version()
    assert described.platform == f"{sys.platform}-{platform.machine()}"


def test_user_host_and_paths_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE", "USER", "LOGNAME", "HOSTNAME"):
        monkeypatch.setenv(name, "/home/ada")
    monkeypatch.setattr(platform, "node", lambda: "ada")
    monkeypatch.setattr(sys, "prefix", "/home/ada/venv")
    assert "ada" not in json.dumps(describe_environment(dict(vars(sys))).to_json())
