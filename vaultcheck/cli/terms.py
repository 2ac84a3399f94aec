"""What the commands on archives share: their arguments, what they print, and how the system's refusals read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from vault_magic.errors import ArchiveError, VaultError
from vault_magic.options import read_name

_F = TypeVar("_F", bound=Callable[..., object])

FILE = click.Path(path_type=Path)


def _read_variable(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return None if value is None else read_name(parameter.opts[0], value)


def variable_option(command: _F) -> _F:
    """Add the option that names the variable of the password."""
    return click.option(
        "-e",
        "--encryption-variable",
        "variable",
        metavar="NAME",
        callback=_read_variable,
        help="The environment variable that holds the password (default: what [tool.vault_magic] says).",
    )(command)


def archive_argument(command: _F) -> _F:
    """Add the argument that names the archive."""
    return click.argument("archive", type=FILE)(command)


format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="The form of the output."
)


def print_text(text: str) -> None:
    """Print a result; what the encoding of the terminal lacks is escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


def print_notices(notices: Iterable[str]) -> None:
    """Tell what the user has to know beside the result."""
    for notice in notices:
        click.echo(f"vaultcheck: {notice}", err=True)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Say in a line what the system refused to do with a file.

    Raises:
        ArchiveError: it did.
    """
    try:
        yield
    except (VaultError, BrokenPipeError):  # a lock that was waited for in vain is of both kinds
        raise
    except OSError as err:
        raise ArchiveError(f"cannot use {path}: {err.strerror or type(err).__name__}") from err
