"""Tests of what is told of papermill's copies: runs of one notebook, of which the newest counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.builders import Author, Lab, name_case
from vaultcheck.copies import find_sources
from vaultcheck.papermill_run import read_papermill_run

Case = Callable[[Lab], None]

STORE = "%vault store x in m"


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


def run_copy(
    lab: Lab,
    name: str,
    *cells: str,
    source: str = "make.ipynb",
    parameters: Mapping[str, object] | None = None,
    content: str = "1",
) -> Author:
    """Run a notebook as papermill does, into a file of its own."""
    author = lab.start(name)
    for cell in cells:
        author.run(cell, content=content)
    end = lab.tell_time().isoformat()
    told: dict[str, Any] = {"input_path": source, "output_path": name, "parameters": parameters or {}, "end_time": end}
    author.metadata = {**author.metadata, "papermill": told}
    return author


def write_template(lab: Lab, name: str, *cells: str) -> None:
    author = lab.start(name)
    author.cells.clear()
    for cell in ("%open_vault -p storage.zip --secure False", *cells):
        author.write(cell)


def nightly_copies(lab: Lab) -> None:
    for night in range(10):
        run_copy(lab, f"runs/make-{night}.ipynb", STORE, content=str(night))


def nightly_copies_beside_their_template(lab: Lab) -> None:
    write_template(lab, "make.ipynb", STORE)
    nightly_copies(lab)


def nightly_copies_with_the_date_as_parameter(lab: Lab) -> None:
    for night in range(10):
        run_copy(lab, f"runs/make-{night}.ipynb", STORE, content=str(night), parameters={"date": night})


def nightly_consumers(lab: Lab) -> None:
    for night in range(5):
        run_copy(lab, "make.ipynb", STORE, content=str(night)).metadata.pop("papermill")
        run_copy(lab, f"runs/use-{night}.ipynb", "%vault import x from m", source="use.ipynb")


def one_run_for_each_region(lab: Lab) -> None:
    for region in ("north", "south"):
        run_copy(lab, f"{region}.ipynb", f"%vault store x in {region}", parameters={"region": region})


def run_in_place(lab: Lab) -> None:
    run_copy(lab, "make.ipynb", STORE)


def interactive_notebook_replaced_by_a_run(lab: Lab) -> None:
    lab.start("make.ipynb", STORE)
    run_copy(lab, "runs/make.ipynb", STORE, source="../make.ipynb", content="2")


def damaged_metadata(lab: Lab) -> None:
    author = lab.start("make.ipynb", STORE)
    author.metadata = {**author.metadata, "papermill": {"input_path": 3, "parameters": [], "end_time": {}}}


_CLEAN = (
    nightly_copies,
    nightly_copies_beside_their_template,
    nightly_copies_with_the_date_as_parameter,
    nightly_consumers,
    one_run_for_each_region,
    run_in_place,
    interactive_notebook_replaced_by_a_run,
    damaged_metadata,
)


@_each(*_CLEAN)
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "manifest"])
def test_runs_of_one_notebook_are_no_rivals(lab: Lab, arrange: Case, *, archive: bool) -> None:
    arrange(lab)
    lab.save(archive=archive)
    assert [place for place in lab.find() if place[0] < "VC404"] == []


def two_notebooks_of_other_sources(lab: Lab) -> None:
    run_copy(lab, "runs/a.ipynb", STORE, source="a.ipynb")
    run_copy(lab, "runs/b.ipynb", STORE, source="b.ipynb", content="2")


def same_name_in_two_folders(lab: Lab) -> None:
    write_template(lab, "a/make.ipynb", STORE)
    write_template(lab, "b/make.ipynb", STORE)
    run_copy(lab, "runs/1.ipynb", STORE, source="a/make.ipynb")
    run_copy(lab, "runs/2.ipynb", STORE, source="b/make.ipynb", content="2")


def run_of_a_namesake_that_is_not_checked(lab: Lab) -> None:
    lab.start("a/make.ipynb", STORE)
    run_copy(lab, "runs/make.ipynb", STORE, source="b/make.ipynb", content="2")


@_each(two_notebooks_of_other_sources, same_name_in_two_folders, run_of_a_namesake_that_is_not_checked)
def test_runs_of_several_notebooks_are_rivals(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert [code for code, _, _ in lab.find()] == ["VC402"]


def stale_newest_copy(lab: Lab) -> None:
    nightly_consumers(lab)
    lab.notebooks["make.ipynb"].run_again(2, content="9")


def stale_region(lab: Lab) -> None:
    lab.start("make.ipynb", STORE)
    for region in ("north", "south"):
        cells = ["%vault import x from m", f"%vault store y in {region}"]
        run_copy(lab, f"runs/use-{region}.ipynb", *cells, source="use.ipynb", parameters={"region": region})
        lab.notebooks["make.ipynb"].run_again(2, content=region)
    cells = ["%vault import x from m", "%vault store y in south"]
    run_copy(lab, "runs/use-south-2.ipynb", *cells, source="use.ipynb", parameters={"region": "south"})


@pytest.mark.parametrize(
    ("arrange", "stale", "command"),
    [
        pytest.param(
            stale_newest_copy,
            "runs/use-4.ipynb",
            "papermill --engine vaultcheck use.ipynb runs/use-4.ipynb",
            id="newest-copy",
        ),
        pytest.param(
            stale_region,
            "runs/use-north.ipynb",
            'papermill --engine vaultcheck use.ipynb runs/use-north.ipynb -y \'{"region": "north"}\'',
            id="other-parameters",
        ),
    ],
)
def test_run_that_counts_can_be_stale(lab: Lab, arrange: Case, stale: str, command: str) -> None:
    arrange(lab)
    lab.save()
    (finding,) = [one for one in lab.check() if one.code == "VC304"]
    assert (finding.location.file, finding.commands) == (stale, (command,))


def test_secret_parameter_is_in_no_command(lab: Lab) -> None:
    stale_newest_copy(lab)
    lab.notebooks["runs/use-4.ipynb"].metadata["papermill"]["parameters"] = {"password": "hunter2"}
    lab.save()
    (finding,) = [one for one in lab.check() if one.code == "VC304" and "use-4" in one.location.file]
    assert "hunter2" not in str(finding)


def test_lineage_names_the_notebook_and_not_its_copies(lab: Lab) -> None:
    nightly_copies_beside_their_template(lab)
    lab.save()
    (use,) = lab.load().lineage.uses
    assert use.producers == ("make.ipynb",)


def test_newest_copy_stands_for_a_notebook_that_is_not_checked(lab: Lab) -> None:
    nightly_copies(lab)
    lab.save()
    assert {*find_sources(lab.load().notebooks).values()} == {"runs/make-9.ipynb"}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"input_path": "a.ipynb", "output_path": "a.ipynb"}, id="in-place"),
        pytest.param({"input_path": "x/a.ipynb", "output_path": "/tmp/out.ipynb"}, id="put-in-place-of-its-input"),
        pytest.param({"input_path": "x\\a.ipynb", "output_path": "out.ipynb"}, id="put-in-place-on-windows"),
        pytest.param({"input_path": "a.ipynb", "output_path": 5}, id="odd-output"),
        pytest.param({"input_path": None}, id="no-path"),
        pytest.param([], id="no-object"),
    ],
)
def test_notebook_that_is_no_copy_has_no_run(told: object) -> None:
    assert read_papermill_run({"papermill": told}, name="a.ipynb") is None


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"input_path": "make.ipynb", "output_path": "a.ipynb"}, id="renamed"),
        pytest.param({"input_path": "a.ipynb", "output_path": "runs/a.ipynb"}, id="in-another-folder"),
        pytest.param({"input_path": "make.ipynb", "output_path": "elsewhere.ipynb"}, id="renamed-since"),
        pytest.param({"input_path": "make.ipynb"}, id="no-output"),
    ],
)
def test_notebook_that_is_a_copy_has_its_run(told: object) -> None:
    assert read_papermill_run({"papermill": told}, name="a.ipynb") is not None


def test_copy_put_in_place_of_its_input_is_no_run_of_a_namesake(lab: Lab) -> None:
    lab.start("other/make.ipynb", "%vault store y in m")
    run_copy(lab, "one/make.ipynb", STORE).metadata["papermill"]["output_path"] = "out.ipynb"
    lab.save()
    assert find_sources(lab.load().notebooks) == {}


@pytest.mark.parametrize(
    ("typed", "checked", "is_it"),
    [
        pytest.param("make.ipynb", "nb/make.ipynb", True, id="typed-in-its-folder"),
        pytest.param("nb/make.ipynb", "nb/make.ipynb", True, id="same"),
        pytest.param("../nb/make.ipynb", "nb/make.ipynb", True, id="from-beside"),
        pytest.param("/home/other/project/nb/make.ipynb", "nb/make.ipynb", True, id="on-another-machine"),
        pytest.param("nb\\make.ipynb", "nb/make.ipynb", True, id="on-windows"),
        pytest.param("nb/make.ipynb", "make.ipynb", True, id="checked-from-inside"),
        pytest.param("old/make.ipynb", "nb/make.ipynb", False, id="another-folder"),
        pytest.param("nb/old/make.ipynb", "nb/make.ipynb", False, id="deeper-folder"),
        pytest.param("nb/other.ipynb", "nb/make.ipynb", False, id="another-name"),
    ],
)
def test_source_is_a_namesake_whose_folders_agree(lab: Lab, typed: str, checked: str, is_it: bool) -> None:
    lab.start(checked, STORE)
    run_copy(lab, "runs/copy.ipynb", STORE, source=typed)
    lab.save()
    sources = find_sources(lab.load().notebooks)
    assert (sources["runs/copy.ipynb"] == checked) is is_it
