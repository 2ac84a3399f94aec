"""`vaultcheck rekey`: another password."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.maintenance.opening import open_for
from vault_magic.maintenance.rekeying import rekey
from vault_magic.options import read_name
from vault_magic.password import read_password
from vaultcheck.cli.terms import archive_argument, explaining, print_notices, print_text, variable_option

_ELSEWHERE = "copies, backups, the history of git and *.orig files keep what they were"


@click.command("rekey")
@archive_argument
@variable_option
@click.option("--new", metavar="NAME", help="The environment variable that holds the new password.")
@click.option("--decrypt", is_flag=True, help="Take the password away: everybody can read the archive then.")
def rekey_command(archive: Path, *, variable: str | None, new: str | None, decrypt: bool) -> int:
    """Change the password of an archive, encrypt a plain one (--new alone) or decrypt one (--decrypt).

    Passwords are named by environment variables, never written out. Objects, digests and records stay the same, so
    saved notebooks need no change. All is done or nothing.
    """
    if decrypt == (new is not None):
        raise click.UsageError("say what is to be: --new NAME or --decrypt")
    wanted = None if new is None else read_password(read_name("--new", new))
    with explaining(archive):
        rekey(open_for(archive, variable=variable), wanted)
    print_notices([_ELSEWHERE])
    print_text(f"{archive}: {'decrypted' if wanted is None else 'encrypted under the password in ' + str(new)}\n")
    return 0
