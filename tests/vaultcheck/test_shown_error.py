"""Tests of the error that an output shows."""

from __future__ import annotations

import pytest

from vault_magic import errors
from vault_magic.errors import VaultError
from vaultcheck.shown_error import ShownError, read_error

_READ: dict[str, tuple[object, object, ShownError | None]] = {
    "own": ("MissingObject", "there is no 'm/x'", ShownError("MissingObject", "there is no 'm/x'", is_own=True)),
    "own-in-several-lines": ("PathError", " a\n  b\n", ShownError("PathError", "a b", is_own=True)),
    "own-and-long": ("ArchiveError", "a" * 300, ShownError("ArchiveError", "a" * 200 + "…", is_own=True)),
    "own-without-text": ("LockTimeout", "", ShownError("LockTimeout", is_own=True)),
    "own-with-odd-text": ("LockTimeout", ["a"], ShownError("LockTimeout", is_own=True)),
    "quoting-a-function": ("FunctionFailed", "dump: secret", ShownError("FunctionFailed", is_own=True)),
    "quoting-a-codec": ("CodecError", "no secret", ShownError("CodecError", is_own=True)),
    "of-python": ("KeyError", "'secret'", ShownError("KeyError")),
    "imported-there": ("re", "secret", ShownError("re")),
    "name-that-is-none": ("my secret", "", None),
    "empty-name": ("", "", None),
    "number-for-a-name": (1, "", None),
    "nothing": (None, None, None),
}


@pytest.mark.parametrize(("name", "text", "error"), _READ.values(), ids=_READ)
def test_error_is_read(name: object, text: object, error: ShownError | None) -> None:
    assert read_error(name, text) == error


def test_every_error_of_the_vault_is_known() -> None:
    own = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, VaultError)]
    assert len(own) > 10
    assert all((error := read_error(one.__name__, "")) and error.is_own for one in own)


def test_error_is_shown_in_one_line() -> None:
    assert ShownError("KeyError").shown == "KeyError"
    assert ShownError("PathError", "no").shown == "PathError: no"
