"""The options of the check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TypeVar

import click

from vaultcheck.cli.outputs import Output, read_output
from vaultcheck.finding import Severity
from vaultcheck.reporters import REPORTERS

_F = TypeVar("_F", bound=Callable[..., object])
_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of the check, as typed."""

    paths: tuple[Path, ...]
    report_format: str
    outputs: tuple[Output, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    fail_on: Severity | None
    require_evidence: bool
    exclude: tuple[str, ...]
    force_exclude: bool
    vault: Path | None
    since: str | None
    lineage: bool
    baseline: Path | None
    write_baseline: bool
    config: Path | None
    quiet: bool
    encryption_variable: str | None
    show_values: bool
    no_cache: bool


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _read_outputs(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Output, ...]:
    return tuple(map(read_output, values))


def _read_severity(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Severity | None:
    return None if value is None else Severity(value)


def _list_rules(name: str, text: str) -> Callable[[_F], _F]:
    return click.option(name, metavar="CODES", multiple=True, callback=_split, help=text)


_OPTIONS: tuple[Callable[..., Callable[..., object]], ...] = (
    click.argument("paths", nargs=-1, type=_FILE),
    click.option(
        "--format", "report_format", type=click.Choice([*REPORTERS]), default="text", help="The form of the report."
    ),
    click.option(
        "--output",
        "outputs",
        metavar="FORMAT=FILE",
        multiple=True,
        callback=_read_outputs,
        help="Write a report into a file, too; may be given several times.",
    ),
    _list_rules("--select", "Run these rules only: codes (VC304), their beginnings (VC3), names, or ALL."),
    _list_rules("--ignore", "Leave out these rules."),
    _list_rules("--extend-select", "Run these rules beside those selected."),
    click.option(
        "--fail-on",
        type=click.Choice([severity.value for severity in Severity]),
        callback=_read_severity,
        help="The mildest severity that makes the exit code 1 (error).",
    ),
    click.option("--require-evidence", is_flag=True, help="Report notebooks of which nothing tells how they ran."),
    click.option("--exclude", metavar="GLOB", multiple=True, help="Pass over files and folders below those named."),
    click.option("--force-exclude", is_flag=True, help="Pass over those named, too; for hooks, which name files."),
    click.option("--vault", type=_FILE, help="The archive, wherever the notebooks say it is."),
    click.option(
        "--since",
        metavar="REV",
        help="Report only what concerns notebooks that have changed since a git revision, and those that depend on "
        "them.",
    ),
    click.option(
        "--lineage",
        is_flag=True,
        help="Read all notebooks of the project, and report what concerns those named and those that depend on them.",
    ),
    click.option("--baseline", type=_FILE, help="A file of findings that are known, and not to be reported."),
    click.option("--write-baseline", is_flag=True, help="Write what is found into the baseline, and report nothing."),
    click.option("--config", type=_FILE, help="The settings, instead of the nearest pyproject.toml."),
    click.option("--quiet", is_flag=True, help="Print findings and nothing else."),
    click.option(
        "-e",
        "--encryption-variable",
        metavar="NAME",
        help="Accepted, as by the other commands: the check needs no password.",
    ),
    click.option("--show-values", is_flag=True, help="Accepted, as by the other commands: the check shows no values."),
    click.option("--no-cache", is_flag=True, help="Accepted: nothing is cached, every check reads anew."),
)


def check_options(command: _F) -> _F:
    """Add the options of the check to a command."""
    return reduce(lambda found, add: add(found), reversed(_OPTIONS), command)
