"""Who commands run for: a notebook that shows and remembers, or a script that does neither."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from vault_magic.errors import VaultNotOpen
from vault_magic.forms import Verb
from vault_magic.functions import Function
from vault_magic.operations.opening import find_folder, list_notices, open_vault
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.running import run_call, run_command
from vault_magic.operations.task import Context, OpenVault
from vault_magic.options import OpenOptions
from vault_magic.project import load_defaults
from vault_magic.session import Session
from vault_magic.session_id import create_session_id


class Host(ABC):
    """The present vault, and what happens to the outcome of each command."""

    def __init__(self) -> None:
        self._vault: OpenVault | None = None

    @property
    @abstractmethod
    def namespace(self) -> Mapping[str, object]:
        """The variables that commands can name."""

    @abstractmethod
    def describe(self) -> Context:
        """Return where a command runs that begins now."""

    @property
    @abstractmethod
    def opening(self) -> str:
        """What its user types to open a vault."""

    @abstractmethod
    def perform(self, text: str, action: Callable[[], Outcome], *, vault: OpenVault) -> Outcome:
        """Carry out an action that may take long, show its outcome, and keep what it has brought."""

    @abstractmethod
    def show_opened(self, vault: OpenVault) -> None:
        """Tell what has to be told of a vault that was just opened."""

    @property
    def opened(self) -> OpenVault | None:
        """The vault that was opened last, if there is one."""
        return self._vault

    @property
    def vault(self) -> OpenVault:
        """The vault that was opened last.

        Raises:
            VaultNotOpen: none was.
        """
        if self._vault is None:
            raise VaultNotOpen(f"no vault is open; type first: {self.opening}")
        return self._vault

    def open(self, read: Callable[[OpenOptions], OpenOptions]) -> OpenVault:
        """Open a vault, which is the present one from here on; `read` puts what was said into the project's defaults.

        Where that cannot be done no vault is open: nothing may go into the one before by mistake.
        """
        self._vault = None
        folder = find_folder()
        vault = self._vault = open_vault(read(load_defaults(folder)), folder=folder)
        self.show_opened(vault)
        return vault

    def command(
        self, text: str, *, namespace: Mapping[str, object] | None = None, local: Collection[str] = ()
    ) -> Outcome:
        """Carry out a command on the present vault and show its outcome; `local` are the names of a function."""
        vault, names = self.vault, self.namespace if namespace is None else namespace
        context = replace(self._describe(), local=frozenset(local))
        return self.perform(text, lambda: run_command(text, vault=vault, namespace=names, context=context), vault=vault)

    def call(
        self,
        method: str,
        path: str | None,
        *,
        vault: OpenVault,
        value: object = None,
        function: Function | None = None,
        expression: str | None = None,
    ) -> Outcome:
        """Carry out a call on a vault and show its outcome."""
        return self.perform(
            expression or f"{method} {path or ''}".rstrip(),
            lambda: run_call(
                method,
                path,
                vault=vault,
                namespace=self.namespace,
                context=self._describe(),
                value=value,
                function=function,
                expression=expression,
            ),
            vault=vault,
        )

    def _describe(self) -> Context:
        return replace(self.describe(), load=self._load)

    def _load(self, vault: OpenVault, path: str, *, expression: str, function: Function | None) -> object:
        return self.call("load", path, vault=vault, function=function, expression=expression).values[path]


def remember(session: Session, outcome: Outcome) -> Session:
    """Return the session with what a command has brought."""
    fresh = outcome.command.verb is Verb.IMPORT
    return session.remember(outcome.inputs).bind(outcome.bindings, fresh=fresh)


class Script(Host):
    """A program without cells: warnings go to standard error, and nothing else is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._session = Session(id=create_session_id())

    @property
    def namespace(self) -> Mapping[str, object]:
        """No variables: values come with the calls."""
        return {}

    def describe(self) -> Context:
        """Return the context of a script: a session without cells."""
        return Context(self._session)

    @property
    def opening(self) -> str:
        """The call that opens a vault."""
        return 'vault_magic.open_vault("storage.zip")'

    def perform(
        self,
        text: str,  # noqa: ARG002  # a script shows nothing of it
        action: Callable[[], Outcome],
        *,
        vault: OpenVault,  # noqa: ARG002
    ) -> Outcome:
        """Keep what was imported, and print warnings."""
        outcome = action()
        self._session = remember(self._session, outcome)
        for warning in outcome.warnings:
            print(f"Warning: {warning}", file=sys.stderr)  # noqa: T201
        return outcome

    def show_opened(self, vault: OpenVault) -> None:
        """Print notices."""
        for notice in list_notices(vault):
            print(notice, file=sys.stderr)  # noqa: T201


class _Hosts:
    """The host of this process: a script, until a notebook takes over."""

    script: Host = Script()
    notebook: Host | None = None


def get_host() -> Host:
    """Return whom commands from Python run for."""
    return _Hosts.notebook or _Hosts.script


def set_notebook(host: Host | None) -> None:
    """Let commands run for a notebook, or for none any more."""
    _Hosts.notebook = host
