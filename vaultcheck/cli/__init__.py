"""The command line: options become one library call, its outcome becomes text and an exit code.

A command is imported when it runs: the check needs nothing of what writes archives.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from vault_magic import __version__
from vault_magic.errors import CommandError, PasswordError, VaultError
from vaultcheck.errors import CheckError

FAILED, USAGE, INTERNAL, INTERRUPTED = 1, 2, 3, 130
"""The exit codes beside 0 for "clean" and 1 for findings, which each command returns itself."""

_CHECK = "check"
_COMMANDS = {
    _CHECK: "Check notebooks against what is stored (the default).",
    "graph": "Show which notebooks hand what to whom.",
    "rule": "Explain a rule, or list them all.",
    "show": "List what an archive holds; no password is needed.",
    "diff": "Tell which objects differ between two archives or manifests.",
    "verify": "Prove every byte of an archive.",
    "extract": "Write objects as plain files.",
    "rm": "Delete objects, and erase their bytes.",
    "mv": "Give an object another path.",
    "compact": "Make an archive as small as what it holds.",
    "manifest": "Make the manifest of an archive anew.",
    "rekey": "Change the password of an archive, encrypt it or decrypt it.",
    "merge": "Merge two states of an archive or manifest, object by object.",
    "adopt": "List what notebooks hand over by other means.",
    "init": "Set up git and pre-commit for a project with vaults.",
}


class _Group(click.Group):
    """The commands by name, of which the first may be left out."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return [*_COMMANDS]

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import the command of a name."""
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(f"vaultcheck.cli.{name}"), f"{name}_command")
        return command if isinstance(command, click.Command) else None

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([*_COMMANDS.items()])

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put the default in front of arguments that name no command and are no option of the group itself."""
        own = {"--help", "--version"}
        if not args or (args[0] not in _COMMANDS and args[0] not in own):
            args = [_CHECK, *args]
        return super().parse_args(context, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="vaultcheck")
def cli() -> None:
    """Check that what saved notebooks record still belongs together, and look after the archives.

    `vaultcheck PATHS` is short for `vaultcheck check PATHS`; each command has a help of its own, as in
    `vaultcheck check --help`.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 (clean), 1 (findings), 2 (wrong usage), 3 (our own fault) or 130 (interrupted)."""
    try:
        return int(cli.main(args=None if argv is None else [*argv], standalone_mode=False) or 0)
    except click.ClickException as err:
        return _say(f"{' '.join(err.format_message().split())} (see: vaultcheck --help)", USAGE)
    except (CheckError, CommandError, PasswordError) as err:  # how we were called; what notebooks say is a finding
        return _say(str(err), USAGE)
    except VaultError as err:  # what is in the files
        return _say(str(err), FAILED)
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except Exception:  # the outermost edge: a fault of ours is shown whole, so that it can be reported
        traceback.print_exc()
        return INTERNAL


def _say(text: str, code: int) -> int:
    print(f"vaultcheck: {' '.join(text.splitlines())}", file=sys.stderr)  # noqa: T201
    return code


def run() -> None:
    """Run as a program."""
    sys.exit(main())
