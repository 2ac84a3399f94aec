"""Tests of what notebooks say that the check shall not tell of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import Lab, build_cell, build_notebook, write_notebook
from tests.vaultcheck.test_copies import run_copy, write_template
from vaultcheck.checker import check
from vaultcheck.finding import Finding, Location, Severity
from vaultcheck.notebook import read_notebook
from vaultcheck.suppressions import Suppression, find_needless, find_suppressions, suppress

EVERYTHING = ""
Found = list[tuple[str, int]]


def find(tmp_path: Path, source: str, *, kind: str = "code", tags: list[str] | None = None) -> Found:
    """Return the words that one cell suppresses, and the line they stand in; negative for the whole file."""
    cell = build_cell(source, kind=kind) | {"metadata": {"tags": tags or []}}
    file = write_notebook(tmp_path / "a.ipynb", build_notebook([cell]))
    found = [*find_suppressions(read_notebook(file, path="a.ipynb"))]
    return [(one.word, (one.location.line or 0) * (1 if one.cell else -1)) for one in found]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("# vaultcheck: ignore[VC304]\nx = 1", [("VC304", 1)], id="line-of-its-own"),
        pytest.param("x = 1\ny = 2  # vaultcheck: ignore[VC304]", [("VC304", 2)], id="behind-code"),
        pytest.param("#vaultcheck:ignore[ VC304 , stale-import ]", [("VC304", 1), ("stale-import", 1)], id="several"),
        pytest.param("# vaultcheck: ignore[VC304, VC304,VC304]", [("VC304", 1)], id="one-named-thrice"),
        pytest.param("# vaultcheck: ignore", [(EVERYTHING, 1)], id="everything"),
        pytest.param("# vaultcheck: ignore[]", [(EVERYTHING, 1)], id="empty"),
        pytest.param("# vaultcheck: ignore[VC304] the producer is on another machine", [("VC304", 1)], id="reason"),
        pytest.param("# vaultcheck: Ignore[vc304]", [("vc304", 1)], id="capitals"),
        pytest.param("%vault store x in m  # vaultcheck: ignore[VC402]", [("VC402", 1)], id="behind-a-magic"),
        pytest.param("%%time\n# vaultcheck: ignore[VC1]\nx = 1", [("VC1", 2)], id="in-a-cell-magic"),
        pytest.param("# vaultcheck: ignore[VC304]\nx = (", [("VC304", 1)], id="no-python"),
        pytest.param("x = 1\n# vaultcheck: ignore-file[VC304]", [("VC304", -2)], id="file"),
        pytest.param("# vaultcheck: ignore-file", [(EVERYTHING, -1)], id="whole-file"),
        pytest.param("import x  # noqa: F401  # vaultcheck: ignore[VC304]", [("VC304", 1)], id="behind-another"),
        pytest.param("# vaultcheck: ignore VC304 is too strict", [("VC304", 1)], id="code-without-brackets"),
        pytest.param("# vaultcheck: ignore: VC304, VC301", [("VC304", 1), ("VC301", 1)], id="codes-behind-a-colon"),
        pytest.param("# vaultcheck: ignore-VC304", [("VC304", 1)], id="code-as-in-a-tag"),
        pytest.param("# vaultcheck: ignore[VC304", [("VC304", 1)], id="bracket-left-open"),
        pytest.param("# vaultcheck: ignore -- see VC304", [(EVERYTHING, 1)], id="code-in-a-reason"),
        pytest.param("# write `# vaultcheck: ignore` to silence it", [], id="quoted-in-a-comment"),
        pytest.param("x = '# vaultcheck: ignore'", [], id="text"),
        pytest.param('"""\n# vaultcheck: ignore\n"""', [], id="long-text"),
        pytest.param("# vaultcheck: ignored", [], id="other-word"),
        pytest.param("# see vaultcheck: ignore", [], id="in-a-sentence"),
        pytest.param("# vaultcheck ignore", [], id="no-colon"),
        pytest.param("%%bash\n# vaultcheck: ignore", [], id="other-language"),
    ],
)
def test_comment_suppresses(tmp_path: Path, source: str, found: Found) -> None:
    assert find(tmp_path, source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("# Title\n<!-- vaultcheck: ignore-file[VC304] an old one -->", [("VC304", -2)], id="file"),
        pytest.param("<!-- vaultcheck: ignore-file -->", [(EVERYTHING, -1)], id="whole-file"),
        pytest.param(
            "<!-- a -->\n<!-- vaultcheck: ignore-file[VC1] -->\n\n<!-- vaultcheck: ignore-file[VC2] -->",
            [("VC1", -2), ("VC2", -4)],
            id="several",
        ),
        pytest.param("<!-- vaultcheck: ignore-file VC304 -->", [("VC304", -1)], id="code-without-brackets"),
        pytest.param("<!-- vaultcheck: ignore-file[VC304 -->", [("VC304", -1)], id="bracket-left-open"),
        pytest.param("<!-- vaultcheck: ignore-file because a > b -->", [(EVERYTHING, -1)], id="reason"),
        pytest.param("<!-- see vaultcheck: ignore-file -->", [], id="in-a-sentence"),
        pytest.param("vaultcheck: ignore-file", [], id="shown-text"),
        pytest.param("<!-- vaultcheck: ignore -->", [], id="no-cell-to-mean"),
    ],
)
def test_hidden_text_suppresses(tmp_path: Path, source: str, found: Found) -> None:
    assert find(tmp_path, source, kind="markdown") == found


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        pytest.param("vaultcheck-ignore", [EVERYTHING], id="everything"),
        pytest.param("vaultcheck-ignore-VC304", ["VC304"], id="code"),
        pytest.param("vaultcheck-ignore-stale-import", ["stale-import"], id="name"),
        pytest.param("vaultcheck: ignore=VC304", ["VC304"], id="as-a-comment"),
        pytest.param("vaultcheck: ignore[VC304, VC301]", ["VC304", "VC301"], id="in-brackets"),
        pytest.param("vaultcheck: VC304", ["VC304"], id="code-alone"),
        pytest.param("vaultcheck-ignore VC304", ["VC304"], id="with-a-space"),
        pytest.param("vaultcheck", [], id="sign-alone"),
        pytest.param("ignore", [], id="other-tag"),
        pytest.param("vaultcheck-ignored", [], id="other-word"),
    ],
)
def test_tag_suppresses(tmp_path: Path, tag: str, words: list[str]) -> None:
    assert [word for word, _ in find(tmp_path, "x = 1", tags=[tag])] == words


