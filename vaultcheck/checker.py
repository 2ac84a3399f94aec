"""The check: load, run the rules, stamp, sort, report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vaultcheck.discovery import FoundFile, find_notebooks
from vaultcheck.file_position import FilePositions, locate_sources
from vaultcheck.finding import Finding, Location
from vaultcheck.report import NotebookSummary, Report, VaultSummary
from vaultcheck.rules import RULES
from vaultcheck.rules.base import Rule
from vaultcheck.snapshot import Snapshot
from vaultcheck.workspace import Workspace, load_workspace


def check(paths: Iterable[Path], *, vault: Path | None = None) -> Report:
    """Check notebooks and the vaults they work with; nothing is executed, unpickled or written.

    `paths` are notebooks, or folders with notebooks; `vault` says where the archive lies, whatever the notebooks say.

    Raises:
        MissingPath: a path does not exist.
        CommandError: what a project says of its vaults cannot be read.
    """
    working_directory = Path.cwd()
    files = find_notebooks(paths, working_directory=working_directory)
    workspace = load_workspace(files, working_directory=working_directory, vault=vault)
    findings = sorted(run_rules(workspace, RULES), key=lambda finding: finding.sort_key)
    return Report(
        notebooks=tuple(sorted(_summarise_notebooks(workspace), key=lambda one: one.path)),
        vaults=tuple(_summarise_vault(vault) for vault in workspace.vaults),
        findings=tuple(_add_file_lines(findings, files)),
        lineage=workspace.lineage,
    )


def run_rules(workspace: Workspace, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield the findings of some rules, each stamped with what its rule is."""
    for rule in rules:
        for draft in rule.find(workspace):
            yield Finding(
                code=rule.code,
                name=rule.name,
                severity=draft.severity or rule.severity,
                message=draft.message,
                hint=draft.hint,
                location=draft.location,
                object=draft.object,
                vault=draft.vault,
                stake=draft.stake,
                story=draft.story,
                commands=draft.commands,
                consequences=draft.consequences,
            )


def _add_file_lines(findings: Iterable[Finding], files: Iterable[FoundFile]) -> Iterator[Finding]:
    """Add the lines in the files; only files with findings are looked into."""
    by_path = {found.path: found.file for found in files}
    positions: dict[str, FilePositions] = {}
    for finding in findings:
        where = finding.location
        if where.cell is None or where.file not in by_path:
            yield finding
            continue
        if where.file not in positions:
            positions[where.file] = locate_sources(by_path[where.file].read_text(encoding="utf-8", errors="replace"))
        yield replace(finding, location=_add_file_line(where, positions[where.file]))


def _add_file_line(where: Location, positions: FilePositions) -> Location:
    line = positions.find_line(cell=where.cell or 0, line=where.line or 1)
    return replace(where, file_line=line)


def _summarise_notebooks(workspace: Workspace) -> Iterator[NotebookSummary]:
    commands: dict[str, int] = {}
    for step in workspace.steps:
        commands[step.notebook.path] = commands.get(step.notebook.path, 0) + 1
    for notebook in workspace.notebooks:
        evidence = workspace.executions[notebook.path].has_evidence
        yield NotebookSummary(notebook.path, len(notebook.cells), commands.get(notebook.path, 0), has_evidence=evidence)
    yield from (NotebookSummary(one.path, is_readable=False) for one in workspace.unreadable)


def _summarise_vault(vault: Snapshot) -> VaultSummary:
    source = "archive" if vault.has_archive else "manifest" if vault.has_manifest else "missing"
    return VaultSummary(vault.path, source, len(vault.objects))
