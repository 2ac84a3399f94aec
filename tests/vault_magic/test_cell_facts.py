"""Tests of what is read out of a cell at once."""

from __future__ import annotations

import ast

import pytest

from vault_magic import masking
from vault_magic.cell_facts import read_facts
from vault_magic.digest import digest_cell
from vault_magic.names import read_names


@pytest.mark.parametrize("source", ["'  Doc.'\nx = y", "%vault store x in m", "%%bash\nls", "x = =", "-" * 2000 + "1"])
def test_facts_are_those_read_one_by_one(source: str) -> None:
    facts = read_facts(source)
    assert (facts.digest, facts.names) == (digest_cell(source), read_names(source))


def test_cell_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parse, parsed = masking.parse_python, list[str]()

    def parse_counted(text: str) -> ast.Module:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(masking, "parse_python", parse_counted)
    read_facts("x = y")
    assert parsed == ["x = y"]
