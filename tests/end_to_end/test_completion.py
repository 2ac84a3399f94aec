"""Completion as a front end asks a real kernel for it: the matches, and the range of the text that they replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from vault_magic.forms import FORMS, Form, Slot
from vault_magic.grammar import parse_command
from vault_magic.options import OPTIONS, Option

pytestmark = [pytest.mark.kernel, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

_SETUP = """
%load_ext vault_magic
%open_vault -p storage.zip --secure False
salaries = [1, 2]
def read_it(file): ...
%vault store salaries in datasets
"""

_SAMPLES = {
    Slot.VARIABLES: "salaries",
    Slot.VARIABLE: "salaries",
    Slot.MODULE: "datasets",
    Slot.FILE: "'datasets/salaries'",
    Slot.FUNCTION: "read_it",
    Slot.HASH: "589D2809",
    Slot.ALGORITHM: "CRC32",
    Slot.NOTHING: "",
}
_VALUES = {"PATH": "storage.zip", "NAME": "VAULT_TEST_KEY", "LOG": "logs/"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a kernel suggests, and the text that it would replace."""

    matches: tuple[str, ...]
    replaced: str


Ask = Callable[[str], Reply]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Start a kernel with a vault, and return a function that asks it at the end of a cell."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "logs").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAULT_TEST_KEY", "correct horse")
        manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder))
    reply = client.execute_interactive(_SETUP, timeout=60, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok"
    yield lambda cell: _ask(client, cell)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def _ask(client: BlockingKernelClient, cell: str) -> Reply:
    found: dict[str, Any] = client.complete(cell, cursor_pos=len(cell), reply=True, timeout=30)["content"]
    assert found["status"] == "ok"
    assert found["cursor_end"] == len(cell)
    return Reply(tuple(found["matches"]), cell[found["cursor_start"] :])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_form_can_be_typed_by_its_suggestions(ask: Ask, form: Form) -> None:
    is_module = {clause.slot for clause in form.clauses} == {Slot.MODULE, Slot.NAME}
    samples = {**_SAMPLES, Slot.NAME: _SAMPLES[Slot.MODULE if is_module else Slot.VARIABLE]}
    line = ""
    for clause in form.clauses:
        for word in filter(None, (clause.keyword, samples[clause.slot])):
            _check_word(ask, line, word)
            line += f"{word} "
    assert parse_command(line).verb is form.verb


def _check_word(ask: Ask, line: str, word: str) -> None:
    """Ask before a word is begun and before its last character; where a quote is open, its inside is replaced."""
    not_begun, begun = ask(f"%vault {line}"), ask(f"    x = %vault {line}{word[:-1]}")
    assert word in not_begun.matches
    assert not_begun.replaced == ""
    assert word.strip("'") in begun.matches
    assert begun.replaced == word[:-1].removeprefix("'")


def test_nothing_but_the_suggestions_of_the_form_is_shown(ask: Ask) -> None:
    assert ask("%vault store salaries ").matches == ("in", "with", "as")
    assert ask("x = 1\n%vault store ").matches == ("salaries",)
    assert ask("%vault import \\\n  salaries from ").matches == ("datasets",)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
def test_option_can_be_typed_by_its_suggestions(ask: Ask, option: Option) -> None:
    value = _VALUES.get(option.value, option.value.split("|")[-1])
    for flag in option.flags:
        begun = ask(f"%open_vault {flag[:-1]}")
        assert flag in ask("%open_vault ").matches
        assert flag in begun.matches
        assert begun.replaced == flag[:-1]
        assert value in ask(f"%open_vault {flag} ").matches
        assert ask(f"%open_vault {flag} {value[:-1]}") == Reply((value,), value[:-1])


def test_other_lines_are_left_to_ipython(ask: Ask) -> None:
    assert "salaries" in ask("sal").matches
    assert "status" not in ask("sta").matches
