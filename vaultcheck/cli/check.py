"""`vaultcheck check`: the default command."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from vault_magic.manifest import SUFFIX
from vaultcheck.checker import check
from vaultcheck.cli.outputs import Output, read_output, write_output
from vaultcheck.cli.terminal import Progress, choose_style
from vaultcheck.cli.terms import print_text
from vaultcheck.discovery import MissingPath
from vaultcheck.finding import Severity
from vaultcheck.report import Report
from vaultcheck.reporters import REPORTERS
from vaultcheck.reporters.text import render_text
from vaultcheck.scope import Scope, UnknownRevision, find_projects


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of the check, as typed."""

    paths: tuple[Path, ...]
    report_format: str
    outputs: tuple[Output, ...]
    fail_on: str
    vault: Path | None
    since: str | None
    lineage: bool
    quiet: bool


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format", "report_format", type=click.Choice([*REPORTERS]), default="text", help="The form of the report."
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=lambda _context, _parameter, values: tuple(map(read_output, values)),
    help="Write a report into a file, too; may be given several times.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    help="The mildest severity that makes the exit code 1 (error).",
)
@click.option("--vault", type=click.Path(path_type=Path), help="The archive, wherever the notebooks say it is.")
@click.option(
    "--since",
    metavar="REV",
    help="Report only what concerns notebooks that have changed since a git revision, and those that depend on them.",
)
@click.option(
    "--lineage",
    is_flag=True,
    help="Read all notebooks of the project, and report what concerns those named and those that depend on them.",
)
@click.option("--quiet", is_flag=True, help="Print findings and nothing else.")
def check_command(**options: Any) -> int:
    """Check notebooks, or all notebooks below folders (this one if none is named).

    Nothing is executed, unpickled or written. Exit code 0: clean; 1: findings; 2: wrong usage; 3: internal error.
    """
    chosen = CheckOptions(**options)
    if chosen.vault is not None and not _is_vault(chosen.vault):
        raise click.UsageError(f"--vault {chosen.vault}: neither the archive nor its manifest is there")
    report = _check(chosen)
    print_text(_render(report, chosen))
    for output in chosen.outputs:
        write_output(report, output)
    return int(report.fails(at=Severity(chosen.fail_on)))


def _check(options: CheckOptions) -> Report:
    paths, scope = options.paths or (Path(),), Scope(since=options.since) if options.since else None
    try:
        if options.lineage:
            if options.since:
                raise click.UsageError(
                    "--lineage reports what concerns the files named, --since what has changed: choose"
                )
            paths, scope = find_projects(options.paths), Scope.of(options.paths)
        return check(paths, vault=options.vault, scope=scope, watch=Progress().follow)
    except (MissingPath, UnknownRevision) as err:
        raise click.UsageError(str(err)) from err


def _render(report: Report, options: CheckOptions) -> str:
    if options.report_format != "text":
        return REPORTERS[options.report_format](report)
    style = choose_style(sys.stdout, os.environ, folder=Path.cwd())
    return render_text(report, style, is_quiet=options.quiet)


def _is_vault(archive: Path) -> bool:
    return archive.is_file() or Path(f"{archive}{SUFFIX}").is_file()
