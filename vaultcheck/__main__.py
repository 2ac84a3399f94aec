"""`python -m vaultcheck`."""

from vaultcheck.cli import run

run()
