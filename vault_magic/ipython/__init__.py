"""The magics in IPython: the only room that knows it."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from vault_magic.ipython.magics import VaultMagics
from vault_magic.ipython.marks import OutputMarks
from vault_magic.ipython.tracker import SessionTracker

_ATTRIBUTE = "_vault_magic"


def load(shell: InteractiveShell) -> None:
    """Register magics and hooks; loading twice keeps the session and the open vault."""
    if hasattr(shell, _ATTRIBUTE):
        return
    tracker = SessionTracker(shell)
    marks = OutputMarks(shell, tracker)
    shell.register_magics(VaultMagics(shell, tracker))
    setattr(shell, _ATTRIBUTE, (tracker, marks))


def unload(shell: InteractiveShell) -> None:
    """Remove magics and hooks."""
    for part in getattr(shell, _ATTRIBUTE, ()):
        part.detach()
    for name in ("open_vault", "vault"):
        shell.magics_manager.magics["line"].pop(name, None)
    if hasattr(shell, _ATTRIBUTE):
        delattr(shell, _ATTRIBUTE)
