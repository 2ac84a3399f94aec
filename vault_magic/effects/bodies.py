"""What a function or class of a cell does when it is called, as far as its code tells."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

NOTHING: frozenset[str] = frozenset()


class Root(NamedTuple):
    """A name that a value may be a part of, and whether it surely is one."""

    name: str
    is_sure: bool


NO_ROOTS: frozenset[Root] = frozenset()


@dataclass(frozen=True, slots=True)
class Body:
    """What a function or class does when it is called.

    `free` are the names that it reads around it, `declared` those that it takes from the notebook by `global`, of which
    it binds `bound` and deletes `deleted` (these are in `bound`, too). `changed` are changed in place. `parameters` are
    in their order. `returned` are the parameters and free names that a result may be a part of.
    """

    free: frozenset[str] = NOTHING
    declared: frozenset[str] = NOTHING
    bound: frozenset[str] = NOTHING
    deleted: frozenset[str] = NOTHING
    changed: frozenset[str] = NOTHING
    maybe_changed: frozenset[str] = NOTHING
    parameters: tuple[str, ...] = ()
    changed_parameters: frozenset[str] = NOTHING
    maybe_changed_parameters: frozenset[str] = NOTHING
    returned: frozenset[str] = NOTHING


def merge_bodies(bodies: Iterable[Body]) -> Body:
    """Return what calling any of some functions may do, as a class with these methods."""
    parts = [*bodies]
    return Body(
        free=NOTHING.union(*(part.free for part in parts)),
        declared=NOTHING.union(*(part.declared for part in parts)),
        bound=NOTHING.union(*(part.bound for part in parts)),
        deleted=NOTHING.union(*(part.deleted for part in parts)),
        maybe_changed=NOTHING.union(*(part.changed | part.maybe_changed for part in parts)),
    )


def match_arguments(body: Body, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Yield the parameters of a function with what a call gives them, as far as that is told one by one."""
    plain = takewhile(lambda one: not isinstance(one, ast.Starred), call.args)
    yield from zip(body.parameters, plain, strict=False)
    yield from ((one.arg, one.value) for one in call.keywords if one.arg)
