"""What to write in place of hand-made hand-overs: for people, and as versioned JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from vaultcheck.adoption import Adoption, Handover, Step
from vaultcheck.file_functions import Kind
from vaultcheck.finding import Location
from vaultcheck.handovers import Medium
from vaultcheck.reporters.style import clean

SCHEMA_VERSION = 1

_MOST_NAMES = 5
_VERBS = {Kind.WRITE: "written", Kind.READ: "read"}
_REMARKS = (
    "A vault keeps values as they are, with index and types: what `index=False`, `index_col=` or `parse_dates=` did",
    "for a file is not needed. With `-e NAME` the vault is encrypted; `--secure False` says that it need not be.",
)


def render_adoption(plan: Adoption, locate: Callable[[Location], int | None]) -> str:
    """Return each hand-over with the lines to write instead; `locate` finds the line of the file."""
    lines = [line for one in plan.handovers for line in _render_handover(one, locate)]
    lines += [line for one in plan.further for line in _render_step(one, locate)]
    lines += [""] if plan.further else []
    lines += [*_render_summary(plan), *_render_preparations(plan), *_render_left(plan)]
    return "".join(f"{line}\n" for line in lines)


def render_adoption_json(plan: Adoption, locate: Callable[[Location], int | None]) -> str:
    """Return the same as JSON; the same plan is the same text."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "summary": {
            "notebooks": plan.notebooks,
            "handovers": len(plan.handovers),
            "only_read": list(plan.raw),
            "only_written": list(plan.exports),
        },
        "handovers": [_write_handover(one, locate) for one in plan.handovers],
        "further": [_write_step(one, locate) for one in plan.further],
        "preparations": [{"notebooks": list(one.notebooks), "lines": list(one.lines)} for one in plan.preparations],
    }
    return json.dumps(content, indent=2) + "\n"


def _write_handover(one: Handover, locate: Callable[[Location], int | None]) -> dict[str, object]:
    steps = [(step.kind, _write_step(step, locate)) for step in one.steps]
    return {
        "medium": one.medium.value,
        "names": list(one.names),
        "objects": list(one.objects),
        "writes": [step for kind, step in steps if kind is Kind.WRITE],
        "reads": [step for kind, step in steps if kind is Kind.READ],
    }


def _write_step(step: Step, locate: Callable[[Location], int | None]) -> dict[str, object]:
    where = step.location
    return {
        "notebook": where.file,
        "cell": where.cell,
        "cell_id": where.cell_id,
        "line": where.line,
        "file_line": locate(where),
        "code": step.code,
        "instead": list(step.advice.lines),
        "notes": list(step.advice.notes),
    }


def _render_handover(one: Handover, locate: Callable[[Location], int | None]) -> Iterator[str]:
    how = "%store" if one.medium is Medium.STORE else "file"
    yield f"{how} {clean(', '.join(one.names))}: belongs in the vault as {clean(', '.join(one.objects))}"
    for step in one.steps:
        yield from _render_step(step, locate)
    yield ""


def _render_step(step: Step, locate: Callable[[Location], int | None]) -> Iterator[str]:
    place = _render_place(step.location, locate(step.location))
    yield f"  {_VERBS[step.kind]} at {place}: {clean(step.code)}" if step.kind else f"{place}: {clean(step.code)}"
    yield from (f"    → {clean(line)}" for line in step.advice.lines)
    yield from (f"      ({clean(note)})" for note in step.advice.notes)


def _render_place(where: Location, file_line: int | None) -> str:
    at = f":{file_line}" if file_line is not None else ""
    return f"{clean(where.file)}{at} (cell {where.cell}, line {where.line})"


def _render_summary(plan: Adoption) -> Iterator[str]:
    read = _count(plan.notebooks, "notebook")
    if not plan.handovers:
        yield f"No hand-overs by files or %store: {read} read."
        return
    taking_part = {step.location.file for one in plan.handovers for step in one.steps}
    yield f"{_count(len(plan.handovers), 'hand-over')} between {len(taking_part)} notebooks, {read} read."


def _render_preparations(plan: Adoption) -> Iterator[str]:
    """Yield what has to stand above the first command, by folders where that differs."""
    if not plan.preparations:
        return
    yield "At its top each of them needs, once, unless it opens a vault already:"
    for one in plan.preparations:
        folder = one.notebooks[0].rpartition("/")[0]
        yield from [f"  in {clean(folder) or 'this folder'}:"] if len(plan.preparations) > 1 else []
        yield from (f"    {line}" for line in one.lines)
    yield from _REMARKS


def _render_left(plan: Adoption) -> Iterator[str]:
    yield from _render_some(plan.raw, "read that no notebook writes")
    yield from _render_some(plan.exports, "written that no other notebook reads")


def _render_some(names: tuple[str, ...], how: str) -> Iterator[str]:
    if names:
        some, more = clean(", ".join(names[:_MOST_NAMES])), len(names) - _MOST_NAMES
        listed = f"{some} and {more} more" if more > 0 else some
        what = "file or variable" if any(one.startswith("%store ") for one in names) else "file"
        count = f"1 {what} is" if len(names) == 1 else f"{len(names)} {what.replace(' or', 's or')}s are"
        yield f"{count} {how}: left alone ({listed})."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
