"""The overlays of a rerun: what each run reads comes from those before it, and what it writes goes to its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vault_magic.archive.listing import read_listing
from vault_magic.identity import Identity
from vault_magic.overlay import Overlay
from vaultcheck.rerun.plan import ObjectKey, Plan, Run


class Staging:
    """The overlays of a plan in a folder of their own; `archives` are the archives by the paths of the vaults."""

    def __init__(self, folder: Path, plan: Plan, archives: Mapping[str, Path]) -> None:
        self._folder = folder
        self._plan = plan
        self._archives = archives
        self._numbers = {run.name: number for number, run in enumerate(plan.runs)}

    def prepare(self, run: Run) -> Overlay:
        """Write down what a run reads: what all before it were to make comes from their overlays or not at all."""
        before = self._plan.list_before(run)
        masked: dict[Path, set[str]] = {}
        for vault, path in (key for one in before for key in one.makes):
            masked.setdefault(self._archives[vault].resolve(), set()).add(path)
        overlay = Overlay(
            self._locate(run),
            layers=tuple(self._locate(one) for one in before),
            masked={archive: frozenset(paths) for archive, paths in masked.items()},
        )
        overlay.save()
        return overlay

    def list_made(self, run: Run) -> dict[ObjectKey, Identity]:
        """Return the objects that a run has stored."""
        made: dict[ObjectKey, Identity] = {}
        for vault, archive in self._archives.items():
            own = Overlay(self._locate(run)).locate(archive)
            if own.exists():
                made |= {(vault, path): identity for path, identity in read_listing(own).objects.items()}
        return made

    def locate_notebook(self, run: Run) -> Path:
        """Return where the executed copy of a run is kept."""
        return self._locate(run) / run.source.file.name

    def _locate(self, run: Run) -> Path:
        return self._folder / f"{self._numbers[run.name]:04}"
