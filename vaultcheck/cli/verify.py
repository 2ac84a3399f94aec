"""`vaultcheck verify`: every byte of an archive proved."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from vault_magic.maintenance.opening import open_for
from vault_magic.maintenance.verifying import Verification, count_bytes, verify
from vaultcheck.cli.terms import archive_argument, explaining, print_notices, print_text, variable_option


@click.command("verify")
@archive_argument
@variable_option
def verify_command(archive: Path, variable: str | None) -> int:
    """Read every byte of an archive through its checksums, authentication codes and digests.

    The schemas must belong to their objects, and the manifest, if there is one, must agree. Exit code 0: sound;
    1: it is not, with a line for each fault.
    """
    with explaining(archive):
        opened = open_for(archive, variable=variable)
        hidden = not sys.stderr.isatty()
        with click.progressbar(
            length=count_bytes(archive), label=archive.name, file=sys.stderr, hidden=hidden, show_pos=False
        ) as bar:
            found = verify(opened, progress=bar.update)
    print_text("".join(f"{archive}: {fault}\n" for fault in found.faults))
    print_notices(_describe(found, archive))
    print_text(f"{archive}: {_summarise(found)}\n")
    return int(bool(found.faults))


def _describe(found: Verification, archive: Path) -> list[str]:
    notices = [f"{path!r} was written by another tool: only its checksum was proved" for path in found.foreign]
    if found.torn:
        notices.append(f"{archive.name} ends in {found.torn:,} bytes of a write that was never finished")
    return notices


def _summarise(found: Verification) -> str:
    objects = "1 object" if found.objects == 1 else f"{found.objects:,} objects"
    faults = "1 fault" if len(found.faults) == 1 else f"{len(found.faults)} faults"
    return f"{objects}, {found.bytes:,} bytes: {faults if found.faults else 'sound'}"
