"""Tests of commands as values; their text is tested with the grammar that reads it back."""

from __future__ import annotations

import pytest

from vault_magic.command import Algorithm, Command
from vault_magic.forms import FORMS, Form
from vault_magic.grammar import parse_command


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_only_the_form_of_a_whole_module_imports_one(form: Form) -> None:
    assert parse_command(form.example).is_module_import == (form.text == "import MODULE [as NAME]")


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda algorithm: algorithm.name)
def test_length_of_a_digest_tells_its_algorithm(algorithm: Algorithm) -> None:
    expected = parse_command(f"assert 'x' is {'0' * algorithm.value}").expected
    assert expected is not None
    assert expected.algorithm is algorithm


def test_command_can_be_compared_and_hashed() -> None:
    commands = [parse_command(form.example) for form in FORMS]
    assert len({*commands, *map(_copy, commands)}) == len(FORMS)


def _copy(command: Command) -> Command:
    return Command(command.verb, command.targets, command.module, command.expected, command.function, command.name)
