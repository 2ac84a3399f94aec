"""Tests of the whole check: on the fixtures, which are notebooks that ran in real kernels, and on damaged ones."""

from __future__ import annotations

import copy
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.builders import Lab, build_cell, build_notebook, list_places, write_notebook
from tests.vaultcheck.conftest import FIXTURES, load_expected
from vaultcheck.checker import Plan, check
from vaultcheck.cli import main
from vaultcheck.reporters import REPORTERS
from vaultcheck.settings import Settings

Enter = Callable[[str], Path]

SPOILED = sorted(path.parent.name for path in FIXTURES.glob("*/expected.json"))
CLEAN = sorted([*(f"{name}/clean" for name in SPOILED), "quickstart"])
BROKEN = [f"{name}/broken" for name in SPOILED]
_HEAVY = ["IPython", "papermill", "nbconvert", "nbformat", "pandas", "pyarrow", "numpy", "pyzipper"]


def _read_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _remove_archives(folder: Path) -> None:
    for path in folder.rglob("storage.zip"):
        path.unlink()


@pytest.mark.parametrize("name", CLEAN)
def test_clean_fixture_has_no_findings(enter_fixture: Enter, name: str) -> None:
    enter_fixture(name)
    assert check([Path()]).findings == ()


@pytest.mark.parametrize("name", CLEAN)
def test_clean_fixture_has_no_findings_without_its_archive(enter_fixture: Enter, name: str) -> None:
    _remove_archives(enter_fixture(name))
    assert check([Path()]).findings == ()


@pytest.mark.parametrize("name", SPOILED)
def test_broken_fixture_has_exactly_the_findings_expected(enter_fixture: Enter, name: str) -> None:
    enter_fixture(f"{name}/broken")
    expected = [(one["code"], one["file"], one["cell"]) for one in load_expected(name)]
    assert sorted(list_places(check([Path()]).findings)) == sorted(expected)


@pytest.mark.parametrize("name", SPOILED)
def test_without_the_archive_only_what_needs_it_is_missed(enter_fixture: Enter, name: str) -> None:
    _remove_archives(enter_fixture(f"{name}/broken"))
    expected = [(one["code"], one["file"], one["cell"]) for one in load_expected(name) if not one["needs_archive"]]
    assert sorted(list_places(check([Path()]).findings)) == sorted(expected)


@pytest.mark.parametrize("name", CLEAN)
def test_clean_fixture_can_be_judged_as_a_whole(enter_fixture: Enter, name: str) -> None:
    enter_fixture(name)
    assert all(notebook.has_evidence and notebook.commands for notebook in check([Path()]).notebooks)


@pytest.mark.parametrize("name", [*CLEAN, *BROKEN])
def test_nothing_is_written(enter_fixture: Enter, name: str) -> None:
    folder = enter_fixture(name)
    before = _read_files(folder)
    check([Path()])
    assert _read_files(folder) == before


@pytest.mark.parametrize("render", REPORTERS.values(), ids=REPORTERS)
@pytest.mark.parametrize("name", BROKEN)
def test_report_is_the_same_whatever_the_order_of_paths(enter_fixture: Enter, name: str, render: Any) -> None:
    folder = enter_fixture(name)
    paths = [path.relative_to(folder) for path in sorted(folder.glob("*.ipynb"))]
    assert len({render(check(one)) for one in (paths, paths[::-1], [Path()], [*paths, Path()], [folder])}) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_line_in_the_file_holds_the_line_of_the_cell(enter_fixture: Enter, name: str) -> None:
    folder = enter_fixture(name)
    for finding in check([Path()]).findings:
        where = finding.location
        if where.cell is not None and where.file_line is not None:
            text = (folder / where.file).read_text(encoding="utf-8")
            source = "".join(json.loads(text)["cells"][where.cell - 1]["source"]).splitlines()[(where.line or 1) - 1]
            assert json.dumps(source, ensure_ascii=False)[:-1] in text.splitlines()[where.file_line - 1]


def test_findings_are_listed_by_place_before_code(lab: Lab) -> None:
    author = lab.start("b.ipynb")
    author.write("%vault store x in m")
    author.write("%vault store x")
    lab.start("a.ipynb").write("%vault store y in m")
    lab.save()
    found = [(one.code, Path(one.location.file).name) for one in check([lab.folder]).findings]
    assert found == [("VC103", "a.ipynb"), ("VC103", "b.ipynb"), ("VC101", "b.ipynb")]


def test_every_finding_in_a_cell_has_its_line_in_the_file(lab: Lab) -> None:
    lab.start("a.ipynb").write("x\n%vault store x")
    lab.save()
    (finding,) = check([lab.folder]).findings
    line = (lab.folder / "a.ipynb").read_text().splitlines()[(finding.location.file_line or 0) - 1]
    assert line.strip() == '"%vault store x"'


