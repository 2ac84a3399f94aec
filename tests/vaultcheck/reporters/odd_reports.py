"""Reports that say the same text wherever a notebook could have put it, and lineages without notebooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from hypothesis import strategies as st

from vaultcheck.finding import Consequence, Finding, Location, Severity
from vaultcheck.lineage import Edge, Lineage, Use
from vaultcheck.report import NotebookSummary, Report, VaultSummary

_ODD = [
    "",
    "a\nb\r\nc",
    "\x1b[2J",
    "\x00",
    "\ud800",
    "\ufffe\uffff",
    "\u202e",
    "|`<b>`|",
    "]]>",
    "%0A::error::x",
    "##[error]x",
    ",:",
    "@all #1 \\|",
    "f[0](1) {0}",
]

texts = st.one_of(st.sampled_from(_ODD), st.text(), st.text(alphabet="|`<>&%:\n\r\\\"'[](){}#\ud800\x00\u2028"))


def build_finding(text: str, severity: Severity = Severity.ERROR) -> Finding:
    """Return a finding at a command, with one consequence in the next cell."""
    where = Location(f"{text}.ipynb", cell=2, cell_id=text, line=1, file_line=7)
    follows = Consequence(replace(where, cell=3), text, text)
    return Finding(
        "VC304", "stale-import", severity, text, text, where, text, story=(text, text), consequences=(follows,)
    )


def build_report(text: str) -> Report:
    """Return a report with a finding of each severity, a clean notebook and a vault."""
    return Report(
        notebooks=(NotebookSummary("clean.ipynb"),),
        vaults=(VaultSummary(text, "archive", 1),),
        findings=tuple(build_finding(text, severity) for severity in Severity),
        commands=(text,),
    )


@dataclass(frozen=True)
class Handed:
    """What of a `Use` is drawn: it can be said without notebooks."""

    vault: str
    path: str
    producers: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()


def as_lineage(*uses: Handed) -> Lineage:
    """Return the lineage of these objects."""
    return Lineage(cast("tuple[Use, ...]", uses))
