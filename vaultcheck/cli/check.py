"""`vaultcheck check`: the default command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from vault_magic.manifest import SUFFIX
from vaultcheck.baseline import Baseline
from vaultcheck.checker import Plan, check
from vaultcheck.cli.baseline_file import DEFAULT, load_baseline, save_baseline
from vaultcheck.cli.check_options import CheckOptions, check_options
from vaultcheck.cli.outputs import write_output
from vaultcheck.cli.terminal import Progress, choose_style
from vaultcheck.cli.terms import print_notices, print_text
from vaultcheck.report import Report
from vaultcheck.reporters import REPORTERS
from vaultcheck.reporters.text import render_text
from vaultcheck.scope import Scope, find_projects
from vaultcheck.settings import RuleChoice, Settings, load_settings


@click.command("check")
@check_options
def check_command(**values: Any) -> int:
    """Check notebooks, or all notebooks below folders (this one if none is named).

    Nothing is executed, unpickled or written. Exit code 0: clean; 1: findings; 2: wrong usage; 3: internal error.
    Settings stand in [tool.vaultcheck] of pyproject.toml; what is said here goes before.
    """
    options = CheckOptions(**values)
    settings = _choose_settings(options)
    if settings.vault is not None and not _is_vault(settings.vault):
        who = "--vault" if options.vault else "vault in [tool.vaultcheck]:"
        raise click.UsageError(f"{who} {settings.vault}: neither the archive nor its manifest is there")
    if options.write_baseline:
        return _write_baseline(options, settings)
    baseline = load_baseline(settings.baseline) if settings.baseline else None
    report = _check(options, settings, baseline)
    print_text(_render(report, options))
    for output in options.outputs:
        write_output(report, output)
    return int(report.fails(at=settings.fail_on))


def _choose_settings(options: CheckOptions) -> Settings:
    """Return the settings of the project, changed by what was typed."""
    found = load_settings(Path.cwd(), file=options.config)
    return found.change(
        typed=RuleChoice(options.select or None, options.extend_select, options.ignore),
        exclude=(*found.exclude, *options.exclude),
        force_exclude=options.force_exclude or None,
        fail_on=options.fail_on,
        require_evidence=options.require_evidence or None,
        vault=options.vault,
        baseline=options.baseline,
        encryption_variable=options.encryption_variable,
        show_values=options.show_values or None,
    )


def _check(options: CheckOptions, settings: Settings, baseline: Baseline | None) -> Report:
    paths, scope = options.paths or (Path(),), Scope(since=options.since) if options.since else None
    if options.lineage and options.since:
        raise click.UsageError("--lineage reports what concerns the files named, --since what has changed: choose")
    if options.lineage:
        paths, scope = find_projects(options.paths), Scope.of(options.paths)
    with _without_collector():
        return check(paths, Plan(settings, scope, baseline, settings.baseline), watch=Progress().follow)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no circles of objects: a check makes many objects and no circles, and looking takes a quarter of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what the check has made is never looked through, at the end of the program neither
        if was_enabled:
            gc.enable()


def _write_baseline(options: CheckOptions, settings: Settings) -> int:
    """Write all that is found into the baseline, in place of what it held of that; reasons are kept."""
    file = settings.baseline or DEFAULT
    report = _check(options, settings, None)
    save_baseline(file, report)
    count = len(report.findings)
    print_notices([f"wrote {count} finding{'' if count == 1 else 's'} into {file}; each entry has room for a reason"])
    if settings.baseline is None:
        print_notices([f'to have it read: --baseline {file}, or baseline = "{file}" in [tool.vaultcheck]'])
    return 0


def _render(report: Report, options: CheckOptions) -> str:
    if options.report_format != "text":
        return REPORTERS[options.report_format](report)
    style = choose_style(sys.stdout, os.environ, folder=Path.cwd())
    return render_text(report, style, is_quiet=options.quiet)


def _is_vault(archive: Path) -> bool:
    return archive.is_file() or Path(f"{archive}{SUFFIX}").is_file()
