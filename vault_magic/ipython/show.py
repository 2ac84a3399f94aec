"""What a command shows in the notebook: its stamp with the record, a listing, a notice."""

from __future__ import annotations

import sys

from IPython.display import display

from vault_magic.forms import Verb
from vault_magic.operations import OpenVault, Outcome
from vault_magic.options import OpenOptions
from vault_magic.record import METADATA_KEY, Result
from vault_magic.stamp import render_stamp
from vault_magic.whereabouts import hide_absolute


def show_opened(vault: OpenVault) -> None:
    """Say loudly that a vault was created, and warn where nobody has decided about encryption."""
    name = hide_absolute(vault.options.path)
    if vault.archive.created:
        print(f"Created a new vault: {name}")  # noqa: T201
    if vault.archive.password is None and vault.options.secure is not False:
        notice = (
            "is not encrypted; name a variable with a password (-e NAME), or say that this is meant (--secure False)"
        )
        print(f"Warning: {name} {notice}", file=sys.stderr)  # noqa: T201


def show_outcome(outcome: Outcome, *, options: OpenOptions) -> None:
    """Display the stamp; the record rides in the metadata of the same output."""
    for warning in outcome.warnings:
        print(f"Warning: {warning}", file=sys.stderr)  # noqa: T201
    if outcome.command.verb is Verb.LIST:
        print(render_listing(outcome.record.results))  # noqa: T201
        return
    stamp = render_stamp(outcome.command.verb, outcome.record.results, finished=outcome.record.finished)
    data = {"text/markdown": stamp, "text/plain": stamp.replace("`", "")} if options.timestamp else {"text/plain": ""}
    metadata = {METADATA_KEY: outcome.record.to_json()} if options.metadata else {}
    if options.timestamp or metadata:
        display(data, metadata=metadata, raw=True)


def render_listing(results: tuple[Result, ...]) -> str:
    """Return the objects of a vault as a table of text."""
    found = [(one.path, one.after) for one in results if one.after is not None]
    if not found:
        return "Nothing is stored here."
    rows = [("object", "format", "bytes", "crc32")]
    rows += [(path, one.format or "other tool", f"{one.bytes:,}", one.crc32 or "unknown") for path, one in found]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
