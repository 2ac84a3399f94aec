"""A command on its way: what was typed, what it means, the vault, the notebook and the session around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, Protocol

from vault_magic.advice import advise
from vault_magic.archive.archive import Archive
from vault_magic.archive.log import LOG_SUFFIX
from vault_magic.command import Command
from vault_magic.environment import describe_environment
from vault_magic.errors import ArchiveError, CommandError, MissingVariable
from vault_magic.forms import Verb
from vault_magic.functions import Function, find_function
from vault_magic.identity import Identity
from vault_magic.options import OpenOptions
from vault_magic.record import ArchiveRef, Record, Result
from vault_magic.session import Session
from vault_magic.whereabouts import hide_absolute, relate


@dataclass(frozen=True, slots=True)
class OpenVault:
    """A vault that a notebook has opened, and how."""

    archive: Archive
    options: OpenOptions

    @property
    def name(self) -> str:
        """The archive as the user named it; its file name alone where that was absolute."""
        return hide_absolute(self.options.path)

    @property
    def log(self) -> Path:
        """Where the log of this vault is kept."""
        path = self.archive.path
        suffix = f"{LOG_SUFFIX}.gz" if self.options.gzip_logs else LOG_SUFFIX
        chosen = None if self.archive.is_apart else self.options.logs_path
        return Path(chosen.replace("{path}", str(path))) if chosen else path.with_name(path.name + suffix)

    def list_objects(self) -> Mapping[str, Identity]:
        """Return what is stored now.

        Raises:
            ArchiveError: the archive is not there any more, or cannot be read.
        """
        name = self.archive.path.name
        try:
            return self.archive.list().objects
        except FileNotFoundError as err:
            raise ArchiveError(f"{name} is not there any more; restore it, and open it again") from err
        except OSError as err:
            raise ArchiveError(f"cannot read {name}: {err.strerror or type(err).__name__}; open it again") from err

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: the password would travel along."""
        raise TypeError("an open vault cannot be pickled or copied; open it again where it is wanted")


class Loader(Protocol):
    """How an object of a lazy module is read when it is asked for: `expression` is what asked."""

    def __call__(self, vault: OpenVault, path: str, *, expression: str, function: Function | None) -> object:
        """Return the object, with a record of its import left where records go."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a command runs: the session so far, the notebook if known, the clock, and the reader of modules.

    `local` are the variables of the function in which the command stands, where it stands in one; `parameters` are
    those of a parametrised run, `saved` is where that is saved, if not in the notebook itself. What the
    user has to know before the work is done goes to `tell`.
    """

    session: Session
    notebook: Path | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    load: Loader | None = None
    local: frozenset[str] = frozenset()
    parameters: Mapping[str, object] | None = None
    saved: Path | None = None
    tell: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class Task:
    """One command and everything around it; `values` and `called_with` are what a call from Python brings along."""

    text: str
    command: Command
    vault: OpenVault
    namespace: Mapping[str, object]
    context: Context
    started: datetime
    values: Mapping[str, object] = field(default_factory=dict)
    called_with: Function | None = None

    @property
    def archive(self) -> Archive:
        """The archive of the vault."""
        return self.vault.archive

    @property
    def options(self) -> OpenOptions:
        """How the vault was opened."""
        return self.vault.options

    @property
    def notebook(self) -> str | None:
        """The notebook as seen from the archive's folder."""
        known = self.context.notebook
        return (relate(known, folder=self.archive.place.parent) or known.name) if known else None

    @property
    def holder(self) -> str:
        """What others are told who wait for the lock."""
        return self.context.notebook.name if self.context.notebook else "a notebook"

    @property
    def is_private(self) -> bool:
        """Whether nothing may be written in plain text."""
        return self.archive.password is not None

    def find_function(self) -> Function | None:
        """Return the function that stores or imports, where one was named."""
        name = self.command.function
        return find_function(name, self.namespace) if name else self.called_with

    def find_value(self, path: str, variable: str | None) -> object:
        """Return what is to be stored at a path: what the call brought, or else the variable of the notebook."""
        if path in self.values:
            return self.values[path]
        name = variable or ""
        if name in self.namespace:
            return self.namespace[name]
        advice = advise(name, self.namespace, otherwise="run the cell that defines it first")
        raise MissingVariable(f"there is no variable {name!r} in this notebook; {advice}")

    def refuse_local(self, names: Iterable[str]) -> None:
        """Refuse to import what a function could not see: its own variable would keep the value that it has.

        Raises:
            CommandError: one of the names is a variable of the function.
        """
        for name in names:
            if name in self.context.local:
                raise CommandError(
                    f"{name!r} is a variable of the function here, and would stay what it is; "
                    f"import it under another name, or write: {name} = vault_magic.vault.load('MODULE/{name}')"
                )

    def build_record(self, results: tuple[Result, ...]) -> Record:
        """Return the record of the command, with the ledger where something is stored or sealed."""
        session, notebook = self.context.session, self.context.notebook
        saved = self.context.saved or notebook
        storing = self.command.verb is Verb.STORE
        return Record(
            action=self.command.verb.value,
            command=self.text,
            results=results,
            inputs=session.inputs if storing else (),
            archive=ArchiveRef(
                vault=self._find_vault(),
                path=self.vault.name,
                from_notebook=relate(self.archive.place, folder=saved.parent) if saved else None,
            ),
            notebook=notebook.name if notebook else None,
            parameters=self.context.parameters,
            started=self.started,
            finished=self.context.now(),
            cell=session.current.cell if session.current else None,
            session=session.id,
            ledger=session.ledger if storing or self.command.verb is Verb.SEAL else None,
            environment=describe_environment(self.namespace),
        )

    def _find_vault(self) -> str | None:
        """Return the id of the vault; the archive of another tool gets one when it is first stored into."""
        known = self.archive.vault or self.archive.list().vault
        return known or (self.archive.new_id if self.command.verb is Verb.STORE else None)
