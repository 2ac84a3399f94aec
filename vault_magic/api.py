"""The same from Python: a vault that is opened, stored into and loaded from by calls, in notebooks and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from vault_magic.errors import CommandError
from vault_magic.functions import Function, check_function
from vault_magic.object_path import nest_path, parse_module
from vault_magic.operations.host import get_host
from vault_magic.operations.task import OpenVault
from vault_magic.options import DEFAULT_PATH, OPTIONS, OpenOptions, Option, read_plain


class Vault:
    """An open vault. In a notebook every call leaves the stamp and the record that `%vault` would leave."""

    def __init__(self, opened: OpenVault | None = None) -> None:
        self._opened = opened

    @property
    def _vault(self) -> OpenVault:
        return self._opened or get_host().vault

    def store(self, path: str, value: object, *, function: Function | None = None) -> None:
        """Store a value under a path such as `datasets/salaries`; a `function` takes it and gives text or bytes.

        Raises:
            VaultError: it cannot be done; every object is as it was.
        """
        check_function(function)
        get_host().call("store", _check_path(path), vault=self._vault, value=value, function=function)

    def load(self, path: str, *, function: Function | None = None) -> Any:
        """Return the value that is stored under a path; a `function` takes its file and gives the value.

        Raises:
            VaultError: it cannot be done.
        """
        check_function(function)
        outcome = get_host().call("load", _check_path(path), vault=self._vault, function=function)
        return next(iter(outcome.values.values()))

    def delete(self, path: str) -> None:
        """Delete what is stored under a path.

        Raises:
            VaultError: it cannot be done; every object is as it was.
        """
        get_host().call("delete", _check_path(path), vault=self._vault)

    def list(self, module: str | None = None) -> tuple[str, ...]:
        """Return the paths of what is stored, or of what is stored in one module.

        Raises:
            VaultError: it cannot be read.
        """
        start = f"{parse_module(_check_path(module).rstrip('/'))}/" if module else ""
        return tuple(path for path in self._vault.list_objects() if nest_path(path).startswith(start))

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: the password would travel along."""
        raise TypeError("an open vault cannot be pickled or copied; open it again where it is wanted")

    def __repr__(self) -> str:
        opened = self._opened or get_host().opened
        return f"<vault {opened.name}>" if opened else "<no vault is open>"


vault = Vault()
"""The vault that was opened last, by `%open_vault` or by `open_vault`."""


def open_vault(
    path: str | Path | None = None,
    *,
    encryption_variable: str | None = None,
    secure: bool | None = None,
    optimize_df: bool | None = None,
    timestamp: bool | None = None,
    metadata: bool | None = None,
    logs_path: str | None = None,
    gzip_logs: bool | None = None,
    report_memory_gain: bool | None = None,
    numbers_as_categories: bool | None = None,
    booleans_as_categories: bool | None = None,
    frame_format: str | None = None,
    manifest: bool | None = None,
    keyed_digests: bool | None = None,
    allow_pickle: bool | None = None,
) -> Vault:
    """Open a vault, as `%open_vault` does; what is left out is as `[tool.vault_magic]` of the project says.

    Raises:
        VaultError: it cannot be opened.
    """
    given = {
        "encryption_variable": encryption_variable,
        "secure": secure,
        "optimize_df": optimize_df,
        "timestamp": timestamp,
        "metadata": metadata,
        "logs_path": logs_path,
        "gzip_logs": gzip_logs,
        "report_memory_gain": report_memory_gain,
        "numbers_as_categories": numbers_as_categories,
        "booleans_as_categories": booleans_as_categories,
        "frame_format": frame_format,
        "manifest": manifest,
        "keyed_digests": keyed_digests,
        "allow_pickle": allow_pickle,
    }
    return Vault(get_host().open(lambda defaults: _read_options(path, given, defaults=defaults)))


def _read_options(path: object, given: Mapping[str, object], *, defaults: OpenOptions) -> OpenOptions:
    """Return the defaults with what was given in place of them."""
    if path is not None and not (isinstance(path, str | Path) and str(path)):
        raise CommandError(f"the path of a vault is a text or a Path, not {path!r}")
    said = {one.field: _read(one, given[one.field]) for one in OPTIONS if given.get(one.field) is not None}
    options = replace(defaults, **said)  # type: ignore[arg-type]  # each is of its field's type
    return options if path is None else _set_path(options, str(path))


def _read(option: Option, value: object) -> object:
    return read_plain(option, value, said=f"{option.field}=", truth="True or False")


def _check_path(path: object) -> str:
    if not isinstance(path, str):
        kind = type(path).__name__
        raise CommandError(f"a path in the vault is a text such as 'datasets/salaries', not of type {kind!r}")
    return path


def _set_path(options: OpenOptions, path: str) -> OpenOptions:
    typed = path.replace("\\", "/")  # as in `%open_vault`
    full = f"{typed}{DEFAULT_PATH}" if typed.endswith("/") else typed
    return replace(options, path=full, base=None)
