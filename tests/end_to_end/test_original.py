"""What the original tool promised its users: each example of its documentation runs here in a real kernel."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fixtures.running import write_notebook
from tests.end_to_end.programs import Done, list_findings, load_cells, load_records, run_papermill

pytestmark = pytest.mark.kernel

LOAD = "%load_ext vault_magic"
OPEN = "%open_vault -p data/storage.zip --secure False"
SALARIES = """from pandas import DataFrame
from random import choice, randint, seed
seed(0)
cities = ['London', 'Delhi', 'Tokyo', 'Lagos', 'Warsaw', 'Chongqing']
salaries = DataFrame([
    {'salary': randint(0, 100), 'city': choice(cities)}
    for i in range(10000)
])"""
STORE = "%vault store salaries in datasets"


def run_cells(folder: Path, *cells: str, **environment: str) -> Done:
    """Run cells as a notebook in a folder; `LOAD` comes first."""
    write_notebook(folder / "example.ipynb", (LOAD, *cells))
    return run_papermill(folder / "example.ipynb", **environment)


def shown(folder: Path) -> list[str]:
    """Return the text that each cell has shown."""
    cells = load_cells(folder / "example.ipynb")
    return ["".join(map(text_of, cell.get("outputs", ()))) for cell in cells]


def text_of(output: dict[str, Any]) -> str:
    """Return what an output shows at a terminal."""
    return "".join(output.get("text", output.get("data", {}).get("text/plain", "")))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param(
            (OPEN, SALARIES, STORE), r"Stored salaries \(None → 6DE33062\) at \w+, \d\d\. \w{3} \d{4} .*", id="store"
        ),
        pytest.param(
            (OPEN, SALARIES, STORE, "%vault import salaries from datasets"),
            r"Imported salaries \(6DE33062\) at .*",
            id="import",
        ),
        pytest.param(
            (OPEN, SALARIES, STORE, "%vault import salaries from datasets as salaries_dataset"),
            r"Imported salaries_dataset \(6DE33062\) at .*",
            id="import as",
        ),
        pytest.param(
            (
                OPEN,
                SALARIES,
                "from pandas import read_csv\nto_csv = lambda df: df.to_csv()",
                "%vault store salaries in datasets with to_csv as salaries_csv",
            ),
            r"Stored salaries \(None → [0-9A-F]{8}\) at .*",
            id="with a function of one argument",
        ),
        pytest.param(
            (
                OPEN,
                SALARIES,
                "from pandas import read_csv\nto_csv = lambda df: df.to_csv()",
                "%vault store salaries in datasets with to_csv as salaries_csv",
                "%vault import salaries_csv from datasets with read_csv",
                "salaries_csv.shape",
            ),
            r"\(10000, 3\)",
            id="import with a function",
        ),
        pytest.param(
            (f"{OPEN} --report_memory_gain", SALARIES, STORE, "%vault import salaries from datasets"),
            r"Reduced memory usage by \d\d\.\d\d%, from 0\.\d\d MB to 0\.\d\d MB\.\n"
            r"Imported salaries \(6DE33062\) at .*",
            id="memory gain",
        ),
        pytest.param((f"{OPEN} --timestamp False", SALARIES, STORE), "", id="no stamp"),
        pytest.param(
            ("%open_vault -e ENV_STORAGE_KEY", SALARIES, STORE, "%vault import salaries from datasets"),
            r"Imported salaries \(6DE33062\) at .*",
            id="encrypted",
        ),
        pytest.param(
            (OPEN, SALARIES, STORE, "%vault assert salaries in datasets is 6DE33062"),
            r"Verified datasets/salaries \(6DE33062\) at .*",
            id="assert",
        ),
        pytest.param(
            (OPEN, SALARIES, STORE, "%vault import datasets", "datasets.salaries.shape"),
            r"Imported datasets/salaries \(6DE33062\) at .*UTC\(10000, 2\)",
            id="module",
        ),
    ],
)
def test_example_works_as_it_stood(tmp_path: Path, cells: tuple[str, ...], expected: str) -> None:
    done = run_cells(tmp_path, *cells, ENV_STORAGE_KEY="correct horse")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(expected, shown(tmp_path)[-1].strip()), shown(tmp_path)[-1]
    assert list_findings(tmp_path) == []


def test_silent_commands_leave_their_record(tmp_path: Path) -> None:
    assert run_cells(tmp_path, f"{OPEN} --timestamp False", SALARIES, STORE).returncode == 0
    assert [record["command"] for record in load_records(tmp_path / "example.ipynb")] == ["store salaries in datasets"]


def test_any_file_is_imported_with_a_function(tmp_path: Path) -> None:
    make = "import pandas\nfrom pandas import read_excel\npandas.DataFrame({'speed': [4, 7]}).to_excel('cars.xlsx')"
    done = run_cells(
        tmp_path,
        f"{make}\nimport zipfile, pathlib\npathlib.Path('data').mkdir()\n"
        "with zipfile.ZipFile('data/storage.zip', 'w') as archive:\n    archive.write('cars.xlsx')",
        OPEN,
        "%vault import 'cars.xlsx' as cars_dataset with read_excel",
        "list(cars_dataset['speed'])",
    )
    assert done.returncode == 0, done.stderr
    assert shown(tmp_path)[-1] == "[4, 7]"


PUBLISHED = (
    "!rm -rf data  # just to have the examples clean",
    "%open_vault -p data/storage.zip --secure False --report_memory_gain True",
    SALARIES,
    "salaries.head(3)",
    STORE,
    "%vault import salaries from datasets as salaries_dataset",
    "salaries_by_age = salaries.assign(age=salaries.index.map(lambda x: randint(0, 100)))",
    "%vault store salaries_by_age in datasets",
    "%vault import datasets",
    "# datasets.",
    "datasets.salaries.head(3)",
    "datasets.salaries_by_age.head(3)",
    "dir(datasets)",
    "%vault assert salaries in datasets is 6DE33062",
    "%vault del salaries from datasets",
    "dir(datasets)",
    "%env STORAGE_KEY=SECRET_PASSWORD",
    "%open_vault -p data/encrypted_storage.zip --encryption_variable STORAGE_KEY",
    "%vault store salaries_by_age in encrypted_datasets",
    "print(data_vault.VaultMagics.__doc__)",
    "print(data_vault.VaultMagics.open_vault.__doc__)",
    "print(data_vault.VaultMagics.vault.__doc__)",
)
"""A tour of the original's features, as its own example notebook makes it."""


