"""The sidecar of an object: its schema and the record of its last store, bound to its path and identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vault_magic.identity import Identity
from vault_magic.ledger import forget_counts
from vault_magic.manifest import Producer
from vault_magic.record import Record, read_record
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json, parse_json

_WHAT = "the sidecar of an object"


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is stored about an object beside its bytes.

    `schema` is what text cannot say (types, index, ...); `notebook` is the producer's path from the archive's folder;
    `generation` is that of the archive which the store made.
    """

    path: str
    identity: Identity
    record: Record
    schema: Mapping[str, Any] | None = None
    notebook: str | None = None
    generation: int | None = None


def render_sidecar(sidecar: Sidecar) -> bytes:
    """Write a sidecar."""
    fields: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "path": sidecar.path,
        "identity": sidecar.identity.to_json(),
        "schema": None if sidecar.schema is None else dict(sidecar.schema),
        "notebook": sidecar.notebook,
        "generation": sidecar.generation,
        "record": sidecar.record.to_json(),
    }
    return dump_json(fields).encode()


def parse_sidecar(text: bytes) -> Sidecar:
    """Read a sidecar.

    Raises:
        NewerFormat: a newer version wrote it.
        FormatError: it is not a sidecar.
    """
    fields = check_version(parse_json(text, what=_WHAT), what=_WHAT)
    record = read_record(fields.get("record"))
    return convert({**fields, "record": record}, Sidecar, what=_WHAT)


def build_producer(sidecar: Sidecar) -> Producer:
    """Return what a sidecar says of the code that made its object, without what changes from run to run."""
    record = sidecar.record
    return Producer(
        command=record.command,
        notebook=sidecar.notebook,
        cell=record.cell and replace(record.cell, count=None),
        ledger=record.ledger and forget_counts(record.ledger),
        inputs=record.inputs,
        generation=sidecar.generation,
    )
