"""Tests of the rules about what should not be in a saved notebook."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.builders import Lab
from tests.vaultcheck.test_secret_literals import LIKELY, SECRET, SURE, VALUES
from vaultcheck.finding import Severity
from vaultcheck.rules.hygiene import SecretLiteral

_CALL = 'vault_magic.open_vault("storage.zip", encryption_variable="KEY_OF_VAULT")'


def _open(lab: Lab, line: str, *, name: str = "a.ipynb") -> None:
    author = lab.start(name)
    author.cells.clear()
    author.write(line)


def _show(lab: Lab, text: str, *, source: str = "print(1)") -> None:
    lab.notebooks["a.ipynb"].write(source)
    lab.notebooks["a.ipynb"].cells[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]


@pytest.mark.parametrize("opening", ["%open_vault -p storage.zip -e KEY_OF_VAULT", _CALL], ids=["magic", "call"])
@pytest.mark.parametrize(
    ("source", "severity"),
    [
        pytest.param(f"%env KEY_OF_VAULT={SECRET}", Severity.ERROR, id="variable-of-the-vault"),
        pytest.param(f'password = "{SECRET}"', Severity.WARNING, id="name"),
    ],
)
def test_secret_is_told_at_its_line(lab: Lab, source: str, severity: Severity, opening: str) -> None:
    _open(lab, opening)
    lab.notebooks["a.ipynb"].write(f"x = 1\n{source}")
    lab.save()
    (finding,) = lab.check([SecretLiteral()])
    assert (finding.severity, finding.location.cell, finding.location.line) == (severity, 2, 2)


@pytest.mark.parametrize("source", [*SURE, *LIKELY])
def test_no_finding_repeats_a_secret(lab: Lab, source: str) -> None:
    _open(lab, "%open_vault -p storage.zip -e VAULT_KEY")
    _show(lab, f"env: VAULT_KEY={SECRET}\nenv: DB_PASSWORD={SECRET}", source=source)
    lab.notebooks["a.ipynb"].write("%vault store x in m")
    lab.save()
    findings = lab.check()
    told = str([asdict(one) for one in findings])
    assert "VC601" in {one.code for one in findings}
    assert [value for value in VALUES if value in told] == []


def test_variable_of_another_notebook_counts_too(lab: Lab) -> None:
    _open(lab, "%open_vault -p storage.zip -e KEY_OF_VAULT")
    _open(lab, f'import os\nos.environ["KEY_OF_VAULT"] = "{SECRET}"', name="b.ipynb")
    lab.save()
    assert [(one.location.file, one.severity) for one in lab.check([SecretLiteral()])] == [("b.ipynb", Severity.ERROR)]


def test_short_name_of_a_variable_is_anything_in_another_notebook(lab: Lab) -> None:
    _open(lab, "%open_vault -p storage.zip -e KEY")
    _open(lab, 'KEY = "year"', name="b.ipynb")
    lab.save()
    assert lab.find([SecretLiteral()]) == []


def test_secret_that_an_output_shows_is_told_at_the_cell(lab: Lab) -> None:
    _open(lab, "%open_vault -p storage.zip -e KEY_OF_VAULT")
    _show(lab, f"KEY_OF_VAULT={SECRET}")
    lab.save()
    (finding,) = lab.check([SecretLiteral()])
    assert (finding.severity, finding.location.cell, finding.location.line) == (Severity.ERROR, 2, None)
    assert finding.message == "the password of the vault, in KEY_OF_VAULT, is shown in the output of this cell"


def test_output_that_repeats_the_cell_is_not_told_again(lab: Lab) -> None:
    _open(lab, "%open_vault -p storage.zip -e KEY_OF_VAULT")
    _show(lab, f"env: KEY_OF_VAULT={SECRET}", source=f"%env KEY_OF_VAULT={SECRET}")
    lab.save()
    (finding,) = lab.check([SecretLiteral()])
    assert finding.message == "the password of the vault, in KEY_OF_VAULT, is written here"


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_text_is_not_looked_into(lab: Lab, kind: str) -> None:
    lab.start("a.ipynb").write(f'password = "{SECRET}"', kind=kind)
    lab.save()
    assert lab.find([SecretLiteral()]) == []


@pytest.mark.parametrize("name", ["connection_str", "db_connection_string"])
def test_secret_is_found_though_its_notebook_holds_nothing_else_of_the_kind(lab: Lab, name: str) -> None:
    lab.start("a.ipynb", f"{name} = 'a1B2a1B2a1B2c3D4'")
    lab.save()
    assert [one.location.cell for one in lab.check([SecretLiteral()])] == [2]
