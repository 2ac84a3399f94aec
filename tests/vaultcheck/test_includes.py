"""Tests of the files that notebooks run and import, and of what these leave to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import build_cell, build_notebook, write_notebook
from vaultcheck.cell_source import FoundCommand
from vaultcheck.includes import Course, SourceFiles, find_root, follow
from vaultcheck.notebook import read_notebook

_OPEN = "%open_vault -p a.zip"


def _write(folder: Path, files: dict[str, str | list[str]]) -> None:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        cells = [content] if isinstance(content, str) else content
        if name.endswith(".ipynb"):
            numbered = (build_cell(source, id=str(number)) for number, source in enumerate(cells))
            write_notebook(file, build_notebook(numbered))
        else:
            file.write_text("\n".join(cells), encoding="utf-8")


def _follow(folder: Path, *cells: str, name: str = "nb/a.ipynb") -> Course:
    _write(folder, {name: [*cells]})
    return follow(read_notebook(folder / name, path=name), SourceFiles())


def _tell_opening(course: Course, folder: Path) -> tuple[str, str | None] | None:
    """Return the text of the last opening and the working directory it met."""
    opening = course.find_opening(99, line=1)
    if opening is None:
        return None
    met = opening.folder.relative_to(folder.resolve()).as_posix() if opening.folder else None
    return opening.found.text, met


# Which files

_FOUND: dict[str, tuple[str, str]] = {
    "notebook": ("%run setup.ipynb", "nb/setup.ipynb"),
    "notebook-above": ("%run ../top.ipynb", "top.ipynb"),
    "notebook-from-the-root": ("%run top.ipynb", "top.ipynb"),
    "script": ("%run script.py", "nb/script.py"),
    "script-without-suffix": ("%run script", "nb/script.py"),
    "script-with-magics": ("%run magics.ipy", "nb/magics.ipy"),
    "quoted": ("%run 'my setup.ipynb'", "nb/my setup.ipynb"),
    "escaped": (r"%run my\ setup.ipynb", "nb/my setup.ipynb"),
    "windows-path": (r"%run ..\top.ipynb", "top.ipynb"),
    "options": ("%run -i -n setup.ipynb", "nb/setup.ipynb"),
    "option-with-value": ("%run -t -N10 setup.ipynb", "nb/setup.ipynb"),
    "arguments": ("%run script.py -x other.py", "nb/script.py"),
    "semicolon": ("%run setup.ipynb;", "nb/setup.ipynb"),
    "as-a-module": ("%run -m script", "nb/script.py"),
    "captured": ("%%capture\n%run setup.ipynb", "nb/setup.ipynb"),
    "called": ("x = 'vault'\nget_ipython().run_line_magic('run', 'setup.ipynb')", "nb/setup.ipynb"),
    "indented": ("if x:\n    %run setup.ipynb", "nb/setup.ipynb"),
    "import": ("import script  # vault", "nb/script.py"),
    "import-as": ("import script as s  # vault", "nb/script.py"),
    "import-of-a-package": ("import package  # vault", "package/__init__.py"),
    "import-from": ("from script import x  # vault", "nb/script.py"),
    "import-from-the-root": ("import inner.deep  # vault", "inner/deep.py"),
    "import-of-a-submodule": ("from inner import deep  # vault", "inner/deep.py"),
}
_NOT_FOUND = {
    "not-there": "%run other.ipynb",
    "notebook-without-suffix": "%run setup",
    "another-kind-of-file": "%run data.csv",
    "variable": "%run $name",
    "formatted": "%run {name}.ipynb",
    "nothing": "%run",
    "options-only": "%run -i",
    "unknown-option": "%run -Z setup.ipynb",
    "open-quote": "%run 'setup.ipynb",
    "half-a-character": "%run \ud800.ipynb",
    "nul": "%run \0.ipynb",
    "folder": "%run folder.ipynb",
    "string": "x = '''\n%run setup.ipynb\n'''",
    "comment": "# %run setup.ipynb",
    "bash": "%%bash\n%run setup.ipynb",
    "shell": "!echo %run setup.ipynb",
    "itself": "%run a.ipynb",
    "installed-module": "import pytest  # vault",
    "module-of-python": "import json  # vault",
    "import-in-a-string": "x = '''vault\nimport script\n'''",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with files to include."""
    notebooks = ("top.ipynb", "nb/setup.ipynb", "nb/my setup.ipynb")
    scripts = ("nb/script.py", "nb/magics.ipy", "nb/json.py", "nb/data.csv", "inner/deep.py", "package/__init__.py")
    _write(tmp_path, dict.fromkeys((*notebooks, *scripts, "pyproject.toml"), ""))
    (tmp_path / "nb" / "folder.ipynb").mkdir()
    return tmp_path


