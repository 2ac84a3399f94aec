"""The manifest beside the archive: committable text, an object a line, from which the checker works alone.

Every line of the two lists ends in a comma and each list ends in `null`, so that a text merge may add or drop any line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from vault_magic.errors import FormatError
from vault_magic.identity import Identity
from vault_magic.ledger import Ledger
from vault_magic.record import CellRef, Input
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json, parse_json

SUFFIX = ".manifest.json"
"""What is added to the archive's file name."""

_WHAT = "the manifest"


@dataclass(frozen=True, slots=True)
class Producer:
    """The code that made an object: which command, in which notebook, after which cells, from which inputs.

    `notebook` is its path from the archive's folder; `generation` tells which of two stores was the later. Times,
    sessions and execution counts are left out by whoever writes one: running the same code again must not change a
    committed file.
    """

    command: str
    notebook: str | None = None
    cell: CellRef | None = None
    ledger: Ledger | None = None
    inputs: tuple[Input, ...] = ()
    generation: int | None = None

    def is_same(self, other: Producer) -> bool:
        """Tell whether both are the same code with the same inputs, whenever it ran."""
        return replace(self, generation=None) == replace(other, generation=None)


@dataclass(frozen=True, slots=True)
class ObjectLine:
    """An object of the archive; `stored` is the line as it was read, whose unknown fields are kept."""

    path: str
    identity: Identity
    producer: Producer | None = None
    stored: Mapping[str, object] | None = None

    @property
    def text(self) -> bytes:
        """The line as it is written, with its comma and its end."""
        return f"{dump_json(self.to_json())},\n".encode()

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        if self.stored is not None:
            return dict(self.stored)
        return {"path": self.path} | self.identity.to_json() | {"producer": _write_producer(self.producer)}


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What a notebook last imported of one object, and the cell that did."""

    path: str
    identity: Identity
    notebook: str | None = None
    cell: CellRef | None = None
    stored: Mapping[str, object] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What one line stands for: an unnamed notebook is told apart by the cell that imported."""
        return (self.notebook or "", self.path, "" if self.notebook or not self.cell else self.cell.sha256)

    @property
    def text(self) -> bytes:
        """The line as it is written, with its comma and its end."""
        return f"{dump_json(self.to_json())},\n".encode()

    def to_json(self) -> dict[str, object]:
        """Return the stored form."""
        if self.stored is not None:
            return dict(self.stored)
        who: dict[str, object] = {"notebook": self.notebook, "path": self.path}
        return who | self.identity.to_json() | {"cell": self.cell.to_json() if self.cell else None}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one vault; `vault` is missing where another tool made the archive."""

    vault: str | None
    encrypted: bool = False
    objects: tuple[ObjectLine, ...] = ()
    imports: tuple[ImportLine, ...] = ()
    unknown: Mapping[str, object] = field(default_factory=dict)

    def replace_objects(self, lines: Iterable[ObjectLine]) -> Manifest:
        """Return the manifest of exactly these objects."""
        return replace(self, objects=tuple(sorted(lines, key=attrgetter("path"))))

    def replace_imports(self, changes: Iterable[ImportLine]) -> Manifest:
        """Return the manifest with what notebooks imported brought up to date."""
        lines = {line.key: line for line in self.imports} | {line.key: line for line in changes}
        return replace(self, imports=tuple(lines[key] for key in sorted(lines)))


def render_manifest(manifest: Manifest) -> str:
    """Write a manifest: the same content is the same text."""
    return encode_manifest(manifest).decode()


def encode_manifest(manifest: Manifest) -> bytes:
    """Write a manifest as the bytes of its file."""
    return b"".join(write_pieces(manifest))


def write_pieces(manifest: Manifest) -> Iterator[bytes]:
    """Yield the bytes of a manifest's file, a line or a few at a time."""
    head = {"schema_version": SCHEMA_VERSION, "vault": manifest.vault, "encrypted": manifest.encrypted}
    fields = "".join(f"{dump_json({key: value})[1:-1]},\n" for key, value in (head | dict(manifest.unknown)).items())
    yield f'{{\n{fields}"objects": [\n'.encode()
    yield from (line.text for line in manifest.objects)
    yield b'null],\n"imports": [\n'
    yield from (line.text for line in manifest.imports)
    yield b"null]\n}\n"


def parse_manifest(text: str | bytes) -> Manifest:
    """Read a manifest.

    Raises:
        NewerFormat: it was written by a newer version.
        FormatError: it is not a manifest, is in the middle of a merge, or speaks twice of one object.
    """
    start = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if any(line.startswith("<<<<<<<") for line in start.split("\n")):
        raise FormatError(f"{_WHAT} holds an unresolved merge; resolve it or restore one side")
    content = check_version(parse_json(text, what=_WHAT), what=_WHAT)
    known = ("schema_version", "vault", "encrypted", "objects", "imports")
    if "vault" not in content:
        raise FormatError(f"{_WHAT} is damaged: it does not say of which vault it is")
    manifest = Manifest(
        vault=convert(content["vault"], str | None, what=_WHAT),  # type: ignore[arg-type]  # a union is a type here
        encrypted=convert(content.get("encrypted", False), bool, what=_WHAT),
        objects=tuple(_read_object(line) for line in _read_lines(content.get("objects", []))),
        imports=tuple(_read_import(line) for line in _read_lines(content.get("imports", []))),
        unknown={key: value for key, value in content.items() if key not in known},
    )
    _refuse_twice(line.path for line in manifest.objects)
    return manifest


def parse_object(text: bytes) -> ObjectLine:
    """Read a line about an object.

    Raises:
        FormatError: it is damaged.
    """
    return _read_object(convert(parse_json(text.rstrip(b",\n"), what=_WHAT), dict[str, Any], what=_WHAT))


def _refuse_twice(paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise FormatError(f"{_WHAT} has two lines for {path!r}; keep the one that matches the archive")
        seen.add(path)


def _read_lines(lines: object) -> list[dict[str, Any]]:
    found = convert(lines, list[dict[str, Any] | None], what=_WHAT)
    return [line for line in found if line is not None]


def _read_object(line: dict[str, Any]) -> ObjectLine:
    identity = convert(line, Identity, what=_WHAT)
    producer = convert(line.get("producer"), Producer | None, what=_WHAT)  # type: ignore[arg-type]  # a union is a type here
    return ObjectLine(
        path=convert(line.get("path"), str, what=_WHAT), identity=identity, producer=producer, stored=line
    )


def _read_import(line: dict[str, Any]) -> ImportLine:
    typed = convert({**line, "identity": line, "stored": None}, ImportLine, what=_WHAT)
    return replace(typed, stored=line)


def _write_producer(producer: Producer | None) -> dict[str, object] | None:
    if producer is None:
        return None
    return {
        "notebook": producer.notebook,
        "command": producer.command,
        "cell": producer.cell.to_json() if producer.cell else None,
        "inputs": [one.to_json() for one in producer.inputs],
        "generation": producer.generation,
        "ledger": None if producer.ledger is None else producer.ledger.to_json(),
    }
