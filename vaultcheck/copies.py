"""Papermill's copies: which notebooks are runs of one and the same, and which of them a newer run has replaced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from vault_magic.forms import Verb
from vaultcheck.notebook import Notebook
from vaultcheck.steps import Step

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def find_sources(notebooks: Iterable[Notebook]) -> Mapping[str, str]:
    """Return, by the path of each copy, the notebook that it is a run of.

    That is the checked notebook of that file name whose folders agree best, for papermill saves the path as it was
    typed, perhaps on another machine. Of one that is not checked the newest copy stands for all.
    """
    checked = tuple(notebooks)
    originals: dict[str, list[str]] = {}
    for one in checked:
        if one.papermill is None:
            originals.setdefault(PurePosixPath(one.path).name, []).append(one.path)
    groups: dict[str, list[Notebook]] = {}
    for one in checked:
        if one.papermill is not None:
            groups.setdefault(_name_source(one.papermill.source, originals), []).append(one)
    names = {name for found in originals.values() for name in found}
    return {
        copy.path: source if source in names else max(copies, key=tell_time).path
        for source, copies in groups.items()
        for copy in copies
    }


def _name_source(source: str, originals: Mapping[str, list[str]]) -> str:
    """Return the checked notebook that a path as typed means, or else that path from where it does not climb.

    Its folders may be more or fewer, as it was typed elsewhere; others than those of a notebook are another one.
    """
    parts = _split(source.replace("\\", "/"))
    named = ((_count_common(parts, _split(path)), path) for path in originals.get(parts[-1] if parts else "", ()))
    agreeing = sorted((one for one in named if one[0] == min(len(parts), len(_split(one[1])))), reverse=True)
    if agreeing and (len(agreeing) == 1 or agreeing[0][0] > agreeing[1][0]):
        return agreeing[0][1]
    return "/".join(parts)


def _split(path: str) -> list[str]:
    return [part for part in PurePosixPath(path).parts if part not in ("..", "/")]


def _count_common(parts: Sequence[str], others: Sequence[str]) -> int:
    """Return how many folders from the end two paths have in common."""
    pairs = zip(reversed(parts), reversed(others), strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(parts), len(others)))


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of a notebook: its parameters as text, when it was, and the objects that it works with."""

    notebook: Notebook
    parameters: str
    time: datetime
    stored: frozenset[tuple[str, str]]


def find_superseded(notebooks: Iterable[Notebook], steps: Mapping[str, Collection[Step]]) -> frozenset[str]:
    """Return the notebooks of whose runs newer ones have taken the place.

    A newer run of the same notebook with the same parameters has, and one with others that stored all that it stored.
    """
    groups: dict[str, list[_Run]] = {}
    for one in notebooks:
        if one.papermill is not None or one.records:
            groups.setdefault(one.name, []).append(_build_run(one, steps[one.path]))
    return frozenset(path for runs in groups.values() if len(runs) > 1 for path in _list_superseded(runs))


def _list_superseded(runs: list[_Run]) -> Iterator[str]:
    newest_first = sorted(runs, key=lambda run: (run.time, run.notebook.path), reverse=True)
    told, stored = set[str](), set[tuple[str, str]]()
    for run in newest_first:
        if run.parameters in told or (run.stored and run.stored <= stored):
            yield run.notebook.path
        told.add(run.parameters)
        stored |= run.stored


def _build_run(notebook: Notebook, steps: Collection[Step]) -> _Run:
    stored = {(step.vault.path, path) for step in steps if step.verb is Verb.STORE for path in step.paths}
    parameters = notebook.papermill.parameters if notebook.papermill else "{}"
    return _Run(notebook, parameters, tell_time(notebook), frozenset(stored))


def tell_time(notebook: Notebook) -> datetime:
    """Return when a notebook ran last, as papermill or else its records tell."""
    told = notebook.papermill.finished if notebook.papermill else None
    return told or max((record.finished for record in notebook.records), default=_LONG_AGO)
