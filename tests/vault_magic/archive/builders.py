"""Archives, objects and notebooks for the tests of the archive room and of the operations."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Copied, Member, compose
from vault_magic.archive.directory import Directory
from vault_magic.archive.opening import open_archive
from vault_magic.archive.reading import read_archive
from vault_magic.archive.sidecar import Sidecar
from vault_magic.digest import crc32_hex, sha256_hex
from vault_magic.functions import Function
from vault_magic.identity import Identity
from vault_magic.operations.host import remember
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.running import run_call, run_command
from vault_magic.operations.task import Context, OpenVault
from vault_magic.options import OpenOptions
from vault_magic.record import ArchiveRef, CellRef, Record, Result
from vault_magic.session import Session, build_run

VAULT = "0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = b"correct horse"


def identify(data: bytes, **more: Any) -> Identity:
    return Identity(crc32=crc32_hex(data), sha256=sha256_hex(data), bytes=len(data), **{"format": "pickle"} | more)


def build_record(path: str, identity: Identity, **more: Any) -> Record:
    fields: dict[str, Any] = {
        "action": "store",
        "command": f"store x in '{path}'",
        "results": (Result(path, "x", None, identity),),
        "archive": ArchiveRef(vault=VAULT, path="storage.zip"),
        "started": NOON,
        "finished": NOON,
        "session": "session",
        "cell": CellRef(sha256="c" * 64, code="d" * 64, code_version=1, count=3),
    }
    return Record(**fields | more)


def build_entry(path: str, data: bytes, **more: Any) -> tuple[bytes, Sidecar]:
    """Return what `Archive.change` takes for one object."""
    identity = identify(data)
    return data, Sidecar(path, identity, build_record(path, identity), **more)


def put(archive: Archive, objects: Mapping[str, bytes], *, delete: tuple[str, ...] = ()) -> None:
    with archive.lock(holder="a test"):
        archive.change(store={path: build_entry(path, data) for path, data in objects.items()}, delete=delete)


def make_vault(path: Path, objects: Mapping[str, bytes], *, password: bytes | None = None) -> Archive:
    archive = open_archive(path, password=password, variable="PASSWORD")
    put(archive, objects)
    return archive


class _Unseekable:
    """A file as a pipe is one: what is written into it gets data descriptors."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class _OldName(zipfile.ZipInfo):
    """An entry whose name is in the code page of DOS."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # the name in zipfile
        return self.filename.encode("cp437"), self.flag_bits


FOREIGN = {"deflated": b"a\n1\n" * 500, "folder/stored": b"b\n2\n", "caf\u00e9": b"c\n3\n", "empty": b""}
"""What the archives of `make_foreign` hold."""


def make_foreign(path: Path, *, descriptors: bool = False) -> None:
    """Make an archive as another tool does: no vault metadata, a folder, a name in an old code page."""
    target = _Unseekable(path) if descriptors else path
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", b"")
        for name, data in FOREIGN.items():
            info = _OldName(name) if not name.isascii() else zipfile.ZipInfo(name)
            info.comment = b"made elsewhere"
            method = zipfile.ZIP_STORED if "stored" in name else zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compress_type=method)
    if isinstance(target, _Unseekable):
        target.close()


def read_members(path: Path) -> dict[str, bytes]:
    """Return the plain members of an archive as another tool reads them, the vault's own left out."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.startswith(".vault/") and not name.endswith("/")]
        return {name: archive.read(name) for name in names}


def rewrite(
    path: Path,
    *,
    add: Sequence[Member] = (),
    drop: Collection[str] = (),
    first: Sequence[Member] = (),
    comment: bytes | None = None,
    password: bytes | None = None,
) -> None:
    """Make a file anew, with what a vault would not do by itself."""
    if not path.exists():
        compose(path, [*first, *add], comment=comment or b"", password=password)
        return
    gone = {*drop, *(member.name for member in (*first, *add))}
    with read_archive(path) as opened:
        kept = [Copied(opened.file, opened.directory, one) for one in opened.directory if one.name not in gone]
        same = opened.directory.end.comment
        compose(path, [*first, *kept, *add], comment=same if comment is None else comment, password=password)


def render(directory: Directory) -> bytes:
    """Return a directory with its end, as they lie in a file."""
    return directory.raw + directory.render_end()


def read_one(path: Path, name: str, *, password: bytes | None = None) -> bytes:
    with read_archive(path, password=password) as opened:
        return opened.read(name)


def list_folder(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def start_python(script: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Start a script that can import the packages and these builders."""
    root = Path(__file__).parents[3]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


KILLER = """
import os, signal, sys
from pathlib import Path
from tests.vault_magic.archive.builders import Notebook, make_vault, put
from vault_magic.archive import durable, log, upkeep
from vault_magic.archive.opening import open_archive

def die():
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def kill(owner, name, *, call, after=False):
    original, calls = getattr(owner, name), []
    def wrapped(*args, **kwargs):
        calls.append(name)
        if len(calls) == call and not after:
            die()
        result = original(*args, **kwargs)
        if len(calls) == call:
            die()
        return result
    setattr(owner, name, wrapped)

folder = Path(sys.argv[1])
"""
"""The start of a script that kills itself before or after the n-th call of some function."""


def run_killed(script: str, folder: Path) -> None:
    """Run a script after `KILLER` and see that it really died there."""
    with start_python(KILLER + script, folder) as process:
        output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (-9 if os.name != "nt" else 15, "")


@dataclass
class Notebook:
    """A notebook in which cells with one command each are run; names are bound as the magic binds them."""

    path: Path
    password: bytes | None = None
    options: OpenOptions = field(default_factory=OpenOptions)
    names: dict[str, object] = field(default_factory=dict)
    session: Session = field(default_factory=lambda: Session(id="session"))
    file: Path | None = None
    keyed: bool = False
    local: frozenset[str] = frozenset()
    loaded: list[Record] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        self.reopen(keyed=self.keyed)

    def reopen(self, *, keyed: bool = False) -> None:
        self.archive = open_archive(self.path, password=self.password, variable="PASSWORD", keyed=keyed)

    def run(self, command: str, *, source: str | None = None) -> Outcome:
        run = build_run(source or f"%vault {command}", sent_id=command, count=len(self.session.runs) + 1)
        self.session = self.session.start(run)
        outcome = run_command(command, vault=self.vault, namespace=self.names, context=self._context)
        self._keep(outcome)
        self.session = self.session.finish(succeeded=True)
        return outcome

    @property
    def vault(self) -> OpenVault:
        return OpenVault(self.archive, self.options)

    @property
    def _context(self) -> Context:
        return Context(
            session=self.session,
            notebook=self.file,
            now=lambda: NOON,
            load=self._load,
            local=self.local,
            tell=self.told.append,
        )

    def _load(self, vault: OpenVault, path: str, *, expression: str, function: Function | None) -> object:
        outcome = run_call(
            "load",
            path,
            vault=vault,
            namespace=self.names,
            context=self._context,
            function=function,
            expression=expression,
        )
        self.loaded.append(outcome.record)
        self._keep(outcome)
        return outcome.values[path]

    def _keep(self, outcome: Outcome) -> None:
        self.names.update(outcome.imported)
        self.session = remember(self.session, outcome)
