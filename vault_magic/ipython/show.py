"""What a command shows in the notebook: its stamp with the record, a table, a notice."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from IPython.display import display

from vault_magic.forms import Verb
from vault_magic.operations.outcome import Outcome
from vault_magic.options import OpenOptions
from vault_magic.record import METADATA_KEY
from vault_magic.stamp import render_stamp


def show_notices(notices: Iterable[str]) -> None:
    """Print what has to be told of a vault; warnings go where warnings go."""
    for notice in notices:
        print(_fit(notice), file=sys.stderr if notice.startswith("Warning") else sys.stdout, flush=True)


def show_outcome(outcome: Outcome, *, options: OpenOptions, display_id: str | None = None) -> None:
    """Display the stamp, with the record in the metadata of the same output, or the table of a listing.

    An output of that `display_id` is there already, and is replaced.
    """
    for note in outcome.notes:
        print(_fit(note))  # noqa: T201
    for warning in outcome.warnings:
        print(f"Warning: {warning}", file=sys.stderr)  # noqa: T201
    metadata: dict[str, object] = {}
    if outcome.table is not None:
        data = {"text/plain": _fit(outcome.table.to_text()), "text/html": outcome.table.to_html()}
    else:
        data = _render_stamp(outcome) if options.timestamp else {"text/plain": ""}
        metadata = {METADATA_KEY: outcome.record.to_json()} if options.metadata else {}
    if any(data.values()) or metadata or display_id:
        display(data, metadata=metadata, raw=True, display_id=display_id, update=display_id is not None)


def _render_stamp(outcome: Outcome) -> dict[str, str]:
    record, verb = outcome.record, outcome.command.verb
    stamp = render_stamp(verb, record.results, finished=record.finished, subject=_name_subject(outcome))
    return {"text/markdown": stamp, "text/plain": _fit(stamp.replace("`", ""))}


def _fit(text: str) -> str:
    """Return a text with what the output's encoding lacks escaped: Windows has no arrow in a file that IPython fills.

    What a kernel sends, or what is captured, lacks nothing.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _name_subject(outcome: Outcome) -> str:
    """Return what a command without single objects was about."""
    if outcome.command.verb is Verb.SEAL:
        rows = outcome.record.ledger.rows.splitlines() if outcome.record.ledger else []
        return "1 cell" if len(rows) == 1 else f"{len(rows)} cells"
    return f"module `{next(iter(outcome.imported), '')}`"
