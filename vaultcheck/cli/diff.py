"""`vaultcheck diff`: what differs between two archives."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.comparing import compare
from vault_magic.maintenance.showing import render_differences, render_differences_json
from vaultcheck.cli.terms import FILE, explaining, format_option, print_text


@click.command("diff")
@click.argument("one", type=FILE, metavar="A")
@click.argument("other", type=FILE, metavar="B")
@format_option
def diff_command(one: Path, other: Path, form: str) -> int:
    """Tell which objects differ between A and B, each an archive or a manifest.

    `-` is only in A, `+` only in B, `~` differs. No password is needed. Exit code 0: the same; 1: they differ.
    """
    with explaining(one):
        differences = compare(one, other)
    print_text(render_differences_json(differences) if form == "json" else render_differences(differences))
    return int(bool(differences))
