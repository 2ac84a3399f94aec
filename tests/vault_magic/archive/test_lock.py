"""The lock of writers: one at a time, and whoever waits in vain is told for whom."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path

import filelock
import pytest

from tests.vault_magic.archive.builders import Notebook, list_folder, read_members, start_python
from vault_magic.archive.lock import lock_archive
from vault_magic.archive.upkeep import load_manifest
from vault_magic.errors import LockTimeout

HOLDER = """
import sys
from pathlib import Path
from vault_magic.archive.lock import lock_archive
with lock_archive(Path(sys.argv[1]), holder="prepare.ipynb"):
    print("held", flush=True)
    sys.stdin.readline()
    Path(sys.argv[1]).write_text("first")
"""
WRITER = """
import sys
from pathlib import Path
from tests.vault_magic.archive.builders import Notebook
notebook = Notebook(Path(sys.argv[1]), file=Path(sys.argv[1]).with_name(f"{sys.argv[2]}.ipynb"))
for number in range(10):
    notebook.names["x"] = (sys.argv[2], number)
    notebook.run(f"store x in '{sys.argv[2]}/{number}'")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


def _owner(path: Path) -> Path:
    return path.with_name("storage.zip.lock.owner")


def test_holder_is_named_while_it_holds_and_gone_after(path: Path) -> None:
    with lock_archive(path, holder="prepare.ipynb"):
        assert json.loads(_owner(path).read_text()) == {"holder": "prepare.ipynb", "pid": os.getpid()}

    assert list_folder(path.parent) == {"storage.zip.lock"}


def test_lock_is_free_after_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock_archive(path, holder="one"):
        _ = 1 // 0

    assert not _owner(path).exists()
    with lock_archive(path, holder="two", patience=0):
        pass


def test_second_process_waits_in_vain_and_is_told_for_whom(path: Path) -> None:
    with start_python(HOLDER, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        wanted = (
            rf"^storage\.zip is being written by prepare\.ipynb \(process {process.pid}\); try again when it is done$"
        )
        with pytest.raises(LockTimeout, match=wanted), lock_archive(path, holder="model.ipynb", patience=0.05):
            pass
        assert _owner(path).exists()
        process.communicate("go on\n")


def test_second_process_goes_on_when_the_first_is_done(path: Path) -> None:
    with start_python(HOLDER, path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.stdin.write("go on\n")
        process.stdin.flush()
        with lock_archive(path, holder="model.ipynb"):
            assert path.read_text() == "first"
        process.communicate()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"holder": "x"}', "\x00"], ids=repr)
def test_unreadable_name_of_the_holder_is_no_obstacle(path: Path, text: str) -> None:
    with filelock.FileLock(f"{path}.lock"):
        _owner(path).write_text(text)
        with pytest.raises(LockTimeout, match="being written by another process;"):
            lock_archive(path, holder="b", patience=0).__enter__()


def test_killed_holder_leaves_no_lock(path: Path) -> None:
    with start_python(HOLDER, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
    assert _owner(path).exists()

    started = time.monotonic()
    with lock_archive(path, holder="next", patience=5):
        assert json.loads(_owner(path).read_text())["holder"] == "next"
    assert time.monotonic() - started < 4


def test_four_processes_lose_nothing(path: Path) -> None:
    writers = [start_python(WRITER, path, name) for name in "abcd"]
    for writer in writers:
        writer.communicate()

    wanted = {f"{name}/{number}" for name in "abcd" for number in range(10)}
    manifest = load_manifest(path)
    lines = gzip.decompress(path.with_name("storage.zip.vault.log.gz").read_bytes()).splitlines()
    assert [writer.returncode for writer in writers] == [0] * 4
    assert set(read_members(path)) == wanted
    assert manifest is not None
    assert {line.path for line in manifest.objects if line.producer} == wanted
    assert {json.loads(line)["results"][0]["path"] for line in lines} == wanted
    assert len(lines) == 40
    assert Notebook(path).run("import 'c/7' as y").imported == {"y": ("c", 7)}


def test_lock_is_free_though_somebody_reads_who_holds_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(Path, "unlink", refuse)
    with lock_archive(path, holder="a"):
        pass
    with lock_archive(path, holder="b", patience=0.0):
        pass
