"""Tests of the errors: one line in the notebook, and still what Python's own handlers expect."""

from __future__ import annotations

import pytest

from vault_magic import errors
from vault_magic.errors import CommandError, FormatError, MissingObject, NewerFormat, PathError, VaultError

_BUILTIN_PARENTS = [
    pytest.param(errors.CommandError, ValueError, id="command"),
    pytest.param(errors.PathError, ValueError, id="path"),
    pytest.param(errors.MissingVariable, NameError, id="missing-variable"),
    pytest.param(errors.MissingObject, KeyError, id="missing-object"),
    pytest.param(errors.AssertionFailed, AssertionError, id="assertion"),
    pytest.param(errors.VaultNotOpen, ValueError, id="not-open"),
    pytest.param(errors.PasswordError, ValueError, id="password"),
    pytest.param(errors.ArchiveError, ValueError, id="archive"),
    pytest.param(errors.LockTimeout, TimeoutError, id="lock"),
    pytest.param(errors.CodecError, ValueError, id="codec"),
    pytest.param(errors.FunctionFailed, RuntimeError, id="function"),
    pytest.param(errors.FormatError, ValueError, id="format"),
    pytest.param(errors.NewerFormat, ValueError, id="newer-format"),
]


@pytest.mark.parametrize(("error", "parent"), _BUILTIN_PARENTS)
def test_error_is_caught_as_its_builtin_parent(error: type[VaultError], parent: type[Exception]) -> None:
    with pytest.raises(parent):
        raise error("what is wrong")


@pytest.mark.parametrize(("error", "parent"), _BUILTIN_PARENTS)
def test_error_shows_its_message_as_given(error: type[VaultError], parent: type[Exception]) -> None:
    assert str(error("no 'salaries' in storage.zip")) == "no 'salaries' in storage.zip"


@pytest.mark.parametrize(("error", "parent"), _BUILTIN_PARENTS)
def test_error_renders_as_one_line(error: type[VaultError], parent: type[Exception]) -> None:
    shown = error("no 'salaries'; write: %vault list")._render_traceback_()
    assert shown == [f"{error.__name__}: no 'salaries'; write: %vault list"]


def test_every_error_is_in_the_table() -> None:
    defined = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, VaultError)}
    assert defined - {VaultError} == {case.values[0] for case in _BUILTIN_PARENTS}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028"], ids=["lf", "crlf", "cr", "line-separator"])
def test_message_of_several_lines_renders_as_one(line_end: str) -> None:
    assert CommandError(f"first{line_end}second")._render_traceback_() == ["CommandError: first second"]


def test_error_without_message_shows_its_name() -> None:
    assert str(MissingObject()) == "MissingObject"


def test_refused_path_is_a_refused_command() -> None:
    assert issubclass(PathError, CommandError)


def test_newer_format_is_a_format_error() -> None:
    assert issubclass(NewerFormat, FormatError)
