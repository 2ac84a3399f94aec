"""The git repository around a folder: what it tracks, and its own configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")  # those of a hook name the repository that runs it


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, by the folder of its work tree."""

    root: Path

    def is_tracked(self, file: Path) -> bool:
        """Tell whether a file is in the index."""
        return _run(["ls-files", "--error-unmatch", "--", str(file)], folder=self.root) is not None

    def read_setting(self, name: str) -> str | None:
        """Return a setting as it holds here."""
        return _run(["config", "--get", name], folder=self.root)

    def write_setting(self, name: str, value: str) -> bool:
        """Set something in the repository's own configuration, which is not committed; tell whether that was done."""
        return _run(["config", "--local", name, value], folder=self.root) is not None

    def find_commit(self, revision: str) -> str | None:
        """Return the commit that a revision means; none where it means none, or is taken for an option."""
        return _run(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], folder=self.root
        )

    def list_changed(self, commit: str) -> frozenset[Path]:
        """Return the files that differ from a commit, and those that git does not know and does not ignore."""
        changed = _run(["diff", "--name-only", "-z", "--no-renames", commit, "--"], folder=self.root) or ""
        untracked = _run(["ls-files", "-z", "--others", "--exclude-standard"], folder=self.root) or ""
        return frozenset(self.root / name for name in f"{changed}\0{untracked}".split("\0") if name)

    def read_file(self, file: Path, *, commit: str) -> bytes | None:
        """Return a file as it was in a commit."""
        try:
            name = file.resolve().relative_to(self.root.resolve()).as_posix()
        except (ValueError, RuntimeError):  # the latter for links in a circle
            return None
        text = _run(["cat-file", "blob", f"{commit}:{name}"], folder=self.root)
        return None if text is None else text.encode("utf-8", "surrogateescape")


def find_repository(folder: Path) -> Repository | None:
    """Return the repository that a folder belongs to; none where it belongs to none, or git is not installed."""
    root = _run(["rev-parse", "--show-toplevel"], folder=folder)
    return Repository(Path(root)) if root else None


def _run(arguments: Sequence[str], *, folder: Path) -> str | None:
    """Return what git answers, without the last line end; none where it refuses, or is not there."""
    environment = {name: value for name, value in os.environ.items() if name not in _VARIABLES}
    try:
        done = subprocess.run(  # noqa: S603  # a list of words, no shell
            ["git", *arguments],  # noqa: S607  # the git of the user's path is the one that is meant
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.rstrip("\n")
