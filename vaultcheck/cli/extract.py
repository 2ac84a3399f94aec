"""`vaultcheck extract`: objects as plain files."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.extracting import extract
from vault_magic.maintenance.opening import open_for
from vault_magic.maintenance.selecting import select_objects
from vaultcheck.cli.terms import FILE, archive_argument, explaining, print_text, variable_option


@click.command("extract")
@archive_argument
@click.argument("paths", nargs=-1)
@click.option("-d", "--directory", "folder", type=FILE, default=Path(), help="Where to (here).")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@variable_option
def extract_command(archive: Path, paths: tuple[str, ...], folder: Path, *, force: bool, variable: str | None) -> int:
    """Write objects, or all below a module, or everything, as the plain files that they are.

    Nothing is written outside the folder, and nothing over a file that is there without --force. Files of an encrypted
    archive can be read by you alone.
    """
    with explaining(archive):
        opened = open_for(archive, variable=variable)
        chosen = select_objects(paths, opened.list().objects, name=archive.name)
        files = extract(opened, chosen, folder, force=force)
    print_text("".join(f"{file.as_posix()}\n" for file in files))
    return 0
