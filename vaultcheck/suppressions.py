"""What notebooks say that the check shall not tell of them: comments, tags, and metadata."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vault_magic.cell_text import LineKind, split_cell
from vault_magic.masking import mask_cell
from vaultcheck.finding import Finding, Location
from vaultcheck.notebook import Cell, Notebook

_SIGN = "vaultcheck"
_COMMENT = re.compile(r"#\s*vaultcheck:\s*(?P<what>ignore(?:-file)?)\b(?:\s*\[(?P<words>[^\]]*)\])?", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--\s*vaultcheck:\s*(?P<what>ignore-file)\b(?:\s*\[(?P<words>[^\]]*)\])?[^>]*-->", re.IGNORECASE
)
_TAG = re.compile(r"vaultcheck[-:]\s*ignore(?:[-:=]\s*(?P<word>[\w-]+))?", re.IGNORECASE)
_EVERYTHING = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One word of a suppression, the empty one for all rules; `cell` is the one that it is for, if not the file."""

    location: Location
    word: str = _EVERYTHING
    cell: int | None = None

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is meant."""
        where = finding.location
        if where.file != self.location.file or (self.cell is not None and where.cell != self.cell):
            return False
        word = self.word.lower()
        return not word or finding.name == word or (word.startswith("vc") and finding.code.lower().startswith(word))


def find_suppressions(notebook: Notebook) -> Iterator[Suppression]:
    """Yield what a notebook suppresses, in the order of its cells."""
    whole = Location(notebook.path)
    yield from (Suppression(whole, word) for word in notebook.ignored)
    for cell in notebook.cells:
        if _SIGN in cell.source:
            yield from _find_in_text(notebook, cell)
        for tag in sorted(cell.tags):
            if found := _TAG.fullmatch(tag):
                yield Suppression(_locate(notebook, cell, 1), found["word"] or _EVERYTHING, cell.number)


def _find_in_text(notebook: Notebook, cell: Cell) -> Iterator[Suppression]:
    comments = _list_comments(cell.source) if cell.is_code else _list_hidden(cell.source)
    for line, found in comments:
        is_file = found["what"].lower() == "ignore-file"
        words = dict.fromkeys(word.strip() for word in (found["words"] or "").split(","))
        for word in [word for word in words if word] or [_EVERYTHING]:
            yield Suppression(_locate(notebook, cell, line), word, None if is_file else cell.number)


def _list_comments(source: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the comments of a cell that are meant for the checker, with their lines: not what looks so in a string."""
    cell = split_cell(source)
    if not cell.is_code:
        return
    for line in cell.lines:
        if line.kind is LineKind.MAGIC and (found := _COMMENT.search(line.text)):
            yield line.number + 1, found
    for number, text in _list_python_comments(mask_cell(cell).text):
        if found := _COMMENT.match(text):
            yield number, found


def _list_python_comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError, IndentationError):  # what came before it was read
        return


def _list_hidden(source: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the comments of a text that are meant for the checker, with their lines; each ends where the first can."""
    start, line, counted = source.find("<!--"), 1, 0
    while start >= 0 and (end := source.find("-->", start)) >= 0:
        line, counted = line + source.count("\n", counted, start), start
        if found := _HIDDEN.fullmatch(source, start, end + 3):
            yield line, found
        start = source.find("<!--", end)


def _locate(notebook: Notebook, cell: Cell, line: int) -> Location:
    return Location(notebook.path, cell=cell.number, cell_id=cell.id, line=line)


def suppress(
    findings: Iterable[Finding], suppressions: Iterable[Suppression]
) -> tuple[list[Finding], list[Finding], list[Suppression]]:
    """Return the findings that are left, those that are suppressed, and the suppressions that suppress nothing."""
    listed, by_place = [*suppressions], dict[tuple[str, int | None], list[Suppression]]()
    for one in listed:
        by_place.setdefault((one.location.file, one.cell), []).append(one)
    left, silenced, used = list[Finding](), list[Finding](), set[Suppression]()
    for finding in findings:
        where = finding.location
        near = (by_place.get((where.file, cell), ()) for cell in {None, where.cell})
        covering = [one for some in near for one in some if one.covers(finding)]
        (silenced if covering else left).append(finding)
        used |= {*covering}
    return left, silenced, [one for one in listed if one not in used]
