"""What a cell does to the names of its notebook, by a conservative reading of its text: nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile

from vault_magic.cell_text import CODE_MAGICS, CellText
from vault_magic.effects.control_flow import NameState
from vault_magic.effects.lines import LineEffect, read_automagic, read_cell_magic, read_logical_line
from vault_magic.effects.statements import StatementReader
from vault_magic.masking import NOT_PYTHON, ParsedCell, parse_cell, parse_python


@dataclass(frozen=True, slots=True)
class CellNames:
    """What a cell does to the names of its notebook when it runs, as far as its text tells.

    `uses` are read, at the level of the notebook, before the cell itself has surely bound them; builtins are among
    them. `defines` are bound anew whatever they were before, and `deletes` surely gone; `may_define` are bound or
    deleted only on some path (a branch, a loop, a function that declares them `global`). `mutates` are changed in
    place (`x[0] = 1`, `x.a = 1`, `x += 1`, `x.append(1)`), `may_mutate` perhaps (`act(x)` whose result is dropped
    and of which nothing is known). `bodies` are, for each function and class that the cell defines, the names that
    its body reads from the notebook when it is called. `aliases` are pairs of names that may stand for the same or
    a part of the same object (`b = a`, `for row in rows`); what is put into a list, or comes out of a call, is in
    none. An opaque cell (`exec`, a star import, `%run`) may bind what its text does not tell.
    """

    uses: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    may_define: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    may_mutate: frozenset[str] = frozenset()
    bodies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    aliases: frozenset[tuple[str, str]] = frozenset()
    is_opaque: bool = False

    @property
    def binds(self) -> frozenset[str]:
        """The names that may have a new value after it."""
        return self.defines | self.may_define

    @property
    def changes(self) -> frozenset[str]:
        """The names that it binds, deletes or changes in place: what a ledger keeps."""
        return self.defines | self.may_define | self.deletes | self.mutates

    @property
    def touches(self) -> frozenset[str]:
        """The names that may not be what they were before it ran."""
        return self.changes | self.may_mutate


def read_names(source: str) -> CellNames | None:
    """Return what a cell does to names; `None` where it is not Python that can be read. Never raises."""
    return find_names(parse_cell(source))


def find_names(cell: ParsedCell) -> CellNames | None:
    """Return what a cell that is parsed already does to names."""
    reader = StatementReader({name: read_logical_line(line) for name, line in cell.lines.items()})
    automagics = [*_list_automagics(cell)]
    magics = [*_list_magics(cell.text), *automagics]
    try:
        if cell.tree is not None and not automagics:
            _read_code(reader, cell.tree.body, magics)
        for magic in magics:
            reader.do(magic)
    except NOT_PYTHON:
        return None
    if reader.seen != cell.lines.keys():  # Python reads the cell as something else than we do: trust neither
        return None
    return _collect(reader) if cell.tree is not None or magics else None


def _read_code(reader: StatementReader, block: list[ast.stmt], magics: list[LineEffect]) -> None:
    setups = [magic.code for magic in magics if magic.is_function]
    if setups:
        reader.read_function_code([*parse_python("\n".join(setups)).body, *block])
    else:
        reader.read_block(block)


def _list_magics(cell: CellText) -> Iterator[LineEffect]:
    """Yield what the cell magics of a cell do; the second one may stand below the first."""
    if cell.cell_magic is None:
        return
    rows = dropwhile(lambda row: not row.strip(), cell.body.split("\n"))
    for row in takewhile(lambda row: row.startswith("%%"), rows):
        name, _, line = row[2:].rstrip().partition(" ")
        yield read_cell_magic(name, line)
        if name not in CODE_MAGICS:
            return


def _list_automagics(cell: ParsedCell) -> Iterator[LineEffect]:
    """Yield what the only line of a cell does where it is a magic without its `%`."""
    text = cell.text.body.strip()
    if not cell.lines and cell.text.cell_magic is None and "\n" not in text:
        effect = read_automagic(text, is_python=cell.tree is not None)
        yield from [effect] if effect else []


def _collect(reader: StatementReader) -> CellNames:
    notebook = reader.notebook
    states = notebook.paths.states.items()
    bound = frozenset(name for name, state in states if state is NameState.BOUND)
    deleted = frozenset(name for name, state in states if state is NameState.DELETED)
    defines, deletes = bound - notebook.deleted_later, deleted - notebook.bound_later
    return CellNames(
        uses=frozenset(notebook.uses),
        defines=defines,
        may_define=frozenset(notebook.paths.touched - defines - deletes),
        deletes=deletes,
        mutates=frozenset(notebook.changed),
        may_mutate=frozenset(notebook.maybe_changed - notebook.changed),
        bodies=notebook.read_later,
        aliases=frozenset(notebook.aliases),
        is_opaque=reader.is_opaque,
    )