def test_tour_of_the_original_runs_and_keeps_the_published_checksums(tmp_path: Path) -> None:
    done = run_cells(tmp_path, *PUBLISHED)
    assert done.returncode == 0, done.stderr
    stored = [
        (one["path"], one["after"]["crc32"])
        for record in load_records(tmp_path / "example.ipynb")
        if record["action"] == "store"
        for one in record["results"]
    ]
    assert stored == [
        ("datasets/salaries", "6DE33062"),
        ("datasets/salaries_by_age", "80A8BBD8"),
        ("encrypted_datasets/salaries_by_age", "80A8BBD8"),
    ]
    listed = [text for text in shown(tmp_path) if text.startswith("[")]
    assert listed == ["['salaries', 'salaries_by_age']", "['salaries_by_age']"]
    (finding,) = list_findings(tmp_path)  # the tour writes its password into a cell
    assert finding == ("VC601", "example.ipynb", 18)
    assert "SECRET_PASSWORD" not in json.dumps(load_records(tmp_path / "example.ipynb"))


def _make_original(folder: Path, *, password: str | None) -> dict[str, bytes]:
    """Make an archive as the original does: by 7-Zip, ZipCrypto where there is a password, no comments."""
    (folder / "mod").mkdir()
    (folder / "mod/df").write_bytes(b"\ta\tb\n0\t1\tx\n1\t2\ty\n")
    secret = [f"-p{password}", "-mem=ZipCrypto"] if password else []
    subprocess.run(["7z", "a", "-y", *secret, "storage.zip", "mod/df"], cwd=folder, check=True, capture_output=True)
    return {"mod/df": (folder / "mod/df").read_bytes()}


@pytest.mark.skipif(shutil.which("7z") is None, reason="7z is a program of its own; .ci/run installs it")
@pytest.mark.parametrize("password", [None, "SECRET"], ids=["plain", "encrypted"])
def test_archive_of_the_original_opens_imports_and_migrates(tmp_path: Path, password: str | None) -> None:
    before = _make_original(tmp_path, password=password)
    original = (tmp_path / "storage.zip").read_bytes()
    opening = "%open_vault -p storage.zip" + (" -e STORAGE_KEY" if password else " --secure False")
    first = run_cells(tmp_path, opening, "%vault import df from mod\ndf.shape", STORAGE_KEY=password or "")
    assert first.returncode == 0, first.stderr
    assert (tmp_path / "storage.zip").read_bytes() == original

    for number in (1, 2):
        done = run_cells(
            tmp_path,
            opening,
            f"more = [{number}]\n%vault store more in mod",
            "%vault import df, more from mod\n(df.shape, more)",
            STORAGE_KEY=password or "",
        )
        assert done.returncode == 0, done.stderr
        assert shown(tmp_path)[-1].endswith(f"((2, 2), [{number}])")
    assert (tmp_path / "storage.zip.orig").read_bytes() == original
    with zipfile.ZipFile(tmp_path / "storage.zip") as archive:
        archive.setpassword(password.encode() if password else None)  # type: ignore[arg-type]  # None is no password
        assert archive.read("mod/df") == before["mod/df"]
        assert "mod/more" in archive.namelist()
    assert list_findings(tmp_path) == [("VC401", "example.ipynb", 4)]  # nobody here has stored `df`


def test_failing_function_shows_the_line_of_the_cell_and_no_path(tmp_path: Path) -> None:
    done = run_cells(
        tmp_path, OPEN, "x = 1\ndef broken(value):\n    return value.nothing", "%vault store x in m with broken"
    )
    assert done.returncode != 0
    (error,) = (
        one for cell in load_cells(tmp_path / "example.ipynb") for one in cell.get("outputs", ()) if "ename" in one
    )
    shown = "\n".join(error["traceback"])
    assert "  Cell, line 3, in broken\n    return value.nothing" in shown
    assert "ipykernel" not in shown
    assert shown.endswith("FunctionFailed: broken failed when storing 'm/x'; nothing was changed")
