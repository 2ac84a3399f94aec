"""`%open_vault` and `%vault`: the line goes to the notebook that hosts it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class, needs_local_scope

from vault_magic.forms import render_forms
from vault_magic.operations.host import Host
from vault_magic.options import parse_options, render_options


@magics_class
class VaultMagics(Magics):
    """Store variables in a plain ZIP archive, import them elsewhere, and leave a record of both in the notebook."""

    def __init__(self, shell: InteractiveShell, host: Host) -> None:
        super().__init__(shell)
        self._host = host

    @line_magic
    def open_vault(self, line: str) -> None:
        """Open the archive on which all `%vault` commands work from here on; it is created if it is not there."""
        self._host.open(lambda defaults: parse_options(line, defaults=defaults))

    open_vault.__doc__ = f"{open_vault.__doc__}\n\n{render_options()}"

    @needs_local_scope
    @line_magic
    def vault(self, line: str, local_ns: Mapping[str, object] | None = None) -> None:
        """Store, import, delete, assert or list objects of the open vault."""
        local = dict(local_ns or {})
        namespace = ChainMap(local, dict(self._host.namespace))
        # Modules have a `__name__`, functions have not: of a module, the notebook's or a script's, nothing is local.
        self._host.command(line, namespace=namespace, local=() if "__name__" in local else local)

    vault.__doc__ = f"{vault.__doc__}\n\n{render_forms()}"
