"""Tests of which runs a value goes back to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.ledger import compact_name
from vault_magic.names import CellNames
from vaultcheck.dataflow import Bonds, Effect, trace


def _names(text: str) -> CellNames:
    """Return what words say: `x` used, `=x` bound, `?x` maybe, `-x` deleted, `!x` mutated, `~x` maybe; `*` opaque."""
    found: dict[str, set[str]] = {}
    for word in text.split():
        found.setdefault("" if word[0].isalnum() else word[0], set()).add(word.lstrip("=?-!~*"))
    names = {kind: frozenset(found.get(kind, ())) for kind in ("", *"=?-!~*")}
    return CellNames(names[""], names["="], names["?"], names["-"], names["!"], names["~"], is_opaque="*" in found)


def _effects(*cells: str) -> list[Effect]:
    return [Effect(_names(cell)) for cell in cells]


def _trace(*cells: str, wanted: str = "x", surely: bool = False, latest: bool = False) -> list[int]:
    return sorted(trace(_effects(*cells), wanted.split(), Bonds(), surely=surely, latest=latest).changed)


@pytest.mark.parametrize(
    ("cells", "places"),
    [
        pytest.param(["=x"], [0], id="definition"),
        pytest.param(["=y"], [], id="of-something-else"),
        pytest.param(["=a", "a =x"], [0, 1], id="chain"),
        pytest.param(["=a", "a =b", "b =x"], [0, 1, 2], id="longer-chain"),
        pytest.param(["=x", "=x"], [1], id="only-the-last-definition"),
        pytest.param(["=x", "x =x"], [0, 1], id="from-itself"),
        pytest.param(["=x", "?x"], [0, 1], id="maybe-defined-anew"),
        pytest.param(["=x", "!x"], [0, 1], id="changed-in-place"),
        pytest.param(["=x", "a !x"], [0, 1], id="changed-in-place-with-something-unknown"),
        pytest.param(["=a", "=x", "a !x"], [0, 1, 2], id="changed-in-place-with-something-known"),
        pytest.param(["=x", "x"], [0], id="shown"),
        pytest.param(["=x", "~x"], [0, 1], id="maybe-changed"),
        pytest.param(["=x", "-x", "=x"], [2], id="deleted-and-defined-anew"),
        pytest.param(["=x", "*"], [0, 1], id="opaque"),
        pytest.param(["=a", "a =y", "=x"], [2], id="not-what-others-need"),
        pytest.param(["=a", "a =x", "=a"], [0, 1], id="defined-anew-after-it-was-used"),
    ],
)
def test_value_goes_back_to_what_may_have_changed_it(cells: list[str], places: list[int]) -> None:
    assert _trace(*cells) == places


@pytest.mark.parametrize("cells", [["=x", "~x"], ["=x", "*"]], ids=["maybe-changed", "opaque"])
def test_what_is_not_sure_is_left_out_where_only_the_sure_is_asked_for(cells: list[str]) -> None:
    assert _trace(*cells, surely=True) == [0]


def test_definition_that_came_again_later_counts_where_only_latest_runs_are_known() -> None:
    cells = ("a =x", "=a")
    assert _trace(*cells) == [0]
    assert _trace(*cells, latest=True) == [0, 1]


def test_names_that_nothing_defines_are_needed_before() -> None:
    found = trace(_effects("=a", "a k =b", "b !x", "=y"), ["x"], Bonds())
    assert found.needed == {"x", "k"}
    assert found.changed == {0: {"a"}, 1: {"b"}, 2: {"x"}}


def test_run_known_by_digests_alone_changes_what_these_name() -> None:
    gone = Effect(digests=frozenset({compact_name("x")}))
    effects = [*_effects("=x"), gone, *_effects("x =z")]
    assert sorted(trace(effects, ["z"], Bonds()).changed) == [0, 1, 2]
    assert sorted(trace(effects, ["y"], Bonds()).changed) == []


def test_digests_count_before_the_text_of_an_edited_cell() -> None:
    edited = Effect(_names("=x"), digests=frozenset({compact_name("y")}))
    assert sorted(trace([*_effects("=x"), edited], ["x"], Bonds()).changed) == [0]
    assert sorted(trace([*_effects("=y"), edited], ["y"], Bonds()).changed) == [0, 1]


def test_change_told_of_another_name_for_the_object_is_not_sure() -> None:
    bonds = Bonds()
    bonds.add(CellNames(aliases=frozenset({("x", "y")})))
    gone = Effect(digests=frozenset({compact_name("y")}))
    assert gone.find_changed({"x"}, bonds, surely=False) == {"x"}
    assert gone.find_changed({"x"}, bonds, surely=True) == set()


def test_change_that_no_digest_tells_is_not_sure() -> None:
    called = Effect(_names("~x"), digests=frozenset())
    assert called.find_changed({"x"}, Bonds(), surely=False) == {"x"}
    assert called.find_changed({"x"}, Bonds(), surely=True) == set()


def test_edited_cell_settles_only_what_its_run_has_changed() -> None:
    assert Effect(_names("=x =y"), digests=frozenset({compact_name("x")})).settles == {"x"}


def test_definition_of_a_run_that_failed_may_not_have_happened() -> None:
    effects = [*_effects("=x"), Effect(_names("=x"), is_whole=False)]
    assert sorted(trace(effects, ["x"], Bonds()).changed) == [0, 1]


def test_function_brings_what_its_body_reads() -> None:
    bonds = Bonds()
    bonds.add(CellNames(defines=frozenset("f"), bodies={"f": frozenset("k")}))
    effects = _effects("=f", "=k", "f =x")
    assert sorted(trace(effects, ["x"], bonds).changed) == [0, 1, 2]
    assert bonds.expand(["f"]) == {"f", "k"}


def test_functions_that_call_each_other_are_survived() -> None:
    bonds = Bonds()
    bonds.add(CellNames(bodies={"f": frozenset("g"), "g": frozenset("fk")}))
    assert bonds.expand(["f"]) == {"f", "g", "k"}


def test_change_of_another_name_for_the_same_object_counts() -> None:
    bonds = Bonds()
    bonds.add(CellNames(aliases=frozenset({("b", "x"), ("c", "b")})))
    assert sorted(trace(_effects("=x", "x =b", "!c", "=c"), ["x"], bonds).changed) == [0, 2]


_CELLS = st.lists(
    st.lists(st.tuples(st.sampled_from(["", "=", "?", "-", "!", "~"]), st.sampled_from("abx")), max_size=4).map(
        lambda words: " ".join(kind + name for kind, name in words)
    ),
    max_size=6,
)


@given(_CELLS)
def test_what_is_sure_is_part_of_what_may_be(cells: list[str]) -> None:
    possible, sure = _trace(*cells), _trace(*cells, surely=True)
    assert {*sure} <= {*possible}


@given(_CELLS, _CELLS)
def test_cells_before_a_full_redefinition_do_not_matter(before: list[str], after: list[str]) -> None:
    reset = "=a =b =x"
    places = [place - len(before) for place in _trace(*before, reset, *after)]
    assert places == _trace(reset, *after)
