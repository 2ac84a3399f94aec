"""The manifest of an archive as it was last written here, so that the next command need not parse it again."""

from __future__ import annotations

from dataclasses import dataclass, field

from vault_magic.kept_lines import parse_kept
from vault_magic.manifest import Manifest, parse_manifest, write_pieces

LARGEST = 2**26
"""Bytes of a manifest at most that is kept in memory."""


@dataclass(slots=True)
class Noted:
    """The last manifest of one archive, with all its lines kept."""

    _manifest: Manifest | None = field(default=None, repr=False)

    def read(self, text: bytes) -> Manifest:
        """Return the manifest with this text, its lines kept; where it is the last one, it need not be read at all.

        Raises:
            NewerFormat, FormatError: as of `parse_manifest`.
        """
        known = self._manifest
        if known is not None and _is_text_of(known, text):
            return known
        return parse_kept(text) or parse_manifest(text)

    def remember(self, manifest: Manifest) -> None:
        """Keep the manifest that was written, unless it is too large to lie in memory for good."""
        size = sum(len(line.text) for line in manifest.objects)
        self._manifest = manifest if size <= LARGEST else None


def _is_text_of(manifest: Manifest, text: bytes) -> bool:
    """Compare piece by piece: the whole would be written only to be thrown away."""
    at = 0
    for piece in write_pieces(manifest):
        if not text.startswith(piece, at):
            return False
        at += len(piece)
    return at == len(text)
