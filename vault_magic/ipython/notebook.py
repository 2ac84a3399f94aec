"""The notebook as the host of commands: it shows their outcomes and remembers what they brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from IPython.core.interactiveshell import InteractiveShell

from vault_magic.ipython.progress import Progress
from vault_magic.ipython.show import show_notices, show_outcome
from vault_magic.ipython.tracker import SessionTracker
from vault_magic.operations.host import Host
from vault_magic.operations.opening import list_notices
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import Context, OpenVault


class Notebook(Host):
    """A session in IPython, in a notebook or at a terminal."""

    def __init__(self, shell: InteractiveShell, tracker: SessionTracker) -> None:
        super().__init__()
        self._names = shell.user_ns
        self._tracker = tracker
        self._progress = Progress(shell)
        self._told: set[str] = set()

    @property
    def namespace(self) -> Mapping[str, object]:
        """The variables of the user."""
        names: Mapping[str, object] = self._names
        return names

    def describe(self) -> Context:
        """Return the session, the notebook and the parameters of the run, as far as they are known."""
        known = self._tracker
        return Context(
            session=known.session,
            notebook=known.find_notebook(),
            parameters=known.parameters,
            saved=known.find_saved(),
            tell=self._tell,
        )

    def _tell(self, text: str) -> None:
        """Show a hint at once, the first time that there is reason to."""
        if text not in self._told:
            self._told.add(text)
            show_notices([text])

    @property
    def opening(self) -> str:
        """The line that opens a vault."""
        return "%open_vault -p storage.zip"

    def perform(self, text: str, action: Callable[[], Outcome], *, vault: OpenVault) -> Outcome:
        """Show that an action is at work when it takes long, bind what was imported, and show the outcome."""
        with self._progress.watch(text) as sign:
            outcome = action()
        self._names.update(outcome.imported)
        self._tracker.remember(outcome)
        show_outcome(outcome, options=vault.options, display_id=sign.display_id)
        return outcome

    def show_opened(self, vault: OpenVault) -> None:
        """Print notices."""
        show_notices(list_notices(vault))
