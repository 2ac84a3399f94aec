"""What users of the original tool are used to type: it works, or a line tells what to type instead."""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from vault_magic.errors import VaultError

_ORIGINAL = "data_vault"


class NotNeeded(VaultError, ModuleNotFoundError):
    """An import of the original tool where it is not installed, in a notebook that does not need it."""


class NotHere(VaultError, AttributeError):
    """A part of the original tool that has no counterpart."""


class OriginalName:
    """Stands for `data_vault` where nobody has imported it, so that its reference is that of `%vault`."""

    def __init__(self, magics: type[Magics]) -> None:
        self.VaultMagics = magics

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotHere(f"{_ORIGINAL}.{name} is not there: vault_magic does its work here; type %vault?")


class Habits:
    """Answers `import data_vault` and `data_vault.VaultMagics`, and tells when the original has taken over."""

    def __init__(self, shell: InteractiveShell, magics: Magics) -> None:
        self._shell = shell
        self._magics = magics
        self._warned = False
        shell.builtin_trap.auto_builtins.setdefault(_ORIGINAL, OriginalName(type(magics)))
        sys.meta_path.append(self)  # last: where the original is installed, it is found before
        shell.events.register("post_run_cell", self._warn_if_replaced)

    def detach(self) -> None:
        """Answer no longer."""
        self._shell.builtin_trap.auto_builtins.pop(_ORIGINAL, None)
        sys.meta_path.remove(self)
        self._shell.events.unregister("post_run_cell", self._warn_if_replaced)

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse the original where it is not installed, as a finder of modules."""
        if name == _ORIGINAL:
            raise NotNeeded(f"{_ORIGINAL} is not installed and not needed: %vault is there already; delete this line")

    def _warn_if_replaced(self, *_: object) -> None:
        present = self._shell.magics_manager.magics["line"].get("vault")
        if getattr(present, "__self__", self._magics) is self._magics or self._warned:
            return
        self._warned = True
        advice = f"delete the line that imports {_ORIGINAL}, or type below it %reload_ext vault_magic and %open_vault"
        print(f"Warning: %vault is that of {_ORIGINAL} now; {advice}", file=sys.stderr)  # noqa: T201
