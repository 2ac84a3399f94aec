"""What commands do: a command, a namespace and an open vault give an outcome; nothing is displayed here."""

from __future__ import annotations

from vault_magic.operations.opening import open_vault
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.running import run_call, run_command
from vault_magic.operations.task import Context, OpenVault

__all__ = ["Context", "OpenVault", "Outcome", "open_vault", "run_call", "run_command"]
