"""A server of JupyterLab with settings of its own, and none of whoever runs the tests."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_SECONDS = 60
_QUIET = {"fetchNews": "false", "checkForUpdates": False}  # or a pop-up asks about news


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; only who knows the token may use it."""

    address: str
    token: str

    def link(self, notebook: str) -> str:
        """Return the address of a notebook."""
        return f"{self.address}/lab/tree/{notebook}?reset&token={self.token}"


@contextmanager
def serve(notebooks: Path, *, settings: Path) -> Iterator[Server]:
    """Run a server and yield it."""
    quiet = settings / "lab" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text(json.dumps(_QUIET), encoding="utf-8")
    port = _find_port()
    served = Server(f"http://127.0.0.1:{port}", secrets.token_hex())
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    options = ["ip=127.0.0.1", f"port={port}", "port_retries=0", f"root_dir={notebooks}"]
    command += [f"--ServerApp.{option}" for option in options]
    environment = _build_environment(settings) | {"JUPYTER_TOKEN": served.token}
    with (settings / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _await_server(process, served.address, log=settings / "server.log")
            yield served
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _build_environment(settings: Path) -> dict[str, str]:
    """Keep the settings of whoever runs the tests out, and theirs as they are."""
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "lab",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return os.environ | {variable: str(settings / name) for variable, name in folders.items()}


def _await_server(process: subprocess.Popen[bytes], address: str, *, log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"{address}/api", timeout=_SECONDS):
                return
        except URLError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab does not answer: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
