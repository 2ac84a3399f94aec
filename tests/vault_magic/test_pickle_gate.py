"""Where pickles are loaded: when their user imports them, and nowhere else; one that leaves a trace is the proof."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.vault_magic.archive.builders import PASSWORD, Notebook, build_entry, identify, make_vault, rewrite
from vault_magic.archive.archive import Archive
from vault_magic.archive.container import Member
from vault_magic.archive.layout import name_sidecar, write_entry_comment
from vault_magic.archive.opening import open_archive
from vault_magic.archive.sidecar import Sidecar, render_sidecar
from vault_magic.errors import VaultError
from vault_magic.options import OpenOptions
from vaultcheck.cli import main


class _Trap:
    """Makes a folder when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._trace),)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "it was loaded"


@pytest.fixture
def trap(trace: Path) -> bytes:
    return pickle.dumps(_Trap(trace), protocol=4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault" / "storage.zip"


def _put(path: Path, data: bytes, *, kind: str = "pickle", password: bytes | None = None) -> Archive:
    """Store bytes as an object of some format."""
    archive = open_archive(path, password=password, variable="KEY")
    identity = identify(data, format=kind)
    _, sidecar = build_entry("m/x", data)
    with archive.lock(holder="a test"):
        archive.change(store={"m/x": (data, Sidecar("m/x", identity, sidecar.record))})
    return archive


def test_import_by_the_user_loads_it(path: Path, trap: bytes, trace: Path) -> None:
    _put(path, trap)

    Notebook(path).run("import x from m")

    assert trace.exists()


@pytest.mark.parametrize(
    "command",
    ["list", "log", "status", "seal", "assert x in m is 00000000", "import m", "del x from m"],
)
def test_other_commands_do_not(path: Path, trap: bytes, trace: Path, command: str) -> None:
    _put(path, trap)
    notebook = Notebook(path, names={"x": 1})
    try:
        outcome = notebook.run(command)
        dir(outcome.imported.get("m"))
        repr(outcome.imported)
    except VaultError:
        pass

    assert not trace.exists()


def test_storing_over_it_does_not(path: Path, trap: bytes, trace: Path) -> None:
    _put(path, trap)

    Notebook(path, names={"x": 1}).run("store x in m")

    assert not trace.exists()


@pytest.mark.parametrize(
    "command",
    [
        ["check", "."],
        ["show", "storage.zip"],
        ["verify", "storage.zip"],
        ["extract", "storage.zip"],
        ["diff", "storage.zip", "storage.zip"],
        ["mv", "storage.zip", "m/x", "m/y"],
        ["manifest", "storage.zip"],
        ["compact", "storage.zip"],
        ["rekey", "storage.zip", "--new", "KEY"],
        ["rm", "storage.zip", "m/x"],
    ],
    ids=lambda it: it[0],
)
def test_no_command_at_a_shell_does(
    path: Path, trap: bytes, trace: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(path, trap)
    (path.parent / "a.ipynb").write_text(
        '{"cells": [{"cell_type": "code", "source": "%open_vault\\n%vault import x from m", "metadata": {}, '
        '"outputs": [], "execution_count": 1, "id": "a"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("KEY", "a password")

    assert main(command) in (0, 1)

    assert not trace.exists()


# What is no pickle of ours


def test_pickle_that_another_tool_wrote_is_refused(path: Path, trap: bytes, trace: Path) -> None:
    make_vault(path, {"m/y": b"1"})
    rewrite(path, add=[Member("m/x", trap)])

    with pytest.raises(VaultError, match="a pickle that another tool wrote, and unpickling can run any code"):
        Notebook(path).run("import x from m")
    assert not trace.exists()
    Notebook(path, options=OpenOptions(allow_pickle=True)).run("import x from m")
    assert trace.exists()


def test_entry_that_calls_itself_a_pickle_without_a_sidecar_is_refused(path: Path, trap: bytes, trace: Path) -> None:
    make_vault(path, {"m/y": b"1"})
    rewrite(path, add=[Member("m/x", trap, write_entry_comment(identify(trap)))])

    with pytest.raises(VaultError, match="'m/x' has lost its schema"):
        Notebook(path).run("import x from m")
    assert not trace.exists()


@pytest.mark.parametrize("kind", ["tsv", "npy", "parquet", "custom", "joblib"])
def test_pickle_under_another_format_is_not_loaded(path: Path, trap: bytes, trace: Path, kind: str) -> None:
    _put(path, trap, kind=kind)

    with pytest.raises(VaultError):
        Notebook(path, options=OpenOptions(allow_pickle=True)).run("import x from m")
    assert not trace.exists()


def test_array_of_objects_is_not_loaded(path: Path, trace: Path) -> None:
    file = io.BytesIO()
    np.save(file, np.array([_Trap(trace)], dtype=object), allow_pickle=True)
    _put(path, file.getvalue(), kind="npy")

    with pytest.raises(VaultError, match="'m/x': cannot load: the npy is damaged"):
        Notebook(path).run("import x from m")
    assert not trace.exists()


# Somebody who has the file, and not the password


def test_pickle_planted_into_an_encrypted_vault_is_refused(path: Path, trap: bytes, trace: Path) -> None:
    _put(path, pickle.dumps([1]), password=PASSWORD)
    identity = identify(trap)
    _, sidecar = build_entry("m/x", trap)
    planted = render_sidecar(Sidecar("m/x", identity, sidecar.record))
    rewrite(path, add=[Member("m/x", trap, write_entry_comment(identity)), Member(name_sidecar("m/x"), planted)])

    with pytest.raises(VaultError, match="'m/x' is not encrypted, in an archive that is"):
        Notebook(path, password=PASSWORD, options=OpenOptions(allow_pickle=True)).run("import x from m")
    assert not trace.exists()


def test_text_that_is_called_a_pickle_by_somebody_without_the_password_is_refused(path: Path) -> None:
    data = b"a\n1\n"
    _put(path, data, kind="tsv", password=PASSWORD)
    comment = write_entry_comment(identify(data, format="tsv"))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(comment, comment.replace(b'"tsv"', b'"npy"')))

    with pytest.raises(VaultError, match="'m/x' and its schema do not belong together"):
        Notebook(path, password=PASSWORD).run("import x from m")
