"""A vault as text: the same for the same objects, so that two states can be compared line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from vault_magic.archive.listing import Listing, read_listing
from vault_magic.identity import Identity
from vault_magic.maintenance.comparing import Difference, is_manifest, load_identities
from vault_magic.maintenance.opening import demand_archive

_SCHEMA_DIGITS = 12
_VERSION = 1


def load_listing(path: Path) -> Listing:
    """Return what an archive holds, whatever its file is called; an empty file, as git hands one, holds nothing.

    Raises:
        ArchiveError, FormatError: it cannot be read.
    """
    demand_archive(path)
    if path.stat().st_size == 0:
        return Listing()
    return Listing(objects=load_identities(path)) if is_manifest(path) else read_listing(path)


def render_listing(listing: Listing) -> str:
    """Return a line for the vault, where there is one, and a line for each object."""
    lines = [" ".join([path, *_describe(one)]) for path, one in listing.objects.items()]
    if listing.vault:
        lines = [f"vault {listing.vault}{' encrypted' if listing.encrypted else ''}", *lines]
    return "".join(f"{line}\n" for line in lines)


def render_listing_json(listing: Listing) -> str:
    """Return the same as JSON."""
    objects = [{"path": path} | one.to_json() for path, one in listing.objects.items()]
    head = {"schema_version": _VERSION, "vault": listing.vault, "encrypted": listing.encrypted}
    return _dump(head | {"objects": objects})


def render_differences(differences: Sequence[Difference]) -> str:
    """Return a line for each object that differs: `+` and `-` for new and gone, `~` for another."""
    return "".join(f"{_render(one)}\n" for one in differences)


def render_differences_json(differences: Sequence[Difference]) -> str:
    """Return the same as JSON."""
    sides = [(one.path, one.before, one.after) for one in differences]
    found = [{"path": path, "before": _write(before), "after": _write(after)} for path, before, after in sides]
    return _dump({"schema_version": _VERSION, "differences": found})


def _render(one: Difference) -> str:
    if one.before is None or one.after is None:
        there = one.after or one.before
        return f"{'+' if one.after else '-'} {one.path} {' '.join(_describe(there)) if there else ''}"
    return f"~ {one.path} {_summarise(one.before)} -> {_summarise(one.after)}"


def _describe(identity: Identity) -> list[str]:
    """Return what is known of an object, its digest whole: a comparison of texts shows any change."""
    words = [identity.format or "other-tool", "?" if identity.bytes is None else f"{identity.bytes}"]
    words += [identity.crc32 or "?", identity.sha256 or "?"]
    return words + ([f"schema:{identity.schema[:_SCHEMA_DIGITS]}"] if identity.schema else [])


def _summarise(identity: Identity) -> str:
    """Return the digest that stamps show; where it is the same on both sides the types are not."""
    schema = f" schema:{identity.schema[:_SCHEMA_DIGITS]}" if identity.schema else ""
    return f"{identity.crc32 or '?'} ({identity.format or 'other-tool'}, {identity.bytes} bytes{schema})"


def _write(identity: Identity | None) -> Mapping[str, object] | None:
    return identity.to_json() if identity else None


def _dump(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
