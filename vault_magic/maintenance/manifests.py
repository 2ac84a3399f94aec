"""The manifest made anew from the archive."""

from __future__ import annotations

from dataclasses import dataclass

from vault_magic.archive.archive import Archive
from vault_magic.archive.upkeep import follow_archive, load_manifest, manifest_path, save_manifest
from vault_magic.manifest import Manifest, render_manifest


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A manifest as it should be; `differs` from what is there, and of the objects in `untold` no producer is known."""

    manifest: Manifest
    differs: bool
    untold: tuple[str, ...]


def rebuild_manifest(archive: Archive, *, write: bool = True) -> Rebuilt:
    """Make the manifest anew; what notebooks imported is kept from the old one, which alone knows it.

    Without the password of an encrypted vault so are the producers of objects that are still the same.

    Raises:
        FormatError: the old one cannot be read; the message says what to do.
    """
    with archive.lock(holder="vaultcheck manifest"):
        old = load_manifest(archive.path)
        objects = archive.list().objects
        readable = archive.password is not None or not archive.list().encrypted
        new = follow_archive(old, archive, changed=objects if readable else ())
        path, text = manifest_path(archive.path), render_manifest(new).encode()
        differs = not path.exists() or path.read_bytes() != text
        if write:
            save_manifest(archive.path, new)
    untold = () if readable else tuple(line.path for line in new.objects if _is_untold(line.to_json()))
    return Rebuilt(new, differs, untold)


def _is_untold(line: dict[str, object]) -> bool:
    return line.get("producer") is None and line.get("format") is not None
