"""Functions behind `with`: found by name, called in every shape that people write, leaving nothing behind."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic import exchange
from vault_magic.errors import CommandError, FunctionFailed, MissingVariable, VaultError
from vault_magic.functions import Function, find_function, read_with, write_with

FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Use folders of the test for temporary files, and assert that nothing is left in them."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(exchange, "_IN_MEMORY", tmp_path / "memory")
    (tmp_path / "memory").mkdir()
    yield tmp_path
    assert [one.name for one in tmp_path.iterdir()] == ["memory"]
    assert not [*(tmp_path / "memory").iterdir()]


def write(function: Function, value: object, *, path: str = "m/x.txt", private: bool = False) -> bytes:
    return write_with(function, value, path=path, private=private)


def read(function: Function, data: bytes, *, path: str = "m/x.txt", private: bool = False) -> object:
    return read_with(function, data, path=path, private=private)


# Found by name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("f", len, id="variable"),
        pytest.param("json.dump", json.dump, id="dotted"),
        pytest.param("os.path.join", os.path.join, id="dotted twice"),
        pytest.param("repr", repr, id="builtin"),
        pytest.param("str", int, id="variable before builtin"),
    ],
)
def test_function_is_found(name: str, expected: object) -> None:
    assert find_function(name, {"f": len, "json": json, "os": os, "str": int}) is expected


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        pytest.param(
            "to_cvs", MissingVariable, "there is no function 'to_cvs' in this notebook; did you mean 'to_csv'?"
        ),
        pytest.param("zzz", MissingVariable, "there is no function 'zzz' in this notebook; define or import it first"),
        pytest.param("json.damp", MissingVariable, "'json' has no 'damp', as in 'json.damp'; correct the name"),
        pytest.param("x", CommandError, "'x' is not a function but of type 'int'; name one that is"),
        pytest.param("json", CommandError, "'json' is not a function but of type 'module'; name one that is"),
    ],
)
def test_what_is_no_function_is_refused(name: str, error: type[VaultError], message: str) -> None:
    with pytest.raises(error) as caught:
        find_function(name, {"to_csv": len, "json": json, "x": 1})
    assert str(caught.value) == message


class _Broken:
    @property
    def write(self) -> Function:
        raise ValueError("no connection")


def test_failure_of_what_is_looked_up_is_the_users_own() -> None:
    with pytest.raises(FunctionFailed) as caught:
        find_function("x.write", {"x": _Broken()})
    reason = "ValueError: no connection; nothing was changed"
    assert str(caught.value) == f"x.write failed when looked up: {reason}"
    assert isinstance(caught.value.__cause__, ValueError)


# Storing


def _to_path(value: str, path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123  # as people write it
        file.write(value)


def _to_pathlib(value: str, path: Any) -> None:
    path.write_text(value, encoding="utf-8")


def _to_made_path(value: str, path: Any) -> None:
    Path(path).write_bytes(value.encode())


def _to_named_path(value: str, path: Any) -> None:
    with open(f"{path}", "w", encoding="utf-8") as file:  # noqa: PTH123  # as people write it
        file.write(value)


def _to_text_file(value: str, file: Any) -> None:
    file.write(value[:2])
    print(value[2:], file=file, end="")


def _to_binary_file(value: str, file: Any) -> None:
    file.write(value.encode())


def _to_closed_file(value: str, file: Any) -> None:
    with file:
        file.write(value)


def _to_optional_file(value: str, file: Any = None) -> str | None:
    return value if file is None else None


class _Mute(Exception):
    def __str__(self) -> str:
        raise KeyError


def _raise_mute(value: str) -> str:
    raise _Mute


def _assert_nothing(value: str) -> str:
    raise AssertionError


class _Text(str):
    __slots__ = ()

    def encode(self, *_: object) -> Any:
        return 5


class _Writer:
    def __call__(self, value: str) -> bytes:
        return value.encode()

    def method(self, value: str, file: Any) -> None:
        file.write(value)


@pytest.mark.parametrize("private", [False, True], ids=["plain", "encrypted"])
@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda value: value, id="text"),
        pytest.param(lambda value: value.encode(), id="bytes"),
        pytest.param(lambda value: bytearray(value.encode()), id="bytearray"),
        pytest.param(lambda value: memoryview(value.encode()), id="memoryview"),
        pytest.param(_to_path, id="path"),
        pytest.param(_to_pathlib, id="methods of a path"),
        pytest.param(_to_made_path, id="made into a path"),
        pytest.param(_to_named_path, id="path as text"),
        pytest.param(_to_text_file, id="text file"),
        pytest.param(_to_binary_file, id="binary file"),
        pytest.param(_to_closed_file, id="file that is closed"),
        pytest.param(_to_optional_file, id="second argument optional"),
        pytest.param(lambda value, path: Path(path).write_text(value, encoding="utf-8"), id="lambda of two"),
        pytest.param(_Writer(), id="object"),
        pytest.param(_Writer().method, id="method"),
        pytest.param(partial(str.encode, encoding="utf-8"), id="partial"),
        pytest.param(str.encode, id="method of a type"),
        pytest.param(_Text, id="text of its own kind"),
    ],
)
def test_every_shape_of_function_stores(function: Function, private: bool) -> None:
    assert write(function, "naïve\ttext\n", private=private) == "naïve\ttext\n".encode()


@pytest.mark.parametrize(
    ("function", "read_back"),
    [
        pytest.param(pickle.dump, pickle.loads, id="pickle.dump"),
        pytest.param(pickle.dumps, pickle.loads, id="pickle.dumps"),
        pytest.param(pd.DataFrame.to_csv, lambda data: pd.read_csv(io.BytesIO(data), index_col=0), id="to_csv"),
        pytest.param(pd.DataFrame.to_parquet, lambda data: pd.read_parquet(io.BytesIO(data)), id="to_parquet"),
        pytest.param(pd.DataFrame.to_pickle, lambda data: pd.read_pickle(io.BytesIO(data)), id="to_pickle"),
        pytest.param(pd.DataFrame.to_json, lambda data: pd.read_json(io.BytesIO(data)), id="to_json"),
    ],
)
def test_functions_that_people_name_store_frames(function: Function, read_back: Any) -> None:
    assert read_back(write(function, FRAME)).astype({"b": object}).equals(FRAME.astype({"b": object}))


def test_json_dump_stores() -> None:
    assert json.loads(write(json.dump, {"a": [1]})) == {"a": [1]}


def test_function_sees_the_name_of_the_object() -> None:
    assert write(lambda _, path: Path(path).write_text(Path(path).name), None, path="a/b/cars.xlsx") == b"cars.xlsx"


def test_function_is_called_once() -> None:
    calls: list[object] = []
    with pytest.raises(FunctionFailed):
        write(lambda value: calls.append(value) or 1 / 0, "x")  # type: ignore[func-returns-value]
    assert calls == ["x"]


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        pytest.param(lambda _: None, "it returned a value of type 'NoneType'; let it return text or bytes", id="None"),
        pytest.param(lambda _: 3, "it returned a value of type 'int'; let it return text or bytes", id="number"),
        pytest.param(
            lambda _, __: None,
            "it wrote nothing; let it write to its second argument, or return text or bytes",
            id="nothing",
        ),
        pytest.param(lambda _: 1 / 0, "ZeroDivisionError: division by zero; nothing was changed", id="raised"),
        pytest.param(_assert_nothing, "AssertionError; nothing was changed", id="raised without a text"),
        pytest.param(_raise_mute, "_Mute; nothing was changed", id="raised what has no text"),
        pytest.param(
            lambda value, file: (file.write(value), Path(file).write_text(value)),
            "it wrote both into the file and to its path; let it use one of them",
            id="both",
        ),
        pytest.param(
            lambda: None,
            "TypeError: test_failure_names_function_and_reason.<lambda>() takes 0",
            id="no argument",
            marks=pytest.mark.filterwarnings("default"),
        ),
    ],
)
def test_failure_names_function_and_reason(function: Function, reason: str) -> None:
    with pytest.raises(FunctionFailed) as caught:
        write(function, "x")
    start = f"{function.__qualname__} failed when storing 'm/x.txt': "
    if "takes 0" in reason:
        assert str(caught.value).startswith(f"{start}TypeError: ")
    else:
        assert str(caught.value) == f"{start}{reason}"


def test_what_a_function_made_of_no_use_has_no_error_of_its_own_to_show() -> None:
    with pytest.raises(FunctionFailed) as caught:
        write(lambda _: 3, "x")
    assert caught.value.__cause__ is None


def test_long_reason_is_cut() -> None:
    def fail(value: object) -> str:
        raise ValueError("long " * 1000)

    with pytest.raises(FunctionFailed) as caught:
        write(fail, "x")
    assert len(str(caught.value)) < 500


def test_own_error_is_chained_and_its_traceback_shown() -> None:
    def to_csv(value: object) -> str:
        raise ValueError("no\ncolumns")

    with pytest.raises(FunctionFailed) as caught:
        write(to_csv, "x")
    assert isinstance(caught.value.__cause__, ValueError)
    shown = "\n".join(caught.value._render_traceback_())
    assert 'raise ValueError("no\\ncolumns")' in shown
    assert "vault_magic/functions.py" not in shown.replace(os.sep, "/")
    start, _, _ = str(caught.value).partition(": ")
    assert shown.splitlines()[-1] == f"FunctionFailed: {start}; nothing was changed"
    assert str(caught.value) == f"{start}: ValueError: no columns; nothing was changed"


def test_interrupt_is_nobodys_failure() -> None:
    def interrupted(value: object) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(interrupted, "x")


def test_path_of_an_encrypted_vault_is_in_memory_only(temporary: Path) -> None:
    seen: list[Path] = []
    write(lambda _, path: seen.append(Path(path)) or Path(path).write_text("x"), "x", private=True)  # type: ignore[func-returns-value]
    assert seen[0].is_relative_to(temporary / "memory")


def test_path_of_an_encrypted_vault_is_refused_where_no_memory_is(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_IN_MEMORY", temporary / "absent")
    with pytest.raises(FunctionFailed, match=r"TypeError: expected .* not FileWithoutPath; nothing was changed"):
        write(_to_path, "x", private=True)
    with pytest.raises(FunctionFailed) as caught:
        write(_to_named_path, "x", private=True)
    advice = "a path would leave plain text of this encrypted vault on the disk; use the file itself"
    assert str(caught.value) == f"_to_named_path failed when storing 'm/x.txt': {advice}"


_FILE_OR_PATH = {
    "csv": (pd.DataFrame.to_csv, pd.read_csv),
    "excel": (pd.DataFrame.to_excel, pd.read_excel),
    "parquet": (pd.DataFrame.to_parquet, pd.read_parquet),
    "pickle": (pd.DataFrame.to_pickle, pd.read_pickle),
}


@pytest.mark.parametrize(("store", "load"), _FILE_OR_PATH.values(), ids=_FILE_OR_PATH)
def test_what_takes_file_or_path_works_where_no_memory_is(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, store: Function, load: Function
) -> None:
    monkeypatch.setattr(exchange, "_IN_MEMORY", temporary / "absent")
    made = write(store, FRAME, private=True)
    assert read(load, made, private=True)["b"].tolist() == ["x", "y"]  # type: ignore[index]


@pytest.mark.parametrize("name", ["a:b", "a?.csv", "a.", "a|b "], ids=["stream", "wildcard", "dot", "space"])
def test_name_that_no_file_has_on_windows_is_one_for_functions(name: str) -> None:
    assert write(lambda _, path: Path(path).write_text("x"), None, path=f"m/{name}") == b"x"
    assert read(lambda path: Path(path).name, b"x", path=f"m/{name}") == re.sub(r"[:?|]|[. ]+$", "_", name)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_folder_of_a_path_is_of_this_user_alone() -> None:
    modes: list[int] = []

    def look(value: str, path: Any) -> None:
        modes.append(Path(path).parent.stat().st_mode & 0o777)
        Path(path).write_text(value, encoding="utf-8")

    write(look, "x")
    assert modes == [0o700]


# Importing


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda file: file.read(), id="file"),
        pytest.param(lambda file: b"".join(file), id="lines of a file"),
        pytest.param(lambda path: Path(path).read_bytes(), id="path"),
        pytest.param(lambda path: path.read_bytes(), id="methods of a path"),
        pytest.param(lambda path: open(path, "rb").read(), id="open", marks=pytest.mark.filterwarnings("ignore")),  # noqa: PTH123, SIM115
        pytest.param(lambda path: open(str(path), "rb").read(), id="text", marks=pytest.mark.filterwarnings("ignore")),  # noqa: PTH123, SIM115
    ],
)
@pytest.mark.parametrize("private", [False, True], ids=["plain", "encrypted"])
def test_every_shape_of_function_imports(function: Function, private: bool) -> None:
    assert read(function, b"a\nb\n", private=private) == b"a\nb\n"


def test_functions_that_people_name_import() -> None:
    assert read(json.load, b'{"a": [1]}') == {"a": [1]}
    assert read(pickle.load, pickle.dumps({1})) == {1}
    assert read(pd.read_csv, b"a,b\n1,2\n").equals(pd.read_csv(io.BytesIO(b"a,b\n1,2\n")))  # type: ignore[attr-defined]


def test_archive_inside_the_archive_is_read_by_its_path() -> None:
    inner = io.BytesIO()
    with ZipFile(inner, "w") as made:
        made.writestr("a.txt", "x")
    assert read(lambda file: ZipFile(file).namelist(), inner.getvalue(), path="m/a.zip") == ["a.txt"]


def test_failing_import_names_function_and_object() -> None:
    with pytest.raises(FunctionFailed) as caught:
        read(json.load, b"{", path="m/config")
    assert str(caught.value).startswith("load failed when importing 'm/config': JSONDecodeError: ")
    assert str(caught.value).endswith("; nothing was changed")


@given(st.binary(min_size=1))
def test_any_bytes_pass_through_file_and_path(data: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="own-") as folder:
        old, tempfile.tempdir = tempfile.tempdir, folder
        try:
            assert write_with(lambda value, file: file.write(value), data, path="x", private=False) == data
            assert write_with(lambda value, path: Path(path).write_bytes(value), data, path="x", private=False) == data
            assert read_with(lambda path: Path(path).read_bytes(), data, path="x", private=False) == data
            assert read_with(lambda file: file.read(), data, path="x", private=False) == data
        finally:
            tempfile.tempdir = old
