"""`vaultcheck manifest`: the manifest made anew."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.manifests import Rebuilt, rebuild_manifest
from vault_magic.maintenance.opening import open_for, open_without_password
from vault_magic.manifest import SUFFIX
from vaultcheck.cli.terms import archive_argument, explaining, print_notices, print_text, variable_option


@click.command("manifest")
@archive_argument
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if it would change.")
@click.option("--no-password", is_flag=True, help="Do without the password: producers are kept from the old manifest.")
@variable_option
def manifest_command(archive: Path, *, check: bool, no_password: bool, variable: str | None) -> int:
    """Make the committable manifest beside an archive anew from what the archive holds.

    What notebooks imported is kept from the old one. Exit code 1 with --check: it is not what it should be.
    """
    with explaining(archive):
        opened = open_without_password(archive) if no_password else open_for(archive, variable=variable)
        made = rebuild_manifest(opened, write=not check)
    print_notices(_describe(made))
    state = "up to date" if not made.differs else "differs" if check else "written"
    print_text(f"{archive}{SUFFIX}: {state}\n")
    return int(check and made.differs)


def _describe(made: Rebuilt) -> list[str]:
    if not made.untold:
        return []
    return [f"without the password it is not known who stored {', '.join(map(repr, made.untold))}"]
