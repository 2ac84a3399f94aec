"""IPython magics that pass variables between notebooks through a plain ZIP archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%open_vault` and `%vault`; called by `%load_ext vault_magic`."""
    from vault_magic.ipython import load  # IPython is an optional dependency

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Remove the magics and the hooks again; called by `%unload_ext vault_magic`."""
    from vault_magic.ipython import unload  # IPython is an optional dependency

    unload(shell)
