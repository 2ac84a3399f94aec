"""IPython magics, and functions, that pass variables between notebooks through a plain ZIP archive."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from vault_magic.api import Vault, open_vault, vault

__version__ = "0.1.0"

__all__ = ["Vault", "__version__", "open_vault", "vault"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%open_vault` and `%vault`; called by `%load_ext vault_magic`."""
    from vault_magic.ipython import load  # IPython is an optional dependency

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Remove the magics and the hooks again; called by `%unload_ext vault_magic`."""
    from vault_magic.ipython import unload  # IPython is an optional dependency

    unload(shell)


def _find_shell() -> InteractiveShell | None:
    """Return the shell of the notebook that imports this, if one does."""
    ipython = sys.modules.get("IPython")
    shell: InteractiveShell | None = ipython.get_ipython() if ipython else None
    return shell


def __getattr__(name: str) -> Any:
    """Give `open_vault`, `vault` and `Vault` when they are asked for: the checker imports this package and needs none.

    In a notebook the extension is loaded with them, so that calls leave records as the magics do.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from vault_magic import api  # what the checker does not need

    if (shell := _find_shell()) is not None:
        load_ipython_extension(shell)
    return getattr(api, name)


def _offer_magics() -> None:
    """Let `%open_vault` and `%vault` load the extension when `import vault_magic` came first.

    That is how the original was loaded, and the first thing that its users type.
    """
    if (shell := _find_shell()) is not None:
        shell.magics_manager.lazy_magics |= dict.fromkeys(("open_vault", "vault"), __name__)


_offer_magics()
