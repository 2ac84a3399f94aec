"""`vaultcheck show`: what an archive holds."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.showing import load_listing, render_listing, render_listing_json
from vaultcheck.cli.terms import archive_argument, explaining, format_option, print_text


@click.command("show")
@archive_argument
@format_option
def show_command(archive: Path, form: str) -> int:
    """List what an archive (or a manifest) holds: path, format, bytes, CRC32, SHA-256 and schema of each object.

    No password is needed, and the same objects give the same text, so that git can show changes by it.
    """
    with explaining(archive):
        listing = load_listing(archive)
    print_text(render_listing_json(listing) if form == "json" else render_listing(listing))
    return 0
