"""Tests of what has become of names where paths of code meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vault_magic.effects.control_flow import Branch, NameState, Paths


def _read(paths: Paths, *, bound: str = "", deleted: str = "", is_dead: bool = False) -> Branch:
    paths.open_branch()
    for name in bound:
        paths.bind(name)
    for name in deleted:
        paths.delete(name)
    if is_dead:
        paths.end()
    return paths.close_branch()


def _begin() -> Paths:
    """Return paths on which `b` is bound and `d` is deleted."""
    paths = Paths()
    paths.bind("b")
    paths.delete("d")
    return paths


BOUND, DELETED, EITHER = NameState.BOUND, NameState.DELETED, NameState.EITHER
JOINS: list[object] = [
    pytest.param(lambda p: [_read(p, bound="x"), _read(p, bound="x")], {"x": BOUND}, id="bound-on-both"),
    pytest.param(lambda p: [_read(p, bound="x"), _read(p)], {}, id="bound-on-one"),
    pytest.param(lambda p: [_read(p, bound="x"), _read(p, deleted="x")], {"x": EITHER}, id="bound-or-deleted"),
    pytest.param(lambda p: [_read(p, bound="x"), _read(p, is_dead=True)], {"x": BOUND}, id="other-path-ends"),
    pytest.param(lambda p: [_read(p, deleted="b"), _read(p)], {"b": EITHER}, id="deleted-on-one"),
    pytest.param(lambda p: [_read(p, bound="d"), _read(p, bound="d")], {"d": BOUND}, id="bound-again"),
    pytest.param(lambda p: [_read(p, bound="x", deleted="x")], {"x": DELETED}, id="only-path"),
]


@pytest.mark.parametrize(("read", "changed"), JOINS)
def test_paths_join(read: Callable[[Paths], list[Branch]], changed: dict[str, NameState]) -> None:
    paths = _begin()
    paths.join(read(paths))
    assert paths.states == {"b": BOUND, "d": DELETED} | changed


@pytest.mark.parametrize(
    ("bound", "deleted", "changed"),
    [
        pytest.param("x", "", {}, id="perhaps-bound"),
        pytest.param("b", "", {}, id="bound-again"),
        pytest.param("", "b", {"b": EITHER}, id="perhaps-deleted"),
        pytest.param("d", "", {"d": EITHER}, id="perhaps-bound-after-del"),
        pytest.param("", "d", {}, id="deleted-again"),
    ],
)
def test_what_may_run_several_times_blurs(bound: str, deleted: str, changed: dict[str, NameState]) -> None:
    paths = _begin()
    paths.blur(_read(paths, bound=bound, deleted=deleted, is_dead=True))
    assert paths.states == {"b": BOUND, "d": DELETED} | changed
    assert not paths.is_dead


def test_closing_takes_back_but_does_not_forget() -> None:
    paths = _begin()
    _read(paths, bound="x", deleted="b")
    assert (paths.states, paths.touched) == ({"b": BOUND, "d": DELETED}, {"b", "d", "x"})


def test_path_ends_where_all_branches_do() -> None:
    paths = Paths()
    paths.join([_read(paths, is_dead=True), _read(paths, is_dead=True)])
    assert paths.is_dead


def test_inner_branch_counts_for_the_outer_one() -> None:
    paths = _begin()
    paths.open_branch()
    _read(paths, deleted="b", is_dead=True)
    assert paths.close_branch().deleted == {"b"}


def test_only_outside_of_branches_is_straight() -> None:
    paths = Paths()
    assert paths.is_straight
    paths.open_branch()
    assert not paths.is_straight