@pytest.mark.parametrize(
    ("ignored", "words"),
    [(["VC304", "VC1"], ["VC304", "VC1"]), (True, [EVERYTHING]), ([3], []), ("VC304", []), (None, [])],
)
def test_metadata_suppress(tmp_path: Path, ignored: object, words: list[str]) -> None:
    notebook = build_notebook([build_cell("x = 1")], metadata={"vaultcheck": {"ignore": ignored}})
    file = write_notebook(tmp_path / "a.ipynb", notebook)
    assert [one.word for one in find_suppressions(read_notebook(file, path="a.ipynb"))] == words


# What is covered


FOUND = Finding("VC304", "stale-import", Severity.ERROR, "m", "h", Location("a.ipynb", cell=2))


@pytest.mark.parametrize(
    ("word", "cell", "is_covered"),
    [
        pytest.param(EVERYTHING, 2, True, id="everything"),
        pytest.param("VC304", 2, True, id="code"),
        pytest.param("vc3", 2, True, id="prefix"),
        pytest.param("Stale-Import", 2, True, id="name"),
        pytest.param("VC304", None, True, id="file"),
        pytest.param("VC304", 3, False, id="other-cell"),
        pytest.param("VC305", 2, False, id="other-code"),
        pytest.param("stale", 2, False, id="part-of-a-name"),
    ],
)
def test_finding_is_covered(word: str, cell: int | None, is_covered: bool) -> None:
    suppression = Suppression(Location("a.ipynb", cell=cell), word, cell)
    found = suppress([FOUND], [suppression])
    assert found == (([], [FOUND], []) if is_covered else ([FOUND], [], [suppression]))


