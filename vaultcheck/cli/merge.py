"""`vaultcheck merge`: two states of a vault, as git's merge driver."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.identity import Identity
from vault_magic.maintenance.merging import Conflict, Side, merge
from vaultcheck.cli.terms import FILE, explaining, print_notices, print_text


@click.command("merge")
@click.argument("base", type=FILE)
@click.argument("ours", type=FILE)
@click.argument("theirs", type=FILE)
@click.option(
    "--prefer",
    type=click.Choice([one.value for one in Side]),
    help="Who decides where both have changed one.",
)
def merge_command(base: Path, ours: Path, theirs: Path, prefer: str | None) -> int:
    """Merge what THEIRS has changed since BASE into OURS, object by object: archives, or manifests.

    No password is needed. As git's merge driver it is `vaultcheck merge %O %A %B`, which `vaultcheck init` sets up.
    Exit code 1: both sides have changed an object, each in its own way; ours stands, and everything else is merged.
    """
    with explaining(ours):
        merged = merge(base, ours, theirs, prefer=Side(prefer) if prefer else None)
    print_text("".join(f"taken from theirs: {path}\n" for path in merged.taken))
    print_notices(map(_describe, merged.conflicts))
    if merged.conflicts:
        print_notices([_ADVICE])
    return int(bool(merged.conflicts))


_ADVICE = (
    "ours stands for these; run the notebook that stores them again, or take their archive and manifest whole "
    "(git checkout --theirs FILE), or merge again with --prefer theirs; then git add"
)


def _describe(conflict: Conflict) -> str:
    if conflict.ours is None or conflict.theirs is None:
        deleter, other = ("ours", "theirs") if conflict.ours is None else ("theirs", "ours")
        there = _name(conflict.ours or conflict.theirs)
        return f"conflict: {conflict.path!r} was deleted in {deleter} and stored anew in {other} ({there})"
    sides = f"{_name(conflict.ours)} in ours, {_name(conflict.theirs)} in theirs"
    return f"conflict: {conflict.path!r} was stored on both sides: {sides}"


def _name(identity: Identity | None) -> str:
    return (identity and (identity.crc32 or (identity.sha256 or "")[:12])) or "of another tool"
