"""The paths of objects inside an archive: which are accepted, and the one spelling that is stored."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from vault_magic.errors import PathError

RESERVED = ".vault"
"""The folder inside the archive that belongs to the vault itself."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HALF = re.compile(r"[\ud800-\udfff]")
_DRIVE = re.compile(r"^[A-Za-z]:")
_REFUSED = (
    (_CONTROL, "it contains a control character"),
    (_HALF, "it contains half a character, which no archive can name"),
    (re.compile(r"\\"), "it contains a backslash; separate folders with '/'"),
    (re.compile(r"[{}$]"), "it contains '{', '}' or '$', so an expansion failed; define the variable it names"),
    (re.compile(r"^/"), "it is absolute; paths start inside the archive, without '/'"),
    (_DRIVE, "it starts with a drive letter; paths start inside the archive"),
    (re.compile(r"/$"), "it ends with '/'; name the object, not the folder"),
    (re.compile(r"(^|/)\.\.(/|$)"), "it contains '..'"),
)

_PLAIN = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
"""Nearly all paths: nothing to refuse, and one spelling only."""

_BETWEEN_NAMES = re.compile(r"(?<=[^./])\.(?!\.)")
"""The dot of `a.b`; those of `.hidden`, `./a` and `..` separate nothing."""


def parse_object_path(text: str) -> str:
    """Return the stored spelling of a quoted path: relative, forward slashes, no empty or `.` parts, Unicode NFC.

    Raises:
        PathError: the path is refused; the message gives the reason.
    """
    if _PLAIN.fullmatch(text):
        return text
    for pattern, reason in _REFUSED:
        if pattern.search(text):
            raise PathError(f"the path {text!r} is refused: {reason}")
    parts = [part for part in unicodedata.normalize("NFC", text).split("/") if part not in ("", ".")]
    if not parts:
        raise PathError("the path is empty; name an object such as 'datasets/salaries'")
    if parts[0].casefold() == RESERVED:
        raise PathError(f"the path {text!r} is refused: the folder '{RESERVED}' belongs to the vault itself")
    return "/".join(parts)


def parse_module(text: str) -> str:
    """Return the stored spelling of a module, where `a.b` and `a/b` are the same folder.

    Raises:
        PathError: the module is refused; the message gives the reason.
    """
    return parse_object_path(split_module(text))


def list_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Return every module that holds objects or other modules, sorted."""
    direct = {path.rpartition("/")[0] for path in paths}
    parts = [folder.split("/") for folder in direct if folder]
    return tuple(sorted({"/".join(part[: end + 1]) for part in parts for end in range(len(part))}))


def suggest_path(path: str, paths: Iterable[str]) -> str | None:
    """Return the object that was most likely meant: of a like name, wherever it is, or else of a like path."""
    known, name = [*paths], path.rpartition("/")[2]
    names = difflib.get_close_matches(name, {one.rpartition("/")[2] for one in known}, n=1)
    like = [one for one in known if names and one.rpartition("/")[2] == names[0]]
    return next(iter(difflib.get_close_matches(path, like, n=1, cutoff=0.0)), None)


def nest_path(path: str) -> str:
    """Return the path of an object as commands spell it: to the original tool a module `a.b` was one folder."""
    folder, slash, name = path.rpartition("/")
    return f"{split_module(folder)}{slash}{name}"


def split_module(text: str) -> str:
    """Return a module with its dots as separators of folders."""
    return _BETWEEN_NAMES.sub("/", text)
