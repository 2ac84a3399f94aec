"""Passwords, which are named by environment variables and stand nowhere else."""

from __future__ import annotations

import os

from vault_magic.errors import PasswordError


def read_password(name: str | None) -> bytes | None:
    """Return the password in an environment variable; none where no variable is named.

    Raises:
        PasswordError: the variable is not set, or empty.
    """
    if name is None:
        return None
    password = os.environ.get(name)
    if not password:
        state = "is not set" if password is None else "is empty"
        raise PasswordError(
            f"the environment variable {name} {state}; put the password into it, or leave out -e {name}"
        )
    return os.fsencode(password)  # the bytes that were set, which need not be UTF-8
