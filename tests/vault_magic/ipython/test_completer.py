"""Completion of the magics in a shell: on which lines, of which facts, and without side effects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.completer import Completion, CompletionContext, provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from vault_magic import load_ipython_extension, unload_ipython_extension
from vault_magic.archive import reading
from vault_magic.archive.archive import Archive

OPEN = "%open_vault -p storage.zip --secure False"
STORE = f"{OPEN}\nsalaries = [1, 2]\n%vault store salaries in datasets\n%vault store salaries in 'raw/my file.csv'"


def run(shell: InteractiveShell, cell: str) -> None:
    """Run a cell that must succeed."""
    with capture_output():
        shell.run_cell(cell).raise_error()


def ask(shell: InteractiveShell, typed: str) -> list[Completion]:
    """Return what is suggested at the `|` of a cell."""
    text, _, rest = typed.partition("|")
    with provisionalcompleter():
        return [*shell.Completer.completions(text + rest, len(text))]


def ask_alone(shell: InteractiveShell, typed: str) -> dict[str, Any]:
    """Return what the matcher itself answers at the `|` of a cell."""
    text, _, rest = typed.partition("|")
    line, column = text.count("\n"), len(text.rpartition("\n")[2])
    context = CompletionContext(token="", full_text=text + rest, cursor_position=column, cursor_line=line, limit=None)
    (matcher,) = shell.Completer.custom_matchers
    answer: dict[str, Any] = matcher(context)
    return answer


def list_texts(shell: InteractiveShell, typed: str) -> list[str]:
    """Return the texts of what is suggested."""
    return [one.text for one in ask(shell, typed)]


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("%vault store sal|", id="line"),
        pytest.param("if True:\n    for x in y:\n        %vault store sal|", id="indented"),
        pytest.param("result = %vault store sal|", id="assigned"),
        pytest.param("    a.b['c'], d = %vault store sal|", id="assigned-to-several"),
        pytest.param("%vault \\\n  store \\\n  sal|", id="continued"),
        pytest.param("x = 1\n%vault store sal|\ny = 2", id="between-lines"),
        pytest.param("%vault store sal| \\\n  in m", id="going-on-in-the-next-line"),
        pytest.param("%vault\tstore\tsal|", id="tabs"),
    ],
)
def test_line_with_the_magic_is_completed_wherever_it_stands(shell: InteractiveShell, cell: str) -> None:
    run(shell, "salaries = 1\nsaladbar = len\nimport sys as salsys")
    (found,) = ask(shell, cell)
    assert (found.text, cell[found.start : found.end]) == ("salaries", "sal")


def test_what_stands_in_the_next_line_counts(shell: InteractiveShell) -> None:
    run(shell, f"{STORE}\nother = 1\n%vault store other in elsewhere")
    assert list_texts(shell, "%vault import |") != ["salaries"]
    assert list_texts(shell, "%vault import | \\\n  from datasets") == ["salaries"]


def test_quote_that_is_open_since_the_line_above_is_left_alone(shell: InteractiveShell) -> None:
    run(shell, STORE)
    assert ask_alone(shell, "%vault del 'raw/my\\\nf|")["completions"] == []


@pytest.mark.parametrize(
    "cell",
    ["store sal|", "# %vault store sal|", "f('%vault store sal|", "%vaults store sal|", "%vault store x\nsal|", "sal|"],
)
def test_other_lines_are_left_to_ipython(shell: InteractiveShell, cell: str) -> None:
    run(shell, "salaries = 1")
    assert not [one for one in ask(shell, cell) if one._origin == "vault_magic"]


@pytest.mark.parametrize(
    ("cell", "text", "replaced"),
    [
        pytest.param("%vault del 'da|", "datasets/salaries", "da", id="open-quote"),
        pytest.param("%vault del 'da|'", "datasets/salaries", "da", id="between-quotes"),
        pytest.param("%vault del 'raw/my f|", "raw/my file.csv", "raw/my f", id="blank-in-path"),
        pytest.param("%vault del |", "'datasets/salaries'", "", id="no-quote"),
        pytest.param("%vault list data|", "datasets", "data", id="module"),
        pytest.param("%vault import salaries from datasets with json.loa|", "json.load", "json.loa", id="dots"),
        pytest.param("%vault assert salaries in datasets is 589|", "589D2809", "589", id="digest"),
        pytest.param("%vault import sal| from datasets", "salaries", "sal", id="module-behind-cursor"),
        pytest.param("%open_vault -p stor|", "storage.zip", "stor", id="archive"),
        pytest.param("%open_vault -p sub/in|", "sub/inner/", "sub/in", id="folder"),
        pytest.param("%open_vault -p ./st|", "./storage.zip", "./st", id="folder-as-typed"),
        pytest.param("%open_vault --path='sub/in|", "sub/inner/", "sub/in", id="folder-in-quote"),
        pytest.param("%open_vault -e VAULT_TEST_K|", "VAULT_TEST_KEY", "VAULT_TEST_K", id="environment"),
    ],
)
def test_suggestion_replaces_what_was_typed_of_it(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, cell: str, text: str, replaced: str
) -> None:
    monkeypatch.setenv("VAULT_TEST_KEY", "correct horse")
    Path("sub/inner").mkdir(parents=True)
    run(shell, f"import json\n{STORE}")
    found = next(one for one in ask(shell, cell) if one.text == text)
    assert cell.replace("|", "")[found.start : found.end] == replaced


def test_nothing_else_is_suggested_on_such_a_line(shell: InteractiveShell) -> None:
    run(shell, f"import json\n{STORE}")
    for cell in ("%vault |", "%vault store |", "%vault del '|", "%open_vault -p s|", "%vault list d|"):
        assert {one._origin for one in ask(shell, cell)} == {"vault_magic"}


def test_hidden_names_are_not_for_storing(shell: InteractiveShell) -> None:
    run(shell, "_private = 1\nseen = 2\nimport json\ndef act(): pass\nclass Act: pass")
    assert list_texts(shell, "%vault store |") == ["seen"]


def test_what_can_be_called_is_a_function(shell: InteractiveShell) -> None:
    run(shell, "import functools, json\nplain = 1\npart = functools.partial(print)\ndef act(): pass\nclass Act: pass")
    assert list_texts(shell, "%vault store x in m with |") == ["Act", "act", "part", "functools", "json"]


@pytest.mark.parametrize(
    ("owner", "texts"),
    [
        pytest.param("holder", ["holder.read", "holder.write"], id="value"),
        pytest.param("Holder", ["Holder.read", "Holder.write"], id="class"),
        pytest.param("nowhere", [], id="unknown"),
        pytest.param("holder.nowhere", [], id="unknown-attribute"),
    ],
)
def test_attributes_are_looked_up_without_running_them(shell: InteractiveShell, owner: str, texts: list[str]) -> None:
    run(
        shell,
        "ran = []\n"
        "class Holder:\n"
        "    @property\n    def shown(self): ran.append(1)\n"
        "    @classmethod\n    def read(cls): pass\n"
        "    def write(self): pass\n"
        "    def __getattr__(self, name): ran.append(2)\n"
        "    def __dir__(self): ran.append(3)\n"
        "holder = Holder()",
    )
    found = ask_alone(shell, f"%vault store x in m with {owner}.|")["completions"]
    assert [one.text for one in found] == texts
    assert shell.user_ns["ran"] == []


def test_archive_is_listed_again_only_when_it_has_changed(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(shell, STORE)
    assert "datasets" in list_texts(shell, "%vault list |")
    with monkeypatch.context() as patch:
        patch.delattr(Archive, "list")
        assert "datasets" in list_texts(shell, "%vault list |")
    run(shell, "%vault store salaries in later")
    assert list_texts(shell, "%vault list l|") == ["later"]


def test_encrypted_vault_is_listed_without_decrypting(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_KEY", "correct horse")
    run(shell, "%open_vault -e STORAGE_KEY\nx = 1\n%vault store x in m")
    monkeypatch.delenv("STORAGE_KEY")
    for name in ("read_member", "read_pieces"):
        monkeypatch.delattr(reading, name)
    assert list_texts(shell, "%vault del 'm|") == ["m/x"]


@pytest.mark.parametrize("ruin", ["damaged", "gone"])
def test_archive_that_cannot_be_read_is_no_obstacle(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], ruin: str
) -> None:
    run(shell, STORE)
    Path("storage.zip").unlink() if ruin == "gone" else Path("storage.zip").write_bytes(b"PK nonsense")
    capsys.readouterr()
    assert list_texts(shell, "%vault store salaries in m w|") == ["with"]
    assert not [one for one in ask(shell, "%vault list d|") if one._origin == "vault_magic"]
    assert capsys.readouterr() == ("", "")


def test_values_of_the_environment_are_not_shown(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_KEY", "correct horse")
    shown = repr(ask_alone(shell, "%open_vault -e STOR|"))
    assert "STORAGE_KEY" in shown
    assert "correct horse" not in shown


def test_without_a_vault_the_language_is_completed_all_the_same(shell: InteractiveShell) -> None:
    assert list_texts(shell, "%vault sto|") == ["store"]


def test_quote_open_since_an_earlier_line_is_left_alone(shell: InteractiveShell) -> None:
    run(shell, STORE)
    assert not [one for one in ask(shell, "%vault del 'raw/my \\\nfi|") if one._origin == "vault_magic"]


def test_unloading_stops_the_completion_and_loading_again_starts_it_once(shell: InteractiveShell) -> None:
    unload_ipython_extension(shell)
    assert not [one for one in ask(shell, "%vault sto|") if one._origin == "vault_magic"]
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    assert list_texts(shell, "%vault sto|") == ["store"]
    assert len(shell.Completer.custom_matchers) == 1


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_older_way_of_asking_is_answered_too(shell: InteractiveShell) -> None:
    run(shell, "salaries = 1")
    assert shell.complete("", "%vault store sal", 16) == ("sal", ["salaries"])


@given(st.sampled_from(["%vault ", "%open_vault ", "x = %vault store "]), st.text(), st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_on_the_line_is_survived(shell: InteractiveShell, start: str, text: str, rest: str) -> None:
    typed = f"{start}{text.replace('|', '')}"
    with capture_output() as captured:
        answer = ask_alone(shell, f"{typed}|{rest}")
    assert typed.endswith(answer["matched_fragment"])
    assert (captured.stdout, captured.stderr) == ("", "")
