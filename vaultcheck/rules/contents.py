"""VC203 to VC205: what vaults hold, against what they and the notebooks say of it; no object's bytes are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vaultcheck.finding import Location, Severity, Stake
from vaultcheck.rules.assertions import Breach, find_breach
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.rules.phrases import agree, list_names
from vaultcheck.rules.stories import list_consequences, list_runs, tell_import, tell_last_store, tell_standing
from vaultcheck.snapshot import Snapshot
from vaultcheck.standing import Standing
from vaultcheck.steps import Step
from vaultcheck.workspace import Workspace


class DamagedObject(Rule):
    """An object whose bytes are not those that were stored.

    **What**: the entry in the archive says what was stored by its size and CRC32, and the archive holds other bytes
    under it. Only what the directory of the archive tells is compared; `vaultcheck verify` reads every byte. Of an
    encrypted object only the size is known without its password. Imports of what was stored are told with it.

    **Why**: another tool has replaced the bytes and kept what is said of them, or the file is damaged. The schema and
    the record beside the object are not about what is there.

    **Example**: `zip storage.zip datasets/salaries`, after that file had been edited.

    **How to mend**: restore the archive from a copy, or run the notebook again that stores the object. If the new
    bytes are the right ones, import and store them with `%vault`.
    """

    code = "VC203"
    name = "damaged-object"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each damaged object, at its archive."""
        for vault in workspace.vaults:
            for path in vault.damaged:
                yield _draft_damaged(vault, path, workspace)


def _draft_damaged(vault: Snapshot, path: str, workspace: Workspace) -> Draft:
    standing = next((one for one in workspace.standings if one.vault is vault and one.use.path == path), None)
    maker = _find_maker(standing, vault, path)
    again = f"run {maker} again" if maker else "store it again"
    message = f"'{path}' in {vault.path} is not what its entry says: another tool replaced it, or the file is damaged"
    hint = f"restore {vault.path} from a copy, or {again}"
    where = Location(vault.path)
    if standing is None:
        return Draft(where, message, hint, path, vault=vault.path, stake=Stake.DATA)
    importers = standing.old_imports
    consequences = list_consequences(standing, workspace, importers=importers, are_told=False)
    first = [maker or "", *(one.step.notebook.path for one in importers)]
    return Draft(
        where,
        message,
        hint,
        path,
        vault=vault.path,
        stake=Stake.DATA,
        story=(*tell_standing(replace(standing, maker=None)), *map(tell_import, importers)),  # it did not make these
        runs=list_runs(first, consequences),
        consequences=consequences,
        last_store=tell_last_store(standing),
    )


def _find_maker(standing: Standing | None, vault: Snapshot, path: str) -> str | None:
    """Return the notebook that stored an object last: the last recorded one, or the one that the vault names."""
    return standing.last.notebook.path if standing and standing.last else vault.find_maker(path)


class BrokenAssertion(Rule):
    """An assertion that no longer holds.

    **What**: `%vault assert` names another digest than that of the object that the vault holds now, or an object that
    it does not hold. One between two changes of the object in the same notebook is about what was there between them
    and is not judged.

    **Why**: the author has written down which object the notebook is about, and it is not there; run again, the
    notebook would stop here.

    **Example**: `%vault assert salaries in datasets is 6DE33062`, and `salaries` has been stored anew with another
    seed.

    **How to mend**: restore the object that is expected; or, if the new one is right, write its digest.
    """

    code = "VC204"
    name = "broken-assertion"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each assertion that does not hold, at its command."""
        for step in workspace.steps:
            breach = None if step.notebook.path in workspace.templates else find_breach(step)
            if breach and not _is_between_changes(step, breach.path, workspace):
                yield _draft_broken(step, breach)


def _is_between_changes(step: Step, path: str, workspace: Workspace) -> bool:
    """Tell whether the notebook itself changes an object both above and below an assertion about it."""
    uses = (one for one in workspace.lineage.uses if (one.vault, one.path) == (step.vault.path, path))
    changes = [one for use in uses for one in (*use.stores, *use.deletes) if one.notebook is step.notebook]
    places = [_place(one) for one in changes]
    return any(one < _place(step) for one in places) and any(one > _place(step) for one in places)


def _place(step: Step) -> tuple[int, int]:
    return step.cell.number, step.location.line or 1


def _draft_broken(step: Step, breach: Breach) -> Draft:
    place = step.vault.path
    if breach.present is None:
        message = f"'{breach.path}' is expected to be {breach.expected}, and {place} does not hold it"
        hint = f"store it again, or restore {place}"
    else:
        message = f"'{breach.path}' is expected to be {breach.expected}, and {place} holds {breach.present}"
        hint = f"restore the right one; or, if {breach.present} is right, write that into the assertion"
    return Draft(step.location, message, hint, breach.path, vault=place, stake=Stake.DATA)


class UnencryptedEntry(Rule):
    """Objects that lie in clear in an encrypted vault.

    **What**: the vault is encrypted, by its archive or by its manifest, and objects in the archive are not. Reported
    once for a vault.

    **Why**: whoever has the file can read them, and somebody without the password has put them there: the vault writes
    no such entries, and refuses to import them.

    **Example**: `zip storage.zip datasets/salaries`, where the archive was made with `%open_vault -e NAME`.

    **How to mend**: restore the archive from a copy; or delete the objects with `%vault del`, which also erases their
    bytes from the file, and run again what stores them.
    """

    code = "VC205"
    name = "unencrypted-entry"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield one draft for each vault with such objects, at its archive."""
        for vault in workspace.vaults:
            if paths := vault.unencrypted:
                lie = agree(paths, "lies", "lie")
                message = f"{list_names(paths)} {lie} in {vault.path} unencrypted, and the vault is encrypted"
                them = agree(paths, "it", "them")
                hint = f"restore {vault.path} from a copy, or delete {them} with %vault del and store {them} again"
                where, one = Location(vault.path), paths[0] if len(paths) == 1 else None
                yield Draft(where, message, hint, one, vault=vault.path, stake=Stake.DATA)
