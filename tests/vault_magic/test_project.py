"""Tests of `[tool.vault_magic]`: which file counts, what it may say, and in which words it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vault_magic.errors import CommandError
from vault_magic.options import OPTIONS, FrameFormat, OpenOptions, Option
from vault_magic.project import load_defaults


def _write(folder: Path, *lines: str, table: str = "[tool.vault_magic]") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text("\n".join([table, *lines]), encoding="utf-8")
    return folder


def _refuse(folder: Path) -> str:
    with pytest.raises(CommandError) as caught:
        load_defaults(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        pytest.param("encryption_variable = 'KEY'", OpenOptions(encryption_variable="KEY"), id="encryption"),
        pytest.param("secure = false", OpenOptions(secure=False), id="secure"),
        pytest.param("optimize_df = false", OpenOptions(optimize_df=False), id="optimize"),
        pytest.param("timestamp = false", OpenOptions(timestamp=False), id="timestamp"),
        pytest.param("metadata = false", OpenOptions(metadata=False), id="metadata"),
        pytest.param("logs_path = '{path}.gz'", OpenOptions(logs_path="{path}.gz"), id="log"),
        pytest.param("gzip_logs = false", OpenOptions(gzip_logs=False), id="gzip"),
        pytest.param("report_memory_gain = true", OpenOptions(report_memory_gain=True), id="memory"),
        pytest.param("numbers_as_categories = true", OpenOptions(numbers_as_categories=True), id="numbers"),
        pytest.param("booleans_as_categories = true", OpenOptions(booleans_as_categories=True), id="booleans"),
        pytest.param("frame_format = 'parquet'", OpenOptions(frame_format=FrameFormat.PARQUET), id="format"),
        pytest.param("manifest = false", OpenOptions(manifest=False), id="manifest"),
        pytest.param("keyed_digests = true", OpenOptions(keyed_digests=True), id="keyed"),
        pytest.param("allow_pickle = true", OpenOptions(allow_pickle=True), id="pickle"),
        pytest.param("allow-pickle = true", OpenOptions(allow_pickle=True), id="hyphen"),
        pytest.param("numbers-as_categories = true", OpenOptions(numbers_as_categories=True), id="hyphen-and-other"),
        pytest.param("", OpenOptions(), id="nothing"),
    ],
)
def test_project_sets_an_option(tmp_path: Path, line: str, options: OpenOptions) -> None:
    assert load_defaults(_write(tmp_path, line)) == options


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        pytest.param("data/vault.zip", "data/vault.zip", id="file"),
        pytest.param("data/", "data/storage.zip", id="folder"),
        pytest.param("storage.zip", "storage.zip", id="default"),
        pytest.param("data\\vault.zip", "data/vault.zip", id="windows"),
    ],
)
def test_path_is_seen_from_the_folder_of_the_project(tmp_path: Path, path: str, stored: str) -> None:
    _write(tmp_path, f"path = '{path}'")
    assert load_defaults(tmp_path / "deep" / "down") == OpenOptions(path=stored, base=tmp_path)


def test_mark_that_editors_on_windows_put_in_front_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.vault_magic]\r\nsecure = false\r\n")
    assert load_defaults(tmp_path) == OpenOptions(secure=False)


def test_home_that_nobody_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERNAME", "nobody-else")  # or Windows takes any name for that of a neighbour
    message = _refuse(_write(tmp_path, "logs_path = '~nobody-here/x.log'"))
    assert message == "'~nobody-here' names no home folder here; write the folder out"


def test_without_a_path_there_is_no_base(tmp_path: Path) -> None:
    assert load_defaults(_write(tmp_path, "secure = false")).base is None


def test_nearest_file_wins(tmp_path: Path) -> None:
    _write(tmp_path, "path = 'far.zip'", "secure = false")
    near = _write(tmp_path / "near", "path = 'near.zip'")
    assert load_defaults(near / "notebooks") == OpenOptions(path="near.zip", base=near)


def test_nearest_file_wins_though_it_says_nothing(tmp_path: Path) -> None:
    _write(tmp_path, "secure = false")
    assert load_defaults(_write(tmp_path / "near", table="[project]")) == OpenOptions()


def test_folder_of_the_name_of_the_file_is_passed_over(tmp_path: Path) -> None:
    _write(tmp_path, "secure = false")
    (tmp_path / "near" / "pyproject.toml").mkdir(parents=True)
    assert load_defaults(tmp_path / "near") == OpenOptions(secure=False)


def test_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_write(tmp_path, "path = 'x.zip'"))
    assert load_defaults(Path("notebooks")) == OpenOptions(path="x.zip", base=tmp_path)


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert load_defaults(tmp_path) == OpenOptions()


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("", id="empty"),
        pytest.param("[project]", id="another-table"),
        pytest.param("[tool.ruff]", id="another-tool"),
        pytest.param("tool = 1", id="tool-that-is-no-table"),
    ],
)
def test_file_without_the_table_says_nothing(tmp_path: Path, table: str) -> None:
    assert load_defaults(_write(tmp_path, table=table)) == OpenOptions()


_IN = "in [tool.vault_magic]"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("pth = 'x'", "[tool.vault_magic] has no option 'pth'; did you mean 'path'?", id="near"),
        pytest.param(
            "optimise_df = true", "[tool.vault_magic] has no option 'optimise_df'; did you mean 'optimize_df'?", id="s"
        ),
        pytest.param(
            "base = 'x'", "[tool.vault_magic] has no option 'base'; did you mean 'secure'?", id="field-without-option"
        ),
        pytest.param(
            "password = 's3cret'", "[tool.vault_magic] has no option 'password'; did you mean 'path'?", id="password"
        ),
        pytest.param("secure = 'False'", f"secure {_IN} is true or false, not 'False'", id="text-for-boolean"),
        pytest.param("manifest = 0", f"manifest {_IN} is true or false, not 0", id="number-for-boolean"),
        pytest.param("path = 1", f"path {_IN} is a text in quotes, not 1", id="number-for-text"),
        pytest.param("path = ''", f"path {_IN} is a text in quotes, not ''", id="empty-text"),
        pytest.param("path = ['x']", f"path {_IN} is a text in quotes, not ['x']", id="list-for-text"),
        pytest.param("logs-path = true", f"logs-path {_IN} is a text in quotes, not True", id="boolean-for-text"),
        pytest.param(
            "path = '$DATA/x.zip'", f"path {_IN} '$DATA/x.zip' was not expanded; define the variable it names", id="$"
        ),
        pytest.param("frame_format = 'csv'", f"frame_format {_IN} is tsv or parquet, not 'csv'", id="no-such-format"),
        pytest.param(
            "encryption_variable = 's3cret!'",
            f"encryption_variable {_IN} names an environment variable; the text given is not a name "
            "(never put a password here)",
            id="password-for-name",
        ),
        pytest.param(
            "encryption_variable = 12345", f"encryption_variable {_IN} is a text in quotes", id="number-for-name"
        ),
    ],
)
def test_entry_is_refused_in_these_words(tmp_path: Path, line: str, message: str) -> None:
    assert _refuse(_write(tmp_path, line)) == f"pyproject.toml: {message}"


@pytest.mark.parametrize("value", ["'s3cret!'", "'s3 cret'", "53217", "['s3cret']", "{ s3cret = 1 }", "true"])
def test_password_given_by_mistake_is_not_repeated(tmp_path: Path, value: str) -> None:
    message = _refuse(_write(tmp_path, f"encryption_variable = {value}"))
    assert not [part for part in ("s3", "cret", "53217") if part in message]


def test_table_with_a_hyphen_is_not_passed_over(tmp_path: Path) -> None:
    folder = _write(tmp_path, "path = 'x.zip'", table="[tool.vault-magic]")
    assert _refuse(folder) == "pyproject.toml: [tool.vault-magic] is not read; write [tool.vault_magic]"


@pytest.mark.parametrize("table", ["tool.vault_magic = 1", "tool.vault_magic = []", "[[tool.vault_magic]]"])
def test_option_that_is_no_table_is_refused(tmp_path: Path, table: str) -> None:
    message = "pyproject.toml: vault_magic is not a table; write [tool.vault_magic] above its options"
    assert _refuse(_write(tmp_path, table=table)) == message


_MEND = "; mend it, or move the notebook out of its folder"


def test_broken_file_is_refused(tmp_path: Path) -> None:
    message = _refuse(_write(tmp_path, "path = "))
    assert message.startswith("pyproject.toml cannot be read (Invalid value (at ")
    assert message.endswith(f"){_MEND}")
    assert len(message.splitlines()) == 1


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes("[tool.vault_magic]\npath = 'ż.zip'".encode("utf-16"))
    message = _refuse(tmp_path)
    assert message.startswith("pyproject.toml cannot be read ('utf-8' codec can't decode byte 0xff")
    assert message.endswith(f"){_MEND}")


def test_file_that_the_system_refuses_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    _write(tmp_path)
    monkeypatch.setattr(Path, "open", refuse)
    assert _refuse(tmp_path) == f"pyproject.toml cannot be read (Permission denied){_MEND}"


def test_log_in_the_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    _write(tmp_path, "logs_path = '~/my.log'")
    assert load_defaults(tmp_path).logs_path == str(tmp_path / "home" / "my.log")


_VALUES: dict[str, st.SearchStrategy[object]] = {
    "PATH": st.text("abz/._- é", min_size=1).filter(lambda text: not text.endswith("/")),
    "NAME": st.sampled_from(["KEY", "_k1", "ż"]),
    "True|False": st.booleans(),
    "LOG": st.sampled_from(["x.log", "{path}.log", "a/b"]),
    "tsv|parquet": st.sampled_from(FrameFormat),
}


def _spell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value.value if isinstance(value, FrameFormat) else value}"'


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_of_an_option_is_read_back(tmp_path: Path, option: Option, data: st.DataObject) -> None:
    value = data.draw(_VALUES[option.value])
    _write(tmp_path, f"{option.field} = {_spell(value)}")
    is_place = option.field == "logs_path" and not str(value).startswith("{path}")
    assert getattr(load_defaults(tmp_path), option.field) == (str(tmp_path / str(value)) if is_place else value)
