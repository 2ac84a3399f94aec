"""`vaultcheck adopt`: what it prints, and that it writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import build_cell, build_notebook, write_notebook
from vaultcheck.cli import main

Read = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(name: str, *sources: str) -> None:
    write_notebook(Path(name), build_notebook(build_cell(one, id=f"c{at}") for at, one in enumerate(sources)))


def _write_project() -> None:
    raw = "import pandas as pd\n\ndf = pd.read_csv('../raw/pay.csv')"
    _write("notebooks/clean.ipynb", raw, "df[df.a > 0].to_parquet('../data/pay.parquet')", "df.to_html('pay.html')")
    _write("notebooks/model.ipynb", "pay = pd.read_parquet('../data/pay.parquet')", "limit = 3\n%store limit")
    _write("report.ipynb", "%store -r limit")


_TEXT = """\
file data/pay.parquet: belongs in the vault as data/pay
  written at notebooks/clean.ipynb:22 (cell 2, line 1): df[df.a > 0].to_parquet('../data/pay.parquet')
    → pay = df[df.a > 0]
    → %vault store pay in data
  read at notebooks/model.ipynb:10 (cell 1, line 1): pay = pd.read_parquet('../data/pay.parquet')
    → %vault import pay from data

%store limit: belongs in the vault as shared/limit
  written at notebooks/model.ipynb:21 (cell 2, line 2): %store limit
    → %vault store limit in shared
  read at report.ipynb:10 (cell 1, line 1): %store -r limit
    → %vault import limit from shared

2 hand-overs between 3 notebooks, 3 notebooks read.
At its top each of them needs, once, unless it opens a vault already:
  in notebooks:
    %load_ext vault_magic
    %open_vault -p ../storage.zip
  in this folder:
    %load_ext vault_magic
    %open_vault -p storage.zip
A vault keeps values as they are, with index and types: what `index=False`, `index_col=` or `parse_dates=` did
for a file is not needed. With `-e NAME` the vault is encrypted; `--secure False` says that it need not be.
1 file is read that no notebook writes: left alone (raw/pay.csv).
1 file is written that no other notebook reads: left alone (notebooks/pay.html).
"""


def test_hand_overs_are_listed_with_what_to_write(folder: Path, capsys: Read) -> None:
    _write_project()

    assert main(["adopt"]) == 0
    assert capsys.readouterr() == (_TEXT, "")


def test_nothing_is_written(folder: Path) -> None:
    _write_project()
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    main(["adopt", "."])

    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_json_holds_the_same(folder: Path, capsys: Read) -> None:
    _write_project()

    assert main(["adopt", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema_version"] == 1
    assert told["summary"] == {
        "notebooks": 3,
        "handovers": 2,
        "only_read": ["raw/pay.csv"],
        "only_written": ["notebooks/pay.html"],
    }
    assert [(one["medium"], one["names"], one["objects"]) for one in told["handovers"]] == [
        ("file", ["data/pay.parquet"], ["data/pay"]),
        ("store", ["limit"], ["shared/limit"]),
    ]
    assert told["handovers"][0]["writes"] == [
        {
            "notebook": "notebooks/clean.ipynb",
            "cell": 2,
            "cell_id": "c1",
            "line": 1,
            "file_line": 22,
            "code": "df[df.a > 0].to_parquet('../data/pay.parquet')",
            "instead": ["pay = df[df.a > 0]", "%vault store pay in data"],
            "notes": [],
        }
    ]
    assert [one["notebook"] for one in told["handovers"][1]["reads"]] == ["report.ipynb"]
    assert told["preparations"][1] == {
        "notebooks": ["report.ipynb"],
        "lines": ["%load_ext vault_magic", "%open_vault -p storage.zip"],
    }


def test_other_lines_and_remarks_are_shown(folder: Path, capsys: Read) -> None:
    _write("a.ipynb", "%store x")
    _write("b.ipynb", "%store -r x", "%store -d x", "%store -z")
    main(["adopt"])

    out = capsys.readouterr().out
    assert "\nb.ipynb:20 (cell 2, line 1): %store -d x\n    → %vault del x from shared\n" in out
    assert "%store -z\n      (a vault is never emptied by one line" in out


def test_notebook_that_cannot_be_read_is_told_and_the_rest_goes_on(folder: Path, capsys: Read) -> None:
    _write_project()
    Path("broken.ipynb").write_text("{")

    assert main(["adopt"]) == 0
    out, err = capsys.readouterr()
    assert out == _TEXT
    assert err.startswith("vaultcheck: broken.ipynb is not JSON")


def test_what_is_only_named_is_read(folder: Path, capsys: Read) -> None:
    _write_project()
    main(["adopt", "notebooks"])

    assert "1 hand-over between 2 notebooks, 2 notebooks read.\n" in capsys.readouterr().out


def test_without_hand_overs_that_is_said(folder: Path, capsys: Read) -> None:
    _write("a.ipynb", "x = 1")

    assert main(["adopt"]) == 0
    assert capsys.readouterr().out == "No hand-overs by files or %store: 1 notebook read.\n"


def test_code_cannot_command_the_terminal(folder: Path, capsys: Read) -> None:
    _write("a.ipynb", "df.to_csv('\x1b[31m')")
    _write("b.ipynb", "pd.read_csv('\x1b[31m')")
    main(["adopt"])

    assert "line 1): df.to_csv('\\x1b[31m')\n" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nowhere"], ["--format", "html"], ["--write"]])
def test_wrong_usage_is_2(folder: Path, capsys: Read, arguments: list[str]) -> None:
    assert main(["adopt", *arguments]) == 2
    assert capsys.readouterr().out == ""


def test_what_the_settings_exclude_is_passed_over(folder: Path, capsys: Read) -> None:
    _write_project()
    (folder / "pyproject.toml").write_text('[tool.vaultcheck]\nexclude = ["report.ipynb"]\n', encoding="utf-8")
    assert main(["adopt"]) == 0
    assert "report.ipynb" not in capsys.readouterr().out
