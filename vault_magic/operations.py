"""Commands carried out: a command, a namespace and an open vault give an outcome; nothing is displayed here."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from vault_magic.archive.archive import Archive, StoredObject
from vault_magic.archive.sidecar import Sidecar
from vault_magic.archive.upkeep import (
    append_log,
    build_import_lines,
    build_producer,
    follow_archive,
    load_manifest,
    save_manifest,
)
from vault_magic.codecs import Encoded, decode, encode
from vault_magic.codecs.schema import schema_digest
from vault_magic.digest import crc32_hex, sha256_hex
from vault_magic.environment import describe_environment
from vault_magic.errors import ArchiveError, AssertionFailed, FormatError, MissingVariable, VaultError
from vault_magic.forms import Verb
from vault_magic.grammar import Algorithm, Command, parse_command
from vault_magic.identity import Identity
from vault_magic.manifest import Manifest
from vault_magic.options import OpenOptions
from vault_magic.record import ArchiveRef, Input, Record, Result
from vault_magic.session import Session
from vault_magic.whereabouts import hide_absolute, relate

_PATIENCE_OF_READERS = 5.0  # seconds for which a writer may hold up the note of an import; the value is there already


@dataclass(frozen=True, slots=True)
class OpenVault:
    """A vault that a notebook has opened, and how."""

    archive: Archive
    options: OpenOptions


@dataclass(frozen=True, slots=True)
class Context:
    """Where a command runs: the session so far, the notebook where it is known, and the clock."""

    session: Session
    notebook: Path | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did; `imported` are the values that the caller binds to their names."""

    command: Command
    record: Record
    imported: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The objects that the session now has from the archive."""
        if self.command.verb is not Verb.IMPORT:
            return ()
        vault = self.record.archive.vault
        return tuple(Input(one.path, vault, one.after) for one in self.record.results if one.after is not None)


@dataclass(frozen=True, slots=True)
class _Task:
    """A command on its way: what was typed, what it means, and everything around it."""

    text: str
    command: Command
    vault: OpenVault
    namespace: Mapping[str, object]
    context: Context
    started: datetime

    @property
    def archive(self) -> Archive:
        return self.vault.archive

    @property
    def notebook(self) -> str | None:
        """The notebook as seen from the archive's folder."""
        known = self.context.notebook
        return (relate(known, folder=self.archive.path.parent) or known.name) if known else None

    @property
    def holder(self) -> str:
        return self.context.notebook.name if self.context.notebook else "a notebook"


def run_command(text: str, *, vault: OpenVault, namespace: Mapping[str, object], context: Context) -> Outcome:
    """Carry out one command; the caller binds what was imported.

    Raises:
        VaultError: it cannot be done; every object is as it was.
    """
    task = _Task(text, parse_command(text), vault, namespace, context, started=context.now())
    try:
        return _ACTIONS[task.command.verb](task)
    except VaultError:
        raise
    except OSError as err:
        raise ArchiveError(f"cannot use {vault.archive.path.name}: {_explain(err)}; every object is as it was") from err


def _store(task: _Task) -> Outcome:
    values = {target.path: _find_variable(task, target.variable or "") for target in task.command.targets}
    encoded = {path: encode(value) for path, value in values.items()}
    identities = {path: _identify(one) for path, one in encoded.items()}
    with task.archive.lock(holder=task.holder):
        manifest = load_manifest(task.archive.path)
        listing = task.archive.list()
        before = listing.objects
        results = tuple(
            Result(target.path, target.variable, before.get(target.path), identities[target.path])
            for target in task.command.targets
        )
        record = _build_record(task, results)
        sidecars = {
            path: Sidecar(
                path, identities[path], _of_one(record, path), one.schema, task.notebook, listing.generation + 1
            )
            for path, one in encoded.items()
        }
        changed = _drop_unchanged(task.archive, sidecars, before)
        if changed:
            task.archive.change(store={path: (encoded[path].data, sidecars[path]) for path in changed})
        warnings = _follow(task, record, manifest=manifest, changed=changed)
    return Outcome(task.command, record, warnings=warnings)


def _import(task: _Task) -> Outcome:
    targets = task.command.targets
    stored = task.archive.read_all(target.path for target in targets)
    values = {target.variable: _decode(stored[target.path]) for target in targets if target.variable}
    found = [(target, stored[target.path].identity) for target in targets]
    record = _build_record(task, tuple(Result(one.path, one.variable, same, same) for one, same in found))
    return Outcome(task.command, record, imported=values, warnings=_note(task, record))


def _decode(stored: StoredObject) -> object:
    return decode(stored.identity.format, stored.data, stored.sidecar.schema if stored.sidecar else None)


def _note(task: _Task, record: Record) -> tuple[str, ...]:
    """Write down what was read; where that cannot be done the reading stands, and the reason is returned."""
    try:
        with task.archive.lock(holder=task.holder, patience=_PATIENCE_OF_READERS):
            append_log(task.archive.path, [record])
            if task.vault.options.manifest:
                manifest = follow_archive(load_manifest(task.archive.path), task.archive)
                lines = build_import_lines(record, notebook=task.notebook)
                save_manifest(task.archive.path, manifest.replace_imports(lines))
    except PermissionError:
        return ()  # a folder that is read-only on purpose is nothing to warn of at every import
    except (OSError, FormatError) as err:
        return (f"this was not noted in the manifest: {_explain(err)}",)
    return ()


