"""The whole loop with real kernels: author with `%vault`, save, check."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zlib import crc32

import pytest

from fixtures.quickstart import NOTEBOOKS
from fixtures.running import edit_cell, write_notebook
from tests.end_to_end.programs import list_findings, load_cells, load_records, run_check, run_papermill

pytestmark = pytest.mark.kernel

OPEN = "%load_ext vault_magic\n%open_vault -p data/ --secure False"
EXAMPLE_SHA256 = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the quickstart once for the tests of this module, which copy what they change."""
    folder = tmp_path_factory.mktemp("quickstart")
    for name, cells in NOTEBOOKS.items():
        write_notebook(folder / name, cells)
        done = run_papermill(folder / name)
        assert done.returncode == 0, done.stderr
    return folder


def test_pipeline_is_clean(quickstart: Path) -> None:
    done = run_check(quickstart)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No findings: 3 notebooks checked, 3 of 3 that work with a vault have records")


def test_example_frame_is_stored_as_published(quickstart: Path) -> None:
    with ZipFile(quickstart / "data/storage.zip") as archive:
        text = archive.read("datasets/salaries")
    assert f"{crc32(text):08X}" == "6DE33062"
    assert sha256(text).hexdigest() == EXAMPLE_SHA256
    assert text.startswith(b"\tsalary\tcity\n0\t49\tLagos\n")


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is a program of its own; .ci/run installs it")
def test_unzip_gives_the_text_itself(quickstart: Path, tmp_path: Path) -> None:
    command = ["unzip", "-q", str(quickstart / "data/storage.zip"), "-d", str(tmp_path)]
    subprocess.run(command, check=True)
    assert sha256((tmp_path / "datasets/salaries").read_bytes()).hexdigest() == EXAMPLE_SHA256


def test_stamp_and_record_are_in_the_saved_notebook(quickstart: Path) -> None:
    cells = load_cells(quickstart / "01_prepare.ipynb")
    output = cells[3]["outputs"][0]
    assert "".join(output["data"]["text/markdown"]).startswith("Stored `salaries` (None → 6DE33062) at ")
    record = output["metadata"]["vault"]
    assert record["command"] == "store salaries in datasets"
    assert record["results"][0]["before"] is None
    assert record["results"][0]["after"]["sha256"] == EXAMPLE_SHA256
    assert record["notebook"] == "01_prepare.ipynb"
    assert record["archive"]["from_notebook"] == "data/storage.zip"
    assert record["cell"]["sha256"] == sha256("".join(cells[3]["source"]).encode()).hexdigest()
    assert [row.split(" ")[:2] for row in record["ledger"]["rows"].splitlines()] == [["1", "+"], ["2", "+"], ["3", "~"]]


def test_store_knows_what_was_imported(quickstart: Path) -> None:
    _, store = load_records(quickstart / "02_model.ipynb")
    assert [(one["path"], one["identity"]["crc32"]) for one in store["inputs"]] == [("datasets/salaries", "6DE33062")]


def test_rich_outputs_say_which_code_made_them(quickstart: Path) -> None:
    cell = load_cells(quickstart / "01_prepare.ipynb")[2]
    mark = cell["outputs"][0]["metadata"]["vault_cell"]
    assert mark["sha256"] == sha256("".join(cell["source"]).encode()).hexdigest()


def test_nothing_saved_names_this_machine(quickstart: Path) -> None:
    saved = [*quickstart.glob("*.ipynb"), *quickstart.glob("data/*.json")]
    assert len(saved) == 4
    for path in saved:
        assert str(quickstart) not in path.read_text(encoding="utf-8")
        assert str(Path.home()) not in path.read_text(encoding="utf-8")


