"""`vaultcheck graph`: who hands what to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from vaultcheck.checker import Plan, check
from vaultcheck.cli.terminal import Progress
from vaultcheck.cli.terms import print_text
from vaultcheck.lineage import Lineage
from vaultcheck.reporters.lineage_graph import render_dot, render_graph_json, render_mermaid, render_tree
from vaultcheck.settings import load_settings

_FORMATS: Mapping[str, Callable[[Lineage], str]] = {
    "text": render_tree,
    "mermaid": render_mermaid,
    "dot": render_dot,
    "json": render_graph_json,
}


@click.command("graph")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice([*_FORMATS]), default="text", help="The form of the graph.")
def graph_command(paths: tuple[Path, ...], form: str) -> int:
    """Show which notebooks store and import which objects, by their commands; nothing is executed."""
    plan = Plan(load_settings(Path.cwd()))
    report = check(paths or (Path(),), plan, watch=Progress().follow)
    print_text(_FORMATS[form](report.lineage))
    return 0
