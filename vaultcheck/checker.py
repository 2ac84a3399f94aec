"""The check: load, run the rules, stamp, sort, report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from vaultcheck.affected import find_affected, select_affected
from vaultcheck.discovery import FoundFile, find_notebooks
from vaultcheck.file_position import FilePositions, locate_sources
from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.remedy import list_commands
from vaultcheck.report import NotebookSummary, Report, VaultSummary
from vaultcheck.rules import RULES
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.scope import Scope
from vaultcheck.snapshot import Snapshot
from vaultcheck.workspace import Watch, Workspace, load_workspace, take_all

_ANCHOR = 12
"""Hexadecimal digits of a digest by which a cell is known."""


def check(
    paths: Iterable[Path], *, vault: Path | None = None, scope: Scope | None = None, watch: Watch = take_all
) -> Report:
    """Check notebooks and the vaults they work with; nothing is executed, unpickled or written.

    `paths` are notebooks, or folders with notebooks; `vault` says where the archive lies, whatever the notebooks say.
    `scope` is what to report where that is not all; `watch` is told what is read, to show how far that is.

    Raises:
        MissingPath: a path does not exist.
        UnknownRevision: the scope names a revision that git does not know.
        CommandError: what a project says of its vaults cannot be read.
    """
    working_directory = Path.cwd()
    files = find_notebooks(paths, working_directory=working_directory)
    workspace = load_workspace(files, working_directory=working_directory, vault=vault, watch=watch)
    findings = sorted(run_rules(workspace, RULES), key=lambda finding: finding.sort_key)
    if scope is not None:
        change = scope.find_change(folder=working_directory, vaults=workspace.vaults)
        findings = [*select_affected(findings, find_affected(workspace, change), workspace=workspace)]
    return Report(
        notebooks=tuple(sorted(_summarise_notebooks(workspace), key=lambda one: one.path)),
        vaults=tuple(_summarise_vault(vault) for vault in workspace.vaults),
        findings=tuple(map(_FileLines(files).add, findings)),
        lineage=workspace.lineage,
        commands=list_commands(workspace, _list_runs(findings)),
    )


def run_rules(workspace: Workspace, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield the findings of some rules, each stamped with what its rule is."""
    for rule in rules:
        for draft in rule.find(workspace):
            yield _stamp(draft, rule, workspace)


def _stamp(draft: Draft, rule: Rule, workspace: Workspace) -> Finding:
    runs = draft.runs or ((draft.location.file,) if rule.is_mended_by_run else ())
    return Finding(
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
        commands=list_commands(workspace, runs),
        consequences=draft.consequences,
        last_store=draft.last_store,
        anchor=_find_anchor(draft.location, workspace),
        runs=runs,
    )


def _list_runs(findings: Iterable[Finding]) -> Iterator[str]:
    """Return the notebooks that errors and warnings ask to run again."""
    return (path for one in findings if one.severity is not Severity.INFO for path in one.runs)


def _find_anchor(where: Location, workspace: Workspace) -> str | None:
    """Return what the cell of a finding is known by wherever it stands: the beginning of its text's digest."""
    notebook = workspace.by_path.get(where.file)
    if notebook is None or where.cell is None:
        return None
    return notebook.cells[where.cell - 1].source_digest[:_ANCHOR]


class _FileLines:
    """The lines in the files; only files with findings are looked into."""

    def __init__(self, files: Iterable[FoundFile]) -> None:
        self._files = {found.path: found.file for found in files}
        self._find_positions = cache(self._locate)

    def add(self, finding: Finding) -> Finding:
        """Return a finding with the lines of its place and of what follows from it."""
        consequences = tuple(replace(one, location=self._add(one.location)) for one in finding.consequences)
        return replace(finding, location=self._add(finding.location), consequences=consequences)

    def _add(self, where: Location) -> Location:
        if where.cell is None or where.file not in self._files:
            return where
        return replace(
            where, file_line=self._find_positions(where.file).find_line(cell=where.cell, line=where.line or 1)
        )

    def _locate(self, path: str) -> FilePositions:
        return locate_sources(self._files[path].read_text(encoding="utf-8", errors="replace"))


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