def _follow(
    task: _Task, record: Record, *, manifest: Manifest | None, changed: Collection[str] = ()
) -> tuple[str, ...]:
    """Bring manifest and log up to a changed archive; where that fails the change stands, and the reason is returned.

    The next command repairs the manifest.
    """
    try:
        if task.vault.options.manifest:
            save_manifest(task.archive.path, follow_archive(manifest, task.archive, changed=changed))
        append_log(task.archive.path, [record])
    except OSError as err:
        return (f"this was done, but not noted in manifest and log: {_explain(err)}",)
    return ()


def _explain(err: Exception) -> str:
    """Return the reason of an error without the path of a file on this machine."""
    return (isinstance(err, OSError) and err.strerror) or str(err) or type(err).__name__


def _delete(task: _Task) -> Outcome:
    paths = [target.path for target in task.command.targets]
    with task.archive.lock(holder=task.holder):
        manifest = load_manifest(task.archive.path)
        before = task.archive.list().objects
        missing = [path for path in paths if path not in before]
        task.archive.read_all(missing)  # raises, and says what may have been meant
        record = _build_record(task, tuple(Result(path, None, before[path], None) for path in paths))
        task.archive.change(store={}, delete=paths)
        warnings = _follow(task, record, manifest=manifest)
    return Outcome(task.command, record, warnings=warnings)


def _assert(task: _Task) -> Outcome:
    path, expected = task.command.targets[0].path, task.command.expected
    found = task.archive.read(path).identity
    if expected is None or expected.digest not in (found.crc32, found.sha256):
        digest = found.sha256 if expected and expected.algorithm is Algorithm.SHA256 else found.crc32
        raise AssertionFailed(
            f"{path!r} is {digest}, not {expected and expected.digest}; see who stored it: %vault list"
        )
    record = _build_record(task, (Result(path, None, found, found),))
    return Outcome(task.command, record, warnings=_note(task, record))


def _list(task: _Task) -> Outcome:
    prefix = f"{task.command.module}/" if task.command.module else ""
    objects = task.archive.list().objects
    results = tuple(Result(path, None, one, one) for path, one in objects.items() if path.startswith(prefix))
    return Outcome(task.command, _build_record(task, results))


_ACTIONS: Mapping[Verb, Callable[[_Task], Outcome]] = {
    Verb.STORE: _store,
    Verb.IMPORT: _import,
    Verb.DEL: _delete,
    Verb.ASSERT: _assert,
    Verb.LIST: _list,
}


def _find_variable(task: _Task, name: str) -> object:
    if name in task.namespace:
        return task.namespace[name]
    near = difflib.get_close_matches(name, [*task.namespace], n=1)
    advice = f"did you mean {near[0]!r}?" if near else "run the cell that defines it first"
    raise MissingVariable(f"there is no variable {name!r} in this notebook; {advice}")


def _identify(encoded: Encoded) -> Identity:
    return Identity(
        crc32=crc32_hex(encoded.data),
        sha256=sha256_hex(encoded.data),
        format=encoded.format,
        schema=schema_digest(encoded.schema),
        bytes=len(encoded.data),
        unstable=not encoded.stable,
    )


def _drop_unchanged(
    archive: Archive, sidecars: Mapping[str, Sidecar], before: Mapping[str, Identity]
) -> tuple[str, ...]:
    """Return the objects whose bytes or origin differ from what is stored; the others need no write."""
    same = [path for path, one in sidecars.items() if path in before and one.identity == before[path]]
    stored = archive.read_sidecars(same)
    unchanged = {path for path in stored if build_producer(stored[path]).is_same(build_producer(sidecars[path]))}
    return tuple(path for path in sidecars if path not in unchanged)


def _of_one(record: Record, path: str) -> Record:
    """Return the record of a command as far as it concerns one object."""
    return replace(record, results=tuple(one for one in record.results if one.path == path))


def _find_vault(task: _Task, *, storing: bool) -> str | None:
    """Return the id of the vault; the archive of another tool gets one when it is first stored into."""
    archive = task.archive
    return archive.vault or archive.list().vault or (archive.new_id if storing else None)


def _build_record(task: _Task, results: tuple[Result, ...]) -> Record:
    session, storing = task.context.session, task.command.verb is Verb.STORE
    notebook, path = task.context.notebook, task.archive.path
    return Record(
        action=task.command.verb.value,
        command=task.text,
        results=results,
        inputs=session.inputs if storing else (),
        archive=ArchiveRef(
            vault=_find_vault(task, storing=storing),
            path=hide_absolute(task.vault.options.path),
            from_notebook=relate(path, folder=notebook.parent) if notebook else None,
        ),
        notebook=notebook.name if notebook else None,
        started=task.started,
        finished=task.context.now(),
        cell=session.current.cell if session.current else None,
        session=session.id,
        ledger=session.ledger if storing else None,
        environment=describe_environment(task.namespace),
    )
