"""The file that functions read and write: what is left of it when its process does not end well."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import start_python
from vault_magic import exchange
from vault_magic.exchange import open_exchange, sweep_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are locked and swept on POSIX only")

HOLD = """
import os, sys
from vault_magic import exchange
exchange._IN_MEMORY = exchange.Path(sys.argv[1])
with exchange.open_exchange(b"secret", path="m/x", private=True) as file:
    print(os.fspath(file), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what stands for memory; a folder is old enough to be swept as soon as it is there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "disk"))
    monkeypatch.setattr(exchange, "_IN_MEMORY", tmp_path / "memory")
    monkeypatch.setattr(exchange, "_GRACE", -1.0)
    for name in ("disk", "memory"):
        (tmp_path / name).mkdir()
    return tmp_path / "memory"


def test_folder_of_a_killed_process_is_swept_and_that_of_a_living_one_stays(memory: Path) -> None:
    with start_python(HOLD, memory) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        sweep_folders()
        assert path.read_bytes() == b"secret"
        process.kill()
    assert path.exists()
    sweep_folders()
    assert not [*memory.iterdir()]


def test_own_folder_stays(memory: Path) -> None:
    with open_exchange(b"secret", path="m/x", private=True) as file:
        path = Path(str(file))
        sweep_folders()
        assert path.read_bytes() == b"secret"
    assert not [*memory.iterdir()]


def test_nothing_else_is_swept(memory: Path) -> None:
    others = [memory / "vault-backup", memory / "vault-magic", Path(tempfile.gettempdir(), "vault-magic-data")]
    for folder in others:
        folder.mkdir()
    link = memory / f"{exchange._PREFIX}link"
    link.symlink_to(others[0])
    (memory / f"{exchange._PREFIX}file").write_text("x", encoding="utf-8")
    sweep_folders()
    assert all(folder.is_dir() for folder in others)
    assert link.is_symlink()
    assert (memory / f"{exchange._PREFIX}file").exists()


def test_machine_without_a_temporary_folder_is_none_to_fail_on(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    abandoned = Path(tempfile.mkdtemp(prefix=exchange._PREFIX, dir=memory))

    def refuse() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    sweep_folders()
    assert not abandoned.exists()


def test_folder_that_is_just_being_made_stays(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_GRACE", 60.0)
    young, old = (Path(tempfile.mkdtemp(prefix=exchange._PREFIX, dir=memory)) for _ in range(2))
    os.utime(old, (time.time() - 120, time.time() - 120))
    sweep_folders()
    assert (young.is_dir(), old.exists()) == (True, False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork_that_ends_leaves_the_folder_to_its_parent() -> None:
    with open_exchange(b"content", path="m/x", private=False) as file:
        path = Path(str(file))
        child = os.fork()
        if child == 0:
            file.discard()
            os._exit(0)
        os.waitpid(child, 0)
        assert path.read_bytes() == b"content"
    assert not path.exists()
