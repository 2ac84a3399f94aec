"""`vaultcheck adopt`: from hand-made hand-overs to a vault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from vaultcheck.adoption import plan_adoption
from vaultcheck.cli.terms import format_option, print_notices, print_text
from vaultcheck.discovery import FoundFile, find_notebooks
from vaultcheck.file_lines import FileLines
from vaultcheck.notebook import Notebook, UnreadableNotebook, read_notebook
from vaultcheck.reporters.adoption import render_adoption, render_adoption_json
from vaultcheck.settings import load_settings


@click.command("adopt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@format_option
def adopt_command(paths: tuple[Path, ...], form: str) -> int:
    """List what notebooks hand to each other by files or %store, with the %vault lines to write instead.

    No vault is needed; nothing is executed or written. A file that is only read is raw input, one that is only written
    is an export: both are left alone. What [tool.vaultcheck] excludes is passed over. Exit code 0: whatever was found;
    2: wrong usage.
    """
    folder = Path.cwd()
    settings = load_settings(folder)
    files = find_notebooks(paths or (Path(),), working_directory=folder, exclude=settings.exclude, root=settings.root)
    plan = plan_adoption([*_read(files)], working_directory=folder)
    render = render_adoption_json if form == "json" else render_adoption
    print_text(render(plan, FileLines(files).find))
    return 0


def _read(files: Iterable[FoundFile]) -> Iterator[Notebook]:
    """Yield the notebooks; those that cannot be read are told, and the rest goes on."""
    for one in files:
        try:
            yield read_notebook(one.file, path=one.path)
        except UnreadableNotebook as err:
            print_notices([f"{one.path} {err}"])
