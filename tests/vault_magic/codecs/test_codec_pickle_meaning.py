"""Pickles of equal values say the same, whatever their bytes; and those of others do not."""

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.codecs import pickle_meaning
from vault_magic.codecs.pickle_meaning import digest_meaning


@dataclass
class Model:
    """An object as users pickle it."""

    names: set[str] = field(default_factory=set)
    steps: list[Any] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a: object) -> None:
        self.a = a


class Made:
    """An object that says by itself how it is made."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        return Made, (self.number,), None, None, None


class Named:
    def __new__(cls, *, number: int = 0) -> Named:
        made = super().__new__(cls)
        made.number = number
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, int]]:
        return (), {"number": self.number}

    number: int


def dump(value: object) -> bytes:
    return pickle.dumps(value, 5)


VALUES: dict[str, Any] = {
    "object": Model({"x", "y", "z"}, [1, 2.5, None, "step"], {"a": ("t", b"bytes")}),
    "nested": [Model(table={"inner": Model({"p", "q"})}), {1: {2, 3}}],
    "slots": Slotted(frozenset(["a", "b"])),
    "reduced": Made(3),
    "named-arguments": Named(number=4),
    "array": {"array": np.arange(5), "matrix": np.eye(3)},
    "array-of-objects": np.array([Model(), "x", None], dtype=object),
    "frame": Model(table={"frame": pd.DataFrame({"a": [1, "x"]}, index=pd.date_range("2020", periods=2))}),
    "standard-types": [
        OrderedDict(a=1),
        defaultdict(list, b=[1]),
        Decimal("1.0"),
        dt.datetime(2020, 1, 1),
        2j,
        range(3),
    ],
    "large-integers": [2**40, -(2**70), 255, -1],
    "bytearray": [bytearray(b"x"), b"y" * 300, "z" * 300],
    "class": [Model, len],
    "deep": __import__("functools").reduce(lambda inner, _: [inner], range(300), Model()),
}

DIFFERENT: dict[str, tuple[Any, Any]] = {
    "number-and-truth": ([1], [True]),
    "integer-and-float": ([1], [1.0]),
    "zero-and-minus-zero": ([0.0], [-0.0]),
    "number-and-text": ([1], ["1"]),
    "text-and-bytes": (["a"], [b"a"]),
    "list-and-tuple": ([1, [2]], [1, (2,)]),
    "set-and-frozenset": ([{1}], [frozenset({1})]),
    "order-of-list": ([1, 2], [2, 1]),
    "order-of-dict": ({1: 2, 3: 4}, {3: 4, 1: 2}),
    "borders": ([[1], [2, 3]], [[1, 2], [3]]),
    "member": ({"a", "b"}, {"a", "c"}),
    "attribute": (Model({"x"}), Model({"y"})),
    "class": (Slotted(1), Made(1)),
    "function": ([len], [max]),
    "array-values": (np.arange(3), np.arange(1, 4)),
    "array-type": (np.arange(3), np.arange(3, dtype="int32")),
    "state": (Slotted(1), Slotted(2)),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_value_says_the_same_after_each_journey(value: Any) -> None:
    first = dump(value)
    second = dump(pickle.loads(first))
    third = dump(pickle.loads(second))

    assert digest_meaning(first) is not None
    assert digest_meaning(first) == digest_meaning(second) == digest_meaning(third)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_other_values_say_something_else(one: Any, other: Any) -> None:
    assert digest_meaning(dump(one)) != digest_meaning(dump(other))


def test_order_of_sets_does_not_count() -> None:
    code = "import pickle, sys; sys.stdout.buffer.write(pickle.dumps([set('abcdefgh'), frozenset('ijklmnop')], 5))"
    found = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True)
        for seed in range(4)
    ]

    assert len({one.stdout for one in found}) > 1
    assert len({digest_meaning(one.stdout) for one in found}) == 1


def contain_itself() -> bytes:
    value: list[Any] = [Model()]
    value.append(value)
    return dump(value)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(contain_itself(), id="contains-itself"),
        pytest.param(dump(Model())[:-5], id="cut-short"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\x80\x05.", id="nothing-on-the-stack"),
        pytest.param(b"\x80\x05K\x01K\x02.", id="two-values"),
        pytest.param(b"\x80\x05h\x07.", id="memo-not-there"),
        pytest.param(b"\x80\x05e.", id="mark-not-there"),
        pytest.param(b"\xff\xfe", id="no-pickle"),
    ],
)
def test_what_cannot_be_told_has_no_digest(data: bytes) -> None:
    assert digest_meaning(data) is None


def test_long_pickle_is_not_worth_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickle_meaning, "MOST", 10)

    assert digest_meaning(dump([*map(str, range(20))])) is None


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner), max_leaves=5)
ANY = st.recursive(
    HASHABLE,
    lambda inner: st.lists(inner) | st.sets(HASHABLE) | st.dictionaries(HASHABLE, inner) | st.builds(Slotted, inner),
    max_leaves=15,
)


@given(ANY)
def test_any_value_says_the_same_after_a_journey(value: Any) -> None:
    first = dump([value, value])
    second = dump([pickle.loads(dump(value)), pickle.loads(dump(value))])

    assert digest_meaning(first) == digest_meaning(second) is not None


@given(st.binary())
def test_any_bytes_are_looked_at_without_harm(data: bytes) -> None:
    digest_meaning(b"\x80\x05" + data + b".")
