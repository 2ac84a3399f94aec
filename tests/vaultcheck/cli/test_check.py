"""Tests of the options of the check: what is reported, and where to."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.builders import Lab
from vaultcheck.cli import main
from vaultcheck.reporters import REPORTERS

Read = pytest.CaptureFixture[str]

_NAMED = ["-c", "user.name=n", "-c", "user.email=n@example.org"]


@pytest.fixture
def project(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Return a committed project: `a` hands on to `b`, and `old` has an edited cell that nobody minds."""
    lab.start("nb/old.ipynb", "x = 1", "%vault store w in m").edit(2, "x = 2")
    lab.start("nb/a.ipynb", "%vault store x in m")
    lab.start("nb/b.ipynb", "%vault import x from m")
    lab.save()
    for command in (["init", "--quiet"], ["add", "."], [*_NAMED, "commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *command], cwd=lab.folder, check=True)
    monkeypatch.chdir(lab.folder)
    return lab


def find(capsys: Read, *arguments: str) -> list[tuple[str, str]]:
    """Return code and file of what a check reports."""
    code = main([*arguments, "--format", "json"])
    out, err = capsys.readouterr()
    assert err == ""
    findings = [(one["code"], one["notebook"]) for one in json.loads(out)["findings"]]
    assert code == int(bool(findings))
    return findings


# Scope


def test_nothing_is_reported_since_the_commit(project: Lab, capsys: Read) -> None:
    assert find(capsys, "--since", "HEAD") == []


def test_what_changed_since_is_reported_with_what_depends_on_it(project: Lab, capsys: Read) -> None:
    project.notebooks["nb/a.ipynb"].run_again(2, content="2")
    project.save()
    assert find(capsys) == [("VC304", "nb/b.ipynb"), ("VC301", "nb/old.ipynb")]
    assert find(capsys, "--since", "HEAD") == [("VC304", "nb/b.ipynb")]


def test_object_stored_since_by_nobody_checked_is_reported(project: Lab, capsys: Read) -> None:
    project.put("m/x", "2")
    project.save()
    assert find(capsys, "--since", "HEAD") == [("VC202", "nb/a.ipynb")]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        pytest.param(["nb/a.ipynb"], [("VC304", "nb/b.ipynb")], id="producer"),
        pytest.param(["nb/b.ipynb"], [("VC304", "nb/b.ipynb")], id="consumer"),
        pytest.param(["nb/old.ipynb"], [("VC301", "nb/old.ipynb"), ("VC304", "nb/b.ipynb")], id="unrelated"),
        pytest.param(["storage.zip.manifest.json"], [("VC304", "nb/b.ipynb")], id="manifest"),
        pytest.param(["nb"], [("VC301", "nb/old.ipynb"), ("VC304", "nb/b.ipynb")], id="folder"),
    ],
)
def test_files_named_are_checked_with_their_lineage(
    project: Lab, capsys: Read, named: list[str], found: list[tuple[str, str]]
) -> None:
    project.notebooks["nb/a.ipynb"].run_again(2, content="2")
    project.save()
    assert sorted(find(capsys, "--lineage", *named)) == found


def test_producer_of_a_file_named_is_known_without_being_named(project: Lab, capsys: Read) -> None:
    assert find(capsys, "nb/b.ipynb", "--lineage") == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["--since", "nowhere"], "git knows no such commit", id="unknown-revision"),
        pytest.param(["--since", "HEAD", "--lineage"], "choose", id="two-scopes"),
        pytest.param(["--lineage", "nowhere.ipynb"], "does not exist", id="missing-file"),
        pytest.param(["--output", "json"], "as in --output json=report.json", id="output-without-file"),
        pytest.param(["--output", "pdf=x"], "there is no report 'pdf'", id="unknown-report"),
        pytest.param(["--output", "json=no/such/folder.json"], "cannot write no/such/folder.json", id="no-folder"),
    ],
)
def test_wrong_use_is_told_in_a_line(project: Lab, capsys: Read, arguments: list[str], reason: str) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert err.count("\n") == 1


# Reports


def test_reports_are_written_beside_the_one_printed(project: Lab, capsys: Read) -> None:
    outputs = [f"--output={name}=report.{name}" for name in REPORTERS]
    assert main(["nb", *outputs]) == 1
    printed = capsys.readouterr().out
    assert (project.folder / "report.text").read_text(encoding="utf-8") == printed
    assert {file.name for file in project.folder.glob("*report*")} == {f"report.{name}" for name in REPORTERS}


def test_report_has_the_rights_of_a_new_file(project: Lab) -> None:
    main(["nb", "--output", "json=report.json"])
    (project.folder / "new").touch()
    assert (project.folder / "report.json").stat().st_mode == (project.folder / "new").stat().st_mode


