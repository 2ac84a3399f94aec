"""Lines added to the files of a project, and nothing else changed in them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from vaultcheck.setup_files import HOOK, add_hook, add_lines, list_attributes, list_ignored

ARCHIVES = [PurePosixPath("storage.zip"), PurePosixPath("data/my vault [1].zip")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "# why\na\nb\n", id="new"),
        pytest.param("x\n", "x\n\n# why\na\nb\n", id="behind"),
        pytest.param("x", "x\n\n# why\na\nb\n", id="without-a-last-line-end"),
        pytest.param("x\r\n", "x\r\n\r\n# why\r\na\r\nb\r\n", id="windows"),
        pytest.param("b\n", "b\n\n# why\na\n", id="one-is-there"),
        pytest.param(" a \nb\n", " a \nb\n", id="all-are-there"),
    ],
)
def test_missing_lines_are_added(before: str, after: str) -> None:
    assert add_lines(before, ["a", "b"], reason="why") == after
    assert add_lines(after, ["a", "b"], reason="why") == after


def _indent(indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in HOOK)


FIRST = "- repo: https://example.org/a\n  rev: v1\n  hooks:\n    - id: a\n"
CONFIGURATIONS = {
    "new": ("", "repos:\n" + _indent("  ")),
    "behind": (f"repos:\n{FIRST}", f"repos:\n{FIRST}{_indent('')}"),
    "indented": (
        "repos:\n  - repo: local\n    hooks: []\n",
        "repos:\n  - repo: local\n    hooks: []\n" + _indent("  "),
    ),
    "with-others": (
        f"# mine\nfail_fast: true\nrepos:\n{FIRST}",
        f"# mine\nfail_fast: true\nrepos:\n{FIRST}{_indent('')}",
    ),
    "there-already": ("repos:\n" + _indent("  "), "repos:\n" + _indent("  ")),
    "repos-not-last": (f"repos:\n{FIRST}fail_fast: true\n", None),
    "in-one-line": ("repos: []\n", None),
    "no-repos": ("fail_fast: true\n", None),
}


@pytest.mark.parametrize(("before", "after"), CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_hook_is_added_where_nothing_else_changes(before: str, after: str | None) -> None:
    assert add_hook(before) == after
    if after:
        assert add_hook(after) == after


@pytest.mark.skipif(shutil.which("git") is None, reason="git is a program of its own")
def test_git_understands_the_patterns(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, text=True).stdout

    git("init", "--quiet")
    (tmp_path / ".gitattributes").write_text(add_lines("", list_attributes(ARCHIVES), reason="why"))
    ignored = list_ignored(ARCHIVES, tracked=[ARCHIVES[0]])
    (tmp_path / ".gitignore").write_text(add_lines("", ignored, reason="why"))
    for archive in ARCHIVES:
        for suffix, is_ignored in {
            "": archive is ARCHIVES[1],
            ".lock": True,
            ".lock.owner": True,
            ".orig": True,
            ".vault.log.gz": True,
            ".manifest.json": False,
        }.items():
            assert bool(git("check-ignore", f"{archive}{suffix}")) is is_ignored, f"{archive}{suffix}"
        assert git("check-attr", "merge", "--", str(archive)).endswith(": merge: vault\n")
        assert git("check-attr", "diff", "--", str(archive)).endswith(": diff: vault\n")
        assert git("check-attr", "merge", "--", f"{archive}.manifest.json").endswith(": merge: vault\n")
        assert git("check-attr", "merge", "--", f"other/{archive}").endswith(": unspecified\n")
