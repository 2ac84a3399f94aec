"""What a vault holds now, from its archive or its manifest: identities and who made them, never the objects' bytes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from vault_magic.archive.listing import Listing, read_listing
from vault_magic.archive.provenance import read_producers
from vault_magic.errors import ArchiveError, VaultError
from vault_magic.identity import Identity, Match, compare_objects
from vault_magic.manifest import SUFFIX, ImportLine, Manifest, Producer, parse_manifest

_T = TypeVar("_T")
_Key = TypeVar("_Key", bound=Hashable)
_Line = TypeVar("_Line", Producer, ImportLine)


@dataclass(frozen=True)
class Snapshot:
    """A vault at the time of the check.

    `path` is for display, `archive` is where the archive lies or would lie. `objects` are those of the archive where
    it is readable, else those of the manifest. `producers` are told by the manifest, and for objects of which it has no
    line by their sidecars in an archive that is not encrypted. `makers` are the notebooks named by them that are still
    there, as reports show paths. `faults` say what could not be read, by file. `torn` is how many bytes of a write that
    was not finished lie behind the archive. `damaged` are the objects whose bytes are not those that their entry tells
    of, `unencrypted` those that lie in clear in an archive that is encrypted. `disagreements` are the others for which
    archive and manifest do not say the same.
    """

    path: str
    archive: Path
    vault: str | None = None
    has_archive: bool = False
    has_manifest: bool = False
    objects: Mapping[str, Identity] = field(default_factory=dict)
    producers: Mapping[str, Producer] = field(default_factory=dict)
    imports: tuple[ImportLine, ...] = ()
    makers: frozenset[str] = frozenset()
    faults: Mapping[str, str] = field(default_factory=dict)
    torn: int = 0
    damaged: tuple[str, ...] = ()
    unencrypted: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything can be said of the objects."""
        return self.has_archive or self.has_manifest

    def list_producers(self, *, notebook: str | None, sources: Collection[str]) -> list[Producer]:
        """Return who made objects in a notebook, as the manifest tells: see `is_about`."""
        return _select(self._producers_by_notebook, notebook=notebook, sources=sources)

    def list_imports(self, *, notebook: str | None, sources: Collection[str]) -> list[ImportLine]:
        """Return what a notebook has imported, as the manifest tells: see `is_about`."""
        return _select(self._imports_by_notebook, notebook=notebook, sources=sources)

    @cached_property
    def imports_by_path(self) -> Mapping[str, list[ImportLine]]:
        """What was imported of each object."""
        return _group(self.imports, attrgetter("path"))

    @cached_property
    def _producers_by_notebook(self) -> Mapping[str | None, list[Producer]]:
        return _group(self.producers.values(), attrgetter("notebook"))

    @cached_property
    def _imports_by_notebook(self) -> Mapping[str | None, list[ImportLine]]:
        return _group(self.imports, attrgetter("notebook"))

    def find_maker(self, path: str) -> str | None:
        """Return the notebook that stored an object, as reports show paths, where manifest or sidecar tell it."""
        producer = self.producers.get(path)
        return _display(self.path, producer) if producer else None


def load_snapshot(archive: Path, *, path: str) -> Snapshot:
    """Read what can be read of a vault; a missing or damaged file is told in the snapshot, never raised."""
    faults: dict[str, str] = {}
    listing, manifest = _read_archive(archive, path, faults), _read_manifest(archive, path, faults)
    described = {line.path: line.identity for line in manifest.objects} if manifest else {}
    producers = _read_producers(archive, listing, manifest)
    unencrypted = _list_unencrypted(listing, manifest)
    damaged = tuple(one for one in listing.damaged if one not in unencrypted) if listing else ()
    differing = _compare(listing.objects, described) if listing and manifest else ()
    told = {*damaged, *unencrypted}
    return Snapshot(
        path=path,
        archive=archive,
        vault=(listing.vault if listing else None) or (manifest.vault if manifest else None),
        has_archive=listing is not None,
        has_manifest=manifest is not None,
        objects=listing.objects if listing else described,
        producers=producers,
        imports=manifest.imports if manifest else (),
        makers=_list_makers(archive, path, producers.values()),
        faults=faults,
        torn=listing.torn if listing and listing.vault else 0,
        damaged=damaged,
        unencrypted=unencrypted,
        disagreements=tuple(one for one in differing if one not in told),
    )


