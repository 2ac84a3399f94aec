"""`vaultcheck check`: the default command."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.manifest import SUFFIX
from vaultcheck.checker import check
from vaultcheck.cli.terms import print_text
from vaultcheck.discovery import MissingPath
from vaultcheck.finding import Severity
from vaultcheck.reporters import REPORTERS


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format", "report_format", type=click.Choice([*REPORTERS]), default="text", help="The form of the report."
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    help="The mildest severity that makes the exit code 1 (error).",
)
@click.option("--vault", type=click.Path(path_type=Path), help="The archive, wherever the notebooks say it is.")
def check_command(paths: tuple[Path, ...], report_format: str, fail_on: str, vault: Path | None) -> int:
    """Check notebooks, or all notebooks below folders (this one if none is named).

    Nothing is executed, unpickled or written. Exit code 0: clean; 1: findings; 2: wrong usage; 3: internal error.
    """
    if vault is not None and not (vault.is_file() or Path(f"{vault}{SUFFIX}").is_file()):
        raise click.UsageError(f"--vault {vault}: neither the archive nor its manifest is there")
    try:
        report = check(paths or (Path(),), vault=vault)
    except MissingPath as err:
        raise click.UsageError(str(err)) from err
    print_text(REPORTERS[report_format](report))
    return int(report.fails(at=Severity(fail_on)))
