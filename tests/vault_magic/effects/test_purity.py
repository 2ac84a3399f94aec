"""Tests of what methods are taken to do, by their names."""

from __future__ import annotations

import pytest

from vault_magic.effects.purity import CHANGING_ARGUMENT, READING_FUNCTIONS, Kind, classify_method, is_class


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("pop", Kind.CHANGES, id="with-a-result"),
        pytest.param("partial_fit", Kind.CHANGES, id="model"),
        pytest.param("append", Kind.CHANGES_IF_DROPPED, id="without-a-result"),
        pytest.param("read", Kind.MAY_CHANGE, id="file"),
        pytest.param("to", Kind.MAY_CHANGE, id="tensor-or-module"),
        pytest.param("head", Kind.READS, id="frame"),
        pytest.param("to_csv", Kind.READS, id="by-its-stem"),
        pytest.param("__len__", Kind.READS, id="special"),
        pytest.param("__setitem__", Kind.CHANGES, id="special-that-sets"),
        pytest.param("IntSlider", Kind.READS, id="class"),
        pytest.param("mul_", Kind.CHANGES, id="underscore"),
        pytest.param("_private_", Kind.UNKNOWN, id="private"),
        pytest.param("observe", Kind.UNKNOWN, id="unknown"),
    ],
)
def test_method_is_known_by_its_name(name: str, kind: Kind) -> None:
    assert classify_method(name, has_arguments=True) is kind


@pytest.mark.parametrize(("has_arguments", "kind"), [(False, Kind.CHANGES), (True, Kind.READS)])
def test_eval_of_a_text_only_reads(has_arguments: bool, kind: Kind) -> None:
    assert classify_method("eval", has_arguments=has_arguments) is kind


@pytest.mark.parametrize(("name", "is_one"), [("Image", True), ("HTML", False), ("image", False), ("", False)])
def test_class_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_class(name) is is_one


def test_no_function_both_reads_and_changes() -> None:
    assert CHANGING_ARGUMENT.isdisjoint(READING_FUNCTIONS)
