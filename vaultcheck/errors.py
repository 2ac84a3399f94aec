"""The errors of an invocation: what was asked of the checker cannot be done; faults in files are findings."""

from __future__ import annotations


class CheckError(Exception):
    """A check that cannot begin as it was asked for; the text says what, where and what to do, in one line."""
