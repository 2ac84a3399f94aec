"""Tests of `[tool.vaultcheck]`: which file counts, what it may say, and in which words it is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vault_magic.errors import CommandError
from vaultcheck.finding import Severity
from vaultcheck.settings import Settings, load_settings


def write(folder: Path, text: str, *, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, text: str) -> Settings:
    return load_settings(write(folder, f"[tool.vaultcheck]\n{text}"))


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        pytest.param("select = ['VC3']", "select", ("VC3",), id="select"),
        pytest.param("ignore = ['VC302', 'stale-import']", "ignore", ("VC302", "stale-import"), id="ignore"),
        pytest.param("extend-select = ['VC006']", "extend_select", ("VC006",), id="extend-select"),
        pytest.param("extend_select = ['VC006']", "extend_select", ("VC006",), id="snake-case"),
        pytest.param("per-file-ignores = {'a/*' = ['VC3']}", "per_file_ignores", {"a/*": ("VC3",)}, id="per-file"),
        pytest.param("severity = {VC402 = 'error'}", "severity", {"VC402": Severity.ERROR}, id="severity"),
        pytest.param("fail-on = 'warning'", "fail_on", Severity.WARNING, id="fail-on"),
        pytest.param("require-evidence = true", "require_evidence", True, id="require-evidence"),
        pytest.param("exclude = ['drafts']", "exclude", ("drafts",), id="exclude"),
        pytest.param("force-exclude = true", "force_exclude", True, id="force-exclude"),
        pytest.param("encryption-variable = 'KEY'", "encryption_variable", "KEY", id="encryption-variable"),
        pytest.param("show-values = true", "show_values", True, id="show-values"),
        pytest.param("depends-on = {'b.ipynb' = ['a.ipynb']}", "depends_on", {"b.ipynb": ("a.ipynb",)}, id="depends"),
        pytest.param("", "select", ("ALL",), id="nothing"),
    ],
)
def test_setting_is_read(tmp_path: Path, text: str, key: str, value: Any) -> None:
    assert getattr(read(tmp_path, text), key) == value


@pytest.mark.parametrize("key", ["vault", "working-directory", "baseline"])
def test_path_begins_at_the_file(tmp_path: Path, key: str) -> None:
    write(tmp_path, f"[tool.vaultcheck]\n{key} = 'data/x'")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    found = load_settings(inner)
    assert getattr(found, key.replace("-", "_")) == tmp_path / "data/x"
    assert found.root == tmp_path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("selct = []", "has no setting 'selct'; did you mean 'select'?", id="misspelt"),
        pytest.param("colour = 1", "has no setting 'colour'; there are select, extend-select", id="unknown"),
        pytest.param(
            "select = 'VC3'", 'select in [tool.vaultcheck] is a list of rules, as in ["VC304", "VC4"]', id="text"
        ),
        pytest.param("select = [3]", "is a list of rules", id="number-in-list"),
        pytest.param("severity = {VC3 = 'fatal'}", "is a table of severities", id="severity"),
        pytest.param("severity = 'error'", "is a table of severities", id="severity-no-table"),
        pytest.param("fail-on = 'never'", 'is a severity, as in "warning"', id="fail-on"),
        pytest.param("require-evidence = 'yes'", "is true or false, as in true", id="truth"),
        pytest.param("vault = ''", "is a path", id="empty-path"),
        pytest.param("per-file-ignores = {a = 'VC3'}", "is a table of lists of rules", id="per-file"),
        pytest.param(
            "depends-on = {a = 'b'}", 'is a table of lists of notebooks, as in { "model.ipynb"', id="depends-on"
        ),
        pytest.param("encryption-variable = ''", "is the name of an environment variable", id="empty-variable"),
        pytest.param("fail-on = 'info'\nfail_on = 'info'", "fail-on stands twice", id="twice"),
        pytest.param("x = [", "cannot be read", id="no-toml"),
    ],
)
def test_wrong_setting_is_refused_in_a_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith("pyproject.toml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_table_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="vaultcheck is not a table"):
        load_settings(write(tmp_path, "[tool]\nvaultcheck = 1"))


def test_other_file_is_all_about_the_check(tmp_path: Path) -> None:
    write(tmp_path, "[tool.vaultcheck]\nignore = ['VC1']")
    write(tmp_path, "ignore = ['VC3']", name="check.toml")
    assert load_settings(tmp_path, file=tmp_path / "check.toml").ignore == ("VC3",)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"check\.toml cannot be read"):
        load_settings(tmp_path, file=tmp_path / "check.toml")


def test_settings_of_other_tools_are_passed_over(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "[tool.other]\nselect = 3")) == Settings(root=tmp_path)


def test_nearest_file_counts_alone(tmp_path: Path) -> None:
    write(tmp_path, "[tool.vaultcheck]\nignore = ['VC1']")
    assert load_settings(write(tmp_path / "inner", "")).ignore == ()


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(f"[tool.vaultcheck]\n{text}".encode("utf-8", "surrogatepass"))
    with suppress(CommandError):
        load_settings(tmp_path)
