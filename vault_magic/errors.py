"""The errors a user can meet, each rendered as one line: what is wrong, where, what to do."""

from __future__ import annotations

import re
import traceback

_CELL_FILE = re.compile(r'File "[^"]*ipykernel_\d+[^"]*", line')  # where a kernel keeps the source of a cell


class VaultError(Exception):
    """Something the user asked for cannot be done; the message says what, where and what to do next.

    The children also derive from the built-in exception that fits, so that `except KeyError` keeps working in code
    written for the original tool.
    """

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__

    def _render_traceback_(self) -> list[str]:
        """Give IPython one line in place of a traceback; the exception still stops the cell and the run."""
        return [" ".join(f"{type(self).__name__}: {self}".splitlines())]


class CommandError(VaultError, ValueError):
    """A command or option that the language does not know."""


class PathError(CommandError):
    """A path inside the archive that is refused, with the reason."""


class MissingVariable(VaultError, NameError):
    """A variable that the notebook has not defined."""


class MissingObject(VaultError, KeyError):
    """An object that is not in the archive."""


class AssertionFailed(VaultError, AssertionError):
    """An assertion about a stored object that does not hold."""


class VaultNotOpen(VaultError, ValueError):
    """A command that came before `%open_vault`."""


class PasswordError(VaultError, ValueError):
    """A password that is missing or does not open the vault; the password itself is never part of the text."""


class ArchiveError(VaultError, ValueError):
    """An archive that cannot be read or written as it is."""


class LockTimeout(VaultError, TimeoutError):
    """Another writer held the archive for too long."""


class CodecError(VaultError, ValueError):
    """A value that cannot be stored, or stored bytes that cannot be turned back into a value."""


class FunctionFailed(VaultError, RuntimeError):
    """A user's own function that raised an error or gave nothing to store; its own error is the cause."""

    def __init__(self, what: str, reason: str = "") -> None:
        super().__init__(f"{what}: {reason}" if reason else what)
        self.what = what

    def _render_traceback_(self) -> list[str]:
        """Give the function's own traceback, where there is one, and then what failed."""
        cause = self.__cause__
        if cause is None:
            return super()._render_traceback_()
        own = "".join(traceback.format_exception(cause, chain=False)).rstrip()
        return [_CELL_FILE.sub("Cell, line", own), "", f"{type(self).__name__}: {self.what}; nothing was changed"]


class FormatError(VaultError, ValueError):
    """Stored JSON (a record, a manifest, a sidecar) that is not what its version promises."""


class NewerFormat(FormatError):
    """Stored JSON written by a newer version than this one understands."""
