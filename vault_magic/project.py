"""What a project says of its vaults: the table `[tool.vault_magic]` of the nearest `pyproject.toml`."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vault_magic.errors import CommandError
from vault_magic.options import OPTIONS, OpenOptions, read_plain
from vault_magic.whereabouts import expand_home

_FILE = "pyproject.toml"
_BY_KEY = {option.field: option for option in OPTIONS}


def load_defaults(folder: Path) -> OpenOptions:
    """Return the options that hold where a notebook in this folder says nothing else.

    A `path` there is relative to the folder of the `pyproject.toml`, and so is a `logs_path`.

    Raises:
        CommandError: the file or its table cannot be read, or names an option that there is not.
    """
    folder = folder.absolute()
    file = next((one / _FILE for one in (folder, *folder.parents) if (one / _FILE).is_file()), None)
    table = _read_table(file) if file else {}
    if file is None or not table:
        return OpenOptions()
    values = dict(_read_entry(key, value) for key, value in table.items())
    if "logs_path" in values and not str(values["logs_path"]).startswith("{path}"):
        values["logs_path"] = str(file.parent / expand_home(str(values["logs_path"])))
    return replace(OpenOptions(), **values, base=file.parent if "path" in values else None)  # type: ignore[arg-type]


def _read_table(file: Path) -> Mapping[str, object]:
    try:
        with file.open("rb") as opened:
            text = opened.read().decode("utf-8-sig")  # editors on Windows put a mark in front
        tools = tomllib.loads(text).get("tool", {})
    except (OSError, ValueError) as err:
        reason = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
        raise CommandError(
            f"{_FILE} cannot be read ({reason}); mend it, or move the notebook out of its folder"
        ) from err
    if isinstance(tools, dict) and "vault-magic" in tools:
        raise CommandError(f"{_FILE}: [tool.vault-magic] is not read; write [tool.vault_magic]")
    table = tools.get("vault_magic", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise CommandError(f"{_FILE}: vault_magic is not a table; write [tool.vault_magic] above its options")
    return table


def _read_entry(key: str, value: object) -> tuple[str, object]:
    option = _BY_KEY.get(key.replace("-", "_"))
    said = f"{_FILE}: {key} in [tool.vault_magic]"
    if option is None:
        nearest = difflib.get_close_matches(key, _BY_KEY, n=1, cutoff=0.0)[0]
        raise CommandError(f"{_FILE}: [tool.vault_magic] has no option {key!r}; did you mean {nearest!r}?")
    return option.field, read_plain(option, value, said=said, truth="true or false")
