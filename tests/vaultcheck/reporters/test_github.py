"""Tests of the report as workflow commands of GitHub."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.builders import Lab
from tests.vaultcheck.conftest import FIXTURES
from tests.vaultcheck.reporters.odd_reports import build_finding, build_report, texts
from vaultcheck.checker import check
from vaultcheck.finding import Location, Severity
from vaultcheck.report import Report, VaultSummary
from vaultcheck.reporters.github import render_github

_COMMAND = re.compile(
    r"::(?P<kind>error|warning|notice) file=(?P<file>[^:,]*),line=(?P<line>\d+),title=(?P<title>[^:,]*)::(?P<text>.*)"
)


@given(texts)
def test_command_is_one_line(text: str) -> None:
    *commands, summary = render_github(build_report(text)).rstrip("\n").split("\n")
    found = [_COMMAND.fullmatch(one) for one in commands]
    assert [one and (one["kind"], one["line"], one["title"]) for one in found] == [
        (kind, "7", "VC304 stale-import") for kind in ("error", "warning", "notice")
    ]
    assert summary.startswith("Found 1 error")


@given(texts)
def test_command_is_read_as_it_was_written(text: str) -> None:
    """The runner takes these apart: https://github.com/actions/runner, ActionCommand."""
    finding = replace(build_finding("x"), message=f"50 %0A ::{text}", location=Location("50%3A,:/a.ipynb"), story=())
    plain = replace(finding, message="")
    lines = [render_github(Report(findings=(one,))).split("\n")[0] for one in (finding, plain)]
    file = re.search(r"file=([^,]*),", lines[0])
    assert file
    assert _unescape(file[1], {"%3A": ":", "%2C": ","}) == "50%3A,:/a.ipynb"
    message, nothing = (_unescape(line.split("::", 2)[2]) for line in lines)
    assert message.startswith("50 %0A ::")
    assert message.count("\n") == nothing.count("\n") == 1


def _unescape(text: str, more: dict[str, str] | None = None) -> str:
    codes = {"%0D": "\r", "%0A": "\n", **(more or {}), "%25": "%"}
    return re.sub("|".join(codes), lambda match: codes[match[0]], text)


def test_message_names_cell_line_and_id() -> None:
    finding = replace(build_finding("x"), message="50 % :: done", story=())
    line = render_github(Report(findings=(finding,))).split("\n")[0]
    assert line.endswith("::cell 2, line 1, id x: 50 %25 :: done%0A→ x")


def test_finding_about_a_whole_file_names_no_line() -> None:
    finding = replace(build_finding("x", Severity.WARNING), location=Location("a.ipynb"), story=())
    line = render_github(Report(findings=(finding,))).split("\n")[0]
    assert line == "::warning file=a.ipynb,title=VC304 stale-import::x%0A→ x"


def test_summary_is_no_command_of_the_older_form() -> None:
    report = Report(vaults=(VaultSummary("##[stop-commands]x.zip", "archive", 1),))
    assert "##[" not in render_github(report)


def _find_commands(text: str) -> list[re.Match[str]]:
    return [found for found in map(_COMMAND.fullmatch, text.split("\n")) if found]


def _read_line(command: re.Match[str]) -> str:
    """Return what the annotated line of the file says, read as the string of JSON that it is."""
    lines = Path(_unescape(command["file"], {"%3A": ":", "%2C": ","})).read_text(encoding="utf-8").split("\n")
    string = re.search(r'"(?:[^"\\]|\\.)*"(?=,?$)', lines[int(command["line"]) - 1])
    assert string, command[0]
    text: str = json.loads(string[0])
    return text.rstrip("\n")


def _read_cell(command: re.Match[str]) -> str | None:
    """Return the line of the cell that the message names; none where it names no cell."""
    place = re.match(r"cell (\d+), line (\d+)", command["text"])
    if place is None:
        return None
    notebook: dict[str, Any] = json.loads(Path(_unescape(command["file"])).read_text(encoding="utf-8"))
    source = "".join(notebook["cells"][int(place[1]) - 1]["source"])
    return source.split("\n")[int(place[2]) - 1]


_BROKEN = sorted(one.parent.name for one in FIXTURES.glob("VC[134]*/broken"))


@pytest.mark.parametrize("name", _BROKEN)
def test_annotated_line_is_the_line_of_the_cell(enter_fixture: Callable[[str], Path], name: str) -> None:
    enter_fixture(f"{name}/broken")
    commands = _find_commands(render_github(check([Path()])))
    assert [_read_line(one) for one in commands] == [_read_cell(one) for one in commands]


def test_annotated_line_of_a_stale_import_is_its_command(enter_fixture: Callable[[str], Path]) -> None:
    enter_fixture("VC304-stale-import/broken")
    (found,) = (one for one in _find_commands(render_github(check([Path()]))) if one["title"].startswith("VC304"))
    assert _read_line(found).startswith("%vault import ")


def test_annotated_line_is_found_in_a_cell_of_several(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.start("make.ipynb", "%vault store x in m")
    lab.start("use ż, 1.ipynb", "# first\n\ny = 1\n%vault import x from m")
    lab.notebooks["make.ipynb"].run_again(2, content="2")
    lab.save()
    monkeypatch.chdir(lab.folder)
    (found,) = (one for one in _find_commands(render_github(check([Path()]))) if one["title"].startswith("VC304"))
    assert _read_line(found) == "%vault import x from m"
