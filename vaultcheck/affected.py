"""The notebooks that a change concerns: those changed, those that run what was, and all that take objects from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vault_magic.manifest import SUFFIX
from vaultcheck.discovery import follow_links
from vaultcheck.finding import Finding
from vaultcheck.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed: files, as they lie, and stored objects, each by the path of its vault and its own."""

    files: frozenset[Path] = frozenset()
    objects: frozenset[tuple[str, str]] = frozenset()


def find_affected(workspace: Workspace, change: Change) -> frozenset[str]:
    """Return the paths of the notebooks that a change concerns, directly or through objects handed on."""
    names = {*_list_changed(workspace, change)}
    consumers: dict[str, set[str]] = {}
    for edge in workspace.lineage.edges:
        consumers.setdefault(edge.producer, set()).add(edge.consumer)
    for producer, consumer in _list_declared(workspace):
        consumers.setdefault(producer, set()).add(consumer)
    waiting = [*names]
    while waiting:
        fresh = consumers.get(waiting.pop(), set()) - names
        names |= fresh
        waiting += fresh
    paths = {one.path for one in workspace.notebooks if one.name in names}
    return frozenset(paths | {one.path for one in workspace.unreadable if follow_links(one.file) in change.files})


def _list_changed(workspace: Workspace, change: Change) -> Iterator[str]:
    """Yield the names of the notebooks that were changed, run or import what was, or use an object that was."""
    for one in workspace.notebooks:
        included = (include.file for include in workspace.includes.get(one.path, ()))
        if follow_links(one.file) in change.files or any(follow_links(file) in change.files for file in included):
            yield one.name
    for path, files in workspace.depends_on.items():
        if path in workspace.by_path and not change.files.isdisjoint(files):
            yield workspace.by_path[path].name
    for use in workspace.lineage.uses:
        if (use.vault, use.path) in change.objects:
            yield from (*use.producers, *use.consumers)


def _list_declared(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Yield the notebooks that others need by the settings, each with the one that does."""
    names = {follow_links(one.file): one.name for one in workspace.notebooks} if workspace.depends_on else {}
    for path, files in workspace.depends_on.items():
        if path in workspace.by_path:
            yield from ((names[file], workspace.by_path[path].name) for file in files if file in names)


def select_affected(
    findings: Iterable[Finding], affected: Collection[str], *, workspace: Workspace
) -> Iterator[Finding]:
    """Yield the findings at some notebooks or with consequences there, and those at files of their vaults."""
    own = set(affected)
    vaults = {step.vault.path for step in workspace.steps if step.notebook.path in own}
    for one in findings:
        places = {one.location.file, *(follows.location.file for follows in one.consequences)}
        if not own.isdisjoint(places) or _is_about_vault(one, vaults, workspace):
            yield one


def _is_about_vault(finding: Finding, vaults: Collection[str], workspace: Workspace) -> bool:
    """Tell whether a finding is located at an archive or a manifest, of one of some vaults."""
    file = finding.location.file
    is_notebook = file in workspace.by_path or any(one.path == file for one in workspace.unreadable)
    return not is_notebook and any(file in (vault, f"{vault}{SUFFIX}") for vault in vaults)
