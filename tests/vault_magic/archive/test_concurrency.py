"""Many processes at one archive: writers one after the other, readers at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import Notebook, list_folder, make_vault, put, start_python
from vault_magic.archive.log import read_latest
from vault_magic.archive.opening import open_archive
from vault_magic.archive.upkeep import load_manifest
from vault_magic.errors import LockTimeout

WRITERS, READERS = 8, 2
STORES = 100 if os.environ.get("VAULTCHECK_THOROUGH") else 8

WRITER = """
import sys
from pathlib import Path
from tests.vault_magic.archive.builders import Notebook

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
notebook = Notebook(path)
sys.stdin.readline()
for number in range(count):
    variable = f"x{number}"
    notebook.names[variable] = f"{name}:{number}:" + "." * (number * 37 % 5000)
    notebook.run(f"store {variable} in {name}")
"""

READER = """
import random, sys
from pathlib import Path
from tests.vault_magic.archive.builders import Notebook

notebook, dice, seen, rounds = Notebook(Path(sys.argv[1])), random.Random(1), set(), 0
sys.stdin.readline()
while True:
    objects = notebook.archive.list().objects
    assert seen <= objects.keys(), seen - objects.keys()
    seen = set(objects)
    rounds += 1
    if objects:
        path = dice.choice(sorted(objects))
        module, _, variable = path.rpartition("/")
        value = notebook.run(f"import {variable} from {module}").imported[variable]
        assert value.startswith(f"{module}:{variable[1:]}:"), (path, value[:20])
    if "stop" in objects or len(seen) == int(sys.argv[2]):
        break
print(rounds)
"""

CHURN = """
import sys
from pathlib import Path
from tests.vault_magic.archive.builders import put
from vault_magic.archive.opening import open_archive

archive = open_archive(Path(sys.argv[1]), password=None)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    put(archive, {"m/gone": bytes([number]) * 100_000, "m/y": str(number).encode()})
    put(archive, {}, delete=("m/gone",))
"""

WATCHER = """
import sys
from pathlib import Path
from vault_magic.archive.opening import open_archive

archive = open_archive(Path(sys.argv[1]), password=None)
last, rounds = 0, 0
sys.stdin.readline()
while last < int(sys.argv[2]) - 1:
    found = archive.read_all(["m/kept", "m/y"])
    assert found["m/kept"].data == b"kept" * 1000
    number = int(found["m/y"].data)
    assert number >= last
    last, rounds = number, rounds + 1
print(rounds)
"""

HOLDER = """
import sys, time
from pathlib import Path
from vault_magic.archive.lock import lock_archive

with lock_archive(Path(sys.argv[1]), holder="prepare.ipynb"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _run_all(processes: list[subprocess.Popen[str]], *, timeout: float) -> list[str]:
    """Let all begin at once, and see that each ended well; return what they printed."""
    time.sleep(0.5)
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    outputs = [one.communicate(timeout=timeout)[0] for one in processes]
    assert [one.returncode for one in processes] == [0] * len(processes)
    return outputs


def test_no_store_of_many_writers_is_lost_and_no_reader_disturbed(path: Path) -> None:
    open_archive(path, password=None)
    total = WRITERS * STORES
    with ExitStack() as stack:
        writers = [start_python(WRITER, path, f"w{number}", str(STORES)) for number in range(WRITERS)]
        readers = [start_python(READER, path, str(total)) for _ in range(READERS)]
        processes = [stack.enter_context(one) for one in (*writers, *readers)]
        outputs = _run_all(processes, timeout=600)

    notebook = Notebook(path)
    objects = notebook.archive.list().objects
    assert len(objects) == total
    for writer in range(WRITERS):
        for number in range(STORES):
            value = notebook.run(f"import x{number} from w{writer}").imported[f"x{number}"]
            assert value == f"w{writer}:{number}:" + "." * (number * 37 % 5000)
    manifest = load_manifest(path)
    assert manifest is not None
    assert {line.path: line.identity for line in manifest.objects} == dict(objects)
    assert all(line.producer for line in manifest.objects)
    stored = {one.results[0].path for one in read_latest(notebook.vault.log, count=10**6)[0] if one.action == "store"}
    assert stored == objects.keys()
    assert all(int(rounds) > 1 for rounds in outputs[WRITERS:])
    assert not any(name.endswith((".tmp", ".owner")) for name in list_folder(path.parent))


def test_readers_are_not_disturbed_by_deletes_and_new_files(path: Path) -> None:
    make_vault(path, {"m/kept": b"kept" * 1000, "m/y": b"0"})
    with ExitStack() as stack:
        processes = [start_python(CHURN, path, "40"), *(start_python(WATCHER, path, "40") for _ in range(READERS))]
        outputs = _run_all([stack.enter_context(one) for one in processes], timeout=120)

    assert all(int(rounds) > 1 for rounds in outputs[1:])


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    make_vault(path, {"x": b"1"})
    with start_python(HOLDER, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_waits_in_vain_is_told_who_writes(path: Path, holder: subprocess.Popen[str]) -> None:
    archive = open_archive(path, password=None)
    reason = rf"storage\.zip is being written by prepare\.ipynb \(process {holder.pid}\)"
    with pytest.raises(LockTimeout, match=reason), archive.lock(holder="a test", patience=0.2):
        pass
    assert archive.read("x").data == b"1"


def test_lock_of_a_killed_writer_is_free(path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    holder.wait()

    put(open_archive(path, password=None), {"y": b"2"})
    assert list_folder(path.parent) == {"storage.zip", "storage.zip.lock"}
