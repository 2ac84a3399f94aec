"""The report for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vaultcheck.finding import Finding, Location, Severity, Stake
from vaultcheck.report import Report
from vaultcheck.reporters.style import PLAIN, Style, clean
from vaultcheck.reporters.wording import count, render_extent, render_place, render_verdict

_MOST_CONSEQUENCES, _MOST_COMMANDS, _MOST_OBJECTS = 3, 10, 5


def render_text(report: Report, style: Style = PLAIN, *, is_quiet: bool = False) -> str:
    """Return the findings by place, what was checked and how much of it could be judged, and what to do about it.

    Quiet: only findings.
    """
    findings = [line for one in report.findings for line in _render_finding(one, style)]
    if is_quiet:
        return "".join(f"{line}\n" for line in findings)
    if not (report.notebooks or report.findings or report.vaults):
        return "No notebooks found.\n"
    lines = [*findings, _render_summary(report, style), *_render_closing(report, style)]
    return "".join(f"{line}\n" for line in lines)


def _render_finding(finding: Finding, style: Style) -> Iterator[str]:
    what = f"{style.severity(finding.severity)} {style.bold(finding.code)} [{finding.name}]"
    yield f"{_render_place(finding.location, style)}: {what} {clean(finding.message)}"
    yield from (f"    {style.dim(clean(line))}" for line in finding.story)
    for one in finding.consequences[:_MOST_CONSEQUENCES]:
        yield f"    so, too: {_render_place(one.location, style)}: {clean(one.message)}"
    if (more := len(finding.consequences) - _MOST_CONSEQUENCES) > 0:
        yield f"    and {count(more, 'place')} more"
    yield f"    → {clean(finding.hint)}"


def _render_place(where: Location, style: Style) -> str:
    file = clean(where.file)
    if where.cell is None:
        return style.link(file, where.file)
    line = f":{where.file_line}" if where.file_line is not None else ""
    return f"{style.link(f'{file}{line}', where.file)} ({render_place(where)})"


def _render_summary(report: Report, style: Style) -> str:
    return f"{style.bold(render_verdict(report))}{clean(render_extent(report))}"


def _render_closing(report: Report, style: Style) -> Iterator[str]:
    """Yield what somebody needs at night: whether data are wrong, who stored them last, and what to type."""
    grave = [one for one in report.findings if one.severity is Severity.ERROR]
    if not grave:
        return
    data = [one for one in grave if one.stake is Stake.DATA]
    yield ""
    yield style.bold("Data are at stake:") if data else _BOOKKEEPING
    yield from _render_objects(data)
    if report.commands:
        yield "When the rest is mended, run in this order:" if _needs_thought(grave) else "Run, in this order:"
        yield from (f"    {clean(one)}" for one in report.commands[:_MOST_COMMANDS])
    if (more := len(report.commands) - _MOST_COMMANDS) > 0:
        yield f"    and {count(more, 'notebook')} more"
    codes = sorted({one.code for one in grave})
    yield f"What this means: vaultcheck rule {codes[0]}{_also(codes[1:])}"


_BOOKKEEPING = "Only what is written down is wrong: of no stored object is it known to be missing or out of date."


def _needs_thought(findings: Iterable[Finding]) -> bool:
    """Tell whether something has to be mended by hand first."""
    return any(not one.runs for one in findings)


def _render_objects(findings: Iterable[Finding]) -> Iterator[str]:
    told = dict[tuple[str | None, str], Finding]()
    for one in findings:
        told.setdefault((one.vault, one.object or one.location.file), one)
    for (vault, what), one in [*told.items()][:_MOST_OBJECTS]:
        within = f" of {clean(vault)}" if vault and one.object else ""
        last = f"; last stored by {clean(one.last_store)}" if one.last_store else ""
        yield f"    '{clean(what)}'{within}: {one.name} at {_name_place(one.location)}{last}"
    if (more := len(told) - _MOST_OBJECTS) > 0:
        yield f"    and {more} more"


def _name_place(where: Location) -> str:
    return f"{clean(where.file)}, cell {where.cell}" if where.cell else clean(where.file)


def _also(codes: list[str]) -> str:
    return f" (likewise {', '.join(codes)})" if codes else ""
