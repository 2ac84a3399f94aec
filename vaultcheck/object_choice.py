"""Where in a vault something belongs that was handed over by other means: a module and a name for each."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath

SHARED = "shared"
"""The module of what lay in no folder."""

# Names that say nothing once they are away from their notebook.
_SAYS_NOTHING = re.compile(r"(?:[^\W\d]|_+|df|data|frame|obj|out|res|results?|temp|tmp)_?\d*\Z", re.IGNORECASE)
_PACKINGS = frozenset({".gz", ".bz2", ".xz", ".zip", ".zst"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of something: its path where it was a file, else nothing, and the variables it was written from."""

    path: str
    variables: frozenset[str] = frozenset()
    part: int = 0

    @property
    def variable(self) -> str | None:
        """The variable that can name it: there is one, and it says something."""
        first = next(iter(self.variables), "")
        is_telling = not self.path or not _SAYS_NOTHING.match(first)
        return first if len(self.variables) == 1 and is_telling else None


@dataclass(frozen=True, slots=True)
class Choice:
    """A module and a name in it."""

    module: str
    name: str

    @property
    def path(self) -> str:
        """The path of the object."""
        return f"{self.module}/{self.name}"


def choose_objects(wishes: Collection[Wish]) -> Mapping[Wish, Choice]:
    """Return a place in the vault for each, no two of which differ in case only.

    The module is the folder of the file, with those above it where two would be the same; the name is that of the
    variable, or of the file where that says nothing or several would be called so.
    """
    wanted = Counter(_fold(_list_modules(one)[0], one.variable) for one in wishes if one.variable)
    taken = set[str]()
    choices = dict[Wish, Choice]()
    for one in wishes:
        is_own = one.variable and wanted[_fold(_list_modules(one)[0], one.variable)] == 1
        names = [one.variable] if is_own and one.variable else []
        choices[one] = next(choice for choice in _list_choices(one, names) if choice.path.casefold() not in taken)
        taken.add(choices[one].path.casefold())
    return choices


def _fold(module: str, name: str) -> str:
    return f"{module}/{name}".casefold()


def _list_choices(wish: Wish, names: list[str]) -> Iterator[Choice]:
    """Yield the places for one, the best first, without end."""
    modules, own = _list_modules(wish), _name_file(wish)
    yield from (Choice(modules[0], name) for name in names)
    yield from (Choice(module, own) for module in modules)
    suffix = PurePosixPath(wish.path).suffix
    yield Choice(modules[0], _spell_name(f"{own}_{suffix[1:]}"))
    yield from (Choice(modules[0], f"{own}_{number}") for number in count(2))


def _list_modules(wish: Wish) -> list[str]:
    parts = [_spell_name(part) for part in PurePosixPath(wish.path).parts[:-1] if part not in ("..", "/", "~")]
    return ["/".join(parts[-depth:]) for depth in range(1, len(parts) + 1)] or [SHARED]


def _name_file(wish: Wish) -> str:
    file = PurePosixPath(wish.path)
    stem = PurePosixPath(file.stem).stem if file.suffix.lower() in _PACKINGS else file.stem
    name = stem or next(iter(sorted(wish.variables)), "x")
    return _spell_name(f"{name}_{wish.part + 1}" if wish.part else name)


def _spell_name(text: str) -> str:
    """Return a text as a name that Python and the grammar of commands take."""
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", text)).strip("_")
    if not f"_{name}".isidentifier():  # digits in circles, and what else counts as a letter only in a pattern
        name = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")
    name = name if name.isidentifier() else f"_{name}" if name else "x"
    return f"{name}_" if keyword.iskeyword(name) else name
