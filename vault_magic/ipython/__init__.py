"""The magics in IPython: the only room that knows it."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from vault_magic.ipython.completer import VaultCompleter
from vault_magic.ipython.habits import Habits
from vault_magic.ipython.magics import VaultMagics
from vault_magic.ipython.marks import OutputMarks
from vault_magic.ipython.notebook import Notebook
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.operations.host import set_notebook

_ATTRIBUTE = "_vault_magic"


def load(shell: InteractiveShell) -> None:
    """Register magics and hooks; loading twice keeps the session and the open vault."""
    if hasattr(shell, _ATTRIBUTE):
        return
    tracker = SessionTracker(shell)
    marks = OutputMarks(shell, tracker)
    host = Notebook(shell, tracker)
    magics = VaultMagics(shell, host)
    shell.register_magics(magics)
    set_notebook(host)
    completer = VaultCompleter(shell, lambda: host.opened)
    setattr(shell, _ATTRIBUTE, (tracker, marks, completer, Habits(shell, magics)))


def unload(shell: InteractiveShell) -> None:
    """Remove magics and hooks."""
    for part in getattr(shell, _ATTRIBUTE, ()):
        part.detach()
    set_notebook(None)
    for name in ("open_vault", "vault"):
        shell.magics_manager.magics["line"].pop(name, None)
        shell.magics_manager.lazy_magics.pop(name, None)
    if hasattr(shell, _ATTRIBUTE):
        delattr(shell, _ATTRIBUTE)
