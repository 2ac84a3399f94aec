"""`vaultcheck init`: a project made ready."""

from __future__ import annotations

from pathlib import Path

import click

from vault_magic.errors import ArchiveError
from vaultcheck.cli.terms import FILE, explaining, print_notices, print_text
from vaultcheck.setting_up import Outcome, SetUp, set_up


@click.command("init")
@click.argument("folder", type=FILE, default=Path())
def init_command(folder: Path) -> int:
    """Set up git and pre-commit for a project with vaults, as far as its files tell what is needed.

    Writes .gitattributes (archives are shown and merged object by object), .gitignore (what lies beside archives, and
    archives that are not tracked), the hook in .pre-commit-config.yaml, and the settings of this clone that git needs
    for them. Only adds lines, and says what it wrote; done again it changes nothing.
    """
    if not folder.is_dir():
        raise click.UsageError(f"{folder} is not a folder; name that of the project")
    with explaining(folder):
        try:
            done = set_up(folder)
        except UnicodeDecodeError as err:
            raise ArchiveError("a file to be added to is not UTF-8; save it as such") from err
    print_text("".join(f"{line}\n" for line in _render(done)))
    print_notices(_advise(done))
    return 0


def _render(done: SetUp) -> list[str]:
    lines = [f"vault: {one}{' (tracked)' if one in done.tracked else ''}" for one in done.archives]
    for step in done.steps:
        lines.append(f"{step.what}: {step.outcome.value}")
        lines += [f"    {line}" for line in step.lines]
    return lines


def _advise(done: SetUp) -> list[str]:
    notices = []
    if not done.archives:
        notices.append("no vault was found here; run this again when there is one")
    if not done.has_git:
        notices.append("this is no git repository, or git is not installed: nothing was written for git")
    elif any(step.outcome is Outcome.WRITTEN for step in done.steps):
        notices.append("commit these files; whoever clones the repository runs `vaultcheck init` once")
    return notices