@pytest.mark.parametrize(("source", "file"), _FOUND.values(), ids=_FOUND)
def test_file_is_included(project: Path, source: str, file: str) -> None:
    course = _follow(project, "x = 1", source)
    assert [(one.by.name, one.file, one.cell) for one in course.includes] == [("a.ipynb", project / file, 2)]


@pytest.mark.parametrize("source", _NOT_FOUND.values(), ids=_NOT_FOUND)
def test_nothing_is_included(project: Path, source: str) -> None:
    assert _follow(project, source).includes == ()


def test_imports_are_told_from_runs(project: Path) -> None:
    course = _follow(project, "import script\n%run setup.ipynb")
    assert [(one.file.name, one.line, one.is_import) for one in course.includes] == [
        ("script.py", 1, True),
        ("setup.ipynb", 2, False),
    ]


def test_files_included_by_included_files_name_both_ends(project: Path) -> None:
    _write(project, {"nb/setup.ipynb": "%run script.py"})
    course = _follow(project, "x\n%run setup.ipynb")
    assert [(one.by.name, one.file.name, one.line) for one in course.includes] == [
        ("a.ipynb", "setup.ipynb", 2),
        ("setup.ipynb", "script.py", 2),
    ]


def test_files_that_run_each_other_end(project: Path) -> None:
    _write(project, {"nb/setup.ipynb": ["%run a.ipynb", "%run setup.ipynb", "%run ../top.ipynb"]})
    _write(project, {"top.ipynb": "%run setup.ipynb"})
    assert [one.file.name for one in _follow(project, "%run setup.ipynb").includes] == ["setup.ipynb", "top.ipynb"]


def test_files_that_run_ever_more_files_end(tmp_path: Path) -> None:
    _write(tmp_path, {f"nb/n{level}.ipynb": [f"%run n{level + 1}.ipynb"] * 9 for level in range(30)})
    assert 0 < len(_follow(tmp_path, "%run n0.ipynb").includes) <= 1000


def test_module_is_imported_once(project: Path) -> None:
    assert len(_follow(project, "import script  # vault", "import script").includes) == 1


def test_notebook_may_run_a_file_again(project: Path) -> None:
    assert len(_follow(project, "%run setup.ipynb", "%run setup.ipynb").includes) == 2


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"null"], ids=["no-json", "no-text", "no-notebook"])
@pytest.mark.parametrize("name", ["setup.ipynb", "script.py"])
def test_unreadable_file_leaves_nothing(project: Path, name: str, content: bytes) -> None:
    (project / "nb" / name).write_bytes(content)
    assert _follow(project, f"%run {name}").openings == ()


def test_file_is_read_once(project: Path) -> None:
    files = SourceFiles()
    file = project / "nb" / "script.py"
    file.write_text("x = 1")
    assert files.read(file) == ("x = 1",)
    file.unlink()
    assert files.read(file) == ("x = 1",)


def test_file_that_is_not_there_has_no_code(tmp_path: Path) -> None:
    assert SourceFiles().read(tmp_path / "a.py") is None


# What they leave

