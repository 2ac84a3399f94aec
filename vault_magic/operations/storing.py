"""`%vault store`: values become bytes, and the objects of one command appear together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from vault_magic.archive.archive import Archive
from vault_magic.archive.sidecar import Sidecar, build_producer
from vault_magic.codecs import CUSTOM, Encoded, Schema, decode, encode, is_equal
from vault_magic.codecs.schema import schema_digest
from vault_magic.content import Content
from vault_magic.digest import ObjectDigest, sha256_hex
from vault_magic.errors import VaultError
from vault_magic.functions import Function, write_with
from vault_magic.identity import Identity, Match
from vault_magic.memory import estimate_bytes, is_frame, is_optimised_from
from vault_magic.operations.noting import load_noted, note_change
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Task
from vault_magic.options import FrameFormat
from vault_magic.record import Record, Result
from vault_magic.session import Binding

_MANY_MEGABYTES = 500
"""The size in memory of a frame from which on Parquet is suggested."""

_MANY_CELLS = 100_000
"""Cells up to which a frame is not worth measuring."""


def store(task: Task) -> Outcome:
    """Store the variables of a command."""
    function, targets = task.find_function(), task.command.targets
    values = {target.path: task.find_value(target.path, target.variable) for target in targets}
    encoded = {path: encode_value(task, value, function, path=path) for path, value in values.items()}
    identities = {path: identify(one, key=task.archive.digest_key) for path, one in encoded.items()}
    with task.archive.lock(holder=task.holder):
        manifest = load_noted(task)
        listing = task.archive.list()
        kept = _keep_equal(task, encoded, values, identities, listing.objects)
        encoded |= kept
        identities |= {path: listing.objects[path] for path in kept}
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
        # In an overlay all of it is written: those above it do not see what lies below.
        changed = sidecars if task.archive.is_apart else _drop_unchanged(task.archive, sidecars, listing.objects)
        notices: tuple[str, ...] = ()
        if changed:
            notices = task.archive.change(store={path: (encoded[path].content, sidecars[path]) for path in changed})
        warnings = notices + note_change(
            task, record, manifest=manifest, stored={path: sidecars[path] for path in changed}
        )
    return Outcome(task.command, record, bindings=_bind(task, record), warnings=warnings)


def encode_value(task: Task, value: object, function: Function | None, *, path: str) -> Encoded:
    """Return the bytes of a value; those of a user's function count as stable where they are text."""
    if function is None:
        _suggest_parquet(task, value, path=path)
        return encode(value, frame_format=task.options.frame_format)
    data = write_with(function, value, path=path, private=task.is_private, name=task.command.function)
    return Encoded(CUSTOM, Content.of(data), schema=None, stable=_is_text(data))


def _suggest_parquet(task: Task, value: object, *, path: str) -> None:
    """Tell the owner of a very large frame, before it is written as text, what is faster."""
    if is_frame(value) and value.size >= _MANY_CELLS and task.options.frame_format is FrameFormat.TSV:
        megabytes = estimate_bytes(value) // 10**6
        if megabytes >= _MANY_MEGABYTES:
            task.context.tell(
                f"{path} takes {megabytes:,} MB and is stored as text; for frames this large Parquet is several times "
                "as fast: %open_vault ... --frame_format parquet"
            )


def identify(encoded: Encoded, *, key: bytes | None) -> Identity:
    """Return the identity of encoded bytes, in a vault whose digests are keyed or not."""
    schema, digest = schema_digest(encoded.schema), ObjectDigest(key=key)
    for piece in encoded.content.pieces():
        digest.update(piece)
    return Identity(
        crc32=digest.crc32,
        sha256=digest.sha256,
        format=encoded.format,
        schema=sha256_hex(schema.encode(), key=key) if schema and key else schema,
        bytes=encoded.content.size,
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
    task: Task,
    encoded: Mapping[str, Encoded],
    values: Mapping[str, object],
    identities: Mapping[str, Identity],
    before: Mapping[str, Identity],
) -> dict[str, Encoded]:
    """Return what is stored already of values that are equal to it, and would only have got other bytes."""
    kept = {}
    for path, one in encoded.items():
        if path not in before or not _can_be_equal(identities[path], before[path]):
            continue
        with suppress(VaultError):  # what cannot be read any more is replaced
            old = task.archive.read(path)
            schema = old.sidecar.schema if old.sidecar else None
            if _is_equal(task, one, values[path], old.data, schema):
                kept[path] = replace(one, content=Content.of(old.data), schema=schema)
    return kept


def _can_be_equal(found: Identity, stored: Identity) -> bool:
    """Tell whether a value may be what is stored although its bytes or its schema are others."""
    if found.format != stored.format or found.compare(stored) is Match.SAME:
        return False
    return (found.unstable and stored.unstable) or (found.sha256 == stored.sha256 and found.schema != stored.schema)


def _is_equal(task: Task, encoded: Encoded, value: object, data: bytes, schema: Schema | None) -> bool:
    if not encoded.stable and is_equal(value, encoded, data, schema):
        return True
    # A frame whose memory was optimised on import is still what it was imported from.
    is_table = encoded.format in [one.value for one in FrameFormat]
    return is_table and task.options.optimize_df and is_as_imported(task, value, decode(encoded.format, data, schema))


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
