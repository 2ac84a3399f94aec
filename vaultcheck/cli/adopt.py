"""`vaultcheck adopt`: from hand-made hand-overs to a vault."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import click

from vaultcheck.adoption import plan_adoption
from vaultcheck.cli.terms import format_option, print_notices, print_text
from vaultcheck.discovery import MissingPath, find_notebooks
from vaultcheck.file_position import FilePositions, locate_sources
from vaultcheck.finding import Location
from vaultcheck.notebook import Notebook, UnreadableNotebook, read_notebook
from vaultcheck.reporters.adoption import render_adoption, render_adoption_json


@click.command("adopt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@format_option
def adopt_command(paths: tuple[Path, ...], form: str) -> int:
    """List what notebooks hand to each other by files or %store, with the %vault lines to write instead.

    No vault is needed; nothing is executed or written. A file that is only read is raw input, one that is only written
    is an export: both are left alone. Exit code 0: whatever was found; 2: wrong usage.
    """
    notebooks = _read(paths or (Path(),))
    plan = plan_adoption([*notebooks.values()], working_directory=Path.cwd())
    render = render_adoption_json if form == "json" else render_adoption
    print_text(render(plan, _Locator(notebooks).find))
    return 0


def _read(paths: tuple[Path, ...]) -> Mapping[str, Notebook]:
    """Read the notebooks; those that cannot be read are told, and the rest goes on."""
    notebooks: dict[str, Notebook] = {}
    try:
        files = find_notebooks(paths, working_directory=Path.cwd())
    except MissingPath as err:
        raise click.UsageError(str(err)) from err
    for one in files:
        try:
            notebooks[one.path] = read_notebook(one.file, path=one.path)
        except UnreadableNotebook as err:
            print_notices([f"{one.path} {err}"])
    return notebooks


class _Locator:
    """Finds lines in the files of notebooks, each read when it is asked for."""

    def __init__(self, notebooks: Mapping[str, Notebook]) -> None:
        self._notebooks = notebooks
        self._find_positions = cache(self._locate)

    def find(self, where: Location) -> int | None:
        """Return the line of the file of a place."""
        return self._find_positions(where.file).find_line(cell=where.cell or 0, line=where.line or 1)

    def _locate(self, path: str) -> FilePositions:
        return locate_sources(self._notebooks[path].file.read_text(encoding="utf-8", errors="replace"))