def test_former_report_stays_where_the_new_one_cannot_be_made(project: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    report = project.folder / "report.json"
    report.write_text("former")

    def fail(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    assert main(["nb", "--output", f"json={report}"]) == 2
    assert report.read_text() == "former"
    assert not [*project.folder.glob(".report*")]


def test_quiet_check_prints_findings_alone(project: Lab, capsys: Read) -> None:
    assert main(["nb", "--quiet"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "VC301" in lines[0]


def test_quiet_clean_check_prints_nothing(project: Lab, capsys: Read) -> None:
    assert main(["nb/a.ipynb", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


# Settings


@pytest.mark.parametrize(
    ("settings", "arguments", "code"),
    [
        pytest.param("", [], 1, id="none"),
        pytest.param("ignore = ['VC301']", [], 0, id="ignored"),
        pytest.param("ignore = ['VC301']", ["--select", "VC301", "--ignore", "VC4"], 1, id="option-before-setting"),
        pytest.param("ignore = ['VC301']", ["--select", "VC301"], 1, id="selected-though-ignored"),
        pytest.param("ignore = ['VC301']", ["--extend-select", "VC301"], 1, id="added-though-ignored"),
        pytest.param("ignore = ['VC301']", ["--ignore", "VC4"], 0, id="ignored-all-the-same"),
        pytest.param("ignore = ['VC301']", ["--select", "VC1,VC3"], 1, id="several-in-a-word"),
        pytest.param("select = ['VC2']", ["--extend-select", "VC301,VC302"], 1, id="extended"),
        pytest.param("severity = {VC301 = 'warning'}", [], 0, id="milder"),
        pytest.param("severity = {VC301 = 'warning'}\nfail-on = 'warning'", [], 1, id="stricter"),
        pytest.param("fail-on = 'warning'", ["--fail-on", "error"], 1, id="error-all-the-same"),
        pytest.param("exclude = ['old.ipynb']", [], 0, id="excluded-name"),
        pytest.param("exclude = ['nb']", [], 0, id="excluded-folder"),
        pytest.param("exclude = ['nb/o*']", [], 0, id="excluded-path"),
        pytest.param("exclude = ['nb/o*']", ["nb/old.ipynb"], 1, id="named-all-the-same"),
        pytest.param("exclude = ['nb/o*']", ["nb/old.ipynb", "--force-exclude"], 0, id="excluded-though-named"),
        pytest.param("exclude = ['nb']\nforce-exclude = true", ["nb/old.ipynb"], 0, id="excluded-folder-of-one-named"),
        pytest.param("", ["--exclude", "nb/old.*"], 0, id="excluded-by-option"),
        pytest.param("per-file-ignores = {'nb/old.ipynb' = ['VC3']}", [], 0, id="per-file"),
        pytest.param("require-evidence = true", ["--ignore", "VC301"], 0, id="evidence-there"),
    ],
)
def test_settings_and_options(project: Lab, settings: str, arguments: list[str], code: int) -> None:
    (project.folder / "pyproject.toml").write_text(f"[tool.vaultcheck]\n{settings}\n", encoding="utf-8")
    assert main(arguments) == code


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        pytest.param("selct = []", "did you mean 'select'?", id="unknown-setting"),
        pytest.param("select = ['VC999']", "is no rule; did you mean", id="unknown-rule"),
        pytest.param("vault = 'no.zip'", "neither the archive nor its manifest is there", id="missing-vault"),
    ],
)
def test_wrong_settings_are_told_in_a_line(project: Lab, capsys: Read, settings: str, reason: str) -> None:
    (project.folder / "pyproject.toml").write_text(f"[tool.vaultcheck]\n{settings}\n", encoding="utf-8")
    assert main([]) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert err.count("\n") == 1


def test_notebook_without_evidence_is_an_error_where_evidence_is_required(project: Lab, capsys: Read) -> None:
    project.start("nb/new.ipynb").strip()
    project.notebooks["nb/new.ipynb"].write("%vault import x from m")
    project.save()
    assert ("VC006", "nb/new.ipynb") not in find(capsys)
    assert ("VC006", "nb/new.ipynb") in find(capsys, "--require-evidence")


def test_options_of_the_other_commands_are_accepted(project: Lab) -> None:
    assert main(["nb/a.ipynb", "--no-cache", "-e", "VAULT_PASSWORD", "--show-values"]) == 0


def test_kernels_that_start_elsewhere_open_their_vault_there(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    author = lab.start("nb/a.ipynb", "%vault store x in m")
    author.edit(1, "%open_vault -p storage.zip --secure False")
    author.strip()
    lab.save(archive=False)
    monkeypatch.chdir(lab.folder)
    assert main(["--require-evidence"]) == 1
    (lab.folder / "pyproject.toml").write_text("[tool.vaultcheck]\nworking-directory = '.'\n", encoding="utf-8")
    assert main(["--require-evidence", "--select", "VC006"]) == 0


@pytest.mark.parametrize(
    ("changed", "files"),
    [
        pytest.param("nb/a.ipynb", {"nb/old.ipynb"}, id="notebook"),
        pytest.param("nb/other.txt", {"nb/old.ipynb"}, id="file"),
        pytest.param("nb/third.txt", set(), id="something-else"),
    ],
)
def test_what_the_settings_say_is_followed(project: Lab, capsys: Read, changed: str, files: set[str]) -> None:
    text = "[tool.vaultcheck.depends-on]\n'nb/old.ipynb' = ['nb/a.ipynb', 'nb/other.txt', 'nb/none.ipynb']\n"
    (project.folder / "pyproject.toml").write_text(text, encoding="utf-8")
    with (project.folder / changed).open("a") as file:
        file.write("\n")
    assert {file for _, file in find(capsys, "--lineage", changed)} == files
