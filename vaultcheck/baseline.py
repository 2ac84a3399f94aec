"""The findings that a project lives with for now: those of the baseline are not told, new ones are.

A file of JSON, an entry a line, sorted: it can be committed, read, and merged. An entry counts how many findings it
stands for, and has a reason that people write. Paths begin at the root of the
project, wherever the check runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from vault_magic.errors import FormatError
from vault_magic.stored import check_version, dump_json, parse_json
from vaultcheck.finding import Finding
from vaultcheck.reach import Reach

SCHEMA_VERSION = 1
_WHAT = "the baseline"
_ANEW = "remove the file and write it anew: --write-baseline"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a finding is known by, how many there are of it, and why it is lived with; the message is for readers."""

    code: str
    notebook: str
    fingerprint: str
    count: int = 1
    object: str | None = None
    message: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, str | int | None]:
        """Return the stored form."""
        return {
            "code": self.code,
            "notebook": self.notebook,
            "object": self.object,
            "fingerprint": self.fingerprint,
            "count": self.count,
            "message": self.message,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline."""

    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What is left of findings, how many the baseline holds, and the entries of which there is less than they say."""

    left: tuple[Finding, ...] = ()
    known: int = 0
    stale: tuple[Entry, ...] = field(default=())


def parse_baseline(text: str) -> Baseline:
    """Read a baseline.

    Raises:
        FormatError: it is none, is in the middle of a merge, or a newer version wrote it.
    """
    if any(line.startswith("<<<<<<<") for line in text.split("\n")):
        raise FormatError(f"{_WHAT} holds an unresolved merge; resolve it, or {_ANEW}")
    content = check_version(parse_json(text, what=_WHAT), what=_WHAT)
    entries = content.get("entries")
    if not isinstance(entries, list):
        raise FormatError(f"{_WHAT} is damaged: it has no entries; {_ANEW}")
    return Baseline(tuple(_read_entry(one) for one in entries if one is not None))


def render_baseline(findings: Iterable[Finding], *, former: Baseline, reach: Reach) -> str:
    """Write the baseline of some findings.

    Reasons of entries that are still there are kept, and all entries that were out of reach of this check.
    """
    reasons = {one.fingerprint: one.reason for one in former.entries}
    first, counts = dict[str, Finding](), Counter[str]()
    for one in sorted(map(reach.place, findings), key=lambda finding: finding.sort_key):
        first.setdefault(one.fingerprint, one)
        counts[one.fingerprint] += 1
    entries = [_build_entry(one, counts[key], reasons.get(key, "")) for key, one in first.items()]
    entries += [one for one in former.entries if one.fingerprint not in first and not _is_reached(one, reach)]
    entries.sort(key=lambda one: (one.notebook, one.code, one.object or "", one.fingerprint))
    lines = "".join(f"{dump_json(one.to_json())},\n" for one in entries)
    return f'{{\n"schema_version": {SCHEMA_VERSION},\n"entries": [\n{lines}null]\n}}\n'


def compare(findings: Iterable[Finding], baseline: Baseline, *, reach: Reach) -> Compared:
    """Take from findings those that the baseline holds; only entries within reach of the check can be stale."""
    free = Counter({one.fingerprint: one.count for one in baseline.entries})
    left, known = list[Finding](), 0
    for one in findings:
        fingerprint = reach.place(one).fingerprint
        if free[fingerprint] > 0:
            free[fingerprint] -= 1
            known += 1
        else:
            left.append(one)
    stale = [one for one in baseline.entries if free[one.fingerprint] > 0 and _is_reached(one, reach)]
    return Compared(tuple(left), known, tuple(stale))


def _is_reached(entry: Entry, reach: Reach) -> bool:
    return reach.includes(entry.code, file=entry.notebook)


def _build_entry(finding: Finding, count: int, reason: str) -> Entry:
    return Entry(
        finding.code, finding.location.file, finding.fingerprint, count, finding.object, finding.message, reason
    )


def _read_entry(stored: object) -> Entry:
    fields = stored if isinstance(stored, dict) else {}
    code, notebook, fingerprint = (fields.get(key) for key in ("code", "notebook", "fingerprint"))
    count, about = fields.get("count", 1), fields.get("object")
    if not isinstance(code, str) or not isinstance(notebook, str) or not isinstance(fingerprint, str):
        raise FormatError(f"{_WHAT} has a damaged entry ({json.dumps(stored)[:80]}); {_ANEW}")
    entry = Entry(code, notebook, fingerprint, count if isinstance(count, int) and count > 0 else 1)
    message, reason = fields.get("message"), fields.get("reason")
    return replace(
        entry,
        object=about if isinstance(about, str) else None,
        message=message if isinstance(message, str) else "",
        reason=reason if isinstance(reason, str) else "",
    )
