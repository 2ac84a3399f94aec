"""An archive for a command at a shell: it has to be there, and its project may name the variable of its password."""

from __future__ import annotations

from pathlib import Path

from vault_magic.archive.archive import Archive
from vault_magic.archive.listing import read_listing
from vault_magic.archive.opening import open_archive
from vault_magic.errors import ArchiveError
from vault_magic.operations.task import OpenVault
from vault_magic.options import DEFAULT_PATH
from vault_magic.password import read_password
from vault_magic.project import load_defaults


def open_for(path: Path, *, variable: str | None) -> Archive:
    """Open an archive with the password in a variable, or in the one that `[tool.vault_magic]` around it names.

    Raises:
        ArchiveError: it is not there, or cannot be read.
        PasswordError: it is encrypted, and the password is missing or wrong.
        CommandError: the project's table cannot be read.
    """
    demand_archive(path)
    encrypted = read_listing(path).encrypted
    name = variable or (load_defaults(path.parent).encryption_variable if encrypted else None)
    return open_archive(path.absolute(), password=read_password(name), variable=name)


def open_without_password(path: Path) -> Archive:
    """Open an archive for what needs no password even where it is encrypted.

    Raises:
        ArchiveError: it is not there, or cannot be read.
    """
    demand_archive(path)
    return Archive(path.absolute(), vault=read_listing(path).vault)


def demand_archive(path: Path) -> None:
    """Refuse what is no file: a command never makes an archive.

    Raises:
        ArchiveError: nothing is there, or a folder.
    """
    if path.is_dir():
        raise ArchiveError(f"{path.name or path} is a folder; for the archive in it write: {path / DEFAULT_PATH}")
    if not path.exists():
        raise ArchiveError(f"{path} is not there; name the archive, as in: {DEFAULT_PATH}")


def find_surroundings(archive: Archive) -> OpenVault:
    """Return an archive with the options of its project, which say where its log lies and whether it has a manifest."""
    return OpenVault(archive, load_defaults(archive.path.parent))
