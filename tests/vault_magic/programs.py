"""Small random programs over a few names, to be run and compared with what is read out of their text."""

from __future__ import annotations

import re
import textwrap
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

from hypothesis import strategies as st

_NAMES = ("a", "b", "c", "n", "k", "p")
_FUNCTIONS = ("f", "g")
START: dict[str, object] = {
    "a": [1, 2, 3],
    "b": [[1], [2]],
    "c": [[3], 4],
    "n": 1,
    "k": [5],
    "p": [[6]],
    "f": len,
    "g": str,
}

# In the place of X, Y and Z stand names, of F a function, of E an expression, of B a block and of L that of a loop. No
# program puts one object into another, or takes it out by a call: that is not followed.
_EXPRESSIONS = (
    *("1", "[1, 2]", "[[1], 2]", "X", "X", "X[0]", "X[-1]", "X[:1]", "len(X)", "X if Y else n", "X or Y", "X and Y"),
    *("(X := Y)", "[len(str(k)) for k in X]", "len([k for k in X if (n := 1)])", "sum(1 for k in X)", "F(X)", "F(X)"),
    *("(lambda p: len(p))(X)", "len(str(X.pop()))", "str(X)", "X[0] if (c := Y) else 2", "len(X and (c := Y) and c)"),
)
_SIMPLE = (
    *(
        "X = E",
        "X = E",
        "X = Y = E",
        "X, Y = E, E",
        "X, *Y = Z",
        "[X, Y] = Z",
        "X += [1]",
        "X += 1",
        "X: list = E",
        "E",
    ),
    *(
        "X[0] = 1",
        "X[0][0] = 1",
        "X[0] += 1",
        "del X[0]",
        "del X",
        "del X, Y",
        "X.append(1)",
        "X.insert(0, 1)",
        "X.clear()",
    ),
    *(
        "X[0].append(1)",
        "X.sort()",
        "X.reverse()",
        "X.extend([1])",
        "X.remove(1)",
        "F(X)",
        "F(X)",
        "X = F(Y)",
        "assert X",
    ),
    *("F = lambda p: E", "F = lambda p=X: p", "pass", "[k.append(1) for k in X]", "list(map(F, X))", "import os as X"),
    *(
        "X[0] if Y else Z.append(1)",
        "X and Y.append(1)",
        "list.append(X, 1)",
        "raise ValueError(X)",
        "F = (E for k in X)",
    ),
)
_COMPOUND = (
    *(
        "if E:\n    B",
        "if E:\n    B\nelse:\n    B",
        "if E:\n    B\nelif E:\n    B\nelse:\n    B",
        "if X and (Y := E):\n    B",
    ),
    *(
        "for X in Y:\n    tick()\n    L",
        "for X, Y in zip(Z, Y):\n    tick()\n    L",
        "for X in [Y, Z]:\n    tick()\n    L",
    ),
    *("for n, X in enumerate(Y):\n    tick()\n    L\nelse:\n    B", "while E:\n    tick()\n    L"),
    *("while True:\n    tick()\n    L\n    break", "with suppress(Exception):\n    B"),
    *(
        "try:\n    B\nexcept Exception:\n    B",
        "try:\n    B\nexcept Exception as X:\n    B\nelse:\n    B\nfinally:\n    B",
    ),
    *("try:\n    B\nfinally:\n    B", "try:\n    B\nexcept IndexError:\n    B\nexcept Exception:\n    raise"),
    *(
        "def F(p):\n    tick()\n    B\n    return E",
        "def F(p, k=1):\n    tick()\n    B",
        "def F(p):\n    global X\n    tick()\n    B",
    ),
    *("def F(p):\n    tick()\n    def F(k):\n        tick()\n        B\n    B\n    return F(E)", "F = lambda p: E"),
    *(
        "class X:\n    B\n    def m(self):\n        B",
        "match E:\n    case [X, *Y]:\n        B\n    case [X]:\n        B",
    ),
    *("match E:\n    case [X]:\n        B\n    case Y:\n        B", "if False:\n    B\nelse:\n    B"),
)
_DEFINITION = re.compile(r"^F = |def ")
_LETTERS = re.compile(r"^( *)([BL])$|\b([XYZFE])\b", re.MULTILINE)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Return the text of a program."""
    return _Writer(draw).write_block(_Place())


@dataclass(frozen=True)
class _Place:
    """Where a statement stands.

    Functions stand neither in others nor in loops: there, what is called may be defined below.
    """

    depth: int = 0
    in_loop: bool = False
    in_function: bool = False

    @property
    def templates(self) -> tuple[str, ...]:
        leaving = ("break", "continue", "if E:\n    continue") if self.in_loop else ()
        templates = _SIMPLE + leaving + (_COMPOUND if self.depth < 3 else ())
        is_shut = self.in_function or self.in_loop
        return tuple(one for one in templates if not (is_shut and _DEFINITION.search(one)))

    def enter(self, template: str, *, is_loop: bool) -> _Place:
        is_function = template.startswith(("def", "class"))
        return _Place(self.depth + 1, is_loop or (self.in_loop and not is_function), self.in_function or is_function)


@dataclass(frozen=True)
class _Writer:
    draw: st.DrawFn

    def write_block(self, place: _Place) -> str:
        count = self.draw(st.integers(1, 2 if place.depth else 6))
        templates = (self.draw(st.sampled_from(place.templates)) for _ in range(count))
        return "\n".join(self._fill(template, place) for template in templates)

    def _fill(self, template: str, place: _Place) -> str:
        names: dict[str, str] = {}

        def replace(found: re.Match[str]) -> str:
            indent, block, letter = found.groups()
            if block:
                return textwrap.indent(self.write_block(place.enter(template, is_loop=block == "L")), indent)
            if letter == "E":
                return self._fill(self.draw(st.sampled_from(_EXPRESSIONS)), place)
            if letter not in names:
                names[letter] = self.draw(st.sampled_from(_FUNCTIONS if letter == "F" else _NAMES))
            return names[letter]

        return _LETTERS.sub(replace, template)


class _TooLongError(BaseException):
    """A program that goes on and on."""


@dataclass
class Outcome:
    """What is left of a run: the variables, the names that are not what they were, and the error that ended it."""

    variables: dict[str, object]
    changed: set[str]
    error: BaseException | None
    is_complete: bool


def run_program(text: str, *, without: str | None = None) -> Outcome:
    """Run a program in a fresh notebook, from which one name may be missing."""
    before = {name: deepcopy(value) for name, value in START.items() if name != without}
    space: dict[str, object] = {**before, "tick": _count_down(200), "suppress": suppress}
    hidden = {"tick", "suppress", "__builtins__", "__annotations__"}
    texts = {name: repr(value) for name, value in before.items()}
    error: BaseException | None = None
    try:
        exec(compile(text, "program", "exec"), space)
    except (Exception, _TooLongError) as err:
        error = err
    after = {name: value for name, value in space.items() if name not in hidden}
    changed = {
        name
        for name in {*before, *after}
        if name not in after
        or name not in before
        or after[name] is not before[name]
        or repr(after[name]) != texts[name]
    }
    return Outcome(after, changed, error, not isinstance(error, _TooLongError))


def _count_down(left: int) -> object:
    steps = iter(range(left))

    def tick() -> None:
        if next(steps, None) is None:
            raise _TooLongError

    return tick
