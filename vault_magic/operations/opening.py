"""`%open_vault`: options become an open vault."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vault_magic.archive.archive import Archive
from vault_magic.archive.opening import open_archive
from vault_magic.archive.upkeep import manifest_path
from vault_magic.errors import ArchiveError, CommandError, LockTimeout
from vault_magic.exchange import sweep_folders
from vault_magic.operations.task import OpenVault
from vault_magic.options import OpenOptions
from vault_magic.password import read_password
from vault_magic.whereabouts import expand_home


def find_folder() -> Path:
    """Return the working directory.

    Raises:
        ArchiveError: it has been removed.
    """
    try:
        return Path.cwd()
    except OSError as err:
        raise ArchiveError("the working directory is not there any more; change to one that is: %cd FOLDER") from err


def open_vault(options: OpenOptions, *, folder: Path) -> OpenVault:
    """Open the archive that the options name, relative to their project or else to the working directory `folder`.

    Raises:
        CommandError: the options contradict each other.
        PasswordError: the password is missing, not wanted or wrong.
        ArchiveError: there is no readable archive, and none can be made.
    """
    if options.keyed_digests and options.encryption_variable is None:
        raise CommandError("--keyed_digests needs an encrypted vault; name the variable with its password: -e NAME")
    sweep_folders()
    password = read_password(options.encryption_variable)
    path = (options.base or folder) / expand_home(options.path)
    if _is_folder(path):
        raise ArchiveError(f"{options.path} is a folder; for the archive in it write: -p {options.path.rstrip('/')}/")
    archive = open_archive(
        path.absolute(), password=password, variable=options.encryption_variable, keyed=options.keyed_digests
    )
    vault = OpenVault(archive, _fix_log(options, folder=folder))
    _check_log(vault)
    return vault


def list_notices(vault: OpenVault) -> tuple[str, ...]:
    """Return what has to be told when a vault was opened: that it is new, and that nobody has decided on encryption."""
    notices = [f"Created a new vault: {vault.name}"] if vault.archive.created else []
    if unfinished := _count_unfinished(vault.archive):
        notices.append(f"Warning: {vault.name} ends in {unfinished:,} bytes of a write that was never finished")
    if vault.archive.password is None and vault.options.secure is not False:
        advice = "name a variable with a password (-e NAME), or say that this is meant (--secure False)"
        notices.append(f"Warning: {vault.name} is not encrypted; {advice}")
    return tuple(notices)


def _count_unfinished(archive: Archive) -> int:
    """Return how many bytes of a write lie behind the archive that nobody is writing any more."""
    if not archive.vault or not archive.list().torn:
        return 0
    try:
        with archive.lock(holder="%open_vault", patience=0):
            return archive.list().torn
    except LockTimeout:
        return 0
    except OSError:  # a folder that cannot be written into
        return archive.list().torn


def _is_folder(path: Path) -> bool:
    with suppress(OSError):  # a name that no file can have: opening it tells so
        return path.is_dir()
    return False


def _fix_log(options: OpenOptions, *, folder: Path) -> OpenOptions:
    """Return the options with the log where it is now, whatever becomes of the working directory."""
    if options.logs_path is None or options.logs_path.startswith("{path}"):
        return options
    return replace(options, logs_path=str((folder / expand_home(options.logs_path)).absolute()))


def _check_log(vault: OpenVault) -> None:
    """Refuse a log that would be written into the vault's own files, or into a folder."""
    log, example = vault.log, "name another file, as in: --logs_path my.log"
    for own, what in ((vault.archive.path, "archive"), (manifest_path(vault.archive.path), "manifest")):
        if log == own or (log.exists() and own.exists() and log.samefile(own)):
            raise CommandError(f"--logs_path is the path of the {what}; {example}")
    if log.is_dir():
        raise CommandError(f"--logs_path is the path of a folder; {example}")