_LEFT: dict[str, tuple[dict[str, str | list[str]], tuple[str, str | None] | None]] = {
    "opening": ({"nb/setup.ipynb": _OPEN}, ("-p a.zip", "nb")),
    "opening-by-call": (
        {"nb/setup.ipynb": "from vault_magic import open_vault\nopen_vault('b.zip')"},
        ("-p b.zip", "nb"),
    ),
    "last-opening": ({"nb/setup.ipynb": [_OPEN, "%open_vault -p b.zip"]}, ("-p b.zip", "nb")),
    "opening-further-down": (
        {"nb/setup.ipynb": "%run ../more.ipynb", "more.ipynb": _OPEN},
        ("-p a.zip", "nb"),
    ),
    "opening-that-cannot-be-read": ({"nb/setup.ipynb": "%open_vault -p $x"}, None),
    "opening-in-a-comment": ({"nb/setup.ipynb": f"# {_OPEN}"}, None),
    "moved-before": ({"nb/setup.ipynb": ["%cd ..", _OPEN]}, ("-p a.zip", ".")),
    "moved-after": ({"nb/setup.ipynb": [_OPEN, "%cd .."]}, ("-p a.zip", "nb")),
    "moved-twice": ({"nb/setup.ipynb": ["%cd ..", "%cd nb", _OPEN]}, ("-p a.zip", "nb")),
    "moved-by-os": ({"nb/setup.ipynb": f"import os\nos.chdir('..')\n{_OPEN}"}, ("-p a.zip", ".")),
    "moved-by-a-path": ({"nb/setup.ipynb": f"os.chdir(Path('..'))\n{_OPEN}"}, ("-p a.zip", ".")),
    "moved-by-a-computed-path": ({"nb/setup.ipynb": f"os.chdir(root)\n{_OPEN}"}, ("-p a.zip", None)),
    "moved-to-nowhere": ({"nb/setup.ipynb": f"%cd /no/such/folder\n{_OPEN}"}, ("-p a.zip", None)),
    "moved-from-nowhere": ({"nb/setup.ipynb": f"%cd -\n%cd ..\n{_OPEN}"}, ("-p a.zip", None)),
    "moved-by-a-name-no-folder-has": ({"nb/setup.ipynb": f"%cd \ud800\n{_OPEN}"}, ("-p a.zip", None)),
    "moved-by-a-module": (
        {"nb/setup.ipynb": f"import helper\n{_OPEN}", "nb/helper.py": "from os import chdir\nchdir('..')"},
        ("-p a.zip", "."),
    ),
    "moved-by-a-module-at-the-root": (
        {"nb/setup.ipynb": f"from tools import helper\n{_OPEN}", "tools/helper.py": "import os\nos.chdir('..')"},
        ("-p a.zip", "."),
    ),
    "moved-by-a-module-that-knows-its-file": (
        {
            "nb/setup.ipynb": f"import helper\n{_OPEN}",
            "nb/helper.py": "os.chdir(Path(__file__).resolve().parent.parent)",
        },
        ("-p a.zip", "."),
    ),
    "moved-by-a-module-of-a-module": (
        {"nb/setup.ipynb": f"import one\n{_OPEN}", "nb/one.py": "import two", "nb/two.py": "os.chdir('..')"},
        ("-p a.zip", "."),
    ),
    "modules-that-import-each-other": (
        {
            "nb/setup.ipynb": f"import one\n{_OPEN}",
            "nb/one.py": "import two",
            "nb/two.py": "import one\nos.chdir('..')",
        },
        ("-p a.zip", "."),
    ),
    "moved-in-a-function-only": (
        {"nb/setup.ipynb": f"import helper\n{_OPEN}", "nb/helper.py": "def f():\n    os.chdir('..')"},
        ("-p a.zip", "nb"),
    ),
    "nested-run-from-the-new-folder": (
        {"nb/setup.ipynb": ["%cd ..", "%run more.ipynb"], "more.ipynb": _OPEN, "nb/more.ipynb": ""},
        ("-p a.zip", "."),
    ),
    "opening-in-another-language": ({"nb/setup.ipynb": "%%R\n%open_vault -p a.zip"}, None),
}


@pytest.mark.parametrize(("files", "expected"), _LEFT.values(), ids=_LEFT)
def test_opening_left_by_an_included_file(
    tmp_path: Path, files: dict[str, str | list[str]], expected: tuple[str, str | None] | None
) -> None:
    _write(tmp_path, {"pyproject.toml": "", **files})
    course = _follow(tmp_path, "%run setup.ipynb")
    assert _tell_opening(course, tmp_path) == expected


def test_opening_stands_in_the_folder_of_its_file(tmp_path: Path) -> None:
    _write(tmp_path, {"deep/setup.ipynb": _OPEN})
    opening = _follow(tmp_path, "%run ../deep/setup.ipynb").find_opening(1, line=1)
    assert opening is not None
    assert opening.origin == tmp_path.resolve() / "deep"


def test_opening_holds_from_its_line_on(tmp_path: Path) -> None:
    _write(tmp_path, {"nb/setup.ipynb": _OPEN})
    course = _follow(tmp_path, "x = 1", "x\n%run setup.ipynb\n%open_vault -p b.zip")
    found = [course.find_opening(2, line=line) for line in (1, 2, 3)]
    assert [one and one.found.text for one in found] == [None, "-p a.zip", "-p b.zip"]


