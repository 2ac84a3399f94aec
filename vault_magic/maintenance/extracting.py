"""Objects taken out as plain files, none outside the folder that was named."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from vault_magic.archive.archive import Archive
from vault_magic.errors import ArchiveError, PathError
from vault_magic.object_path import parse_object_path

_PRIVATE, _PUBLIC = 0o600, 0o666


def extract(archive: Archive, paths: Sequence[str], folder: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write objects below a folder, each whole or not at all, and return their files.

    Those of an encrypted vault can be read by their owner alone.

    Raises:
        ArchiveError: a file is there already and is not to be overwritten, or the object would lie elsewhere; then
            nothing was written. Or an object is damaged: then its file was not written, nor those behind it.
    """
    targets = {path: _place(path, folder) for path in paths}
    for path, target in targets.items():
        if target.is_dir():
            raise ArchiveError(f"{path!r} cannot be written: a folder of that name is there; choose another: -d DIR")
        if os.path.lexists(target) and not force:
            raise ArchiveError(f"{path!r} is there already as a file; overwrite it with --force, or choose: -d DIR")
    mode = _PUBLIC & ~_read_umask() if archive.password is None else _PRIVATE
    for path, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, archive.stream(path), mode=mode)
    return tuple(targets.values())


def _place(path: str, folder: Path) -> Path:
    """Return where an object goes, refusing names and links that lead elsewhere."""
    try:
        same = parse_object_path(path) == path
    except PathError as err:
        raise ArchiveError(f"{path!r} cannot be extracted: {err}") from err
    target = folder / path
    if not same or not target.parent.resolve().is_relative_to(folder.resolve()):
        raise ArchiveError(f"{path!r} would be written outside the folder, through a link; choose another: -d DIR")
    return target


def _write(target: Path, pieces: Iterable[bytes], *, mode: int) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".vaultcheck-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
