"""The report as Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from vaultcheck.finding import Finding
from vaultcheck.lineage import Lineage
from vaultcheck.report import Report
from vaultcheck.reporters.lineage_graph import render_mermaid
from vaultcheck.reporters.style import clean
from vaultcheck.reporters.wording import count, render_extent, render_place, render_verdict

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$@]|:(?=//|\w)|(?<=www)\.)")
_MOST_FINDINGS, _MOST_COMMANDS, _MOST_ARROWS = 100, 20, 500
"""Mermaid draws 500 arrows."""

_ROOM = 30_000
"""Characters for the table, and as many for the drawing: a comment on GitHub holds 65,536."""


def render_markdown(report: Report) -> str:
    """Return the verdict, a table of the findings, what to run, and the lineage as a drawing."""
    return "\n".join(_render_lines(report)) + "\n"


def _render_lines(report: Report) -> Iterator[str]:
    yield f"### vaultcheck: {_escape(render_verdict(report))}"
    yield ""
    yield _escape(f"{render_verdict(report)}{render_extent(report)}")
    if report.findings:
        yield from _render_table(report.findings)
    if report.commands:
        yield from ("", "To run again, in this order:", "")
        yield from (f"    {clean(one)}" for one in report.commands[:_MOST_COMMANDS])
    if (more := len(report.commands) - _MOST_COMMANDS) > 0:
        yield from ("", f"And {count(more, 'notebook')} more.")
    if report.lineage.uses:
        yield from _draw_lineage(report.lineage)


def _render_table(findings: Sequence[Finding]) -> Iterator[str]:
    yield from (
        "",
        "| severity | rule | notebook | place | what | what to do |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    rows = [_render_row(one) for one in findings[:_MOST_FINDINGS]]
    room = sum(size <= _ROOM for size in accumulate(map(len, rows)))
    yield from rows[:room]
    if (more := len(findings) - room) > 0:
        yield from ("", f"And {count(more, 'finding')} more.")


def _draw_lineage(lineage: Lineage) -> Iterator[str]:
    drawing = render_mermaid(lineage).rstrip("\n")
    if len(drawing) > _ROOM or drawing.count(" --> ") > _MOST_ARROWS:
        yield from ("", "The lineage is too large to be drawn here: `vaultcheck graph` shows it.")
        return
    yield from ("", "<details><summary>Lineage</summary>", "", "```mermaid", drawing, "```", "", "</details>")


def _render_row(finding: Finding) -> str:
    where = finding.location
    cells = (
        finding.severity.value,
        f"{finding.code} {finding.name}",
        where.file,
        render_place(where),
        finding.message,
        finding.hint,
    )
    return f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    """Return a text that is nothing but itself: no HTML, no link, no mention, no end of its cell."""
    return _SPECIAL.sub(r"\\\1", clean(text)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\@", "&#64;")
