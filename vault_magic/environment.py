"""What a command ran on: Python, platform, and the distributions that the notebook's names come from."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from types import BuiltinFunctionType, FunctionType, ModuleType

from vault_magic import __version__
from vault_magic.record import Environment


def describe_environment(namespace: Mapping[str, object]) -> Environment:
    """Return the environment of a notebook, without user, host or paths."""
    modules = {_find_module(value) for value in namespace.values()} - {"", "vault_magic"}
    versions = {name: version for module in modules for name, version in _find_versions(module)}
    return Environment(
        python=platform.python_version(),
        platform=f"{sys.platform}-{platform.machine()}",
        packages={"vault_magic": __version__} | dict(sorted(versions.items())),
    )


def _find_module(value: object) -> str:
    """Return the top-level module of a module, class or function; other values tell nothing of what was imported."""
    if isinstance(value, ModuleType):
        name: object = value.__name__
    elif isinstance(value, type | FunctionType | BuiltinFunctionType):
        name = value.__module__
    else:
        return ""
    return name.partition(".")[0] if isinstance(name, str) else ""


@cache
def _find_versions(module: str) -> tuple[tuple[str, str], ...]:
    """Return the distributions that provide a module, with their versions."""
    if module in sys.stdlib_module_names or module == "__main__":
        return ()
    return tuple(_read_versions(_list_distributions().get(module, ())))


def _read_versions(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in sorted(set(names)):
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


@cache
def _list_distributions() -> Mapping[str, list[str]]:
    """Return the distributions by module; read once a session, because it opens every installed one."""
    return metadata.packages_distributions()
