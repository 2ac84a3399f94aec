"""The command line: options become one library call, its outcome becomes text and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import click

from vault_magic import __version__
from vault_magic.errors import CommandError
from vaultcheck.cli.check import check_command

USAGE, INTERNAL, INTERRUPTED = 2, 3, 130
"""The exit codes beside 0 for "clean" and 1 for findings, which each command returns itself."""


class _DefaultGroup(click.Group):
    """A group whose first argument may be left out when it is `check`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put `check` in front of arguments that name no command and are no option of the group itself."""
        own = {"--help", "--version"}
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["check", *args]
        return super().parse_args(context, args)


@click.group(cls=_DefaultGroup, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="vaultcheck")
def cli() -> None:
    """Check that what saved notebooks record still belongs together.

    `vaultcheck PATHS` is short for `vaultcheck check PATHS`, whose options are shown by `vaultcheck check --help`.
    """


cli.add_command(check_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 (clean), 1 (findings), 2 (wrong usage), 3 (our own fault) or 130 (interrupted)."""
    try:
        return int(cli.main(args=None if argv is None else [*argv], standalone_mode=False) or 0)
    except click.ClickException as err:
        print(f"vaultcheck: {' '.join(err.format_message().split())} (see: vaultcheck --help)", file=sys.stderr)  # noqa: T201
        return USAGE
    except CommandError as err:  # what a notebook says becomes a finding: this is the project's configuration
        print(f"vaultcheck: {err}", file=sys.stderr)  # noqa: T201
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except Exception:  # the outermost edge: a fault of ours is shown whole, so that it can be reported
        traceback.print_exc()
        return INTERNAL


def run() -> None:
    """Run as a program."""
    sys.exit(main())
