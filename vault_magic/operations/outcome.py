"""What a command did: its record, the values it brought, and what there is to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vault_magic.command import Command
from vault_magic.forms import Verb
from vault_magic.record import Input, Record
from vault_magic.session import Binding
from vault_magic.table import Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one command.

    `values` are what was read, by path; `imported` are the variables that the caller binds; `bindings` tell which
    variable is which object from now on. `notes` are told beside the stamp, `table` in place of it.
    """

    command: Command
    record: Record
    values: Mapping[str, object] = field(default_factory=dict)
    imported: Mapping[str, object] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    table: Table | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The objects that the session now has from the archive."""
        if self.command.verb is not Verb.IMPORT:
            return ()
        vault = self.record.archive.vault
        return tuple(Input(one.path, vault, one.after) for one in self.record.results if one.after is not None)
