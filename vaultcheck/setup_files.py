"""The lines that a project with vaults needs in its files, added to what is there and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from vault_magic.manifest import SUFFIX

HOOK = (
    "- repo: local",
    "  hooks:",
    "    - id: vaultcheck",
    "      name: vaultcheck",
    "      entry: vaultcheck check --lineage",
    "      language: system",
    r"      files: \.(ipynb|manifest\.json)$",
    "      require_serial: true",
)
"""The hook of a project: the notebooks of a commit are checked, and those that take objects from them."""

_KEY = re.compile(r"^([A-Za-z_][\w-]*)\s*:")
_ITEM = re.compile(r"^(\s*)- ")
_SPECIAL = re.compile(r"([\\*?\[\]!#])")


def list_attributes(archives: Iterable[PurePosixPath]) -> tuple[str, ...]:
    """Return the lines of `.gitattributes`: archives are shown and merged by object, manifests merged by line."""
    lines: list[str] = []
    for archive in archives:
        lines += [f"{_quote(archive)} -text diff=vault merge=vault", f"{_quote(archive, SUFFIX)} merge=vault"]
    return tuple(lines)


def list_ignored(archives: Iterable[PurePosixPath], *, tracked: Iterable[PurePosixPath]) -> tuple[str, ...]:
    """Return the lines of `.gitignore`: what lies beside the archives, and the archives that are not tracked."""
    lines: list[str] = []
    known = {*tracked}
    for archive in archives:
        own = [] if archive in known else [f"/{_escape(archive)}"]
        lines += [*own, f"/{_escape(archive)}.*", f"!/{_escape(archive)}{SUFFIX}"]
    return (*lines, ".vaultcheck/")


def add_lines(text: str, lines: Sequence[str], *, reason: str) -> str:
    """Return a text with the lines that it lacks at its end, under a comment that gives the reason."""
    known = {line.strip() for line in text.splitlines()}
    missing = [line for line in lines if line not in known]
    if not missing:
        return text
    end = _find_line_end(text)
    start = text if not text or text.endswith("\n") else text + end
    space = end if start.strip() else ""
    return start + space + "".join(f"{line}{end}" for line in (f"# {reason}", *missing))


def add_hook(text: str) -> str | None:
    """Return the configuration of pre-commit with our hook at the end of its repositories.

    None where it cannot be added without touching something else.
    """
    if re.search(r"^\s*(- )?id:\s*vaultcheck\s*$", text, re.MULTILINE):
        return text
    end = _find_line_end(text)
    if not text.strip():
        return f"{text}repos:{end}" + "".join(f"  {line}{end}" for line in HOOK)
    lines = text.splitlines()
    keys = [(at, found.group(1)) for at, line in enumerate(lines) if (found := _KEY.match(line))]
    if not keys or keys[-1][1] != "repos" or lines[keys[-1][0]].split("#")[0].strip() != "repos:":
        return None
    indents = [found.group(1) for line in lines[keys[-1][0] + 1 :] if (found := _ITEM.match(line))]
    if not indents:
        return None
    start = text if text.endswith("\n") else text + end
    return start + "".join(f"{indents[0]}{line}{end}" for line in HOOK)


def _find_line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _escape(path: PurePosixPath) -> str:
    """Return a path as a pattern that stands for itself."""
    return _SPECIAL.sub(r"\\\1", path.as_posix()).replace(" ", "\\ ")


def _quote(path: PurePosixPath, suffix: str = "") -> str:
    """Return a path as a pattern of `.gitattributes`, where a name with blanks stands in quotes."""
    pattern = "/" + _SPECIAL.sub(r"\\\1", path.as_posix()) + suffix
    return '"' + pattern.replace("\\", "\\\\") + '"' if " " in pattern else pattern
