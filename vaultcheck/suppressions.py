"""What notebooks say that the check shall not tell of them: comments, tags, and metadata."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from vault_magic.cell_text import LineKind, split_cell
from vault_magic.masking import mask_cell
from vaultcheck.cell import Cell
from vaultcheck.finding import Finding, Location
from vaultcheck.notebook import Notebook

_SIGN = "vaultcheck"
# After the sign, rules in brackets; codes without are meant for rules, too, and not for a reason to ignore all of them.
_REQUEST = (
    r"vaultcheck:\s*(?P<what>ignore(?:-file)?)\b"
    r"(?:\s*\[(?P<words>[^\]]*)(?:\]|\Z)|[\s:=,-]*(?P<codes>VC\d\w*(?:[\s,]+VC\d\w*)*))?"
)
_COMMENT = re.compile(rf"(?<![`'\"])#\s*{_REQUEST}", re.IGNORECASE)  # not one that is quoted
_HIDDEN = re.compile(rf"\s*{_REQUEST}", re.IGNORECASE)
_TAG = re.compile(
    r"vaultcheck[-:]\s*(?:ignore(?:\s*\[(?P<words>[^\]]*)\]|[-:=\s]\s*(?P<word>[\w-]+))?|(?P<code>VC\d\w*))",
    re.IGNORECASE,
)
_EVERYTHING, _WHOLE_FILE = "", "ignore-file"


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
        for tag in sorted(cell.tags) if cell.tags else ():
            if found := _TAG.fullmatch(tag):
                where = _locate(notebook, cell, 1)
                words = _split(found["words"] or found["word"] or found["code"])
                yield from (Suppression(where, word, cell.number) for word in words)


def _find_in_text(notebook: Notebook, cell: Cell) -> Iterator[Suppression]:
    comments = _list_comments(cell.source) if cell.is_code else _list_hidden(cell.source)
    for line, found in comments:
        is_file = found["what"].lower() == _WHOLE_FILE
        for word in _split(found["words"] or found["codes"]):
            yield Suppression(_locate(notebook, cell, line), word, None if is_file else cell.number)


def _split(text: str | None) -> tuple[str, ...]:
    """Return the words of a suppression, each once, an empty one for all rules where there are none."""
    return (*dict.fromkeys((text or "").replace(",", " ").split()),) or (_EVERYTHING,)


def _list_comments(source: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the comments of a cell that are meant for the checker, with their lines: not what looks so in a string."""
    cell = split_cell(source)
    if not cell.is_code:
        return
    for line in cell.lines:
        if line.kind is LineKind.MAGIC and (found := _COMMENT.search(line.text)):
            yield line.number + 1, found
    for number, text in _list_python_comments(mask_cell(cell).text):
        if found := _COMMENT.search(text):
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
        found = _HIDDEN.match(source[start + 4 : end])
        if found and found["what"].lower() == _WHOLE_FILE:
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


def find_needless(
    unused: Iterable[Suppression], suppressions: Iterable[Suppression], notebooks: Mapping[str, Notebook]
) -> list[Suppression]:
    """Return the suppressions that may go: of the runs of one notebook those that none of them needs, each once."""
    idle = [*unused]
    identify = _Identification(notebooks)
    needed = {identify(one) for one in {*suppressions}.difference(idle)}
    found = dict[Hashable, Suppression]()
    for one in sorted(idle, key=identify.is_of_run):  # best told where it was written
        if (key := identify(one)) not in needed:
            found.setdefault(key, one)
    return [*found.values()]


class _Identification:
    """What a suppression is known by in all runs of a notebook, which hold the same cells."""

    def __init__(self, notebooks: Mapping[str, Notebook]) -> None:
        self._notebooks = notebooks
        self._sources = {one.source for one in notebooks.values() if one.source}

    def __call__(self, one: Suppression) -> Hashable:
        notebook = self._notebooks[one.location.file]
        source = notebook.source or notebook.path
        if source not in self._sources:
            return one
        return source, one.word, notebook.cells[one.cell - 1].source_digest if one.cell else None

    def is_of_run(self, one: Suppression) -> bool:
        """Tell whether a suppression stands in the run of another notebook."""
        notebook = self._notebooks[one.location.file]
        return bool(notebook.source) and notebook.source != notebook.path
