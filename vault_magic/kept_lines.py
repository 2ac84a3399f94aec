"""The lines of a manifest as they are written: a writer keeps those that stay, and renders none of them anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from vault_magic.errors import FormatError
from vault_magic.identity import Identity
from vault_magic.line_layout import identify_line
from vault_magic.manifest import (
    ImportLine,
    Manifest,
    ObjectLine,
    Producer,
    encode_manifest,
    parse_manifest,
    parse_object,
)

_START = b'\n"objects": [\n'
_END = b'null],\n"imports": [\n'


class KeptObject(ObjectLine):
    """A line about an object of which path and identity are at hand; the rest is read out of the text when asked for.

    The ledgers are by far the largest part of a manifest, and whoever writes it does not look at them.
    """

    __slots__ = ("_text",)

    _text: bytes

    def __init__(self, path: str, identity: Identity, *, text: bytes) -> None:
        for name, value in {"path": path, "identity": identity, "_text": text}.items():
            object.__setattr__(self, name, value)

    @property
    def text(self) -> bytes:
        """The line as it is written, with its comma and its end."""
        return self._text

    @property
    def producer(self) -> Producer | None:
        """Who made the object."""
        return parse_object(self._text).producer

    @property
    def stored(self) -> Mapping[str, object] | None:
        """The line as it would be read."""
        return parse_object(self._text).stored


@dataclass(frozen=True, slots=True)
class KeptImport(ImportLine):
    """A line about an import, with its text."""

    written: bytes = b""

    @property
    def text(self) -> bytes:
        """The line as it is written, with its comma and its end."""
        return self.written


def keep_lines(manifest: Manifest) -> Manifest:
    """Return a manifest with all its lines kept as they are written."""
    return replace(
        manifest,
        objects=tuple(map(_keep_object, manifest.objects)),
        imports=tuple(map(_keep_import, manifest.imports)),
    )


def parse_kept(text: bytes) -> Manifest | None:
    """Read a manifest with its lines kept, or return `None` where it has to be parsed as a whole.

    That is where it is not exactly as it is written, is damaged, or speaks twice of one object.
    """
    head, start, rest = text.partition(_START)
    body, end, tail = rest.partition(_END)
    lines = [_read_line(line) for line in body.splitlines(keepends=True)]
    objects = [line for line in lines if line is not None]
    if not end or len({line.path for line in objects}) < len(lines):
        return None
    return _read_frame(head + start + end + tail, objects)


def _read_frame(text: bytes, objects: Iterable[ObjectLine]) -> Manifest | None:
    """Return the manifest of some objects and of all else that the text says."""
    with suppress(FormatError):
        frame = keep_lines(parse_manifest(text))
        return frame.replace_objects(objects) if encode_manifest(frame) == text else None
    return None


def _read_line(text: bytes) -> KeptObject | None:
    found = identify_line(text.removesuffix(b",\n"))
    return KeptObject(*found, text=text) if found and text.endswith(b",\n") else None


def _keep_object(line: ObjectLine) -> KeptObject:
    return line if isinstance(line, KeptObject) else KeptObject(line.path, line.identity, text=line.text)


def _keep_import(line: ImportLine) -> KeptImport:
    if isinstance(line, KeptImport):
        return line
    return KeptImport(line.path, line.identity, line.notebook, line.cell, line.stored, line.text)
