"""A shell of its own for each test, working in an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from vault_magic import load_ipython_extension, unload_ipython_extension


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """Return a shell without history, with the extension loaded."""
    monkeypatch.chdir(tmp_path)
    for name in ("VAULT_MAGIC_NOTEBOOK", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    config = Config()
    config.HistoryManager.enabled = False
    config.BaseIPythonApplication.ipython_dir = str(tmp_path / ".ipython")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    load_ipython_extension(shell)
    yield shell
    unload_ipython_extension(shell)
    InteractiveShell.clear_instance()
