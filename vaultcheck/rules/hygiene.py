"""VC6xx: what should not be in a saved notebook at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vaultcheck.cell import Cell
from vaultcheck.cell_source import FoundOpening
from vaultcheck.finding import Location, Severity
from vaultcheck.notebook import Notebook
from vaultcheck.rules.base import Draft, Rule
from vaultcheck.secret_literals import Secret, find_secrets, find_shown_secrets, may_hold_secrets
from vaultcheck.workspace import Workspace

# What a call names; that of a magic is read with its options.
_NAMED = re.compile(r"""\bencryption_variable\s*=\s*['"](\w+)['"]""")

_DISTINCTIVE = 8  # letters of a name that means the same variable in other notebooks: `KEY` may be anything there

_CODE_HINT = "read it from the environment, or ask for it (getpass), and change it: it is in the history of the file"
_OUTPUT_HINT = "clear the output, and change the secret: it is in the history of the file"


class SecretLiteral(Rule):
    """A password or a key that is written out in a cell, or shown by one.

    **What**: a cell gives a text to a name such as `password` or `api_key`, or to an environment variable; or it holds
    an address with a password, or a key of a format that is known by its look. An error for the variable that a vault
    is opened with (`-e NAME`), here or in another of the notebooks checked, and for known formats; a warning for what
    only its name or its place tells. In saved outputs, keys of known formats, such addresses, and what `%env` prints
    are found, as far as the output is text. The secret itself is never repeated.

    **Why**: whoever gets the notebook gets the secret, and so does everybody who sees the repository, for good.

    **Example**: `%env VAULT_PASSWORD=hunter2` above `%open_vault -e VAULT_PASSWORD`.

    **How to mend**: set the variable outside of the notebook, or ask for it with `getpass`; and change the secret.
    """

    code = "VC601"
    name = "secret-literal"
    severity = Severity.ERROR

    def find(self, workspace: Workspace) -> Iterator[Draft]:
        """Yield a draft for each line that holds a secret, and for each cell that shows what its text does not hold."""
        own = {one.path: frozenset(_list_variables(one)) for one in workspace.notebooks}
        known = frozenset(name for names in own.values() for name in names if len(name) >= _DISTINCTIVE)
        for notebook in workspace.notebooks:
            variables = own[notebook.path] | known
            may_hold = may_hold_secrets(notebook.code, variables=variables)
            for cell in notebook.code_cells:
                if not (may_hold or cell.telling):
                    continue
                held = [*find_secrets(cell.source, variables=variables)]
                yield from (_draft(one, notebook, cell) for one in held)
                shown = {
                    one.what: one for text in cell.telling for one in find_shown_secrets(text, variables=variables)
                }
                told = {one.what for one in held}
                yield from (_draft_shown(one, notebook, cell) for what, one in shown.items() if what not in told)


def _draft(secret: Secret, notebook: Notebook, cell: Cell) -> Draft:
    where = Location(notebook.path, cell=cell.number, cell_id=cell.id, line=secret.line)
    return Draft(where, f"{secret.what} is written here", _CODE_HINT, severity=_rate(secret))


def _draft_shown(secret: Secret, notebook: Notebook, cell: Cell) -> Draft:
    where = Location(notebook.path, cell=cell.number, cell_id=cell.id)
    return Draft(where, f"{secret.what} is shown in the output of this cell", _OUTPUT_HINT, severity=_rate(secret))


def _rate(secret: Secret) -> Severity:
    return Severity.ERROR if secret.is_sure else Severity.WARNING


def _list_variables(notebook: Notebook) -> Iterator[str]:
    """Yield the environment variables with which a notebook opens vaults."""
    for one in (one for cell in notebook.code_cells for one in cell.found):
        if isinstance(one, FoundOpening) and one.options and one.options.encryption_variable:
            yield one.options.encryption_variable
    if "encryption_variable" in notebook.code:
        yield from _NAMED.findall(notebook.code)