def test_edits_and_a_new_store_are_found(quickstart: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(quickstart, tmp_path / "copy")
    edit_cell(folder / "01_prepare.ipynb", cell=3, old="seed(0)", new="seed(1)")
    assert run_papermill(folder / "01_prepare.ipynb").returncode == 0
    edit_cell(folder / "02_model.ipynb", cell=4, old="threshold = 10", new="threshold = 20")
    edit_cell(folder / "03_report.ipynb", cell=3, old="means, model", new="means")
    assert list_findings(folder) == [
        ("VC304", "02_model.ipynb", 3),
        ("VC301", "02_model.ipynb", 4),
        ("VC305", "02_model.ipynb", 6),
        ("VC102", "03_report.ipynb", 3),
    ]
    assert run_check(folder).returncode == 1


def test_running_again_changes_no_committed_file(quickstart: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(quickstart, tmp_path / "copy")
    before = [(folder / name).read_bytes() for name in ("data/storage.zip", "data/storage.zip.manifest.json")]
    assert run_papermill(folder / "01_prepare.ipynb").returncode == 0
    after = [(folder / name).read_bytes() for name in ("data/storage.zip", "data/storage.zip.manifest.json")]
    assert before == after
    assert list_findings(folder) == []


def test_stripped_outputs_are_judged_from_the_manifest(quickstart: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(quickstart, tmp_path / "copy")
    (folder / "data/storage.zip").unlink()
    for path in folder.glob("*.ipynb"):
        _strip(path)
    assert list_findings(folder) == []
    edit_cell(folder / "02_model.ipynb", cell=4, old="threshold = 10", new="threshold = 20")
    assert list_findings(folder) == [("VC301", "02_model.ipynb", 4), ("VC305", "02_model.ipynb", 6)]


def _strip(path: Path) -> None:
    """Do as tools do that keep outputs out of version control: no outputs, no counts, new cell ids."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"]):
        cell |= {"id": str(number)} | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_assertion_of_the_published_checksum_holds(quickstart: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(quickstart, tmp_path / "copy")
    write_notebook(folder / "assert.ipynb", (OPEN, "%vault assert salaries in datasets is 6DE33062"))
    done = run_papermill(folder / "assert.ipynb")
    assert done.returncode == 0, done.stderr
    assert load_records(folder / "assert.ipynb")[0]["action"] == "assert"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param(
            "%vault store nothing in datasets",
            "MissingVariable: there is no variable 'nothing' in this notebook; run the cell that defines it first",
            id="missing variable",
        ),
        pytest.param(
            "%vault store numbers",
            "CommandError: 'in' is missing; write: %vault store VAR[, VAR...] in MODULE [with FUNC] [as NAME]",
            id="malformed",
        ),
        pytest.param(
            "%vault assert numbers in datasets is 00000000",
            "AssertionFailed: 'datasets/numbers' is 653EC0B3, not 00000000; see who stored it: %vault list",
            id="assertion",
        ),
        pytest.param(
            "%vault import number from datasets",
            "MissingObject: there is no 'datasets/number' in storage.zip; did you mean 'datasets/numbers'?",
            id="missing object",
        ),
    ],
)
def test_failing_command_stops_papermill(tmp_path: Path, command: str, message: str) -> None:
    notebook = tmp_path / "fails.ipynb"
    store = "numbers = [1, 2, 3]\n%vault store numbers in datasets"
    write_notebook(notebook, (OPEN, store, command, "print('never')"))
    done = run_papermill(notebook)
    assert done.returncode != 0
    assert done.stderr.splitlines().count(message) >= 1
    error = next(cell for cell in load_cells(notebook) if "".join(cell["source"]) == command)["outputs"][-1]
    assert (error["output_type"], error["traceback"]) == ("error", [message])
    assert not load_cells(notebook)[-1]["outputs"]


def test_encrypted_vault_round_trips_and_tells_nothing(tmp_path: Path) -> None:
    opening = "%load_ext vault_magic\n%open_vault -p secret.zip -e STORAGE_KEY"
    write_notebook(tmp_path / "a.ipynb", (opening, "word = 'meadow'", "%vault store word in m"))
    write_notebook(tmp_path / "b.ipynb", (opening, "%vault import word from m\nprint(word * 2)"))
    for name in ("a.ipynb", "b.ipynb"):
        done = run_papermill(tmp_path / name, STORAGE_KEY="correct horse")
        assert done.returncode == 0, done.stderr
    assert "meadowmeadow" in (tmp_path / "b.ipynb").read_text(encoding="utf-8")
    assert list_findings(tmp_path) == []
    saved = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"correct horse" not in saved
    assert b"meadow" not in (tmp_path / "secret.zip").read_bytes()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({}, "PasswordError: the environment variable STORAGE_KEY is not set; ", id="not set"),
        pytest.param({"STORAGE_KEY": ""}, "PasswordError: the environment variable STORAGE_KEY is empty; ", id="empty"),
    ],
)
def test_missing_password_is_refused_before_anything_is_written(
    tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    notebook = tmp_path / "a.ipynb"
    write_notebook(notebook, ("%load_ext vault_magic\n%open_vault -p secret.zip -e STORAGE_KEY",))
    done = run_papermill(notebook, **variables)
    assert done.returncode != 0
    assert message in done.stderr
    assert not (tmp_path / "secret.zip").exists()