def is_about(line: Producer | ImportLine, *, notebook: str | None, sources: Collection[str]) -> bool:
    """Tell whether a line of a manifest is about a notebook, named from the archive's folder.

    A line without a name is known by its cell, if that is among the digests of the notebook's `sources`.
    """
    if line.notebook is None:
        return line.cell is not None and line.cell.sha256 in sources
    return line.notebook == notebook


def _select(lines: Mapping[str | None, list[_Line]], *, notebook: str | None, sources: Collection[str]) -> list[_Line]:
    """Return the lines about a notebook among those grouped by the names that they give."""
    found = [one for name in dict.fromkeys((notebook, None)) for one in lines.get(name, ())]
    return [one for one in found if is_about(one, notebook=notebook, sources=sources)]


def _group(things: Iterable[_T], key: Callable[[_T], _Key]) -> dict[_Key, list[_T]]:
    found: dict[_Key, list[_T]] = {}
    for one in things:
        found.setdefault(key(one), []).append(one)
    return found


def _display(path: str, producer: Producer) -> str | None:
    """Return the notebook of a producer as reports show paths: the manifest names it from the archive's folder."""
    if producer.notebook is None:
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), producer.notebook))


def _list_makers(archive: Path, path: str, producers: Iterable[Producer]) -> frozenset[str]:
    there = (one for one in {*producers} if one.notebook and _is_file(archive.parent / one.notebook))
    return frozenset(name for one in there if (name := _display(path, one)))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for a file
        return False


def _read_producers(archive: Path, listing: Listing | None, manifest: Manifest | None) -> dict[str, Producer]:
    """Return who made the objects: of those without a line in the manifest the sidecar tells, if it can be read."""
    lines = {line.path: line.producer for line in manifest.objects} if manifest else {}
    told = {path: producer for path, producer in lines.items() if producer}
    if listing is None or listing.encrypted:
        return told
    untold = {path: identity for path, identity in listing.objects.items() if path not in lines}
    return told | read_producers(archive, untold) if untold else told


def _list_unencrypted(listing: Listing | None, manifest: Manifest | None) -> tuple[str, ...]:
    """Return what lies in clear where the rest is encrypted, or was when the manifest was written."""
    if listing is None:
        return ()
    was_encrypted = manifest is not None and manifest.encrypted and listing.vault in (None, manifest.vault)
    return listing.unencrypted if listing.encrypted or was_encrypted else ()


def _read_archive(archive: Path, path: str, faults: dict[str, str]) -> Listing | None:
    try:
        _refuse_other_than_file(archive)
        return read_listing(archive)
    except FileNotFoundError:
        return None
    except (VaultError, OSError) as err:
        faults[path] = _explain(err)
        return None
    except ValueError:  # a name that no file can have
        return None


def _read_manifest(archive: Path, path: str, faults: dict[str, str]) -> Manifest | None:
    try:
        manifest = archive.with_name(archive.name + SUFFIX)
        _refuse_other_than_file(manifest)
        return parse_manifest(manifest.read_bytes())
    except FileNotFoundError:
        return None
    except (VaultError, OSError) as err:
        faults[path + SUFFIX] = _explain(err)
        return None
    except ValueError:  # a name that no file can have
        return None


def _refuse_other_than_file(path: Path) -> None:
    """Raise for what is there and no file: a folder, or a pipe that would be waited for."""
    if path.exists() and not path.is_file():
        raise ArchiveError("it is not a file; say where the archive is: --vault PATH")


def _explain(err: Exception) -> str:
    """Return the reason of an error without the path of a file on this machine."""
    return f"it cannot be read: {err.strerror}" if isinstance(err, OSError) and err.strerror else str(err)


def _compare(stored: Mapping[str, Identity], described: Mapping[str, Identity]) -> tuple[str, ...]:
    paths = sorted(stored.keys() | described.keys())
    return tuple(path for path in paths if compare_objects(stored.get(path), described.get(path)) is Match.DIFFERENT)
