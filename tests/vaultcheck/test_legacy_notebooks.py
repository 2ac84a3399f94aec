"""Tests of the whole check on notebooks that the original tool has run: what ran is never called edited."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import LEFTOVERS, Lab, build_cell, build_notebook, build_output, list_places, write_notebook
from vault_magic.digest import crc32_hex, sha256_hex
from vaultcheck.checker import Plan, check
from vaultcheck.report import Report
from vaultcheck.settings import Settings

Enter = Callable[[str], Path]
Layout = Callable[[dict[str, Any]], dict[str, Any]]

_CONTENT = b"\tn\n0\t98\n"
_CRC32, _SHA256 = crc32_hex(_CONTENT), sha256_hex(_CONTENT)
_DIGESTS = {"crc32": _CRC32, "sha256": _SHA256}
_READ = {"crc32": _CRC32.lstrip("0"), "sha256": _SHA256.upper()}  # as the original spelt those of imports
_OTHER = {"crc32": "7" * 8, "sha256": "7" * 64}
_NOTHING = {"crc32": None, "sha256": None}
_STORED = ["m/x", "m/y", "n/x", "m;/x", "a.b/x", "m/z", "p/x y.tsv"]

_LAYOUTS: dict[str, Layout] = {"early": lambda record: record, "late": lambda record: {"text/markdown": record}}


@dataclass(frozen=True)
class Did:
    """A command that the original tool has carried out, and the subjects that it named."""

    command: str
    subjects: str = "x"
    digests: dict[str, str] | None = None

    @property
    def record(self) -> dict[str, Any]:
        """What it left in the notebook."""
        lead = self.command.split()[0]
        action = "import" if lead == "from" else lead
        return {
            "action": action,
            "command": self.command,
            "result": [self._change(action) | {"subject": subject} for subject in self.subjects.split()],
            "started": "2020-03-07T23:22:59.248020",
            "finished": "2020-03-07T23:22:59.531827",
            "finished_human_readable": "Saturday, 07. Mar 2020 23:22",
        }

    def _change(self, action: str) -> dict[str, Any]:
        if action == "store":
            return {"new_file": self.digests or _DIGESTS, "old_file": _NOTHING}
        if action == "import":
            return {"new_file": self.digests or _READ}
        return {"old_file": self.digests or (_DIGESTS if action == "del" else {"crc32": _CRC32})}


def _write(path: Path, layout: Layout, *cells: tuple[str, list[Did]]) -> None:
    """Write a notebook that opens a vault, stores `m/x` and `m/y` there and goes on with some cells."""
    first = ("%open_vault -p s.zip --secure False", list[Did]())
    second = ("%vault store x, y in m", [Did("store x, y in m", "x y")])
    saved = [
        build_cell(source) | {"execution_count": count, "outputs": [build_output(layout(one.record)) for one in done]}
        for count, (source, done) in enumerate((first, second, *cells), start=1)
    ]
    write_notebook(path, build_notebook(saved, nbformat_minor=4))


def _write_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in _STORED:
            archive.writestr(name, _CONTENT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _write_archive(tmp_path / "s.zip")
    monkeypatch.chdir(tmp_path)
    return tmp_path


_STORE = [Did("store x in n")]
_IMPORT = [Did("import x from m")]


def _check() -> Report:
    """Check this folder; what nobody uses in it is no matter."""
    return check([Path()], Plan(Settings(ignore=LEFTOVERS)))


# name: the source as saved, what was done, the findings in the cell
_TABLE: dict[str, tuple[str, list[Did], list[str]]] = {
    "store": ("%vault store x in n", _STORE, []),
    "spaces": ("%vault   store  x  in   n  ", [Did("  store  x  in   n")], []),
    "comment": ("%vault store x in n  # kept", [Did("store x in n  # kept")], []),
    "continued": ("%vault store x, \\\n   y in m", [Did("store x,     y in m", "x y")], []),
    "semicolon-in-a-name": ("%vault store x in m;", [Did("store x in m;")], []),
    "dot-in-a-name": ("%vault store x in a.b", [Did("store x in a.b")], []),
    "as": ("%vault store x in m as z", [Did("store x in m as z")], []),
    "path": ("%vault store x in 'p/x y.tsv'", [Did("store x in 'p/x y.tsv'")], []),
    "indented": ("if x:\n    %vault store x in n", _STORE, []),
    "variable": ("%vault store x in $place", _STORE, []),
    "braces": ("%vault store {name} in {place}", _STORE, []),
    "loop": ("for one in 'mn':\n    %vault store x in {one}", [Did("store x in m"), Did("store x in n")], []),
    "assigned": ("nothing = %vault store x in n", _STORE, []),
    "captured": ("%%capture\n%vault store x in n", [], []),
    "timed": ("%%time\n%vault store x in n", _STORE, []),
    "automagic": ("vault store x in n", _STORE, []),
    "called": ("get_ipython().run_line_magic('vault', 'store x in n')", _STORE, []),
    "in-a-function": ("keep(x, 'n')", _STORE, []),
    "included": ("%run more.ipy", [Did("store x in n"), Did("store x in m")], []),
    "included-beside-an-import": ("%run more.ipy\n%vault import x from m", [*_STORE, *_IMPORT], []),
    "function-beside-an-import": ("keep(x, 'n')\n%vault import x from m", [*_STORE, *_IMPORT], []),
    "definition": ("def keep(x, place):\n    %vault store x in {place}", [], []),
    "string": ("text = '''\n%vault store w in n\n'''", [], []),
    "comment-alone": ("# %vault store w in n", [], []),
    "shell": ("!echo %vault store w in n", [], []),
    "another-language": ("%%R\n%vault store w in n", [], []),
    "failed": ("%vault store w in n", [], []),
    "import": ("%vault import x from m", _IMPORT, []),
    "import-as": ("%vault import x from m as z", [Did("import x from m as z", "z")], []),
    "import-several": ("%vault from m import x, y", [Did("from m import x, y", "x y")], []),
    "import-path": ("%vault import 'm/x' as z with read", [Did("import 'm/x' as z with read", "z")], []),
    "import-module": ("%vault import m as z\nz.x", [Did("import m as z", "")], []),
    "deleted": ("%vault del x from gone", [Did("del x from gone", "gone/x")], []),
    "assert": (f"%vault assert x in m is {_CRC32}", [Did(f"assert x in m is {_CRC32}", "m/x")], []),
    "assert-sha256": (
        f"%vault assert x in m is {_SHA256} with SHA256",
        [Did(f"assert x in m is {_SHA256} with SHA256", "m/x", {"crc32": _SHA256})],
        [],
    ),
    "two": ("%vault store x in n\n%vault import x from m", [*_STORE, *_IMPORT], []),
    "module-edited": ("%vault store x in m", _STORE, ["VC102"]),
    "variable-edited": ("%vault import y from m", _IMPORT, ["VC102"]),
    "edited-in-a-loop": ("for one in 'mn':\n    %vault import x from {one}", _STORE, ["VC102"]),
    "line-removed": ("%vault import x from m", [*_IMPORT, *_STORE], ["VC104"]),
    "malformed": ("%vault store x", [], ["VC101"]),
    "malformed-as-it-ran": ("%vault from m import x, y as z", [Did("from m import x, y as z", "x y")], ["VC101"]),
    "stored-anew-unseen": ("%vault store x in n", [Did("store x in n", "x", _OTHER)], ["VC202"]),
    "stale": ("%vault import y from m", [Did("import y from m", "y", _OTHER)], ["VC304"]),
    "vanished": ("%vault store x in gone", [Did("store x in gone")], ["VC201"]),
    "imported-from-nobody": ("%vault import x from a.b", [Did("import x from a.b")], ["VC401"]),
    "damaged": ("%vault store x in n", [replace(_STORE[0], digests={"crc32": "?"})], ["VC002"]),
}


@pytest.mark.parametrize("layout", _LAYOUTS.values(), ids=_LAYOUTS)
@pytest.mark.parametrize(("source", "done", "codes"), _TABLE.values(), ids=_TABLE)
def test_verdict_on_a_cell(folder: Path, layout: Layout, source: str, done: list[Did], codes: list[str]) -> None:
    _write(folder / "a.ipynb", layout, (source, done))
    assert list_places(_check().findings) == [(code, "a.ipynb", 3) for code in codes]


def test_command_in_a_cell_that_did_not_run_was_never_executed(folder: Path) -> None:
    _write(folder / "a.ipynb", _LAYOUTS["late"], ("%vault store x in n", []))
    stored = json.loads((folder / "a.ipynb").read_text(encoding="utf-8"))
    stored["cells"][2]["execution_count"] = None
    write_notebook(folder / "a.ipynb", stored)
    assert list_places(_check().findings) == [("VC103", "a.ipynb", 3)]


@pytest.mark.parametrize("layout", _LAYOUTS.values(), ids=_LAYOUTS)
def test_missing_archive_is_one_finding(folder: Path, layout: Layout) -> None:
    _write(folder / "a.ipynb", layout, ("%vault store x in n", _STORE), ("%vault import x from m", _IMPORT))
    (folder / "s.zip").unlink()
    (finding,) = _check().findings
    assert (finding.code, finding.location.cell) == ("VC003", 2)
    assert finding.message == "neither s.zip nor its manifest is there, so 3 records cannot be compared"


def test_each_record_belongs_to_the_vault_opened_above_it(folder: Path) -> None:
    _write(folder / "a.ipynb", _LAYOUTS["late"], ("%open_vault -p t.zip", []), ("%vault import x from m", _IMPORT))
    found = [(one.code, one.location.cell) for one in _check().findings]
    assert found == [("VC003", 4), ("VC401", 4)]


def test_all_records_count_as_evidence(folder: Path) -> None:
    _write(folder / "a.ipynb", _LAYOUTS["early"])
    assert [one.has_evidence for one in _check().notebooks] == [True]


def test_notebook_goes_on_with_records_of_ours_after_migration(lab: Lab) -> None:
    lab.put("m/x", _CONTENT.decode(), format=None)
    author = lab.start("a.ipynb")
    author.write("%vault store x in m")
    author.cells[1] |= {"execution_count": 2, "outputs": [build_output(Did("store x in m").record)]}
    author.run("%vault import x from m")
    author.run("%vault store y in m")
    lab.save()
    assert lab.find() == []
    author.edit(2, "%vault store x in n")
    lab.save()
    assert ("VC102", "a.ipynb", 2) in lab.find()


def test_store_of_ours_after_one_of_the_original_tool_counts(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.write("%vault store x in m")
    author.cells[1] |= {"execution_count": 2, "outputs": [build_output(Did("store x in m").record)]}
    author.run("%vault store x in m", content="new")
    lab.save()
    assert lab.find() == []


# What the original tool itself has left, made by fixtures.legacy.
_REAL = "forms.ipynb"
_REAL_FINDINGS = [
    ("VC105", _REAL, 22),
    ("VC101", _REAL, 23),
    ("VC101", _REAL, 24),
    ("VC204", _REAL, 32),
    ("VC105", _REAL, 33),
    ("VC103", _REAL, 37),
]


def _edit_real(edit: Callable[[dict[str, Any]], None]) -> None:
    stored = json.loads(Path(_REAL).read_text(encoding="utf-8"))
    for cell in stored["cells"]:
        edit(cell)
    write_notebook(Path(_REAL), stored)


def _lift_records(cell: dict[str, Any]) -> None:
    """Turn the late layout into the early one."""
    for output in cell["outputs"]:
        if output.get("metadata"):
            output["metadata"] = output["metadata"]["text/markdown"]


def test_real_notebook_has_only_the_findings_that_are_true(enter_fixture: Enter) -> None:
    enter_fixture("legacy")
    assert list_places(_check().findings) == _REAL_FINDINGS
    _edit_real(_lift_records)
    assert list_places(_check().findings) == _REAL_FINDINGS


def test_each_edited_command_of_the_real_notebook_is_found(enter_fixture: Enter) -> None:
    def edit(cell: dict[str, Any]) -> None:
        cell["source"] = "".join(cell["source"]).replace("%vault store b in", "%vault store b in other/")

    enter_fixture("legacy")
    _edit_real(edit)
    edited = [where for code, _, where in list_places(_check().findings) if code == "VC102"]
    assert edited == [8, 35]


def test_archive_of_the_real_notebook_is_compared(enter_fixture: Enter) -> None:
    folder = enter_fixture("legacy")
    with zipfile.ZipFile(folder / "storage.zip", "w") as archive:
        archive.writestr("plain/a", "another content")
    findings = [one for one in _check().findings if one.location.cell in (4, 5, 29)]
    assert [one.code for one in findings] == ["VC202", "VC201"]
    assert [one.location.cell for one in findings[0].consequences] == [29]
