"""`vaultcheck compact`: an archive as small as what it holds."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.opening import open_without_password
from vaultcheck.cli.terms import archive_argument, explaining, print_text


@click.command("compact")
@archive_argument
def compact_command(archive: Path) -> int:
    """Make an archive anew without the bytes of what was replaced or deleted; no password is needed.

    Every object stays byte for byte. This happens by itself when more than half of the file is no longer wanted.
    """
    with explaining(archive):
        opened = open_without_password(archive)
        with opened.lock(holder="vaultcheck compact"):
            before, after = opened.compact()
    print_text(f"{archive}: {before:,} -> {after:,} bytes\n")
    return 0
