"""The report as Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vaultcheck.finding import Finding
from vaultcheck.report import Report
from vaultcheck.reporters.lineage_graph import render_mermaid
from vaultcheck.reporters.style import clean
from vaultcheck.reporters.wording import count, render_extent, render_place, render_verdict

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$@]|:(?=//|\w)|(?<=www)\.)")
_MOST = 100
"""Findings in the table: a comment on GitHub holds 65,536 characters."""


def render_markdown(report: Report) -> str:
    """Return the verdict, a table of the findings, what to run, and the lineage as a drawing."""
    return "\n".join(_render_lines(report)) + "\n"


def _render_lines(report: Report) -> Iterator[str]:
    yield f"### vaultcheck: {_escape(render_verdict(report))}"
    yield ""
    yield _escape(f"{render_verdict(report)}{render_extent(report)}")
    if report.findings:
        yield from (
            "",
            "| severity | rule | notebook | place | what | what to do |",
            "| --- | --- | --- | --- | --- | --- |",
        )
        yield from map(_render_row, report.findings[:_MOST])
    if (more := len(report.findings) - _MOST) > 0:
        yield from ("", f"And {count(more, 'finding')} more.")
    if report.commands:
        yield from ("", "To run again, in this order:", "", *(f"    {clean(one)}" for one in report.commands))
    if report.lineage.uses:
        yield from ("", "<details><summary>Lineage</summary>", "", "```mermaid")
        yield render_mermaid(report.lineage).rstrip("\n")
        yield from ("```", "", "</details>")


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
