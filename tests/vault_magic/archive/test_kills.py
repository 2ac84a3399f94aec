"""Processes killed at every write, sync, cut and move, and at random: what was stored is there, and nothing is half."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import PASSWORD, list_folder, make_vault, start_python
from tests.vault_magic.archive.killing import OPERATIONS
from vault_magic.archive.archive import Archive
from vault_magic.archive.opening import open_archive

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a kill at each point is made by forking")

KILLS = 300 if os.environ.get("VAULTCHECK_THOROUGH") else 10
ANEW = {"create", "store-that-compacts", "delete", "compact", "migrate", "encrypt", "rotate", "decrypt"}
"""The operations that make the file anew."""


@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_at_every_point(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-m", "tests.vault_magic.archive.killing", name, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr[-3000:]

    found = json.loads(done.stdout)
    record_property("hits", found["hits"])
    assert found["faults"] == []
    wanted = {f"write {moment}" for moment in ("before", "half", "after")} | {"sync before", "sync after"}
    wanted |= {"move before", "move after", "sync_folder before", "sync_folder after"} if name in ANEW else set()
    wanted |= {"truncate before", "truncate after"} if name == "store-behind-a-torn-tail" else set()
    assert wanted <= found["hits"].keys()
    if name == "store-that-compacts":
        assert found["hits"]["move before"] == 2  # the archive and the manifest


WORKER = """
import random, sys
from collections.abc import Callable
from pathlib import Path
from tests.vault_magic.archive.builders import put
from vault_magic.archive.opening import open_archive

path, seed = Path(sys.argv[1]), int(sys.argv[2])
password = sys.argv[3].encode() or None
dice = random.Random(seed)
archive = open_archive(path, password=password, variable="KEY")
print("ready", flush=True)
for number in range(10_000):
    names = [f"m/{dice.randrange(12)}" for _ in range(dice.choice([1, 1, 3]))]
    deleting = dice.random() < 0.2
    there = archive.list().objects
    deleted = [name for name in {*names} if name in there] if deleting else []
    stored = {} if deleting else {name: bytes([dice.randrange(256)]) * dice.choice([0, 10, 40_000]) for name in names}
    told = {name: stored[name][:1].hex() + f":{len(stored[name])}" for name in stored} | dict.fromkeys(deleted)
    print("begin", told, flush=True)
    put(archive, stored, delete=tuple(deleted))
    print("end", flush=True)
"""


def _summarise(data: bytes) -> str:
    return f"{data[:1].hex()}:{len(data)}"


def _read(archive: Archive) -> dict[str, str]:
    return {name: _summarise(archive.read(name).data) for name in archive.list().objects}


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_killed_at_random(tmp_path: Path, password: bytes | None) -> None:
    path, dice = tmp_path / "storage.zip", random.Random(7)
    archive = make_vault(path, {"kept": b"k" * 100}, password=password)
    state = _read(archive)
    for seed in range(KILLS // 2):
        with start_python(WORKER, path, str(seed), (password or b"").decode()) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(dice.random() * 0.05)
            worker.kill()
            told = worker.stdout.read().splitlines()
        state = _follow(state, [line for line in told if line.startswith(("begin {", "end"))], archive)
    with archive.lock(holder="a test"):
        archive.compact()
    assert _read(archive) == state
    assert list_folder(tmp_path) == {"storage.zip", "storage.zip.lock"}


def _follow(state: dict[str, str], told: list[str], archive: Archive) -> dict[str, str]:
    """Return the state that a killed worker left, and see that it is the one before or after its last operation."""
    for at, line in enumerate(told):
        if line.startswith("begin "):
            before, changes = state, _parse(line)
            after = {name: one for name, one in (state | changes).items() if one is not None}
            state = after
            if at + 1 == len(told):
                state = _read(open_archive(archive.path, password=archive.password, variable="KEY"))
                assert state in (before, after)
    assert _read(archive) == state
    return state


def _parse(line: str) -> dict[str, str | None]:
    try:
        return dict(eval(line.removeprefix("begin ")))
    except SyntaxError:  # killed while it was telling: nothing was begun
        return {}
