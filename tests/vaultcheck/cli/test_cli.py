"""Tests of the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import Lab, build_cell, build_notebook, write_notebook
from vault_magic import __version__
from vaultcheck import cli
from vaultcheck.cli import check as command
from vaultcheck.cli import main

Read = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(folder: Path, name: str, source: str) -> None:
    write_notebook(folder / name, build_notebook([build_cell(source, id="a")]))


def _save_warning(folder: Path) -> None:
    lab = Lab(folder)
    lab.start("a.ipynb").write("%vault store x in m")
    lab.save()


# Exit codes


def test_clean_is_0(folder: Path, capsys: Read) -> None:
    _write(folder, "a.ipynb", "x = 1")
    assert main(["."]) == 0
    out, err = capsys.readouterr()
    assert out == "No findings: 1 notebook checked, none of them works with a vault.\n"
    assert err == ""


def test_findings_are_1_and_on_stdout(folder: Path, capsys: Read) -> None:
    _write(folder, "a.ipynb", "%vault store x")
    assert main(["."]) == 1
    out, err = capsys.readouterr()
    assert "VC101" in out
    assert err == ""


def test_unreadable_notebook_is_1(folder: Path) -> None:
    (folder / "a.ipynb").write_text("{")
    assert main(["."]) == 1


_WRONG_USAGE = {
    "missing-path": (["nowhere"], "nowhere does not exist"),
    "one-missing-path-of-two": ([".", "nowhere.ipynb"], "nowhere.ipynb does not exist"),
    "unknown-option": (["--oops"], "No such option"),
    "unknown-option-of-check": (["check", "--oops"], "No such option"),
    "unknown-format": (["--format", "pdf"], "'pdf' is not one of 'text', 'json'"),
    "unknown-severity": (["--fail-on", "fatal"], "'fatal' is not one of"),
    "option-without-its-value": (["--format"], "requires an argument"),
}


@pytest.mark.parametrize(("arguments", "reason"), _WRONG_USAGE.values(), ids=_WRONG_USAGE)
def test_wrong_usage_is_2_with_one_line_on_stderr(
    folder: Path, capsys: Read, arguments: list[str], reason: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert reason in err
    assert err.startswith("vaultcheck: ")
    assert err.count("\n") == 1


def test_fault_of_our_own_is_3_with_its_traceback(folder: Path, capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("our fault")

    monkeypatch.setattr(command, "check", fail)
    assert main(["."]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" in err
    assert err.endswith("RuntimeError: our fault\n")


def test_interrupt_is_130(folder: Path, capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "check", interrupt)
    assert main(["."]) == 130
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "interrupted")


_FAIL_ON = [("error", 0), ("warning", 1), ("info", 1)]


@pytest.mark.parametrize(("severity", "code"), _FAIL_ON)
def test_warning_fails_from_warning_up(folder: Path, severity: str, code: int) -> None:
    _save_warning(folder)
    assert main([".", "--fail-on", severity]) == code


def test_errors_alone_fail_by_default(folder: Path, capsys: Read) -> None:
    _save_warning(folder)
    assert main([]) == 0
    assert "warning VC103" in capsys.readouterr().out


# Paths


@pytest.mark.parametrize("arguments", [["."], ["check", "."], ["check"], [], ["a.ipynb"], ["--format", "text", "."]])
def test_check_is_the_default_command(folder: Path, capsys: Read, arguments: list[str]) -> None:
    _write(folder, "a.ipynb", "%vault store x")
    assert main(arguments) == 1
    assert capsys.readouterr().out.startswith("a.ipynb:")


def test_folder_called_like_a_command_can_be_checked(folder: Path, capsys: Read) -> None:
    _write(folder, "check/a.ipynb", "%vault store x")
    assert main(["check", "check"]) == 1
    assert main(["./check"]) == 1
    assert capsys.readouterr().out.count("check/a.ipynb:") == 2


def test_path_that_starts_with_a_dash_comes_after_two(folder: Path) -> None:
    _write(folder, "-a.ipynb", "%vault store x")
    assert main(["--", "-a.ipynb"]) == 1


def test_folder_without_notebooks_is_clean_and_says_so(folder: Path, capsys: Read) -> None:
    assert main(["."]) == 0
    assert capsys.readouterr().out == "No notebooks found.\n"


def test_only_what_is_named_is_checked(folder: Path, capsys: Read) -> None:
    _write(folder, "a.ipynb", "x = 1")
    _write(folder, "b.ipynb", "%vault store x")
    assert main(["a.ipynb"]) == 0
    assert "1 notebook checked" in capsys.readouterr().out


def test_vault_of_the_user_counts(folder: Path) -> None:
    lab = Lab(folder)
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    lab.put("m/x", "2")
    lab.archive = "other.zip"
    lab.save()
    assert main(["."]) == 0
    assert main([".", "--vault", "other.zip"]) == 1


# Output


def test_json_is_all_of_stdout(folder: Path, capsys: Read) -> None:
    _write(folder, "a.ipynb", "%vault store x")
    assert main([".", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["notebook"] == "a.ipynb"


def test_version(capsys: Read) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"vaultcheck, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_help_is_on_stdout(capsys: Read, arguments: list[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("Usage: ")


@pytest.mark.parametrize("report_format", ["text", "json"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_any_character_can_be_shown(folder: Path, report_format: str, encoding: str) -> None:
    _write(folder, "a.ipynb", "%vault store é\u2028日 ")
    text = (folder / "a.ipynb").read_text(encoding="utf-8").replace("日", "\\ud800日")
    (folder / "a.ipynb").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vaultcheck", "--format", report_format],
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"VC101" in done.stdout


def test_run_exits_with_the_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["vaultcheck", "nowhere"])
    with pytest.raises(SystemExit) as caught:
        cli.run()
    assert caught.value.code == 2


def test_fixture_is_checked_as_a_program(enter_fixture: Callable[[str], Path]) -> None:
    folder = enter_fixture("VC301-edited-cell/broken")
    done = subprocess.run(
        [sys.executable, "-m", "vaultcheck", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("make.ipynb:")


def test_vault_that_is_not_there_is_wrong_usage(folder: Path, capsys: Read) -> None:
    _write(folder, "a.ipynb", "x = 1")
    assert main(["--vault", "nowhere.zip", "."]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    expected = (
        "vaultcheck: --vault nowhere.zip: neither the archive nor its manifest is there (see: vaultcheck --help)\n"
    )
    assert err == expected


@pytest.mark.parametrize("path", ["/.", "/", ".", ".."])
def test_path_that_names_no_file_is_no_fault_of_ours(folder: Path, capsys: Read, path: str) -> None:
    _write(folder, "a.ipynb", f"%open_vault -p {path} --secure False\n%vault list")
    assert main(["a.ipynb"]) in (0, 1)
    assert main(["--vault", path, "a.ipynb"]) == 2
    assert "Traceback" not in capsys.readouterr().err
