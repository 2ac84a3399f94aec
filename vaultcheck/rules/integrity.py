"""VC2xx: the stored objects against the records."""

from __future__ import annotations

from collections.abc import Iterator

from vault_magic.identity import Match
from vaultcheck.finding import Severity
from vaultcheck.lineage import Use
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.snapshot import Snapshot
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace


class MissingObject(Rule):
    """An object that was stored, was not deleted, and is not there.

    **What**: the last record about the object is a store, and the vault does not hold it.

    **Why**: whoever imports it will fail, and the only copy may be gone.

    **Example**: `storage.zip` was replaced by an older copy.

    **How to mend**: run the notebook that stores it again, or restore the archive from a copy.
    """

    code = "VC201"
    name = "missing-object"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each missing object, at its last recorded store."""
        for use in workspace.lineage.uses:
            vault = workspace.get_vault(use.vault)
            last = find_last_change(use)
            if last is not None and last.recorded(use.path) and vault.is_known and use.path not in vault.objects:
                message = f"'{use.path}' was stored here, but {vault.path} does not hold it any more"
                yield Draft(
                    last.location, message, f"run {last.notebook.path} again, or restore {vault.path}", use.path
                )


class NotLastRecorded(Rule):
    """An object that is not the one last recorded.

    **What**: the vault holds the object with other digests than those of its last recorded store.

    **Why**: something stored it without leaving a trace in a saved notebook: a notebook that was run and not saved, a
    script, another tool. What the notebook shows is not how the stored object came to be.

    **Example**: the cells were run again after the last save, and the browser was closed without saving.

    **How to mend**: run the notebook again and save it.
    """

    code = "VC202"
    name = "not-last-recorded"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each object, at its last recorded store."""
        for use in workspace.lineage.uses:
            vault, last = workspace.get_vault(use.vault), find_last_change(use)
            recorded = last.recorded(use.path) if last else None
            present = vault.objects.get(use.path)
            maker = vault.find_maker(use.path)
            if _is_elsewhere(maker, vault, workspace) or any(step.is_silent for step in use.stores):
                continue
            if last and recorded and present and recorded.compare(present) is Match.DIFFERENT:
                by = f", stored by {maker}" if maker else ""
                message = (
                    f"'{use.path}' was stored here as {recorded.crc32}, but {vault.path} holds {present.crc32}{by}"
                )
                yield Draft(last.location, message, f"run {last.notebook.path} again and save it", use.path)


def _is_elsewhere(maker: str | None, vault: Snapshot, workspace: Workspace) -> bool:
    """Tell whether another notebook stored the object last, which is there and only not among those checked."""
    return maker in vault.makers and all(notebook.path != maker for notebook in workspace.notebooks)


def find_last_change(use: Use) -> Step | None:
    """Return the last recorded store or delete of an object; of one by a command edited since, that is told already."""
    changes = [(step.record.finished, step) for step in use.changes if step.record]
    last = max(changes, key=lambda change: change[0], default=(None, None))[1]
    return None if last is None or last.differs else last
