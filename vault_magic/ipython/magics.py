"""`%open_vault` and `%vault`: parse, call, display."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class, needs_local_scope

from vault_magic.archive.archive import open_archive
from vault_magic.errors import PasswordError, VaultNotOpen
from vault_magic.forms import render_forms
from vault_magic.ipython.show import show_opened, show_outcome
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.operations import Context, OpenVault, run_command
from vault_magic.options import OpenOptions, parse_options, render_options


@magics_class
class VaultMagics(Magics):
    """Store variables in a plain ZIP archive, import them elsewhere, and leave a record of both in the notebook."""

    def __init__(self, shell: InteractiveShell, tracker: SessionTracker) -> None:
        super().__init__(shell)
        self._names = shell.user_ns
        self._tracker = tracker
        self._vault: OpenVault | None = None

    @line_magic
    def open_vault(self, line: str) -> None:
        """Open the archive on which all `%vault` commands work from here on; it is created if it is not there."""
        options = parse_options(line)
        password = _read_password(options)
        path = Path(options.path).expanduser().absolute()
        archive = open_archive(path, password=password, variable=options.encryption_variable)
        self._vault = OpenVault(archive, options)
        show_opened(self._vault)

    open_vault.__doc__ = f"{open_vault.__doc__}\n\n{render_options()}"

    @needs_local_scope
    @line_magic
    def vault(self, line: str, local_ns: Mapping[str, object] | None = None) -> None:
        """Store, import, delete, assert or list objects of the open vault."""
        if self._vault is None:
            raise VaultNotOpen("no vault is open; type first: %open_vault -p storage.zip")
        namespace = ChainMap(dict(local_ns or {}), self._names)
        context = Context(session=self._tracker.session, notebook=self._tracker.find_notebook())
        outcome = run_command(line, vault=self._vault, namespace=namespace, context=context)
        self._names.update(outcome.imported)
        self._tracker.remember(outcome.inputs)
        show_outcome(outcome, options=self._vault.options)

    vault.__doc__ = f"{vault.__doc__}\n\n{render_forms()}"


def _read_password(options: OpenOptions) -> bytes | None:
    name = options.encryption_variable
    if name is None:
        return None
    password = os.environ.get(name)
    if not password:
        state = "is not set" if password is None else "is empty"
        raise PasswordError(
            f"the environment variable {name} {state}; put the password into it, or leave out -e {name}"
        )
    return password.encode()
