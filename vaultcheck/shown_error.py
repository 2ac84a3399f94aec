"""The error that an output shows: its name, and its text where that is of our own making."""

from __future__ import annotations

from dataclasses import dataclass

from vault_magic import errors
from vault_magic.errors import CodecError, FunctionFailed, VaultError

_OWN = {
    name: one
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, VaultError) and one.__name__ == name
}
_QUOTING = (CodecError, FunctionFailed)
"""Errors that repeat what a function or a codec of somebody else said."""

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ShownError:
    """An error by its name; `text` is its message in one line, missing where that could hold any value or a password.

    `is_own` tells that a command of the vault raised it.
    """

    name: str
    text: str | None = None
    is_own: bool = False

    @property
    def shown(self) -> str:
        """The error as a message shows it."""
        return f"{self.name}: {self.text}" if self.text else self.name


def read_error(name: object, text: object) -> ShownError | None:
    """Return the error of an output, or `None` where its name is none."""
    if not isinstance(name, str) or not name.isidentifier():
        return None
    own = _OWN.get(name)
    is_told = own is not None and not issubclass(own, _QUOTING) and isinstance(text, str)
    line = " ".join(str(text).split()) if is_told else ""
    shortened = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return ShownError(name, shortened or None, is_own=own is not None)
