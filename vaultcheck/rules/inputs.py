"""VC0xx: notebooks, records, archives and manifests that cannot be read or do not agree."""

from __future__ import annotations

from collections.abc import Iterator

from vaultcheck.finding import Location, Severity, Stake
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.workspace import Workspace


class UnreadableNotebook(Rule):
    """A file named like a notebook that cannot be read as one.

    **What**: the file is not JSON, holds an unresolved merge, is not UTF-8, or is no notebook of any format.

    **Why**: nothing in it can be checked, and Jupyter will not open it either.

    **Example**: `<<<<<<< HEAD` in the middle of the file after a merge.

    **How to mend**: resolve the merge (nbdime helps), or restore the file from version control.
    """

    code = "VC001"
    name = "unreadable-notebook"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each unreadable file."""
        for one in workspace.unreadable:
            reason, _, hint = one.reason.partition("; ")
            yield Draft(Location(one.path), f"the notebook {reason}", hint or "restore it from a copy")


class UnreadableRecord(Rule):
    """A record or mark in a cell's output that cannot be read.

    **What**: the metadata of an output says that it is a record, but of a newer version, or with fields missing or of
    the wrong type.

    **Why**: what the cell did cannot be compared with what is stored.

    **Example**: `"schema_version": 99` in `output.metadata.vault`.

    **How to mend**: upgrade vaultcheck for a newer version; run the cell again where the metadata were edited.
    """

    code = "VC002"
    name = "unreadable-record"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each record that cannot be read."""
        for notebook in workspace.notebooks:
            for cell in notebook.cells:
                for fault in cell.faults:
                    where = Location(notebook.path, cell=cell.number, cell_id=cell.id)
                    yield Draft(where, fault, "run the cell again, or upgrade vaultcheck")


class MissingVault(Rule):
    """A vault that notebooks have worked with, of which neither the archive nor the manifest is there.

    **What**: records name an archive, and neither it nor its manifest lies where they say.

    **Why**: there is nothing to compare the records with.

    **Example**: `data/storage.zip` is not committed, and `data/storage.zip.manifest.json` was forgotten.

    **How to mend**: commit the manifest, or name the archive with `--vault PATH`.
    """

    code = "VC003"
    name = "missing-vault"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each missing vault, at the first command that used it."""
        for vault in workspace.vaults:
            recorded = [step for step in workspace.steps if step.vault is vault and step.record]
            if recorded and not vault.is_known and not vault.faults:
                what = "1 record" if len(recorded) == 1 else f"{len(recorded)} records"
                message = f"neither {vault.path} nor its manifest is there, so {what} cannot be compared"
                yield Draft(
                    recorded[0].location, message, "commit the manifest, or say where the archive is: --vault PATH"
                )


class DamagedVault(Rule):
    """An archive or a manifest that is there but cannot be read.

    **What**: the archive is not a readable ZIP, the manifest is not valid, or a newer version wrote either. An archive
    whose last write is not finished is a warning: what was stored before is read.

    **Why**: the stored objects may be lost; at least they cannot be compared with the records.

    **Example**: an archive cut short by an interrupted copy; a manifest with an unresolved merge.

    **How to mend**: restore the file from a copy; run the command again whose write was not finished. A manifest may
    be deleted: the next command makes it again, but what other notebooks had imported is then known from their own
    records only.
    """

    code = "VC004"
    name = "damaged-vault"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each file that cannot be read."""
        for vault in workspace.vaults:
            for path, fault in vault.faults.items():
                yield Draft(Location(path), fault, "restore the file from a copy", vault=vault.path, stake=Stake.DATA)
            if vault.torn:
                yield Draft(
                    Location(vault.path),
                    f"{vault.path} ends in {vault.torn:,} bytes of a write that is not finished",
                    "unless it is going on just now, run the notebook again that was storing, or copy the file again",
                    severity=Severity.WARNING,
                )


class ManifestBehind(Rule):
    """An archive and a manifest that do not say the same of an object.

    **What**: an object is in only one of the two, or with different digests.

    **Why**: whoever has only the manifest (a colleague, a CI job) checks against something that is not stored.

    **Example**: the archive was copied from another machine, the manifest was not.

    **How to mend**: commit both from the same state; any `%vault store` or `%vault import` brings the manifest up to
    the archive.
    """

    code = "VC005"
    name = "manifest-behind"
    severity = Severity.WARNING

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each vault whose two files disagree."""
        for vault in workspace.vaults:
            if vault.disagreements:
                named = ", ".join(f"'{path}'" for path in vault.disagreements[:3])
                rest = f" and {len(vault.disagreements) - 3} more" if len(vault.disagreements) > 3 else ""
                message = f"the manifest does not say what {vault.path} holds of {named}{rest}"
                hint = "import or store anything with %vault to bring the manifest up to the archive"
                yield Draft(Location(f"{vault.path}.manifest.json"), message, hint)


class NoEvidence(Rule):
    """A notebook that works with a vault and cannot be judged.

    **What**: the notebook has commands, and neither it nor a manifest holds a record of what ran. Told only with
    `--require-evidence`.

    **Why**: that nothing was found in it says nothing.

    **Example**: a notebook whose outputs were stripped, beside an archive whose manifest is not committed.

    **How to mend**: run it and save it; commit the manifest.
    """

    code = "VC006"
    name = "no-evidence"
    severity = Severity.ERROR
    is_on_demand = True
    is_mended_by_run = True

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each notebook with commands and without evidence, of which no run is checked."""
        first = {step.notebook.path: step for step in reversed(workspace.steps)}
        for path, step in sorted(first.items()):
            if not workspace.executions[path].has_evidence and path not in workspace.templates:
                yield Draft(step.location, "nothing tells whether and how this notebook has run", "run it and save it")
