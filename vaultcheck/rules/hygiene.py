"""VC6xx: what should not be in a saved notebook at all."""

from __future__ import annotations

from collections.abc import Iterator

from vaultcheck.cell_source import FoundOpening
from vaultcheck.finding import Location, Severity
from vaultcheck.notebook import Notebook
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.secret_literals import find_secrets
from vaultcheck.workspace import Workspace

_HINT = "read it from the environment, or ask for it (getpass), and change it: it is in the history of the file"


class SecretLiteral(Rule):
    """A password or a key that is written out in a cell.

    **What**: a cell gives a text to a name such as `password` or `api_key`, or to an environment variable; or it holds
    a key of a format that is known by its look. An error for the variable that a vault is opened with (`-e NAME`), and
    for known formats; a warning for what only its name tells. The text itself is never repeated. What outputs
    show is not looked into.

    **Why**: whoever gets the notebook gets the secret, and so does everybody who sees the repository, for good.

    **Example**: `%env VAULT_PASSWORD=hunter2` above `%open_vault -e VAULT_PASSWORD`.

    **How to mend**: set the variable outside of the notebook, or ask for it with `getpass`; and change the secret.
    """

    code = "VC601"
    name = "secret-literal"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each line that holds a secret."""
        for notebook in workspace.notebooks:
            variables = _list_variables(notebook)
            for cell in notebook.code_cells:
                for one in find_secrets(cell.source, variables=variables):
                    where = Location(notebook.path, cell=cell.number, cell_id=cell.id, line=one.line)
                    severity = Severity.ERROR if one.is_sure else Severity.WARNING
                    yield Draft(where, f"{one.what} is written here", _HINT, severity=severity)


def _list_variables(notebook: Notebook) -> frozenset[str]:
    """Return the environment variables with which the notebook opens vaults."""
    openings = (one for cell in notebook.cells for one in cell.found if isinstance(one, FoundOpening) and one.options)
    names = (one.options.encryption_variable for one in openings if one.options)
    return frozenset(name for name in names if name)
