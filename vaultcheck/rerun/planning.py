"""From the workspace to the plan of a rerun."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from vault_magic.forms import Verb
from vaultcheck.copies import tell_time
from vaultcheck.discovery import follow_links
from vaultcheck.errors import CheckError
from vaultcheck.lineage import Use
from vaultcheck.notebook import Notebook
from vaultcheck.rerun.plan import LeftOut, Need, ObjectKey, Plan, Run
from vaultcheck.workspace import Workspace


class NoOrder(CheckError):
    """Notebooks that cannot be run one after the other: they need each other, or make the same object."""


def build_plan(workspace: Workspace) -> Plan:
    """Return what has to be run to make all objects of the notebooks again, and in which order.

    Raises:
        NoOrder: notebooks need each other, or several make the same object and none of them takes it from another.
    """
    for cycle in workspace.lineage.find_cycles():
        chain = " → ".join((*cycle, cycle[0]))
        raise NoOrder(f"these notebooks need each other: {chain}; move what both need into a notebook of its own")
    for use in workspace.lineage.uses:
        _refuse_rivals(use)
    left_out = [*_list_left_out(workspace)]
    gone = {one.path for one in left_out}
    kept = [one for one in workspace.notebooks if one.path not in gone]
    makers = {(use.vault, use.path): _list_makers(workspace, use) for use in workspace.lineage.uses}
    runs = {one.path: _build_run(workspace, one, makers) for one in kept}
    needs = _find_needs(workspace, runs, makers)
    complete = [replace(run, needs=tuple(needs[name])) for name, run in runs.items()]
    return Plan(tuple(_sort(complete)), tuple(sorted(left_out)))


def _refuse_rivals(use: Use) -> None:
    """Refuse an object that several notebooks make without taking it from each other."""
    makers = [one for one in use.producers if one not in use.consumers]
    if len(makers) > 1:
        shown = " and ".join(makers)
        raise NoOrder(f"{use.path!r} is stored by {shown}; store under different names, or leave one of them out")


def _list_left_out(workspace: Workspace) -> Iterator[LeftOut]:
    """Yield the notebooks that are not run, each with the first reason that holds."""
    with_commands = {step.notebook.path for step in workspace.steps}
    for one in workspace.notebooks:
        if not any(cell.is_code for cell in one.cells) and any(cell.source.strip() for cell in one.cells):
            yield LeftOut(one.path, "it holds no cells of Python")
        elif one.path in workspace.superseded:
            yield LeftOut(one.path, "a newer run of the same notebook has taken its place")
        elif one.papermill is None and one.path in workspace.templates:
            yield LeftOut(one.path, "its runs with parameters stand for it")
        elif one.path not in with_commands:
            yield LeftOut(one.path, "it has no commands of a vault")
    yield from (LeftOut(one.path, f"it {one.reason}") for one in workspace.unreadable)


_Makers = Mapping[ObjectKey, tuple[str, ...]]
"""The paths of the notebooks that make each object."""


def _list_makers(workspace: Workspace, use: Use) -> tuple[str, ...]:
    """Return the notebooks that store an object; where none does any more, those that the records and manifest tell.

    What is no longer stored is to be missed, and not to be taken from before.
    """
    stores = use.stores or tuple(one for one in use.changes if one.record and one.record.action == Verb.STORE.value)
    told = workspace.get_vault(use.vault).find_maker(use.path)
    recorded = [told] if told is not None and told in workspace.by_path and not stores else []
    return tuple(dict.fromkeys([*(one.notebook.path for one in stores), *recorded]))


def _build_run(workspace: Workspace, saved: Notebook, makers: _Makers) -> Run:
    original = workspace.by_path.get(saved.source or saved.path, saved)
    parameters = json.loads(saved.papermill.parameters) if saved.papermill else {}
    makes = tuple(key for key, notebooks in makers.items() if saved.path in notebooks)
    return Run(saved, original, parameters, makes=makes, seconds=_measure(saved))


def _measure(notebook: Notebook) -> float | None:
    """Return for how long the last session of a notebook ran, as far as its records tell."""
    last = max(notebook.records, key=lambda one: one.finished, default=None)
    if last is None:
        return None
    first = min(one.started for one in notebook.records if one.session == last.session)
    return (last.finished - first).total_seconds()


def _find_needs(workspace: Workspace, runs: Mapping[str, Run], makers: _Makers) -> dict[str, list[Need]]:
    """Return what each run needs: its inputs from their makers, and what the settings name."""
    needs: dict[str, dict[Need, None]] = {name: {} for name in runs}
    for use in workspace.lineage.uses:
        key = (use.vault, use.path)
        found = [runs[path] for path in makers[key] if path in runs]
        takers = {edge.consumer for edge in use.edges} if use.stores else {*use.consumers}
        for step in use.imports:
            taker = step.notebook
            if taker.path in runs and taker.name in takers:
                others = (one for one in found if one.saved.name != taker.name)
                needs[taker.path] |= dict.fromkeys(Need(one.name, key) for one in others)
    files = {follow_links(run.source.file): name for name, run in runs.items()}
    for name, run in runs.items():
        wanted = workspace.depends_on.get(run.source.path, ())
        for needed in (files[file] for file in wanted if file in files and files[file] != name):
            needs[name].setdefault(Need(needed))
    return {name: sorted(found, key=_sort_key) for name, found in needs.items()}


def _sort_key(need: Need) -> tuple[str, ObjectKey]:
    return need.run, need.object or ("", "")


def _sort(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield runs behind what they need, else by the notebook, and of one notebook in the order in which they ran.

    Raises:
        NoOrder: they need each other.
    """
    by_name = {run.name: run for run in runs}
    waiting = {run.name: {need.run for need in run.needs} for run in runs}
    takers: dict[str, list[str]] = {}
    for name, before in waiting.items():
        for one in before:
            takers.setdefault(one, []).append(name)
    ready = [(*_rank(by_name[name]), name) for name, before in waiting.items() if not before]
    heapq.heapify(ready)
    while ready:
        name = heapq.heappop(ready)[-1]
        del waiting[name]
        yield by_name[name]
        for taker in takers.get(name, ()):
            waiting[taker].remove(name)
            if not waiting[taker]:
                heapq.heappush(ready, (*_rank(by_name[taker]), taker))
    if waiting:
        raise NoOrder(f"these notebooks need each other: {', '.join(sorted(waiting))}; see depends-on in the settings")


def _rank(run: Run) -> tuple[str, datetime]:
    return run.saved.name, tell_time(run.saved)
