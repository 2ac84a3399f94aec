"""An archive in an overlay: it reads the real one and the overlays below, and writes beside them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from vault_magic.archive.archive import Archive
from vault_magic.archive.container import compose
from vault_magic.archive.layered import Layer, LayeredArchive, read_layers
from vault_magic.archive.layout import CommitMarker, check_neighbours, write_commit_marker
from vault_magic.archive.listing import read_listing
from vault_magic.archive.reading import Readable, read_archive
from vault_magic.archive.sentinel import build_sentinel, create_key
from vault_magic.archive.sidecar import Sidecar
from vault_magic.content import Content
from vault_magic.errors import ArchiveError, MissingObject
from vault_magic.identity import Identity
from vault_magic.manifest import SUFFIX
from vault_magic.overlay import Overlay
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json, parse_json

_DELETED = ".deleted"


@dataclass(frozen=True, slots=True)
class OverlayArchive(Archive):
    """An archive that is written beside the `real` one, which may not be there, and read above `overlays` and it."""

    real: Path = Path()
    is_there: bool = True
    overlays: tuple[Path, ...] = ()
    masked: frozenset[str] = frozenset()

    @property
    def place(self) -> Path:
        """Where the real archive lies."""
        return self.real

    @property
    def is_apart(self) -> bool:
        """Whether what is written goes elsewhere than its reader would think."""
        return True

    def change(
        self, *, store: Mapping[str, tuple[bytes | Content, Sidecar]], delete: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Store and delete objects, as `Archive.change` does; what lies below is hidden and not deleted."""
        with self._open() as opened:
            check_neighbours(store.keys(), opened.listing.objects)
        if delete:
            _save_deleted(self.path, _read_deleted(self.path) | {*delete})
        own = read_listing(self.path).objects
        return Archive.change(self, store=store, delete=[path for path in delete if path in own])

    def rekey(self, password: bytes | None) -> NoReturn:  # noqa: ARG002  # as of every archive
        """Refuse: the password is that of the real archive."""
        raise ArchiveError(f"{self.real.name} is only read while its notebooks are run again; change it afterwards")

    def _open(self) -> AbstractContextManager[LayeredArchive]:
        there = [path for path in self.overlays if path.exists()]
        hidden = [_read_deleted(path) for path in (self.path, *there)]
        hidden[-1] |= self.masked
        layers = [Layer(path, names) for path, names in zip((self.path, *there), hidden, strict=True)]
        return read_layers([*layers, Layer(self.real)] if self.is_there else layers, password=self.password)

    def _find(self, opened: Readable, path: str) -> Identity:
        if path in self.masked and path not in opened.listing.objects:
            raise MissingObject(f"{path!r} was not stored this time by the notebook that makes it; store it again")
        return Archive._find(self, opened, path)


def open_overlaid(
    overlay: Overlay, archive: Path, *, base: Archive | None, password: bytes | None, keyed: bool
) -> OverlayArchive:
    """Open an archive in an overlay.

    If it is there already, or was made in an overlay below, that is the `base`, and its password has been proved.
    """
    own, real = overlay.locate(archive), archive.resolve()
    vault, key = (base.vault or base.new_id, base.digest_key) if base else (uuid.uuid4().hex, None)
    key = create_key() if keyed and key is None else key
    is_new = not own.exists()
    if is_new:
        _create(own, vault=vault, key=key, base=base.path if base else None, password=password)
    return OverlayArchive(
        own,
        vault=read_listing(own).vault,
        password=password,
        created=is_new and base is None,
        digest_key=key,
        real=archive,
        is_there=base is not None and base.path == archive,
        overlays=overlay.list_below(archive),
        masked=overlay.masked.get(real, frozenset()),
    )


def _create(own: Path, *, vault: str, key: bytes | None, base: Path | None, password: bytes | None) -> None:
    """Make the archive of an overlay, with the id and the manifest of the real one."""
    own.parent.mkdir(parents=True, exist_ok=True)
    generation = 0
    if base:
        with read_archive(base) as opened:
            generation = opened.listing.generation
        if (manifest := base.with_name(base.name + SUFFIX)).exists():
            shutil.copyfile(manifest, own.with_name(own.name + SUFFIX))
    marker = write_commit_marker(CommitMarker(vault, generation))
    compose(own, [build_sentinel(vault, key)], comment=marker, password=password)


def _deleted_file(own: Path) -> Path:
    return own.with_name(own.name + _DELETED)


@dataclass(frozen=True, slots=True)
class _Deleted:
    deleted: tuple[str, ...]


def _save_deleted(own: Path, paths: frozenset[str]) -> None:
    fields = {"schema_version": SCHEMA_VERSION, "deleted": sorted(paths)}
    _deleted_file(own).write_text(dump_json(fields), encoding="utf-8")


def _read_deleted(own: Path) -> frozenset[str]:
    file, what = _deleted_file(own), "the list of what an overlay has deleted"
    if not file.exists():
        return frozenset()
    content = check_version(parse_json(file.read_text(encoding="utf-8"), what=what), what=what)
    return frozenset(convert(content, _Deleted, what=what).deleted)
