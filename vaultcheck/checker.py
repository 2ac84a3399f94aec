"""The check: load, run the rules, leave out what is not to be told, report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vaultcheck.affected import find_affected, select_affected
from vaultcheck.baseline import Baseline, Entry, compare
from vaultcheck.discovery import display_path, find_notebooks
from vaultcheck.file_lines import FileLines
from vaultcheck.finding import Finding, Severity
from vaultcheck.reach import Reach, build_reach, covers
from vaultcheck.remedy import list_commands
from vaultcheck.report import NotebookSummary, Report, VaultSummary
from vaultcheck.rules import RULES
from vaultcheck.rules.silence import StaleBaseline, UnusedSuppression
from vaultcheck.scope import Scope
from vaultcheck.selection import Selection, build_selection, find_codes
from vaultcheck.settings import Settings
from vaultcheck.snapshot import Snapshot
from vaultcheck.stamping import run_rules, stamp
from vaultcheck.suppressions import Suppression, find_needless, find_suppressions, suppress
from vaultcheck.workspace import Watch, Workspace, load_workspace, take_all


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check and what to tell: the settings, the scope where that is not all, and the baseline with its file."""

    settings: Settings = field(default_factory=Settings)
    scope: Scope | None = None
    baseline: Baseline | None = None
    baseline_file: Path | None = None


def check(paths: Iterable[Path], plan: Plan | None = None, *, watch: Watch = take_all) -> Report:
    """Check notebooks and the vaults they work with; nothing is executed, unpickled or written.

    `paths` are notebooks, or folders with notebooks; `watch` is told what is read, to show how far that is.

    Raises:
        MissingPath: a path does not exist.
        UnknownRevision: the scope names a revision that git does not know.
        CommandError: what a project says of its vaults or of the check cannot be read.
    """
    plan, folder, paths = plan or Plan(), Path.cwd(), [*paths]
    selection = build_selection(RULES, plan.settings, folder=folder)
    settings = plan.settings
    files = find_notebooks(
        paths,
        working_directory=folder,
        exclude=settings.exclude,
        root=settings.root,
        is_forced=settings.force_exclude,
    )
    workspace = load_workspace(files, working_directory=folder, settings=settings, watch=watch)
    is_whole = plan.scope is None and covers(paths, settings.root)
    told = _tell(workspace, selection, plan, folder=folder, is_whole=is_whole)
    return Report(
        notebooks=tuple(sorted(_summarise_notebooks(workspace), key=lambda one: one.path)),
        vaults=tuple(_summarise_vault(vault) for vault in workspace.vaults),
        findings=tuple(map(FileLines(files).add, sorted(told.findings, key=lambda finding: finding.sort_key))),
        lineage=workspace.lineage,
        commands=list_commands(workspace, _list_runs(told.findings)),
        suppressed=told.suppressed,
        baselined=told.baselined,
        reach=told.reach,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """The findings that are told, how many are not, and what could have been found."""

    findings: tuple[Finding, ...]
    suppressed: int
    baselined: int
    reach: Reach


def _tell(workspace: Workspace, selection: Selection, plan: Plan, *, folder: Path, is_whole: bool) -> _Told:
    """Run the rules, and leave out what is suppressed, out of scope, or in the baseline."""
    found = selection.apply(run_rules(workspace, selection.rules))
    suppressions = [one for notebook in workspace.notebooks for one in find_suppressions(notebook)]
    left, silenced, unused = suppress(found, suppressions)
    needless = find_needless(unused, suppressions, workspace.by_path)
    left += selection.apply(_find_unused(workspace, selection, needless))
    checked = {*workspace.by_path, *(one.path for one in workspace.unreadable)}
    if plan.scope is not None:
        change = plan.scope.find_change(folder=folder, vaults=workspace.vaults)
        affected = find_affected(workspace, change)
        left, checked = [*select_affected(left, affected, workspace=workspace)], {*affected}
    reach = build_reach(selection.codes, checked, root=plan.settings.root, folder=folder, is_whole=is_whole)
    compared = compare(sorted(left, key=lambda one: one.sort_key), plan.baseline or Baseline(), reach=reach)
    stale = _find_stale(compared.stale, selection, workspace, file=display_path(plan.baseline_file or Path(), folder))
    return _Told((*compared.left, *stale), len(silenced), compared.known, reach)


def _find_stale(
    entries: Sequence[Entry], selection: Selection, workspace: Workspace, *, file: str
) -> Iterator[Finding]:
    """Return the finding of the entries of a baseline that stand for nothing any more."""
    rule = StaleBaseline()
    drafts = [rule.draft(entries, file=file)] if entries and rule.code in selection.codes else []
    return selection.apply(stamp(one, rule, workspace) for one in drafts)


def _find_unused(workspace: Workspace, selection: Selection, unused: Collection[Suppression]) -> Iterator[Finding]:
    """Yield the suppressions of rules that have run and found nothing to suppress, and those of no rule."""
    rule = UnusedSuppression()
    if rule.code not in selection.codes:
        return
    for one in unused:
        codes = find_codes(RULES, one.word or "ALL")
        if not codes or not selection.codes.isdisjoint(codes):
            yield stamp(rule.draft(one, is_known=bool(codes)), rule, workspace)


def _list_runs(findings: Iterable[Finding]) -> Iterator[str]:
    """Return the notebooks that errors and warnings ask to run again."""
    return (path for one in findings if one.severity is not Severity.INFO for path in one.runs)


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
