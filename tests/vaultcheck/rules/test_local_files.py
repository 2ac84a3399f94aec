"""Tests of the rule about files that are read past the vault."""

from __future__ import annotations

import pytest

from tests.builders import Lab
from vaultcheck.finding import Severity
from vaultcheck.rules.local_files import LocalFile


@pytest.mark.parametrize(
    ("sources", "files"),
    [
        pytest.param(["raw = pd.read_csv('data/raw.csv')"], "'data/raw.csv' is", id="pandas"),
        pytest.param(["a = np.load('a.npy')\nb = open('b.txt').read()"], "'a.npy' and 'b.txt' are", id="two"),
        pytest.param(["p = 'a.npy'", "a = np.load(p)"], "'a.npy' is", id="by-a-name"),
    ],
)
def test_file_that_is_read_is_told(lab: Lab, sources: list[str], files: str) -> None:
    lab.start("a.ipynb", *sources, "%vault store x in m")
    lab.save()
    (finding,) = lab.check([LocalFile()])
    assert finding.message == f"{files} read from outside the vault"
    assert finding.severity is Severity.INFO
    assert finding.hint == "store it in the vault once, and import it; or leave it so, if it never changes"


def test_reads_of_a_notebook_are_told_at_the_first(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1\na = np.load('a.npy')", "b = np.load('b.npy')", "%vault store x in m")
    lab.save()
    assert [(one.location.cell, one.location.line) for one in lab.check([LocalFile()])] == [(2, 2)]


@pytest.mark.parametrize(
    ("writer", "source", "writes"),
    [
        pytest.param("b.ipynb", "x.to_csv('data/x.csv')", "b.ipynb writes 'data/x.csv': hand it", id="other-notebook"),
        pytest.param("data/b.ipynb", "x.to_csv('x.csv')", "data/b.ipynb writes 'data/x.csv': hand it", id="elsewhere"),
        pytest.param("a.ipynb", "x.to_csv('data/x.csv')", "a.ipynb writes 'data/x.csv': hand it", id="itself"),
        pytest.param("b.ipynb", "x.to_csv('x.csv')", None, id="file-of-the-same-name"),
    ],
)
def test_hint_tells_who_writes_what_is_read(lab: Lab, writer: str, source: str, writes: str | None) -> None:
    lab.start("a.ipynb", "x = pd.read_csv('data/x.csv')", "%vault store x in m")
    (lab.notebooks.get(writer) or lab.start(writer)).run(source)
    lab.save()
    (finding,) = lab.check([LocalFile()])
    told = f"{writes} over by the vault, as vaultcheck adopt shows"
    assert finding.hint == (
        told if writes else "store it in the vault once, and import it; or leave it so, if it never changes"
    )


@pytest.mark.parametrize(
    "source",
    [
        "x.to_csv('x.csv')",
        "pd.read_csv('https://x.org/x.csv')",
        "pd.read_csv(path)",
        "open('x', 'w')",
        "x = 'read_csv'",
    ],
)
def test_what_reads_no_local_file_is_accepted(lab: Lab, source: str) -> None:
    lab.start("a.ipynb", source, "%vault store x in m")
    lab.save()
    assert lab.find([LocalFile()]) == []


def test_notebook_without_a_vault_may_read_what_it_likes(lab: Lab) -> None:
    author = lab.start("a.ipynb", "pd.read_csv('x.csv')")
    del author.cells[0]
    lab.save()
    assert lab.find([LocalFile()]) == []
