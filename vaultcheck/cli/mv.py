"""`vaultcheck mv`: an object renamed."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.moving import move
from vault_magic.maintenance.opening import open_for
from vaultcheck.cli.terms import archive_argument, explaining, print_notices, print_text, variable_option


@click.command("mv")
@archive_argument
@click.argument("old")
@click.argument("new")
@click.option("--force", is_flag=True, help="Overwrite an object that is there.")
@variable_option
def mv_command(archive: Path, old: str, new: str, *, force: bool, variable: str | None) -> int:
    """Give the object OLD the path NEW; its bytes, its schema and the record of who made it stay.

    Manifest and log are kept up. The notebooks that name the old path are not: `vaultcheck` will say which.
    """
    with explaining(archive):
        notices = move(open_for(archive, variable=variable), old, new, force=force)
    print_notices(notices)
    print_text(f"{old} -> {new}\n")
    return 0
