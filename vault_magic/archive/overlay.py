"""The overlay in which a notebook is run again: it reads the real archive, and writes beside it.

A folder, named by an environment variable, with one archive for each that is opened. What the notebook stores goes
there; what it deletes is noted there. Below lie the overlays of the notebooks that made its inputs, and the real
archive under all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
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
from vault_magic.stored import SCHEMA_VERSION, check_version, convert, dump_json, parse_json

VARIABLE = "VAULT_MAGIC_OVERLAY"
"""The environment variable that names the folder of an overlay."""

_PLAN, _DELETED = "overlay.json", ".deleted"
_KEY_LENGTH = 16  # hexadecimal digits of the SHA-256 of a path: a folder has few archives


@dataclass(frozen=True, slots=True)
class Overlay:
    """The folder of an overlay, and what is read below what is written into it.

    `layers` are the folders of other overlays, the nearest first. `masked` are the objects, by the whole paths of
    archives, that come from these or not at all: who makes them has been run again.
    """

    folder: Path
    layers: tuple[Path, ...] = ()
    masked: Mapping[Path, frozenset[str]] = field(default_factory=dict)

    def save(self) -> None:
        """Write down what is read below, for the process that runs the notebook."""
        self.folder.mkdir(parents=True, exist_ok=True)
        masked = {str(path): sorted(names) for path, names in sorted(self.masked.items())}
        fields = {"schema_version": SCHEMA_VERSION, "layers": [*map(str, self.layers)], "masked": masked}
        (self.folder / _PLAN).write_text(dump_json(fields), encoding="utf-8")

    def locate(self, archive: Path) -> Path:
        """Return where the overlay keeps what is written into an archive."""
        return self.folder / _name(archive) / archive.name

    def open(self, archive: Path, *, base: Archive | None, password: bytes | None, keyed: bool) -> OverlayArchive:
        """Open the overlay of an archive, which is `base` if it is there already; its password has been proved."""
        own, real = self.locate(archive), archive.resolve()
        vault, key = (base.vault or base.new_id, base.digest_key) if base else (uuid.uuid4().hex, None)
        key = create_key() if keyed and key is None else key
        is_new = not own.exists()
        if is_new:
            _create(own, vault=vault, key=key, base=archive if base else None, password=password)
        return OverlayArchive(
            own,
            vault=read_listing(own).vault,
            password=password,
            created=is_new and base is None,
            digest_key=key,
            real=archive,
            is_there=base is not None,
            overlays=tuple(Overlay(folder).locate(archive) for folder in self.layers),
            masked=self.masked.get(real, frozenset()),
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    layers: tuple[str, ...]
    masked: Mapping[str, tuple[str, ...]]


def find_overlay() -> Overlay | None:
    """Return the overlay of this process, if it has one.

    Raises:
        ArchiveError: what is read below it is not written down, or in a version that is not known here.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    folder = Path(name)
    try:
        content = parse_json((folder / _PLAN).read_text(encoding="utf-8"), what="the overlay")
    except OSError as err:
        raise ArchiveError(f"{VARIABLE} names no overlay ({err.strerror}); remove the variable") from err
    plan = convert(check_version(content, what="the overlay"), _Plan, what="the overlay")
    masked = {Path(path): frozenset(names) for path, names in plan.masked.items()}
    return Overlay(folder, tuple(map(Path, plan.layers)), masked)


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
        hidden = _read_deleted(self.path) | {*delete}
        _deleted_file(self.path).write_text(
            dump_json({"schema_version": SCHEMA_VERSION, "deleted": sorted(hidden)}), encoding="utf-8"
        )
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


def _name(archive: Path) -> str:
    return hashlib.sha256(os.fsencode(archive.resolve())).hexdigest()[:_KEY_LENGTH]


def _deleted_file(own: Path) -> Path:
    return own.with_name(own.name + _DELETED)


@dataclass(frozen=True, slots=True)
class _Deleted:
    deleted: tuple[str, ...]


def _read_deleted(own: Path) -> frozenset[str]:
    file, what = _deleted_file(own), "the list of what an overlay has deleted"
    if not file.exists():
        return frozenset()
    content = check_version(parse_json(file.read_text(encoding="utf-8"), what=what), what=what)
    return frozenset(convert(content, _Deleted, what=what).deleted)
