"""The password of an archive changed, set or taken away."""

from __future__ import annotations

from vault_magic.archive.archive import Archive
from vault_magic.errors import ArchiveError, CommandError
from vault_magic.maintenance.noting import note_change


def rekey(archive: Archive, password: bytes | None) -> Archive:
    """Write an archive anew under another password, or in plain with none: all of it or nothing.

    Raises:
        CommandError: it is under that password, or in plain, already.
        ArchiveError: it was made by another tool, or is damaged: every byte is proved on the way.
    """
    if password == archive.password:
        state = "in plain already" if password is None else "under this password already; name another variable: --new"
        raise CommandError(f"{archive.path.name} is {state}")
    if password is None and archive.digest_key is not None:
        raise ArchiveError(
            f"{archive.path.name} has keyed digests, which a plain archive cannot have; "
            "import its objects and store them into a new one"
        )
    if archive.vault is None:
        raise ArchiveError(f"{archive.path.name} was made by another tool; store something into it first")
    with archive.lock(holder="vaultcheck rekey"):
        done = archive.rekey(password)
        note_change(done, ())
    return done
