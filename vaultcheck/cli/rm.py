"""`vaultcheck rm`: objects deleted."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.moving import remove
from vault_magic.maintenance.opening import open_without_password
from vaultcheck.cli.terms import archive_argument, explaining, print_notices, print_text


@click.command("rm")
@archive_argument
@click.argument("paths", nargs=-1, required=True)
def rm_command(archive: Path, paths: tuple[str, ...]) -> int:
    """Delete objects, all that are named or none, and erase their bytes; no password is needed.

    Manifest and log are kept up.
    """
    with explaining(archive):
        notices = remove(open_without_password(archive), [*dict.fromkeys(paths)])
    print_notices(notices)
    print_text("".join(f"deleted {path}\n" for path in dict.fromkeys(paths)))
    return 0
