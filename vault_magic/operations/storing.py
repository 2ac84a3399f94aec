"""`%vault store`: values become bytes, and the objects of one command appear together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vault_magic.archive.archive import Archive
from vault_magic.archive.sidecar import Sidecar, build_producer
from vault_magic.archive.upkeep import load_manifest
from vault_magic.codecs import CUSTOM, Encoded, decode, encode
from vault_magic.codecs.schema import schema_digest
from vault_magic.digest import crc32_hex, sha256_hex
from vault_magic.functions import Function, write_with
from vault_magic.identity import Identity, Match
from vault_magic.memory import is_optimised_from
from vault_magic.operations.noting import note_change
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Task
from vault_magic.options import FrameFormat
from vault_magic.record import Record, Result
from vault_magic.session import Binding


def store(task: Task) -> Outcome:
    """Store the variables of a command."""
    function, targets = task.find_function(), task.command.targets
    values = {target.path: task.find_value(target.path, target.variable) for target in targets}
    encoded = {path: encode_value(task, value, function, path=path) for path, value in values.items()}
    with task.archive.lock(holder=task.holder):
        manifest = load_manifest(task.archive.path)
        listing = task.archive.list()
        encoded |= _keep_equal(task, encoded, values, listing.objects)
        identities = {path: identify(one, key=task.archive.digest_key) for path, one in encoded.items()}
        results = tuple(
            Result(one.path, one.variable, listing.objects.get(one.path), identities[one.path]) for one in targets
        )
        record = task.build_record(results)
        sidecars = {
            path: Sidecar(
                path, identities[path], _of_one(record, path), one.schema, task.notebook, listing.generation + 1
            )
            for path, one in encoded.items()
        }
        changed = _drop_unchanged(task.archive, sidecars, listing.objects)
        notices: tuple[str, ...] = ()
        if changed:
            notices = task.archive.change(store={path: (encoded[path].data, sidecars[path]) for path in changed})
        warnings = notices + note_change(task, record, manifest=manifest, changed=changed)
    return Outcome(task.command, record, bindings=_bind(task, record), warnings=warnings)


def encode_value(task: Task, value: object, function: Function | None, *, path: str) -> Encoded:
    """Return the bytes of a value; those of a user's function count as stable where they are text."""
    if function is None:
        return encode(value, frame_format=task.options.frame_format)
    data = write_with(function, value, path=path, private=task.is_private, name=task.command.function)
    return Encoded(CUSTOM, data, schema=None, stable=_is_text(data))


def identify(encoded: Encoded, *, key: bytes | None) -> Identity:
    """Return the identity of encoded bytes, in a vault whose digests are keyed or not."""
    schema = schema_digest(encoded.schema)
    return Identity(
        crc32=crc32_hex(encoded.data, key=key),
        sha256=sha256_hex(encoded.data, key=key),
        format=encoded.format,
        schema=sha256_hex(schema.encode(), key=key) if schema and key else schema,
        bytes=len(encoded.data),
        unstable=not encoded.stable,
    )


def is_same_value(task: Task, value: object, path: str, found: Identity, stored: Identity) -> bool:
    """Tell whether a value is what is stored; a frame whose memory was optimised on import still is."""
    if found.compare(stored) is Match.SAME:
        return True
    # The same text has one digest, whatever the types; Parquet holds them.
    is_text = stored.format != FrameFormat.PARQUET.value
    if found.format != stored.format or (is_text and found.sha256 != stored.sha256) or not task.options.optimize_df:
        return False
    old = task.archive.read(path)
    original = decode(stored.format, old.data, old.sidecar.schema if old.sidecar else None)
    return is_as_imported(task, value, original)


def is_as_imported(task: Task, value: object, original: object) -> bool:
    """Tell whether a value is what importing the original gives here, its memory optimised or not."""
    options = task.options
    if options.optimize_df:
        numbers, booleans = options.numbers_as_categories, options.booleans_as_categories
        return is_optimised_from(value, original=original, numbers=numbers, booleans=booleans)
    from vault_magic.codecs.compare import identical  # imports pandas, which is heavy and optional

    return identical(value, original)


def _keep_equal(
    task: Task, encoded: Mapping[str, Encoded], values: Mapping[str, object], before: Mapping[str, Identity]
) -> dict[str, Encoded]:
    """Return what is stored already, for frames that an import has optimised and nobody has changed since."""
    kept = {}
    for path, one in encoded.items():
        found, stored = identify(one, key=task.archive.digest_key), before.get(path)
        if stored is None or found.schema == stored.schema:
            continue
        if is_same_value(task, values[path], path, found, stored):
            old = task.archive.read(path)
            kept[path] = replace(one, data=old.data, schema=old.sidecar.schema if old.sidecar else None)
    return kept


def _bind(task: Task, record: Record) -> tuple[Binding, ...]:
    """Return which variables of the notebook are objects now; those of a function are gone when it ends."""
    known = [(one.variable, one.path, one.after) for one in record.results]
    local, archive = task.context.local, task.archive.path
    return tuple(
        Binding(name, path, archive, after) for name, path, after in known if name and after and name not in local
    )


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _of_one(record: Record, path: str) -> Record:
    """Return the record of a command as far as it concerns one object."""
    return replace(record, results=tuple(one for one in record.results if one.path == path))


def _drop_unchanged(
    archive: Archive, sidecars: Mapping[str, Sidecar], before: Mapping[str, Identity]
) -> tuple[str, ...]:
    """Return the objects whose bytes or origin differ from what is stored; the others need no write."""
    same = [path for path, one in sidecars.items() if path in before and one.identity == before[path]]
    stored = archive.read_sidecars(same)
    unchanged = {path for path in stored if build_producer(stored[path]).is_same(build_producer(sidecars[path]))}
    return tuple(path for path in sidecars if path not in unchanged)
