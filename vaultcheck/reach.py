"""What a check could have found, so that what it did not find is known to be gone."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from vaultcheck.discovery import display_path, follow_links
from vaultcheck.finding import Finding


@dataclass(frozen=True, slots=True)
class Reach:
    """The codes of the rules that ran, and the files that they judged: all of the project where it `is_whole`.

    Files are named as seen from the root of the project; `prefix` leads from there to the folder of the check.
    """

    codes: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    prefix: str = ""
    is_whole: bool = False

    def includes(self, code: str, *, file: str) -> bool:
        """Tell whether a finding of a rule in a file would have been found."""
        return code in self.codes and (file in self.files or (self.is_whole and not file.startswith("../")))

    def place(self, finding: Finding) -> Finding:
        """Return a finding as it is seen from the root of the project."""
        file = _name(self.prefix, finding.location.file)
        return replace(finding, location=replace(finding.location, file=file))


def build_reach(codes: frozenset[str], files: Iterable[str], *, root: Path, folder: Path, is_whole: bool) -> Reach:
    """Return the reach of a check that runs in a folder, of a project with this root."""
    prefix = display_path(folder, root)
    return Reach(codes, frozenset(_name(prefix, file) for file in files), prefix, is_whole)


def covers(paths: Iterable[Path], root: Path) -> bool:
    """Tell whether some paths are the whole of a project."""
    around = {follow_links(one) for one in (root, *root.absolute().parents)}
    return any(follow_links(path) in around for path in paths)


def _name(prefix: str, file: str) -> str:
    return posixpath.normpath(posixpath.join(prefix, file))
