"""Tests of the Python calls that are commands: their text, and what each stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.calls import METHODS, build_call, is_expression, parse_executed, render_call, show_executed
from vault_magic.command import Command, Target
from vault_magic.errors import CommandError, PathError
from vault_magic.forms import Verb

_SALARIES = (Target("datasets/salaries"),)
_USE = "use one of: store, load, delete, list"


@pytest.mark.parametrize(
    ("method", "path", "text", "command"),
    [
        pytest.param(
            "store",
            "datasets/salaries",
            "vault.store('datasets/salaries', ...)",
            Command(Verb.STORE, _SALARIES),
            id="store",
        ),
        pytest.param(
            "load", "datasets/salaries", "vault.load('datasets/salaries')", Command(Verb.IMPORT, _SALARIES), id="load"
        ),
        pytest.param("delete", "a", "vault.delete('a')", Command(Verb.DEL, (Target("a"),)), id="delete"),
        pytest.param("list", None, "vault.list()", Command(Verb.LIST), id="list"),
        pytest.param("list", "a/b", "vault.list('a/b')", Command(Verb.LIST, module="a/b"), id="list-module"),
        pytest.param("list", "a.b", "vault.list('a.b')", Command(Verb.LIST, module="a/b"), id="list-dotted-module"),
        pytest.param("load", "it's", 'vault.load("it\'s")', Command(Verb.IMPORT, (Target("it's"),)), id="apostrophe"),
        pytest.param("load", "'\"", "vault.load('\\'\"')", Command(Verb.IMPORT, (Target("'\""),)), id="both-quotes"),
        pytest.param("load", "a.csv", "vault.load('a.csv')", Command(Verb.IMPORT, (Target("a.csv"),)), id="dot-stays"),
        pytest.param("load", "./a//b", "vault.load('./a//b')", Command(Verb.IMPORT, (Target("a/b"),)), id="untidy"),
        pytest.param("load", "\u00a0", "vault.load('\\xa0')", Command(Verb.IMPORT, (Target("\u00a0"),)), id="escape"),
    ],
)
def test_call_is_a_command(method: str, path: str | None, text: str, command: Command) -> None:
    assert render_call(method, path) == text
    assert build_call(method, path) == command
    assert parse_executed(text) == command


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        pytest.param("save", "a", f"vault.save() is no command; {_USE}", id="no-such-method"),
        pytest.param("load", None, f"vault.load() is no command; {_USE}", id="no-path"),
        pytest.param("load", "../a", "the path '../a' is refused: it contains '..'", id="path-above"),
        pytest.param("store", "", "the path is empty; name an object such as 'datasets/salaries'", id="empty-path"),
        pytest.param(
            "list",
            ".vault",
            "the path '.vault' is refused: the folder '.vault' belongs to the vault itself",
            id="reserved",
        ),
    ],
)
def test_call_is_refused_in_these_words(method: str, path: str | None, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        build_call(method, path)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("vault.load(a)", id="name"),
        pytest.param("vault.load('a', f)", id="another-argument"),
        pytest.param("vault.load('a'))", id="bracket-too-many"),
        pytest.param("vault.load('a' 'b')", id="two-texts"),
        pytest.param("vault.load('\\d')", id="escape-of-nothing"),
        pytest.param("vault.load('\\x4')", id="short-escape"),
        pytest.param("vault.load('\\N{BULLET}')", id="named-escape"),
        pytest.param("vault.load('\\U00110000')", id="escape-of-no-character"),
        pytest.param("vault.load('a\nb')", id="line-break"),
        pytest.param("vault.load('\x00')", id="null"),
        pytest.param("vault.load('\ud800')", id="half-a-character"),
        pytest.param("vault.load('a\\')", id="open"),
        pytest.param("my.vault.load('a')", id="another-object"),
        pytest.param("x = vault.load('a')", id="assignment"),
    ],
)
def test_what_no_record_contains_is_not_a_call(text: str) -> None:
    with pytest.raises(CommandError, match=r"is not (a command|closed)"):
        parse_executed(text)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param("store x in a", Command(Verb.STORE, (Target("a/x", "x"),), "a"), id="store"),
        pytest.param("import vault", Command(Verb.IMPORT, module="vault"), id="module-called-as-the-object"),
    ],
)
def test_line_behind_the_magic_is_read_as_the_magic_does(text: str, command: Command) -> None:
    assert parse_executed(text) == command


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("store  x\n in a", "%vault store x in a", id="magic"),
        pytest.param("vault.store('a  b', ...)", "vault.store('a  b', ...)", id="call"),
    ],
)
def test_command_is_shown_as_its_user_wrote_it(text: str, shown: str) -> None:
    assert show_executed(text) == shown


def _read(text: str) -> Command | str:
    try:
        return parse_executed(text)
    except CommandError as err:
        return str(err)


def _build(method: str, path: str | None) -> Command | str:
    try:
        return build_call(method, path)
    except CommandError as err:
        return str(err)


@given(st.sampled_from([*METHODS]), st.none() | st.text() | st.text("ab/.'\"\\ \ud800\x85é"))
def test_any_call_is_read_back_from_its_text(method: str, path: str | None) -> None:
    assert _read(render_call(method, path)) == _build(method, path)


@given(st.text() | st.text("'\"\\nx0dU(), .\ud800\n").map(lambda inner: f"vault.load({inner})"))
def test_any_text_is_a_command_or_a_command_error(text: str) -> None:
    try:
        command = parse_executed(text)
    except CommandError:
        return
    assert isinstance(command.verb, Verb)


def test_refused_path_is_a_path_error() -> None:
    with pytest.raises(PathError):
        parse_executed("vault.load('/a')")


@pytest.mark.parametrize("text", ["datasets.salaries", "data['a b']", "a.b['c'].d", 'x["it\'s"]'])
def test_member_of_a_module_is_an_expression_and_shown_as_one(text: str) -> None:
    assert is_expression(text)
    assert show_executed(text) == text


@pytest.mark.parametrize("text", ["datasets", "list", "store x in a.b", "a.b c", "a[0]", "a.", ".b", ""])
def test_command_is_no_expression(text: str) -> None:
    assert not is_expression(text)
