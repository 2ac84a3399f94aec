"""Tests of what is read of the metadata of notebooks and cells."""

from __future__ import annotations

from typing import Any

import pytest

from vaultcheck.metadata import is_python, read_python, read_tags

_LANGUAGES: dict[str, tuple[Any, bool]] = {
    "nothing": ({}, True),
    "no-dict": (None, True),
    "python": ({"kernelspec": {"language": "python"}}, True),
    "capital": ({"kernelspec": {"language": "Python"}}, True),
    "kernelspec-is-a-string": ({"kernelspec": "julia"}, True),
    "language-is-no-string": ({"kernelspec": {"language": 3}}, True),
    "r": ({"kernelspec": {"language": "R"}}, False),
    "language-info": ({"language_info": {"name": "julia"}}, False),
    "language-info-before-kernelspec": ({"language_info": {"name": "r"}, "kernelspec": {"language": "python"}}, False),
    "language-info-is-a-string": ({"language_info": "r", "kernelspec": {"language": "python"}}, True),
}


@pytest.mark.parametrize(("metadata", "expected"), _LANGUAGES.values(), ids=_LANGUAGES)
def test_notebook_is_python_unless_it_says_otherwise(metadata: object, *, expected: bool) -> None:
    assert is_python(metadata) is expected


_VERSIONS: dict[str, tuple[object, tuple[int, int] | None]] = {
    "release": ("3.12.4", (3, 12)),
    "two-numbers": ("3.9", (3, 9)),
    "alpha": ("3.15.0a1", (3, 15)),
    "candidate-without-patch": ("3.14rc1", (3, 14)),
    "built-from-source": ("3.13.0+", (3, 13)),
    "old": ("2.7.18", (2, 7)),
    "one-number": ("3", None),
    "empty": ("", None),
    "words": ("Python 3.12.4", None),
    "number": (3.12, None),
    "list": ([3, 12], None),
    "null": (None, None),
    "huge": (f"3.{'9' * 5000}", None),
    "digits-of-another-script": ("\u0663.\u0661\u0662", None),
    "negative": ("-3.12", None),
}


@pytest.mark.parametrize(("version", "expected"), _VERSIONS.values(), ids=_VERSIONS)
def test_version_of_the_kernel_is_two_numbers(version: object, expected: tuple[int, int] | None) -> None:
    assert read_python({"language_info": {"name": "python", "version": version}}) == expected


_OTHERS: dict[str, Any] = {
    "nothing": {},
    "no-dict": [],
    "null": None,
    "language-info-is-a-string": {"language_info": "3.12.4"},
    "another-language": {"language_info": {"name": "R", "version": "4.3.1"}},
    "another-kernel": {"kernelspec": {"language": "julia"}, "language_info": {"version": "1.10.4"}},
}


@pytest.mark.parametrize("metadata", _OTHERS.values(), ids=_OTHERS)
def test_without_a_python_kernel_there_is_no_version(metadata: object) -> None:
    assert read_python(metadata) is None


_TAGS: dict[str, tuple[object, set[str]]] = {
    "some": ({"tags": ["parameters", "b"]}, {"parameters", "b"}),
    "twice": ({"tags": ["a", "a"]}, {"a"}),
    "some-are-none": ({"tags": ["a", 1, None, ["b"], {"c": 1}]}, {"a"}),
    "string": ({"tags": "parameters"}, set()),
    "object": ({"tags": {"parameters": True}}, set()),
    "null": ({"tags": None}, set()),
    "nothing": ({}, set()),
    "no-dict": (None, set()),
}


@pytest.mark.parametrize(("metadata", "expected"), _TAGS.values(), ids=_TAGS)
def test_tags_are_the_texts_in_their_list(metadata: object, expected: set[str]) -> None:
    assert read_tags(metadata, source="x = 1") == expected


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("# NBVAL_SKIP\nx = 1", {"a", "nbval-skip"}),
        ("x = f()\n# NBVAL_RAISES_EXCEPTION", {"a", "raises-exception"}),
        ("  ## NBVAL_SKIP  \nx = 1", {"a", "nbval-skip"}),
        ("#NBVAL_SKIP", {"a", "nbval-skip"}),
        ("x = 1  # NBVAL_SKIP", {"a"}),
        ("x = '# NBVAL_SKIP'", {"a"}),
        ("#\nNBVAL_SKIP", {"a"}),
        ("NBVAL_SKIP = 1", {"a"}),
    ],
)
def test_comments_of_nbval_are_tags(source: str, tags: set[str]) -> None:
    assert read_tags({"tags": ["a"]}, source=source) == tags
