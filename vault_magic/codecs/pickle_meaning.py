"""What a pickle says, whatever the order in which it says it; nothing is imported and nothing runs.

Two pickles of one value differ where sets had another order, or where equal parts happened to be one object. The
instructions are those of https://docs.python.org/3/library/pickletools.html.
"""

from __future__ import annotations

import hashlib
import pickletools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

MOST = 200_000
"""Instructions of a pickle at most that is worth the time."""

_MARK = object()
_SETS = ("builtins.set", "builtins.frozenset")
_CONSTANTS = {"NONE", "NEWTRUE", "NEWFALSE", "EMPTY_TUPLE"}
_CONTAINERS = {"EMPTY_LIST": "list", "EMPTY_DICT": "dict", "EMPTY_SET": "set"}
_IGNORED = {"PROTO", "FRAME", "STOP"}


@dataclass(eq=False, slots=True)
class _Node:
    """A part of a value: its kind, the parts of it, and what was done to it later."""

    kind: str
    parts: list[Any] = field(default_factory=list)
    is_unordered: bool = False


class _Unknown(Exception):
    """An instruction that the pickles made here do not have."""


def digest_meaning(data: bytes) -> bytes | None:
    """Return a digest that pickles of equal values have in common, None of what cannot be told.

    That is damaged, too long, or contains itself.
    """
    try:
        return _digest(_Machine().run(data))
    except (_Unknown, ValueError, LookupError, AttributeError, RecursionError):
        return None


class _Machine:
    """Follows the instructions of a pickle with descriptions in place of objects."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, data: bytes) -> _Node:
        """Return the description of what unpickling would give."""
        for count, (instruction, argument, _) in enumerate(pickletools.genops(data)):
            if count > MOST:
                raise _Unknown
            self._follow(instruction.name, argument)
        (value,) = self._stack
        return value  # type: ignore[no-any-return]

    def _follow(self, name: str, argument: Any) -> None:
        if name in _IGNORED:
            return
        if name == "MEMOIZE":
            self._memo[len(self._memo)] = self._stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self._stack.append(self._memo[argument])
        elif name == "MARK":
            self._stack.append(_MARK)
        elif name in _CONTAINERS:
            self._stack.append(_Node(_CONTAINERS[name], is_unordered=name == "EMPTY_SET"))
        elif name in _CONSTANTS or argument is not None:
            kind = "int" if type(argument) is int else name if argument is None else type(argument).__name__
            self._stack.append(_Node(kind, [] if argument is None else [argument]))
        else:
            _STEPS[name](self)  # another name is a LookupError

    def take(self, count: int) -> list[Any]:
        """Take some values from the top."""
        taken = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return taken

    def take_marked(self) -> list[Any]:
        """Take the values above the last mark, and the mark."""
        at = len(self._stack) - 1 - self._stack[::-1].index(_MARK)
        taken = self._stack[at + 1 :]
        del self._stack[at:]
        return taken

    def make(self, kind: str, parts: list[Any]) -> None:
        """Put a new value on top."""
        self._stack.append(_Node(kind, parts, is_unordered=kind == "frozenset"))

    def add(self, parts: list[Any]) -> None:
        """Add parts to the container on top."""
        self._stack[-1].parts += parts

    def call(self, kind: str, count: int) -> None:
        """Replace a callable and its arguments by what it would give."""
        callee, *arguments = self.take(count)
        name = ".".join(str(part.parts[0]) for part in callee.parts) if callee.kind == "global" else ""
        if name in _SETS and len(arguments) == 1 and len(arguments[0].parts) == 1:
            items = arguments[0].parts[0]
            self._stack.append(_Node(name.partition(".")[2], items.parts, is_unordered=True))
            return
        self.make(kind, [callee, *arguments])

    def build(self) -> None:
        """Give the state of an object to it."""
        target, state = self.take(2)
        target.parts.append(_Node("state", [state]))
        self._stack.append(target)


_STEPS: dict[str, Callable[[_Machine], None]] = {
    "POP": lambda machine: machine.take(1).clear(),
    "POP_MARK": lambda machine: machine.take_marked().clear(),
    "TUPLE": lambda machine: machine.make("tuple", machine.take_marked()),
    "TUPLE1": lambda machine: machine.make("tuple", machine.take(1)),
    "TUPLE2": lambda machine: machine.make("tuple", machine.take(2)),
    "TUPLE3": lambda machine: machine.make("tuple", machine.take(3)),
    "FROZENSET": lambda machine: machine.make("frozenset", machine.take_marked()),
    "APPEND": lambda machine: machine.add(machine.take(1)),
    "APPENDS": lambda machine: machine.add(machine.take_marked()),
    "SETITEM": lambda machine: machine.add(machine.take(2)),
    "SETITEMS": lambda machine: machine.add(machine.take_marked()),
    "ADDITEMS": lambda machine: machine.add(machine.take_marked()),
    "STACK_GLOBAL": lambda machine: machine.make("global", machine.take(2)),
    "REDUCE": lambda machine: machine.call("call", 2),
    "NEWOBJ": lambda machine: machine.call("new", 2),
    "NEWOBJ_EX": lambda machine: machine.call("new with names", 3),
    "BUILD": lambda machine: machine.build(),
}


def _digest(root: _Node) -> bytes:
    """Digest a description from its leaves up, without the limits of recursion."""
    known: dict[int, bytes] = {}
    busy: set[int] = set()
    path = [root]
    while path:
        node = path[-1]
        if id(node) in known:
            path.pop()
            continue
        waiting = [part for part in node.parts if isinstance(part, _Node) and id(part) not in known]
        if waiting:
            if id(node) in busy:
                raise _Unknown  # it contains itself
            busy.add(id(node))
            path += waiting
            continue
        known[id(node)] = _combine(node, known)
        busy.discard(id(node))
        path.pop()
    return known[id(root)]


def _combine(node: _Node, known: dict[int, bytes]) -> bytes:
    parts: Iterator[bytes] = (
        known[id(part)]
        if isinstance(part, _Node)
        else hashlib.sha256(repr(part).encode("utf-8", "surrogatepass")).digest()
        for part in node.parts
    )
    ordered = sorted(parts) if node.is_unordered else [*parts]
    return hashlib.sha256(b"\0".join([node.kind.encode(), str(len(ordered)).encode(), *ordered])).digest()
