"""A project with vaults made ready for git and pre-commit; what can be seen in it is not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from vault_magic.manifest import SUFFIX
from vault_magic.options import DEFAULT_PATH
from vault_magic.project import load_defaults
from vaultcheck.discovery import find_notebooks, follow_links
from vaultcheck.git import Repository, find_repository
from vaultcheck.setup_files import HOOK, add_hook, add_lines, list_attributes, list_ignored
from vaultcheck.workspace import load_workspace

SETTINGS = {
    "merge.vault.name": "merge of vaults, object by object",
    "merge.vault.driver": "vaultcheck merge %O %A %B",
    "diff.vault.textconv": "vaultcheck show",
}
"""What git has to be told in each clone: it takes no commands from files that are committed."""

_HOOKS = ".pre-commit-config.yaml"


class Outcome(Enum):
    """What became of a file."""

    WRITTEN = "written"
    SAME = "nothing to add"
    BY_HAND = "add by hand"


@dataclass(frozen=True, slots=True)
class Step:
    """A file or a setting, what became of it, and the lines that are left to the user."""

    what: str
    outcome: Outcome
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was done: the archives of the project, which of them git tracks, and the steps; no repository, no git."""

    archives: tuple[PurePosixPath, ...]
    tracked: tuple[PurePosixPath, ...]
    steps: tuple[Step, ...]
    has_git: bool


def set_up(folder: Path) -> SetUp:
    """Write what a project with vaults needs into the files of its repository, or of the folder where there is none.

    Lines are added, nothing that is there is changed; done twice it changes nothing.

    Raises:
        CommandError: the project's configuration cannot be read.
    """
    folder = folder.resolve()
    repository = find_repository(folder)
    root = repository.root.resolve() if repository else folder
    archives = tuple(sorted(_find_archives(root)))
    tracked = tuple(one for one in archives if repository and repository.is_tracked(root / one))
    steps = [*_write_files(root, archives, tracked)] if repository else []
    steps += [_write_hook(root), *(_set(repository) if repository else ())]
    return SetUp(archives, tracked, tuple(steps), has_git=repository is not None)


def _find_archives(root: Path) -> set[PurePosixPath]:
    """Return the archives that notebooks use, that the project names, or that lie there with a manifest."""
    files = find_notebooks([root], working_directory=root)
    found = {vault.archive for vault in load_workspace(files, working_directory=root).vaults}
    found |= {path.with_name(path.name.removesuffix(SUFFIX)) for path in _find_files(root, f"*{SUFFIX}")}
    found |= _find_files(root, DEFAULT_PATH)
    defaults = load_defaults(root)
    if defaults.base is not None:
        found.add(defaults.base / defaults.path)
    resolved = map(follow_links, found)
    return {PurePosixPath(path.relative_to(root).as_posix()) for path in resolved if path.is_relative_to(root)}


def _find_files(root: Path, pattern: str) -> set[Path]:
    found = (path.relative_to(root) for path in root.rglob(pattern))
    return {root / path for path in found if not any(part.startswith(".") for part in path.parts)}


def _write_files(root: Path, archives: tuple[PurePosixPath, ...], tracked: tuple[PurePosixPath, ...]) -> Iterator[Step]:
    ignored = list_ignored(archives, tracked=tracked)
    yield _write(
        root / ".gitattributes",
        lambda text: add_lines(text, list_attributes(archives), reason="Vaults: shown and merged object by object."),
    )
    yield _write(
        root / ".gitignore",
        lambda text: add_lines(
            text, ignored, reason="Vaults: the manifest is committed. To commit an archive too: git add --force FILE"
        ),
    )


def _write_hook(root: Path) -> Step:
    return _write(root / _HOOKS, add_hook)


def _write(file: Path, change: Callable[[str], str | None]) -> Step:
    """Change the text of a file, which may not be there yet; bytes and line ends stay as they are."""
    text = file.read_bytes().decode("utf-8") if file.exists() else ""
    changed = change(text)
    if changed is None:
        return Step(file.name, Outcome.BY_HAND, HOOK)
    if changed == text:
        return Step(file.name, Outcome.SAME)
    file.write_bytes(changed.encode("utf-8"))
    return Step(file.name, Outcome.WRITTEN)


def _set(repository: Repository) -> Iterator[Step]:
    for name, value in SETTINGS.items():
        if repository.read_setting(name) == value:
            yield Step(f"git config {name}", Outcome.SAME)
        else:
            done = repository.write_setting(name, value)
            command = () if done else (f'git config {name} "{value}"',)
            yield Step(f"git config {name}", Outcome.WRITTEN if done else Outcome.BY_HAND, command)
