"""Tests of the rules about what should not be in a saved notebook."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.builders import Lab
from vaultcheck.finding import Severity
from vaultcheck.rules.hygiene import SecretLiteral

SECRET = "rabbit-7-tulip"  # made up


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        pytest.param(f"%env KEY_OF_VAULT={SECRET}", Severity.ERROR, id="variable-of-the-vault"),
        pytest.param(f'password = "{SECRET}"', Severity.WARNING, id="name"),
    ],
)
def test_secret_is_told_without_itself(lab: Lab, source: str, severity: Severity) -> None:
    author = lab.start("a.ipynb")
    author.cells.clear()
    author.write(f"x = 1\n{source}")
    author.write("%open_vault -p storage.zip -e KEY_OF_VAULT")
    lab.save()
    (finding,) = lab.check([SecretLiteral()])
    assert (finding.severity, finding.location.cell, finding.location.line) == (severity, 1, 2)
    assert SECRET not in str(asdict(finding))


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_text_is_not_looked_into(lab: Lab, kind: str) -> None:
    lab.start("a.ipynb").write(f'password = "{SECRET}"', kind=kind)
    lab.save()
    assert lab.find([SecretLiteral()]) == []