def test_notebook_can_move_before_it_runs_another(tmp_path: Path) -> None:
    _write(tmp_path, {"top.ipynb": _OPEN})
    course = _follow(tmp_path, "import os\nos.chdir('..')", "%run top.ipynb")
    assert _tell_opening(course, tmp_path) == ("-p a.zip", ".")


def _list_texts(course: Course, cell: int) -> list[str]:
    return [one.shown for one in course.readings[cell].found if isinstance(one, FoundCommand)]


_NAMING = "from vault_magic import open_vault\nv = open_vault('a.zip')"


@pytest.mark.parametrize("name", ["setup.ipynb", "setup.py"])
@pytest.mark.parametrize("cells", [["%run {}", "v.load('m/x')"], ["x", "%run {}\nv.load('m/x')"]], ids=["next", "same"])
def test_names_of_a_file_that_was_run_are_known(tmp_path: Path, name: str, cells: list[str]) -> None:
    _write(tmp_path, {f"nb/{name}": _NAMING})
    course = _follow(tmp_path, *(cell.format(name) for cell in cells))
    assert _list_texts(course, 2) == ["vault.load('m/x')"]


def test_names_of_a_module_are_its_own(tmp_path: Path) -> None:
    _write(tmp_path, {"nb/helper.py": _NAMING})
    assert _list_texts(_follow(tmp_path, "import helper  # vault", "v.load('m/x')"), 2) == []


_FROM_MODULES = {
    "by-name": ["from helper import v", "v.load('m/x')"],
    "by-another-name": ["from helper import v as w", "w.load('m/x')"],
    "star": ["from helper import *", "v.load('m/x')"],
    "in-the-same-cell": ["x", "from helper import v\nv.load('m/x')"],
    "imported-twice": ["import helper", "from helper import v\nv.load('m/x')"],
    "through-another-module": ["from outer import w", "w.load('m/x')"],
}


@pytest.mark.parametrize("cells", _FROM_MODULES.values(), ids=_FROM_MODULES)
def test_names_imported_from_a_module_are_known(tmp_path: Path, cells: list[str]) -> None:
    _write(tmp_path, {"nb/helper.py": _NAMING, "nb/outer.py": "from helper import v as w"})
    assert _list_texts(_follow(tmp_path, *cells, "# vault"), 2) == ["vault.load('m/x')"]


_NOT_FROM_MODULES = {
    "another-name": "from helper import x as v",
    "another-module": "import helper\nfrom other import v",
    "relative": "import helper\nfrom .helper import v",
    "what-the-notebook-binds-itself": "v = 3\nfrom empty import v",
}


@pytest.mark.parametrize("source", _NOT_FROM_MODULES.values(), ids=_NOT_FROM_MODULES)
def test_other_names_imported_from_modules_are_not(tmp_path: Path, source: str) -> None:
    _write(tmp_path, {"nb/helper.py": _NAMING, "nb/empty.py": ""})
    assert _list_texts(_follow(tmp_path, source, "v.load('m/x')  # vault"), 2) == []


def test_module_does_not_know_the_names_of_the_notebook(tmp_path: Path) -> None:
    _write(tmp_path, {"nb/helper.py": "w = v"})
    assert _list_texts(_follow(tmp_path, f"{_NAMING}\nfrom helper import w", "w.load('m/x')"), 2) == []
    _write(tmp_path, {"nb/other.py": ""})
    assert _list_texts(_follow(tmp_path, _NAMING, "from other import v as w", "w.load('m/x')"), 3) == []


def test_names_are_known_in_later_cells(tmp_path: Path) -> None:
    course = _follow(tmp_path, _NAMING, "for for", "v.load('m/x')", "v = 3", "v.load('m/x')")
    assert [_list_texts(course, cell) for cell in (3, 5)] == [["vault.load('m/x')"], []]


def test_notebook_that_has_nothing_to_do_with_vaults_is_not_read(tmp_path: Path) -> None:
    assert _follow(tmp_path, "%cd ..", "import os").readings == {}


def test_root_is_the_nearest_folder_with_a_project(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    assert find_root(inner) == tmp_path
    (tmp_path / "a" / "pyproject.toml").touch()
    assert find_root(inner) == tmp_path / "a"


def test_mark_that_editors_on_windows_put_in_front_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_bytes("\ufefffrom vault_magic import open_vault\r\nopen_vault('a.zip')\r\n".encode())
    assert _tell_opening(_follow(tmp_path, "%run ../setup.py"), tmp_path) == ("-p a.zip", "nb")
