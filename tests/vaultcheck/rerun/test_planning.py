"""Tests of what a rerun would run, in which order, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Lab
from tests.vaultcheck.test_copies import STORE, run_copy, write_template
from vaultcheck.rerun.plan import LeftOut, Need, Plan
from vaultcheck.rerun.planning import NoOrder, build_plan
from vaultcheck.workspace import Workspace


def _plan(lab: Lab) -> Plan:
    lab.save()
    return build_plan(lab.load())


def _write(lab: Lab, notebooks: Mapping[str, str]) -> None:
    """Run notebooks whose commands are given, one a cell, separated by semicolons."""
    for name, text in notebooks.items():
        lab.start(f"{name}.ipynb", *(f"%vault {line.strip()}" for line in text.split(";")))


def _list_names(plan: Plan) -> list[str]:
    return [run.name.removesuffix(".ipynb") for run in plan.runs]


_ORDERS = {
    "chain": ({"c": "store x in m", "b": "import x from m; store y in m", "a": "import y from m"}, "c b a"),
    "diamond": (
        {
            "d": "import p, q from m",
            "b": "import x from m; store p in m",
            "c": "import x from m; store q in m",
            "z": "store x in m",
        },
        "z b c d",
    ),
    "branches-by-name": ({"b": "store x in m", "a": "store y in m", "c": "store z in m"}, "a b c"),
    "free-ones-before-later-names": ({"b": "store x in m", "c": "store y in m", "a": "import x from m"}, "b a c"),
    "improved-in-place": (
        {"b": "store x in m", "a": "import x from m; store x in m", "z": "import x from m"},
        "b a z",
    ),
    "own-object-imported-again": ({"b": "store x in m; import x from m", "a": "store y in m"}, "a b"),
    "nobody-makes-it": ({"a": "import x from m"}, "a"),
}


@pytest.mark.parametrize(("notebooks", "order"), _ORDERS.values(), ids=_ORDERS)
def test_notebooks_come_behind_what_they_need(lab: Lab, notebooks: Mapping[str, str], order: str) -> None:
    for name in "xpq":
        lab.put(f"m/{name}", "old")
    _write(lab, notebooks)
    assert _list_names(_plan(lab)) == order.split()


def test_reason_is_the_object_that_is_handed_over(lab: Lab) -> None:
    _write(lab, {"a": "store x, y in m", "b": "import y from m"})
    first, second = _plan(lab).runs
    assert (first.makes, first.needs) == ((("storage.zip", "m/x"), ("storage.zip", "m/y")), ())
    assert second.needs == (Need("a.ipynb", ("storage.zip", "m/y")),)


def test_all_that_comes_before_is_listed_the_latest_first(lab: Lab) -> None:
    _write(
        lab, {"a": "store x in m", "b": "import x from m; store y in m", "c": "import y from m", "d": "store z in m"}
    )
    plan = _plan(lab)
    assert [one.name for one in plan.list_before(plan.by_name["c.ipynb"])] == ["b.ipynb", "a.ipynb"]


_REFUSED = {
    "cycle": (
        {"a": "import y from m; store x in m", "b": "import x from m; store y in m"},
        r"these notebooks need each other: a\.ipynb → b\.ipynb → a\.ipynb",
    ),
    "rivals": (
        {"a": "store x in m", "b": "store x in m"},
        r"'m/x' is stored by a\.ipynb and b\.ipynb; store under different names",
    ),
    "rivals-beside-one-who-improves": (
        {"a": "store x in m", "b": "store x in m", "c": "import x from m; store x in m"},
        r"'m/x' is stored by a\.ipynb and b\.ipynb",
    ),
    "two-who-improve": (
        {"a": "store x in m", "b": "import x from m; store x in m", "c": "import x from m; store x in m"},
        r"these notebooks need each other: b\.ipynb → c\.ipynb → b\.ipynb",
    ),
}


@pytest.mark.parametrize(("notebooks", "text"), _REFUSED.values(), ids=_REFUSED)
def test_without_an_order_the_notebooks_are_named(lab: Lab, notebooks: Mapping[str, str], text: str) -> None:
    lab.put("m/x", "old")
    lab.put("m/y", "old")
    _write(lab, notebooks)
    with pytest.raises(NoOrder, match=text):
        _plan(lab)


def _depend(workspace: Workspace, needs: Mapping[str, str]) -> Workspace:
    files = {one.path: one.file for one in workspace.notebooks}
    return replace(workspace, depends_on={name: (files[needed].resolve(),) for name, needed in needs.items()})


def test_notebook_that_the_settings_name_comes_first(lab: Lab) -> None:
    _write(lab, {"a": "store x in m", "b": "store y in m"})
    lab.save()
    plan = build_plan(_depend(lab.load(), {"a.ipynb": "b.ipynb"}))
    assert _list_names(plan) == ["b", "a"]
    assert plan.by_name["a.ipynb"].needs == (Need("b.ipynb"),)


def test_circle_by_the_settings_is_refused(lab: Lab) -> None:
    _write(lab, {"a": "store x in m", "b": "import x from m"})
    lab.save()
    with pytest.raises(NoOrder, match=r"need each other: a\.ipynb, b\.ipynb; see depends-on"):
        build_plan(_depend(lab.load(), {"a.ipynb": "b.ipynb"}))


def test_left_out_are_told_with_the_reason(lab: Lab) -> None:
    lab.start("r.ipynb", STORE).metadata = {"language_info": {"name": "R"}}
    lab.notebooks["plain.ipynb"] = author = lab.start("plain.ipynb")
    author.cells.clear()
    author.write("x = 1")
    _write(lab, {"a": "store y in m"})
    lab.save()
    (lab.folder / "broken.ipynb").write_text("{")
    plan = build_plan(lab.load())
    assert _list_names(plan) == ["a"]
    assert [(one.path, one.reason.partition(" (")[0]) for one in plan.left_out] == [
        ("broken.ipynb", "it is not JSON"),
        ("plain.ipynb", "it has no commands of a vault"),
        ("r.ipynb", "it holds no cells of Python"),
    ]


def test_recorded_parameters_are_given_again_and_the_template_stays_out(lab: Lab) -> None:
    write_template(lab, "make.ipynb", STORE)
    for year in (2025, 2026):
        run_copy(lab, f"runs/{year}.ipynb", f"%vault store y{year} in m", parameters={"year": year})
    plan = _plan(lab)
    assert [(run.name, run.source.path, dict(run.parameters)) for run in plan.runs] == [
        ("runs/2025.ipynb", "make.ipynb", {"year": 2025}),
        ("runs/2026.ipynb", "make.ipynb", {"year": 2026}),
    ]
    assert plan.left_out == (LeftOut("make.ipynb", "its runs with parameters stand for it"),)


def test_of_nightly_copies_the_newest_is_run(lab: Lab) -> None:
    for night in range(10):
        run_copy(lab, f"runs/make-{night}.ipynb", STORE, content=str(night))
    plan = _plan(lab)
    assert [run.name for run in plan.runs] == ["runs/make-9.ipynb"]
    assert {one.reason for one in plan.left_out} == {"a newer run of the same notebook has taken its place"}


def test_longest_chain_by_the_recorded_times(lab: Lab) -> None:
    _write(
        lab,
        {
            "a": "store x in m",
            "b": "import x from m; store y in m; store y2 in m",
            "c": "import x from m; store z in m",
            "d": "import y, z from m",
        },
    )
    plan = _plan(lab)
    assert [run.seconds for run in plan.runs] == [1.0, 5.0, 3.0, 1.0]
    assert [run.name for run in plan.critical_path] == ["a.ipynb", "b.ipynb", "d.ipynb"]


_GRAPHS = st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7), max_size=3), min_size=1, max_size=8)


@given(_GRAPHS)
def test_everything_needed_comes_first(tmp_path_factory: pytest.TempPathFactory, graph: dict[int, set[int]]) -> None:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    for number in range(8):
        lab.put(f"m/o{number}", "old")
    for name, needed in graph.items():
        imports = [f"import o{one} from m" for one in sorted(needed) if one < name]
        _write(lab, {f"{9 - name}-{name}": "; ".join([*imports, f"store o{name} in m"])})
    plan = _plan(lab)
    seen = set[str]()
    for run in plan.runs:
        assert {need.run for need in run.needs} <= seen
        seen.add(run.name)
    assert len(seen) == len(graph)


def test_object_that_its_maker_no_longer_stores_is_still_awaited_from_it(lab: Lab) -> None:
    _write(lab, {"z": "store x, y in m", "a": "import x from m"})
    lab.notebooks["z.ipynb"].edit(2, "%vault store y in m")
    plan = _plan(lab)
    assert _list_names(plan) == ["z", "a"]
    assert plan.runs[0].makes == (("storage.zip", "m/x"), ("storage.zip", "m/y"))


def test_object_that_another_notebook_stores_now_is_awaited_from_that(lab: Lab) -> None:
    _write(lab, {"a": "store x in m", "b": "store x, y in m", "c": "import x from m"})
    lab.notebooks["a.ipynb"].edit(2, "%vault list")
    plan = _plan(lab)
    assert [need.run for need in plan.by_name["c.ipynb"].needs] == ["b.ipynb"]