def test_notebook_of_an_older_format_has_no_line_in_the_file(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "input": ["%vault store x"], "language": "python", "outputs": [], "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell], "metadata": {}}]}
    (tmp_path / "a.ipynb").write_text(json.dumps(old))
    (finding,) = check([tmp_path]).findings
    assert (finding.location.cell, finding.location.line, finding.location.file_line) == (1, 1, None)


def test_summary_tells_readable_from_unreadable_and_counts_commands(lab: Lab) -> None:
    lab.start("b.ipynb", "%vault store x in m\n%vault list").write("# text", kind="markdown")
    lab.save()
    (lab.folder / "c.ipynb").write_text("{")
    write_notebook(lab.folder / "a.ipynb", build_notebook([build_cell("x")]))
    notebooks = check([lab.folder]).notebooks
    seen = [(Path(one.path).name, one.cells, one.commands, one.is_readable, one.has_evidence) for one in notebooks]
    assert seen == [
        ("a.ipynb", 1, 0, True, False),
        ("b.ipynb", 3, 2, True, True),
        ("c.ipynb", 0, 0, False, False),
    ]


_SOURCES = {
    "archive": (True, True),
    "archive-alone": (True, False),
    "manifest": (False, True),
    "missing": (False, False),
}


@pytest.mark.parametrize(("archive", "manifest"), _SOURCES.values(), ids=_SOURCES)
def test_summary_tells_from_what_a_vault_was_read(lab: Lab, *, archive: bool, manifest: bool) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save(archive=archive, manifest=manifest)
    (vault,) = check([lab.folder]).vaults
    expected = "archive" if archive else "manifest" if manifest else "missing"
    assert (vault.source, vault.objects) == (expected, int(archive or manifest))


def test_archive_named_by_the_user_counts(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")
    lab.save()
    lab.put("m/x", "2")
    lab.archive = "elsewhere/other.zip"
    lab.save()
    assert check([lab.folder]).findings == ()
    (finding,) = check([lab.folder], Plan(Settings(vault=lab.archive_path))).findings
    assert finding.code == "VC202"


def test_nothing_heavy_is_imported(enter_fixture: Enter) -> None:
    folder = enter_fixture("VC301-edited-cell/broken")
    program = f"import sys; from vaultcheck.cli import main; main(['.']); print({_HEAVY} & sys.modules.keys())"
    program = program.replace(str(_HEAVY), f"{{*{_HEAVY}}}")
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    assert "VC301" in done.stdout
    assert done.stdout.splitlines()[-1] == "set()"


# Mutants

_BATCHES = 10
_MUTANTS = settings().max_examples * 5 // _BATCHES  # in each batch
_ODD_VALUES: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "x", "\ud800", [], {}, [[]], {"a": 1}, "0" * 64)
_SUBJECTS = ("quickstart", "VC304-stale-import/clean", "VC102-edited-command/broken", "VC304-stale-import/broken")
_NEIGHBOUR = "VC202-not-last-recorded/broken"


def _walk(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every field: the object or list that holds it, and its key."""
    for key in [*(value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ())]:
        yield value, key
        yield from _walk(value[key])


def _retype(content: Any, chance: random.Random) -> None:
    holder, key = chance.choice([*_walk(content)])
    holder[key] = copy.deepcopy(chance.choice((*_ODD_VALUES, [holder[key]])))


def _drop(content: Any, chance: random.Random) -> None:
    holder, key = chance.choice([*_walk(content)])
    del holder[key]


def _double(content: Any, chance: random.Random) -> None:
    """Repeat an element of a list, or give a field the value of another."""
    holder, key = chance.choice([*_walk(content)])
    if isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    else:
        holder[chance.choice([*holder])] = copy.deepcopy(holder[key])


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _scribble(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    noise = chance.randbytes(chance.choice((1, 1, 4, 40)))
    return content[:start] + noise + content[start + len(noise) :]


def _mutate(name: str, content: bytes, chance: random.Random) -> bytes:
    """Return a file with one thing wrong in it."""
    change = chance.choice((_retype, _drop, _double, None))
    if name.endswith(".zip") or change is None:
        return chance.choice((_cut, _scribble))(content, chance)
    parsed = json.loads(content)
    change(parsed, chance)
    return json.dumps(parsed, indent=1).encode()


@pytest.fixture(scope="module")
def subjects() -> Mapping[str, dict[str, bytes]]:
    return {name: _read_files(FIXTURES / name) for name in _SUBJECTS}


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_damage_never_crashes_the_check_and_leaves_neighbours_alone(
    batch: int,
    subjects: Mapping[str, dict[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(FIXTURES / _NEIGHBOUR, tmp_path / "intact")
    for number in range(_MUTANTS):
        chance = random.Random(batch * 1_000_000 + number)
        files = subjects[chance.choice(_SUBJECTS)]
        target = chance.choice([*files])
        mutant = files | {target: _mutate(target, files[target], chance)}
        for name, content in mutant.items():
            path = tmp_path / "mutant" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        code = main(["--format", "json"])
        out, err = capsys.readouterr()
        told = f"seed {batch * 1_000_000 + number}, {target}\n{err}"
        assert code in (0, 1), told
        assert err == "", told
        found = [one for one in json.loads(out)["findings"] if one["notebook"].startswith("intact/")]
        assert [(one["code"], one["notebook"], one["cell"]) for one in found] == [("VC202", "intact/make.ipynb", 3)], (
            told
        )
        assert _read_files(tmp_path / "mutant") == mutant, told
        shutil.rmtree(tmp_path / "mutant")
