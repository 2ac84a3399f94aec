"""Small vaults and notebooks built in code: cells are run, edited and saved as people do it, without a kernel.

Digests, records, ledgers and manifests are made by the functions of vault_magic that make them in a kernel.
"""

from __future__ import annotations

import copy
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vault_magic.archive.layout import (
    SENTINEL,
    CommitMarker,
    write_commit_marker,
    write_entry_comment,
    write_sentinel_comment,
)
from vault_magic.archive.sidecar import Sidecar, build_producer
from vault_magic.archive.upkeep import build_import_lines, manifest_path
from vault_magic.canonical import VERSION
from vault_magic.command import Command
from vault_magic.digest import crc32_hex, digest_cell, sha256_hex
from vault_magic.forms import Verb
from vault_magic.grammar import parse_command
from vault_magic.identity import Identity
from vault_magic.manifest import ImportLine, Manifest, ObjectLine, Producer, render_manifest
from vault_magic.mark import Mark
from vault_magic.record import ArchiveRef, Input, Record, Result
from vault_magic.session import Session, build_run
from vault_magic.whereabouts import relate
from vaultcheck.discovery import find_notebooks
from vaultcheck.finding import Finding
from vaultcheck.rules import RULES
from vaultcheck.rules.base import Rule
from vaultcheck.settings import Settings
from vaultcheck.stamping import run_rules
from vaultcheck.workspace import Workspace, load_workspace

START = datetime(2026, 1, 1, tzinfo=UTC)
_KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}

LEFTOVERS = ("VC404", "VC405", "VC406")
DEFAULT_RULES = tuple(rule for rule in RULES if not rule.is_on_demand and rule.code not in LEFTOVERS)
"""All rules but those on demand and those for which the small vaults of tests have too little in use."""

Place = tuple[str, str, int | None]
"""The code, file and cell of a finding."""


def identify(content: str, *, format: str | None = "pickle", unstable: bool = False) -> Identity:  # noqa: A002
    """Return the identity of an object whose bytes are this text."""
    data = content.encode()
    return Identity(crc32_hex(data), sha256_hex(data), format=format, bytes=len(data), unstable=unstable)


def build_cell(source: str | list[str], *, kind: str = "code", id: str | None = None) -> dict[str, Any]:  # noqa: A002
    """Return a cell of format 4 that has not been run."""
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell | ({"id": id} if id else {})


