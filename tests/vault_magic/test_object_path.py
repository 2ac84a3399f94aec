"""Tests of the paths inside an archive: one stored spelling, and a reason for each refusal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import PathError
from vault_magic.object_path import list_folders, nest_path, parse_module, parse_object_path, suggest_path


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("salaries", "salaries", id="name"),
        pytest.param("datasets/salaries", "datasets/salaries", id="folder"),
        pytest.param("a/b/c/d", "a/b/c/d", id="nested"),
        pytest.param("./a//b/./c", "a/b/c", id="empty-and-dot-parts"),
        pytest.param("a.b/c.csv", "a.b/c.csv", id="dots-in-names-stay"),
        pytest.param("a..b", "a..b", id="two-dots-inside-a-name"),
        pytest.param("...", "...", id="three-dots"),
        pytest.param("my data/first table", "my data/first table", id="spaces"),
        pytest.param("it's", "it's", id="apostrophe"),
        pytest.param("zażółć/中文", "zażółć/中文", id="unicode"),
        pytest.param("cafe\u0301", "caf\u00e9", id="decomposed-becomes-nfc"),
        pytest.param("1:2", "1:2", id="colon-that-is-no-drive"),
        pytest.param("a/.vault", "a/.vault", id="reserved-name-further-down"),
        pytest.param(".vaults", ".vaults", id="reserved-name-as-prefix"),
    ],
)
def test_accepted_path_has_one_spelling(typed: str, stored: str) -> None:
    assert parse_object_path(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("a\tb", "it contains a control character", id="tab"),
        pytest.param("a\nb", "it contains a control character", id="line-end"),
        pytest.param("a\n", "it contains a control character", id="line-end-at-the-end"),
        pytest.param("a\x00", "it contains a control character", id="nul"),
        pytest.param("a\x7f", "it contains a control character", id="delete"),
        pytest.param("a\ud800", "it contains half a character, which no archive can name", id="surrogate"),
        pytest.param("a\\b", "it contains a backslash; separate folders with '/'", id="backslash"),
        pytest.param("{x}", "it contains '{', '}' or '$', so an expansion failed", id="braces"),
        pytest.param("a}", "it contains '{', '}' or '$', so an expansion failed", id="one-brace"),
        pytest.param("$x/a", "it contains '{', '}' or '$', so an expansion failed", id="dollar"),
        pytest.param("/a", "it is absolute; paths start inside the archive, without '/'", id="absolute"),
        pytest.param("/", "it is absolute", id="root"),
        pytest.param("C:/a", "it starts with a drive letter; paths start inside the archive", id="drive"),
        pytest.param("c:a", "it starts with a drive letter", id="drive-without-slash"),
        pytest.param("a/", "it ends with '/'; name the object, not the folder", id="folder"),
        pytest.param("..", "it contains '..'", id="parent"),
        pytest.param("../a", "it contains '..'", id="parent-first"),
        pytest.param("a/../b", "it contains '..'", id="parent-between"),
        pytest.param("a/..", "it contains '..'", id="parent-last"),
        pytest.param(".vault", "the folder '.vault' belongs to the vault itself", id="reserved"),
        pytest.param(".vault/vault", "the folder '.vault' belongs to the vault itself", id="inside-reserved"),
        pytest.param("./.vault/x", "the folder '.vault' belongs to the vault itself", id="reserved-behind-dot"),
        pytest.param(".VAULT/x", "the folder '.vault' belongs to the vault itself", id="reserved-in-capitals"),
    ],
)
def test_refused_path_gives_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(PathError, match=re.escape(f"the path {typed!r} is refused: {reason}") + r"($|; |, )"):
        parse_object_path(typed)


@pytest.mark.parametrize("typed", ["", ".", "./."], ids=["nothing", "dot", "dots"])
def test_empty_path_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(PathError, match="the path is empty; name an object such as 'datasets/salaries'"):
        parse_object_path(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("datasets", "datasets", id="name"),
        pytest.param("a/b", "a/b", id="slash"),
        pytest.param("a.b", "a/b", id="dot"),
        pytest.param("a.b/c", "a/b/c", id="both"),
        pytest.param("./a.b", "a/b", id="from-here"),
        pytest.param(".hidden", ".hidden", id="hidden"),
        pytest.param(".hidden.b", ".hidden/b", id="inside-hidden"),
        pytest.param("a/.hidden", "a/.hidden", id="hidden-further-down"),
        pytest.param("a..b", "a..b", id="two-dots-separate-nothing"),
        pytest.param("a-b", "a-b", id="dash"),
    ],
)
def test_dots_and_slashes_are_one_in_modules(typed: str, stored: str) -> None:
    assert parse_module(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("..", "it contains '..'", id="parent"),
        pytest.param("../a", "it contains '..'", id="parent-first"),
        pytest.param("a/../b", "it contains '..'", id="parent-between"),
        pytest.param("a.", "it ends with '/'", id="dot-at-the-end"),
        pytest.param("/a.b", "it is absolute", id="absolute"),
        pytest.param(".vault", "the folder '.vault' belongs to the vault itself", id="reserved"),
        pytest.param(".vault.objects", "the folder '.vault' belongs to the vault itself", id="inside-reserved"),
    ],
)
def test_refused_module_gives_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(PathError, match=re.escape(reason)):
        parse_module(typed)


def test_folders_are_those_of_objects_and_of_folders() -> None:
    assert list_folders(["top", "a/b/c/x", "a/y", "d/z"]) == ("a", "a/b", "a/b/c", "d")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        pytest.param("m/salarys", "m/salaries", id="like-name"),
        pytest.param("m/one", "a/very/different/place/one", id="same-name-anywhere"),
        pytest.param("m/xyz", None, id="nothing-like-it"),
    ],
)
def test_object_of_a_like_name_is_suggested_wherever_it_is(path: str, meant: str | None) -> None:
    assert suggest_path(path, ["a/very/different/place/one", "m/salaries"]) == meant


@pytest.mark.parametrize(
    ("path", "nested"),
    [
        pytest.param("a.b/x.y", "a/b/x.y", id="dots-of-folders-only"),
        pytest.param("a/b/x", "a/b/x", id="ours"),
        pytest.param("x.y", "x.y", id="no-folder"),
    ],
)
def test_path_of_the_original_is_that_of_a_nested_module(path: str, nested: str) -> None:
    assert nest_path(path) == nested


@given(st.text(alphabet="ab./:é\u0301 \\$~\ud800\n", max_size=12))
def test_accepted_spelling_is_final(typed: str) -> None:
    for parse in (parse_object_path, parse_module):
        try:
            stored = parse(typed)
        except PathError:
            continue
        assert parse(stored) == stored
        assert parse_object_path(stored) == stored
