"""Tests of where in a vault something belongs that was a file."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.command import Command, Target, render_command
from vault_magic.forms import Verb
from vault_magic.grammar import parse_command
from vaultcheck.object_choice import Wish, choose_objects


def _wish(path: str, *variables: str, part: int = 0) -> Wish:
    return Wish(path, frozenset(variables), part)


def _choose(*wishes: Wish) -> list[str]:
    return [choice.path for choice in choose_objects(wishes).values()]


_ONE = {
    "variable": (_wish("data/a.csv", "salaries"), "data/salaries"),
    "variable-that-says-nothing": (_wish("data/salaries.csv", "df2"), "data/salaries"),
    "letter": (_wish("data/salaries.csv", "x"), "data/salaries"),
    "several-variables": (_wish("data/a.csv", "one", "two"), "data/a"),
    "value-without-a-name": (_wish("data/a.csv", ""), "data/a"),
    "in-no-folder": (_wish("a.csv", ""), "shared/a"),
    "in-a-folder-above": (_wish("../data/a.csv", ""), "data/a"),
    "absolute": (_wish("/mnt/disk/a.csv", ""), "disk/a"),
    "stored": (_wish("", "df"), "shared/df"),
    "packed": (_wish("data/a.csv.gz", ""), "data/a"),
    "dotted": (_wish("data/v1.2.csv", ""), "data/v1_2"),
    "spaces": (_wish("my data/a b.csv", ""), "my_data/a_b"),
    "number-first": (_wish("2024/01 raw.csv", ""), "_2024/_01_raw"),
    "keyword": (_wish("in/class.csv", ""), "in_/class_"),
    "no-letters": (_wish("./---.csv", ""), "shared/x"),
    "digit-in-a-circle": (_wish("data/①②.csv", ""), "data/_12"),
    "letters-of-other-alphabets": (_wish("data/płace.csv", ""), "data/płace"),
    "later-value-of-a-file": (_wish("data/a.pkl", "", part=1), "data/a_2"),
}


@pytest.mark.parametrize(("wish", "path"), _ONE.values(), ids=_ONE)
def test_object_is_named_by_variable_or_file_and_its_folder(wish: Wish, path: str) -> None:
    assert _choose(wish) == [path]


_SEVERAL = {
    "one-variable-in-two-files": ([_wish("d/a.csv", "pay"), _wish("d/b.csv", "pay")], ["d/a", "d/b"]),
    "in-two-folders": ([_wish("d/a.csv", "pay"), _wish("e/b.csv", "pay")], ["d/pay", "e/pay"]),
    "folders-of-one-name": ([_wish("1/d/a.csv", ""), _wish("2/d/a.csv", "")], ["d/a", "_2/d/a"]),
    "one-stem": ([_wish("d/a.csv", ""), _wish("d/a.pkl", "")], ["d/a", "d/a_pkl"]),
    "case": ([_wish("", "X"), _wish("", "x")], ["shared/X", "shared/x_2"]),
}


@pytest.mark.parametrize(("wishes", "paths"), _SEVERAL.values(), ids=_SEVERAL)
def test_no_two_objects_are_called_the_same(wishes: list[Wish], paths: list[str]) -> None:
    assert _choose(*wishes) == paths


_PARTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=6)


@given(st.lists(_PARTS, min_size=1, max_size=3), st.integers(0, 2))
def test_whatever_a_file_is_called_its_object_can_be_typed(parts: list[str], part: int) -> None:
    wish = Wish(PurePosixPath(*parts).as_posix(), frozenset({""}), part)
    choice = choose_objects([wish])[wish]
    command = Command(Verb.STORE, (Target(choice.path, choice.name),), module=choice.module)
    assert parse_command(render_command(command)) == command
