"""What a project says of the check: the table `[tool.vaultcheck]` of the nearest `pyproject.toml`, or a file named."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vault_magic.advice import advise
from vault_magic.errors import CommandError
from vaultcheck.finding import Severity

_FILE = "pyproject.toml"
_TABLE = "[tool.vaultcheck]"


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """Words that choose rules; where `select` is not given, they change what was chosen before."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What is checked and how; `root` is the folder from which paths and patterns begin.

    Rules are named by code, by the beginning of one (`VC3`), by name, or all of them (`ALL`); what was `typed` goes
    before what stands in the file. `depends_on` are the notebooks that others need beside what the vault tells.
    `working_directory` is where the kernels of the notebooks start, where that is not the notebook's folder.
    `encryption_variable` and `show_values` are for what opens a vault; the check does not.
    """

    root: Path = field(default_factory=Path.cwd)
    select: tuple[str, ...] = ("ALL",)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    typed: RuleChoice = field(default_factory=RuleChoice)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    require_evidence: bool = False
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    vault: Path | None = None
    working_directory: Path | None = None
    depends_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    baseline: Path | None = None
    encryption_variable: str | None = None
    show_values: bool = False

    def change(self, **values: object) -> Settings:
        """Return the settings with those that were given, the others as they are; of `None` nothing was given."""
        given = {name: value for name, value in values.items() if value is not None}
        return replace(self, **given)  # type: ignore[arg-type]


def load_settings(folder: Path, *, file: Path | None = None) -> Settings:
    """Return the settings that hold in a folder, or those of a file.

    Raises:
        CommandError: the file cannot be read, names a setting that there is not, or gives it what it cannot be.
    """
    folder = folder.absolute()
    found = file or next((one / _FILE for one in (folder, *folder.parents) if (one / _FILE).is_file()), None)
    if found is None:
        return Settings(root=folder)
    root = found.absolute().parent
    return replace(Settings(root=root), **_read_entries(_read_table(found), found.name, root))


def _read_table(file: Path) -> Mapping[str, object]:
    """Return the table of a `pyproject.toml`; any other file is all about the check."""
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as err:
        reason = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
        raise CommandError(f"{file.name} cannot be read ({reason}); mend it, or name another: --config FILE") from err
    tools = content.get("tool", {}) if file.name == _FILE else {"vaultcheck": content}
    table = tools.get("vaultcheck", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise CommandError(f"{file.name}: vaultcheck is not a table; write {_TABLE} above its settings")
    return table


def _read_entries(table: Mapping[str, object], name: str, root: Path) -> dict[str, Any]:
    values = dict[str, Any]()
    for key, value in table.items():
        known = key.replace("_", "-")
        if known not in _READERS:
            raise CommandError(f"{name}: {_TABLE} has no setting {key!r}; {advise(known, _READERS, otherwise=_ALL)}")
        if known.replace("-", "_") in values:
            raise CommandError(f"{name}: {known} stands twice in {_TABLE}, once with '-' and once with '_'; keep one")
        entry = _READERS[known]
        try:
            values[known.replace("-", "_")] = entry.read(value, root)
        except ValueError as err:
            raise CommandError(f"{name}: {key} in {_TABLE} is {entry.what}, as in {entry.example}") from err
    return values


@dataclass(frozen=True, slots=True)
class _Entry:
    """A setting of the file: what it is, an example, and how it is read; raises `ValueError` for anything else."""

    what: str
    example: str
    read: Callable[[object, Path], object]


def _read_list(value: object, _root: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(value)
    return tuple(value)


def _read_lists(value: object, root: Path) -> dict[str, tuple[str, ...]]:
    return {key: _read_list(one, root) for key, one in _require_table(value).items()}


def _read_severity(value: object, _root: Path) -> Severity:
    return Severity(value)


def _read_severities(value: object, _root: Path) -> dict[str, Severity]:
    return {key: Severity(one) for key, one in _require_table(value).items()}


def _require_table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return value


def _read_truth(value: object, _root: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _read_word(value: object, _root: Path) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def _read_path(value: object, root: Path) -> Path:
    return root / _read_word(value, root)


_RULES = _Entry("a list of rules", '["VC304", "VC4"]', _read_list)
_TRUTH = _Entry("true or false", "true", _read_truth)
_PATH = _Entry("a path", '"data/storage.zip"', _read_path)

_READERS: Mapping[str, _Entry] = {
    "select": _RULES,
    "extend-select": _RULES,
    "ignore": _RULES,
    "per-file-ignores": _Entry("a table of lists of rules", '{ "drafts/*.ipynb" = ["VC3"] }', _read_lists),
    "severity": _Entry("a table of severities", '{ VC402 = "error", VC3 = "warning" }', _read_severities),
    "fail-on": _Entry("a severity", '"warning"', _read_severity),
    "require-evidence": _TRUTH,
    "exclude": _Entry("a list of patterns", '["drafts", "archive/*.ipynb"]', _read_list),
    "force-exclude": _TRUTH,
    "vault": _PATH,
    "working-directory": _PATH,
    "depends-on": _Entry("a table of lists of notebooks", '{ "model.ipynb" = ["setup.ipynb"] }', _read_lists),
    "baseline": _PATH,
    "encryption-variable": _Entry("the name of an environment variable", '"VAULT_PASSWORD"', _read_word),
    "show-values": _TRUTH,
}
_ALL = f"there are {', '.join(_READERS)}"