def build_output(metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an output that shows a text."""
    data = {"text/plain": ["shown"]}
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def build_error(text: str) -> dict[str, Any]:
    """Return the output of a cell that has failed with `Name: text`."""
    name, _, value = text.partition(": ")
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": [text]}


def build_metadata() -> dict[str, Any]:
    """Return the metadata of a notebook, anew each time: mutants change them in place."""
    return {"kernelspec": dict(_KERNELSPEC)}


def build_notebook(cells: Iterable[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return a notebook of format 4.5."""
    return {"cells": [*cells], "metadata": build_metadata(), "nbformat": 4, "nbformat_minor": 5} | fields


def write_notebook(path: Path, notebook: dict[str, Any]) -> Path:
    """Write a notebook as Jupyter lays it out, multi-line sources as lists."""
    cells = [cell | {"source": _split(cell["source"])} for cell in notebook["cells"]]
    text = json.dumps(notebook | {"cells": cells}, indent=1, sort_keys=True, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"))  # half a character becomes its escape in JSON
    return path


def _split(source: str | list[str]) -> list[str]:
    return source.splitlines(keepends=True) if isinstance(source, str) else source


@dataclass
class Lab:
    """A folder with one vault and the notebooks that work with it; the files appear with `save`."""

    folder: Path
    archive: str = "storage.zip"
    vault: str = "1" * 32
    objects: dict[str, Identity] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    producers: dict[str, Producer] = field(default_factory=dict)
    imports: list[ImportLine] = field(default_factory=list)
    notebooks: dict[str, Author] = field(default_factory=dict)
    ticks: int = 0

    @property
    def archive_path(self) -> Path:
        """Where the archive lies."""
        return self.folder / self.archive

    def tell_time(self) -> datetime:
        """Return a time later than any before."""
        self.ticks += 1
        return START + timedelta(seconds=self.ticks)

    def start(self, name: str, *cells: str, sends_ids: bool = False) -> Author:
        """Return a new notebook, with the vault opened and some cells run."""
        author = Author(self, name, session=Session(f"session of {name}"), sends_ids=sends_ids)
        self.notebooks[name] = author
        author.run(f"%open_vault -p {author.typed} --secure False")
        for source in cells:
            author.run(source)
        return author

    def put(self, path: str, content: str, *, format: str | None = "pickle", unstable: bool = False) -> None:  # noqa: A002
        """Store an object without a trace in any notebook; without a format, as another tool would."""
        self.objects[path] = identify(content, format=format, unstable=unstable)
        self.contents[path] = content
        self.producers.pop(path, None)

    def save(self, *, archive: bool = True, manifest: bool = True) -> None:
        """Write the notebooks, and the archive and its manifest where wanted."""
        for author in self.notebooks.values():
            author.save()
        self.archive_path.parent.mkdir(parents=True, exist_ok=True)
        if archive:
            write_archive(self.archive_path, vault=self.vault, objects=self.objects, contents=self.contents)
        if manifest:
            manifest_path(self.archive_path).write_text(render_manifest(self.build_manifest()), encoding="utf-8")

    def build_manifest(self) -> Manifest:
        """Return the manifest of what is stored now."""
        lines = [ObjectLine(path, one, producer=self.producers.get(path)) for path, one in self.objects.items()]
        return Manifest(self.vault).replace_objects(lines).replace_imports(self.imports)

    def load(self, *, vault: Path | None = None) -> Workspace:
        """Return what the rules get to see of the folder."""
        files = find_notebooks([self.folder], working_directory=self.folder)
        return load_workspace(files, working_directory=self.folder, settings=Settings(root=self.folder, vault=vault))

    def check(self, rules: Iterable[Rule] = DEFAULT_RULES, *, vault: Path | None = None) -> list[Finding]:
        """Return the findings in the saved files, by place."""
        return sorted(run_rules(self.load(vault=vault), rules), key=lambda one: one.sort_key)

    def find(self, rules: Iterable[Rule] = DEFAULT_RULES) -> list[Place]:
        """Return the places of the findings."""
        return list_places(self.check(rules))


@dataclass
class Author:
    """A notebook in a running kernel: `cells` is what stands in it, `session` what has run."""

    lab: Lab
    name: str
    session: Session
    sends_ids: bool = False
    cells: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=build_metadata)
    count: int = 0

    @property
    def path(self) -> Path:
        """Where the notebook lies."""
        return self.lab.folder / self.name

    @property
    def typed(self) -> str:
        """The archive's path from the notebook's folder."""
        return relate(self.lab.archive_path, folder=self.path.parent) or self.lab.archive

    def write(self, source: str, *, kind: str = "code") -> None:
        """Add a cell that is not run."""
        self.cells.append(build_cell(source, kind=kind, id=f"cell-{len(self.cells) + 1}"))

    def run(
        self,
        source: str,
        *,
        did: Sequence[str] | None = None,
        content: str = "1",
        unstable: bool = False,
        records: bool = True,
        shows: bool = False,
        error: str | None = None,
    ) -> None:
        """Add a cell and run it.

        `did` are the commands as executed, if they are not the lines that start with `%vault`; `content` is what is
        stored by them; without `records` nothing is displayed; with `shows` the cell has an output that is marked; an
        `error` (`Name: text`) is what it ends in.
        """
        self.write(source)
        number = len(self.cells)
        self.run_again(number, did=did, content=content, unstable=unstable, records=records, shows=shows, error=error)

    def run_again(
        self,
        cell: int,
        *,
        did: Sequence[str] | None = None,
        content: str = "1",
        unstable: bool = False,
        records: bool = True,
        shows: bool = False,
        error: str | None = None,
    ) -> None:
        """Run a cell (counted from 1) as it stands."""
        saved, self.count = self.cells[cell - 1], self.count + 1
        source = saved["source"]
        run = build_run(source, sent_id=saved["id"] if self.sends_ids else None, count=self.count)
        self.session = self.session.start(run)
        typed = [line[7:] for line in source.splitlines() if line.startswith("%vault ")] if did is None else did
        done = [self._do(text, content=content, unstable=unstable) for text in typed]
        outputs = [build_output({"vault": record.to_json()}) for record in done if records]
        marks = [build_output({"vault_cell": self._mark(source).to_json()})] if shows else []
        self.session = self.session.finish(succeeded=error is None)
        errors = [build_error(error)] if error else []
        saved |= {"execution_count": self.count, "outputs": outputs + marks + errors}

    def run_unsaved(self, cell: int, *, content: str = "1") -> None:
        """Run a cell (counted from 1) of a notebook that is then closed without saving."""
        saved = copy.deepcopy(self.cells)
        self.run_again(cell, content=content)
        self.cells = saved

    def edit(self, cell: int, source: str) -> None:
        """Change the text of a cell (counted from 1); its outputs stay."""
        self.cells[cell - 1]["source"] = source

    def strip(self) -> None:
        """Remove what nbstripout removes: outputs, counts and ids."""
        for number, cell in enumerate(self.cells):
            cell |= {"execution_count": None, "outputs": [], "id": str(number)}

    def restart(self) -> None:
        """Begin a new session, with the vault opened in it as the first cell does."""
        self.session, self.count = Session(f"{self.session.id}, again"), 0
        self.run_again(1)

    def save(self) -> None:
        """Write the notebook as it stands."""
        write_notebook(self.path, build_notebook(self.cells, metadata=self.metadata))

    def _mark(self, source: str) -> Mark:
        digest = digest_cell(source)
        return Mark(self.session.id, digest.source, digest.code, VERSION, count=self.count)

    def _do(self, text: str, *, content: str, unstable: bool) -> Record:
        """Carry out one command on the vault as it is in memory."""
        command, started = parse_command(text), self.lab.tell_time()
        results = _ACTIONS[command.verb](self.lab, command, identify(content, unstable=unstable))
        record = self._record(command, text, results=results, started=started)
        if command.verb is Verb.IMPORT:
            inputs = (Input(one.path, self.lab.vault, one.after) for one in results if one.after)
            self.session = self.session.remember(inputs)
        self._note(record, content=content)
        return record

    def _record(self, command: Command, text: str, *, results: tuple[Result, ...], started: datetime) -> Record:
        storing = command.verb is Verb.STORE
        return Record(
            action=command.verb.value,
            command=text,
            results=results,
            archive=ArchiveRef(self.lab.vault, self.typed, from_notebook=self.typed),
            started=started,
            finished=self.lab.tell_time(),
            session=self.session.id,
            inputs=self.session.inputs if storing else (),
            notebook=self.path.name,
            cell=self.session.current.cell if self.session.current else None,
            ledger=self.session.ledger if storing else None,
        )

    def _note(self, record: Record, *, content: str) -> None:
        """Follow a command in the vault's memory: contents, producers, imports."""
        name = relate(self.path, folder=self.lab.archive_path.parent)
        self.lab.imports += build_import_lines(record, notebook=name)
        for one in record.results if record.action == Verb.STORE.value else ():
            if one.after:
                self.lab.contents[one.path] = content
                self.lab.producers[one.path] = build_producer(Sidecar(one.path, one.after, record, notebook=name))


def _store(lab: Lab, command: Command, identity: Identity) -> tuple[Result, ...]:
    results = [Result(one.path, one.variable, lab.objects.get(one.path), identity) for one in command.targets]
    lab.objects |= {one.path: identity for one in command.targets}
    return tuple(results)


def _read(lab: Lab, command: Command, identity: Identity) -> tuple[Result, ...]:
    return tuple(Result(one.path, one.variable, *[lab.objects[one.path]] * 2) for one in command.targets)


def _delete(lab: Lab, command: Command, identity: Identity) -> tuple[Result, ...]:
    return tuple(Result(one.path, None, before=lab.objects.pop(one.path)) for one in command.targets)


_ACTIONS: dict[Verb, Callable[[Lab, Command, Identity], tuple[Result, ...]]] = {
    Verb.STORE: _store,
    Verb.IMPORT: _read,
    Verb.DEL: _delete,
    Verb.ASSERT: _read,
    Verb.LIST: _read,
}


def write_archive(path: Path, *, vault: str, objects: dict[str, Identity], contents: dict[str, str]) -> None:
    """Write an archive as a listing sees it; an object without a format lies there as another tool has put it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(_build_member(SENTINEL, write_sentinel_comment(vault)), "{}")
        for name, identity in sorted(objects.items()):
            comment = write_entry_comment(identity) if identity.format else b""
            archive.writestr(_build_member(name, comment), contents[name])
        archive.comment = write_commit_marker(CommitMarker(vault, generation=1))


def _build_member(name: str, comment: bytes) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.comment = comment
    return info


def list_places(findings: Iterable[Finding]) -> list[Place]:
    """Return the code, file and cell of each finding."""
    return [(one.code, one.location.file, one.location.cell) for one in findings]


def name_case(case: Callable[[Lab], object]) -> str:
    """Return the id of a case that is a function."""
    return case.__name__.replace("_", "-")
