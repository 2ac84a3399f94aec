"""A project that is not clean takes the check up: it keeps what it has, and hears of what is new."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.builders import Lab, build_cell
from vaultcheck.baseline import parse_baseline
from vaultcheck.cli import main

Read = pytest.CaptureFixture[str]

BASELINE = ".vaultcheck-baseline.json"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Return fifteen notebooks, of which few are as they should be."""
    lab = Lab(tmp_path)
    for number in range(5):  # edited after they ran
        lab.start(f"{number:02}.ipynb", f"x = {number}", f"%vault store a{number} in m").edit(2, f"x = {number + 1}")
    for number in range(5, 8):  # stale, and in one case twice
        lab.start(f"{number:02}.ipynb", f"%vault import a{number - 5} from m")
        lab.notebooks[f"{number - 5:02}.ipynb"].run_again(3, content="new")
    lab.notebooks["05.ipynb"].run("%vault import a1 from m")
    for number in range(8, 11):  # rivals, of whom two have commands that were never run
        lab.start(f"{number:02}.ipynb", "%vault store b in m").write(f"%vault store c{number} in m")
    lab.start("11.ipynb").write("%vault store d")
    lab.start("12.ipynb", "%vault store e in m").edit(2, "%vault store f in m")
    lab.start("13.ipynb", "y = 1", "%vault store g in m")
    lab.save()
    (lab.folder / "14.ipynb").write_text("{", encoding="utf-8")
    monkeypatch.chdir(lab.folder)
    return lab


def find(capsys: Read, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    """Return the exit code of a check with the baseline, and code and file of what it reports."""
    code = main(["--baseline", BASELINE, "--fail-on", "info", "--format", "json", *arguments])
    out, err = capsys.readouterr()
    assert err == ""
    return code, [(one["code"], one["notebook"]) for one in json.loads(out)["findings"]]


def write(capsys: Read) -> None:
    assert main(["--baseline", BASELINE, "--write-baseline"]) == 0
    out, err = capsys.readouterr()
    assert (out, "each entry has room for a reason" in err) == ("", True)


def list_entries(folder: Path) -> list[tuple[str, str, int]]:
    """Return notebook, fingerprint and count of each entry of the baseline."""
    entries = parse_baseline((folder / BASELINE).read_text(encoding="utf-8")).entries
    return [(one.notebook, one.fingerprint, one.count) for one in entries]


def test_only_what_is_new_is_reported(project: Lab, capsys: Read) -> None:
    assert main([".", "--format", "json"]) == 1
    found = Counter(one["code"] for one in json.loads(capsys.readouterr().out)["findings"])
    assert sum(found.values()) >= 15
    assert {"VC001", "VC101", "VC102", "VC103", "VC301", "VC304", "VC402"} <= {*found}

    write(capsys)
    assert find(capsys) == (0, [])

    for author in project.notebooks.values():  # cells move, and nothing else happens
        author.cells.insert(0, build_cell("Some words.", kind="markdown", id="words"))
    project.save()
    assert find(capsys) == (0, [])

    project.notebooks["13.ipynb"].edit(3, "y = 2")
    project.save()
    code, reported = find(capsys)
    assert code == 1
    assert {file for _, file in reported} == {"13.ipynb"}
    assert ("VC301", "13.ipynb") in reported


def test_what_was_mended_is_told_once_and_gone_with_the_next_baseline(project: Lab, capsys: Read) -> None:
    write(capsys)
    project.notebooks["11.ipynb"].cells.pop()
    project.save()
    assert find(capsys) == (1, [("VC902", BASELINE)])
    assert find(capsys, "--fail-on", "warning")[0] == 0
    assert find(capsys, "13.ipynb") == (0, [])

    write(capsys)
    assert find(capsys) == (0, [])


def test_reasons_of_people_stay(project: Lab, capsys: Read) -> None:
    write(capsys)
    file = project.folder / BASELINE
    lines = file.read_text(encoding="utf-8").split("\n")
    lines = [line.replace('"reason": ""', '"reason": "as agreed"') if "VC101" in line else line for line in lines]
    file.write_text("\n".join(lines), encoding="utf-8")
    before = file.read_bytes()
    write(capsys)
    assert file.read_bytes() == before


def test_baseline_is_named_in_the_settings(project: Lab, capsys: Read) -> None:
    write(capsys)
    (project.folder / "pyproject.toml").write_text(f'[tool.vaultcheck]\nbaseline = "{BASELINE}"\n', encoding="utf-8")
    assert main([]) == 0
    assert "of the baseline)" in capsys.readouterr().out


def test_baseline_of_the_settings_holds_in_every_folder(
    project: Lab, capsys: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, inner = f'[tool.vaultcheck]\nbaseline = "{BASELINE}"\n', project.folder / "inner"
    (project.folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    write(capsys)
    before = list_entries(project.folder)
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert main(["..", "--fail-on", "info"]) == 0
    assert main(["..", "--write-baseline"]) == 0
    assert list_entries(project.folder) == before


@pytest.mark.parametrize(
    "partly",
    [
        pytest.param(["11.ipynb"], id="one-notebook"),
        pytest.param(["--select", "VC304"], id="one-rule"),
        pytest.param(["--lineage", "11.ipynb"], id="lineage-of-one"),
    ],
)
def test_baseline_of_a_part_leaves_the_rest_as_it_is(project: Lab, capsys: Read, partly: list[str]) -> None:
    write(capsys)
    before = (project.folder / BASELINE).read_bytes()
    assert main(["--baseline", BASELINE, "--write-baseline", *partly]) == 0
    assert (project.folder / BASELINE).read_bytes() == before


def test_rules_that_do_not_run_make_no_entry_stale(project: Lab, capsys: Read) -> None:
    write(capsys)
    assert find(capsys, "--ignore", "VC1") == (0, [])


def test_entries_of_a_notebook_that_is_gone_are_stale_where_all_is_checked(project: Lab, capsys: Read) -> None:
    write(capsys)
    (project.folder / "14.ipynb").unlink()
    assert find(capsys, "13.ipynb") == (0, [])
    assert find(capsys) == (1, [("VC902", BASELINE)])
    write(capsys)
    assert "14.ipynb" not in (project.folder / BASELINE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "is not there; write it: --write-baseline", id="missing"),
        pytest.param(b"\xff", "cannot be read: it is not UTF-8", id="not-utf-8"),
        pytest.param(b"{", f"{BASELINE}: the baseline is damaged", id="damaged"),
        pytest.param(b'{"schema_version": 99, "entries": []}', "pip install --upgrade", id="newer"),
        pytest.param(b"<<<<<<< HEAD\n", "unresolved merge; resolve it, or remove the file", id="merge"),
    ],
)
def test_baseline_that_cannot_be_read_is_wrong_usage(
    project: Lab, capsys: Read, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (project.folder / BASELINE).write_bytes(content)
    assert main(["--baseline", BASELINE]) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert err.count("\n") == 1