def test_other_file_is_not_covered() -> None:
    left, _, _ = suppress([FOUND], [Suppression(Location("b.ipynb"))])
    assert left == [FOUND]


# In a check


def edited_and_suppressed(lab: Lab) -> None:
    lab.start("a.ipynb", "x = 1", "%vault store y in m").edit(2, "x = 2  # vaultcheck: ignore[VC301] as agreed")


def edited_and_suppressed_twice(lab: Lab) -> None:
    edited_and_suppressed(lab)
    lab.notebooks["a.ipynb"].cells[1]["metadata"]["tags"] = ["vaultcheck-ignore"]


@pytest.mark.parametrize("arrange", [edited_and_suppressed, edited_and_suppressed_twice])
def test_suppressed_finding_is_counted_and_not_told(
    lab: Lab, arrange: Callable[[Lab], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange(lab)
    lab.save()
    monkeypatch.chdir(lab.folder)
    report = check([Path()])
    assert (report.findings, report.suppressed) == ((), 1)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        pytest.param("[VC304]", "'VC304' is suppressed in this cell, and nothing of it is found", id="unused"),
        pytest.param("", "everything is suppressed in this cell, and nothing of it is found", id="everything"),
        pytest.param("[VC999]", "'VC999' is suppressed in this cell, and there is no such rule", id="unknown"),
    ],
)
def test_unused_suppression_is_a_finding(lab: Lab, word: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.start("a.ipynb", f"x = 1  # vaultcheck: ignore{word}", "%vault store x in m")
    lab.save()
    monkeypatch.chdir(lab.folder)
    (finding,) = check([Path()]).findings
    assert (finding.code, finding.location.cell, finding.message) == ("VC901", 2, message)


SUPPRESSED = "%vault import x from m  # vaultcheck: ignore[VC304]"


@pytest.mark.parametrize(
    ("is_stale", "found"),
    [
        pytest.param(True, [], id="needed-by-the-newest"),
        pytest.param(False, [("VC901", "use.ipynb")], id="needed-by-none"),
    ],
)
def test_suppression_is_judged_by_all_runs_of_a_notebook(
    lab: Lab, *, is_stale: bool, found: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_template(lab, "use.ipynb", SUPPRESSED)
    make = lab.start("make.ipynb", "%vault store x in m")
    for night in range(3):
        run_copy(lab, f"runs/use-{night}.ipynb", SUPPRESSED, source="use.ipynb")
    if is_stale:
        make.run_again(2, content="new")
    lab.save()
    monkeypatch.chdir(lab.folder)
    report = check([Path()])
    assert [(one.code, one.location.file) for one in report.findings] == found
    assert report.suppressed == int(is_stale)


def test_equal_cells_of_a_notebook_need_their_suppressions_each(tmp_path: Path) -> None:
    cells = [build_cell("x = 1  # vaultcheck: ignore[VC304]", id=name) for name in "ab"]
    notebook = read_notebook(write_notebook(tmp_path / "a.ipynb", build_notebook(cells)), path="a.ipynb")
    needed, needless = find_suppressions(notebook)
    assert find_needless([needless], [needed, needless], {"a.ipynb": notebook}) == [needless]


def test_comment_that_suppresses_is_no_edit_of_the_command(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.start("b.ipynb", "%vault store x in m")
    lab.start("c.ipynb", "%vault store x in m").edit(2, "# vaultcheck: ignore[VC402]\n%vault store x in m")
    lab.save()
    monkeypatch.chdir(lab.folder)
    report = check([Path()])
    assert ([one.code for one in report.findings], report.suppressed) == (["VC302"], 1)
