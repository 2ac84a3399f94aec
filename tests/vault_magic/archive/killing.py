"""Kills a process at every change that an operation makes to a file, and looks at what is left.

As a program, `python -m tests.vault_magic.archive.killing OPERATION FOLDER`, it forks for each kill, so that one costs
milliseconds, and prints what was hit and what went wrong as JSON. The test runner itself has threads and does not fork.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.vault_magic.archive.builders import FOREIGN, PASSWORD, Notebook, make_foreign
from vault_magic.archive import durable
from vault_magic.archive.archive import Archive
from vault_magic.archive.opening import open_archive
from vault_magic.archive.upkeep import load_manifest
from vault_magic.errors import PasswordError
from vault_magic.maintenance.rekeying import rekey

EVERY = 1 if os.environ.get("VAULTCHECK_THOROUGH") else 3
"""Of the writes, which are many and alike; all other changes are hit one by one."""

FUNCTIONS = ("write", "sync", "truncate", "move", "remove", "sync_folder")
OTHER = b"another password"
BIG = os.urandom(300_000)
OLD: dict[str, object] = {"x": [1] * 40, "y": BIG, "kept": "kept"}


@dataclass(frozen=True)
class Operation:
    """What is killed: how its folder begins, what it does, and the states that may be found then."""

    begin: Callable[[Path], None]
    act: Callable[[Path], object]
    old: dict[str, object] | None
    new: dict[str, object]
    password: bytes | None = None
    passwords: tuple[bytes | None, ...] = field(default=())
    foreign: dict[str, bytes] = field(default_factory=dict)


def _open(folder: Path, password: bytes | None = None, **names: object) -> Notebook:
    return Notebook(folder / "storage.zip", password=password, names=dict(names))


def _begin(folder: Path, password: bytes | None = None) -> None:
    _open(folder, password, **OLD).run("store x, y, kept in m")


def _begin_foreign(folder: Path) -> None:
    make_foreign(folder / "storage.zip")


def _begin_torn(folder: Path) -> None:
    _begin(folder)
    with (folder / "storage.zip").open("ab") as file:
        file.write(b"PK\3\4" + BIG[:5000])


def _begin_full(folder: Path) -> None:
    """Leave the archive so that the next store makes the file anew."""
    _begin(folder)
    _open(folder, y=b"0" + BIG).run("store y in m")


def _store(folder: Path, password: bytes | None = None) -> object:
    return _open(folder, password, z=["new"]).run("store z in m")


def _compact(folder: Path) -> object:
    archive = open_archive(folder / "storage.zip", password=None)
    with archive.lock(holder="a test"):
        return archive.compact()


def _rekey(folder: Path, *, old: bytes | None, new: bytes | None) -> object:
    return rekey(open_archive(folder / "storage.zip", password=old, variable="KEY"), new)


def _begin_encrypted(folder: Path) -> None:
    _begin(folder, PASSWORD)


def _nothing(_: Path) -> None:
    """Begin with an empty folder."""


NEW = OLD | {"z": ["new"]}
LARGE = OLD | {"z": BIG * 4}
FULL: dict[str, object] = OLD | {"y": b"0" + BIG}
FULLER: dict[str, object] = OLD | {"y": b"1" + BIG}

OPERATIONS = {
    "create": Operation(_nothing, lambda folder: open_archive(folder / "storage.zip", password=None), None, {}),
    "store": Operation(_begin, _store, OLD, NEW),
    "store-encrypted": Operation(
        _begin_encrypted, lambda folder: _store(folder, PASSWORD), OLD, NEW, password=PASSWORD
    ),
    "store-in-pieces": Operation(_begin, lambda folder: _open(folder, z=BIG * 4).run("store z in m"), OLD, LARGE),
    "store-in-pieces-encrypted": Operation(
        _begin_encrypted,
        lambda folder: _open(folder, PASSWORD, z=BIG * 4).run("store z in m"),
        OLD,
        LARGE,
        password=PASSWORD,
    ),
    "overwrite": Operation(_begin, lambda folder: _open(folder, x="new").run("store x in m"), OLD, OLD | {"x": "new"}),
    "several": Operation(
        _begin,
        lambda folder: _open(folder, x="new", z=1, w=BIG[::-1]).run("store x, z, w in m"),
        OLD,
        OLD | {"x": "new", "z": 1, "w": BIG[::-1]},
    ),
    "store-that-compacts": Operation(
        _begin_full, lambda folder: _open(folder, y=b"1" + BIG).run("store y in m"), FULL, FULLER
    ),
    "store-behind-a-torn-tail": Operation(_begin_torn, _store, OLD, NEW),
    "delete": Operation(
        _begin,
        lambda folder: _open(folder).run("del x from m"),
        OLD,
        {name: value for name, value in OLD.items() if name != "x"},
    ),
    "compact": Operation(_begin_full, _compact, FULL, FULL),
    "migrate": Operation(_begin_foreign, _store, {}, {"z": ["new"]}, foreign=FOREIGN),
    "encrypt": Operation(_begin, lambda folder: _rekey(folder, old=None, new=OTHER), OLD, OLD, passwords=(None, OTHER)),
    "rotate": Operation(
        _begin_encrypted, lambda folder: _rekey(folder, old=PASSWORD, new=OTHER), OLD, OLD, passwords=(PASSWORD, OTHER)
    ),
    "decrypt": Operation(
        _begin_encrypted, lambda folder: _rekey(folder, old=PASSWORD, new=None), OLD, OLD, passwords=(PASSWORD, None)
    ),
}


def _arm(function: str, moment: str, call: int) -> None:
    """Kill this process at the n-th call of a function: before it, in the midst of a write, or after it."""
    original, calls = getattr(durable, function), []

    def wrapped(*args: Any) -> object:
        calls.append(args)
        if len(calls) != call:
            return original(*args)
        if moment != "before":
            original(args[0], args[1][: len(args[1]) // 2]) if moment == "half" else original(*args)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(durable, function, wrapped)


def kill(operation: Operation, folder: Path, *, function: str, moment: str, call: int) -> bool:
    """Begin an operation in a process and kill it there; tell whether it came so far."""
    child = os.fork()
    if child == 0:
        _arm(function, moment, call)
        try:
            operation.act(folder)
        except BaseException as err:
            sys.stderr.write(f"{err!r}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"the operation failed by itself at {function} {moment} {call}")
    return os.WIFSIGNALED(status)


def _read(notebook: Notebook, foreign: dict[str, bytes]) -> dict[str, object]:
    """Return every object of ours as a value, and see that those of other tools are as they were."""
    listed = notebook.archive.list().objects
    for path, data in foreign.items():
        if notebook.archive.read(path).data != data:
            raise AssertionError(f"{path} is another")
    names = [path.removeprefix("m/") for path in listed if path not in foreign]
    return {name: notebook.run(f"import {name} from m").imported[name] for name in names}


def _open_with_any(folder: Path, operation: Operation) -> Notebook:
    for password in operation.passwords or (operation.password,):
        try:
            return _open(folder, password)
        except PasswordError:
            continue
    raise AssertionError("no password opens it any more")


def find_fault(folder: Path, operation: Operation) -> str | None:
    """Look at what a killed operation left, then go on working with it; return what is wrong."""
    if not (folder / "storage.zip").exists():
        return None if operation.old is None else "the archive is gone"
    notebook = _open_with_any(folder, operation)
    found = _read(notebook, operation.foreign)
    if found not in (operation.old, operation.new):
        return f"neither old nor new: {sorted(found)}"
    notebook.names["later"] = "later"
    notebook.run("store later in m")
    if _read(notebook, operation.foreign) != found | {"later": "later"}:
        return "the next store lost something"
    return _find_leftovers(folder) or _find_disagreement(notebook.archive)


def _find_leftovers(folder: Path) -> str | None:
    known = ("", ".lock", ".manifest.json", ".vault.log.gz", ".orig")
    left = {one.name for one in folder.iterdir()} - {f"storage.zip{suffix}" for suffix in known}
    return f"left over: {sorted(left)}" if left else None


def _find_disagreement(archive: Archive) -> str | None:
    manifest = load_manifest(archive.path)
    lines = {line.path: line.identity for line in manifest.objects} if manifest else {}
    return None if lines == dict(archive.list().objects) else "the manifest says something else"


def kill_everywhere(operation: Operation, folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each point that was hit, with what was wrong afterwards."""
    template = folder / "template"
    template.mkdir()
    operation.begin(template)
    for function in FUNCTIONS:
        for moment in ("before", "half", "after") if function == "write" else ("before", "after"):
            call, step = 1, EVERY if function == "write" else 1
            hit = True
            while hit:
                place = folder / f"{function}-{moment}-{call}"
                shutil.copytree(template, place)
                hit = kill(operation, place, function=function, moment=moment, call=call)
                if hit:
                    fault = find_fault(place, operation)
                    yield f"{function} {moment}", fault and f"{function} {moment} {call}: {fault}"
                shutil.rmtree(place)
                call += step


def main() -> None:
    """Print the hits of each point, and the faults."""
    hits: dict[str, int] = {}
    faults: list[str] = []
    for point, fault in kill_everywhere(OPERATIONS[sys.argv[1]], Path(sys.argv[2])):
        hits[point] = hits.get(point, 0) + 1
        faults += [fault] if fault else []
    sys.stdout.write(json.dumps({"hits": hits, "faults": faults}))


if __name__ == "__main__":
    main()
