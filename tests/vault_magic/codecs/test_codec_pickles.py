"""Pickles: stable bytes for builtin values, a reason for what cannot be pickled or loaded."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.codecs import decode, encode
from vault_magic.errors import CodecError

BUILTIN: dict[str, Any] = {
    "none": None,
    "text": "żółw \ud800",
    "integer": 2**100,
    "float": -0.0,
    "complex": 1 - 0j,
    "bytes": b"\0\xff",
    "bytearray": bytearray(b"abc"),
    "tuple": (1, (2.0, ()), "x"),
    "list": [[], [1, [True]]],
    "dict": {"b": 1, "a": {2: None}, (1, "x"): [0.5]},
    "set": {"London", "Delhi", "Tokyo", 3, None, (1, "x")},
    "frozenset": frozenset({"a", frozenset({"b", "c"})}),
    "sets-inside": {"cities": [{"x", "y"}, {"y", "x"}], frozenset({"k"}): {1.5}},
    "names-that-pickle-writes": ["set", "builtins", "frozenset", {"set", "builtins"}],
}


def exact(value: Any) -> Any:
    """Values with their types, since 1 == True == 1.0 and 0.0 == -0.0."""
    kind = type(value)
    if kind is dict:
        return kind, [(exact(key), exact(item)) for key, item in value.items()]
    if kind in (set, frozenset):
        return kind, sorted(map(repr, map(exact, value)))
    return (kind, list(map(exact, value))) if kind in (list, tuple) else (kind, repr(value))


@pytest.mark.parametrize("value", BUILTIN.values(), ids=BUILTIN.keys())
def test_builtin_value_is_stable_and_comes_back_exactly(value: Any) -> None:
    encoded = encode(value)

    assert (encoded.format, encoded.schema, encoded.stable) == ("pickle", None, True)
    assert exact(decode("pickle", encoded.data, None)) == exact(value)
    assert exact(pickle.loads(encoded.data)) == exact(value)


SCRIPT = """
import sys
from vault_magic.codecs import encode
word = "".join(["ci", "ty"])
value = {
    "sets": {"London", "Delhi", "Tokyo", word, ("a", frozenset("xyz"))},
    "rows": [{word: "Oslo"}, {"city": "Oslo"}],
    "names": ["".join(["s", "et"]), "".join(["built", "ins"])],
    "tuples": [(1, "city"), (1, word)],
}
sys.stdout.buffer.write(encode(value).data)
"""


def test_bytes_do_not_depend_on_the_process() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SCRIPT]

    runs = [
        subprocess.run(command, env=environment | {"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2", "3")
    ]

    assert len(set(runs)) == 1
    assert pickle.loads(runs[0])["rows"] == [{"city": "Oslo"}] * 2


def test_bytes_are_frozen() -> None:
    golden = (
        b"\x80\x05\x959\0\0\0\0\0\0\0}\x94(\x8c\x01a\x94\x8c\x08builtins\x94\x8c\x03set\x94\x93\x94"
        b"]\x94(K\x01K\x02e\x85\x94R\x94\x8c\x01b\x94h\x01G?\xe0\0\0\0\0\0\0\x86\x94u."
    )

    assert encode({"a": {2, 1}, "b": ("a", 0.5)}).data == golden


def copies(kind: str) -> list[Any]:
    """Two equal values that are not one object."""
    makers: dict[str, Any] = {
        "text": lambda: "".join(["built", "ins"]),
        "bytes": lambda: bytes([65] * 9),
        "tuple": lambda: ("".join(["a ", "word"]), 1.5),
        "frozenset": lambda: frozenset(["".join(["a ", "word"]), 1.5]),
        "complex": lambda: complex(0, 1),
    }
    return [makers[kind](), makers[kind]()]


@pytest.mark.parametrize("kind", ["text", "bytes", "tuple", "frozenset", "complex"])
def test_shared_and_separate_equal_parts_give_equal_bytes(kind: str) -> None:
    one, other = copies(kind)

    assert one is not other
    assert encode([one, one]).data == encode([one, other]).data


@pytest.mark.parametrize("name", ["builtins", "set"])
def test_names_that_pickle_writes_itself_are_no_special_text(name: str) -> None:
    assert encode([{1}, sys.intern(name)]).data == encode([{1}, "".join(list(name))]).data


def test_equal_parts_of_different_type_stay_apart() -> None:
    value = [(1,), (True,), (1.0,), (0.0,), (-0.0,), ("a",), (b"a",), frozenset({1}), frozenset({True}), 0j, -0j]

    assert exact(decode("pickle", encode(value).data, None)) == exact(value)


def test_order_of_a_dict_is_part_of_its_value() -> None:
    assert encode({"a": 1, "b": 2}).data != encode({"b": 2, "a": 1}).data


def test_repeated_strings_are_written_once() -> None:
    rows = [{"a rather long key": number} for number in range(1000)]

    assert len(encode(rows).data) < 20_000


def test_deeply_shared_value_stays_small() -> None:
    value: Any = ("x",)
    for _ in range(60):
        value = (value, value)

    assert len(encode(value).data) < 1000


def shared_list() -> Any:
    part: list[int] = []
    return [part, part]


def cycle() -> Any:
    value: list[Any] = []
    value.append((value,))
    return [(value,)]


def tuple_in_a_cycle() -> Any:
    part: list[Any] = []
    value = (part,)
    part.append(value)
    return value


@pytest.mark.parametrize("value", [shared_list(), [bytearray(b"x")] * 2], ids=["list", "bytearray"])
def test_shared_mutable_part_stays_shared_and_is_unstable(value: Any) -> None:
    encoded = encode(value)
    back: Any = decode("pickle", encoded.data, None)

    assert not encoded.stable
    assert back == value
    assert back[0] is back[1]


def test_cycles_survive() -> None:
    encoded = encode(cycle())
    back: Any = decode("pickle", encoded.data, None)

    assert not encoded.stable
    assert back[0][0][0][0] is back[0][0]


def test_cycle_through_a_tuple_survives() -> None:
    back: Any = decode("pickle", encode(tuple_in_a_cycle()).data, None)

    assert back[0][0] is back


class Plain:
    """An object of the user's own."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Number(int):
    """Looks like a builtin number."""


class Broken:
    def __reduce__(self) -> str:
        raise ZeroDivisionError("oops\nagain")


class Unloadable:
    def __setstate__(self, state: object) -> None:
        raise RuntimeError("no\nway")


@pytest.mark.parametrize("value", [Plain(x=1), [Plain()], Number(3), [Number(3)], range(3)])
def test_value_of_other_types_is_unstable(value: Any) -> None:
    encoded = encode(value)

    assert (encoded.format, encoded.stable) == ("pickle", False)
    assert type(decode("pickle", encoded.data, None)) is type(value)


def generator() -> Any:
    yield 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(generator(), ["'generator'", "it cannot be pickled", "store what it yields"], id="generator"),
        pytest.param(lambda: 1, ["'function'", "it cannot be pickled"], id="lambda"),
        pytest.param(Plain(a=Plain(lock=threading.Lock())), ["'Plain'", "its .a.lock", "'lock'"], id="attribute"),
        pytest.param([1, {"k": generator()}], ["'list'", "its [1]['k']", "'generator'"], id="item"),
        pytest.param(Broken(), ["'Broken'", "oops again"], id="own-reduce"),
    ],
)
def test_what_cannot_be_pickled_is_named_in_one_line(value: Any, words: list[str]) -> None:
    with pytest.raises(CodecError) as caught:
        encode(value)

    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_too_deep_value_is_refused() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(CodecError, match="cannot be pickled"):
        encode(value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"cno_such_module\nThing\n.", "needs the module 'no_such_module'; install it", id="module"),
        pytest.param(b"c__main__\nNoSuchThing\n.", "NoSuchThing.*define or import that name first", id="name"),
        pytest.param(b"", "damaged", id="empty"),
        pytest.param(pickle.dumps([1, 2])[:-1], "damaged", id="torn"),
        pytest.param(b"\x80\xff.", "damaged", id="protocol"),
        pytest.param(pickle.dumps(1) + b"x", "followed by bytes", id="trailing-bytes"),
    ],
)
def test_pickle_that_cannot_be_loaded_says_why(data: bytes, message: str) -> None:
    with pytest.raises(CodecError, match=message):
        decode("pickle", data, None)


def test_object_that_refuses_its_state_is_one_line_of_error() -> None:
    value = Unloadable()
    value.__dict__["x"] = 1

    with pytest.raises(CodecError, match="no way"):
        decode("pickle", encode(value).data, None)


ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
KEYS = st.recursive(ATOMS, lambda inner: st.frozensets(inner, max_size=3) | st.tuples(inner, inner), max_leaves=4)
VALUES = st.recursive(
    KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3) | st.sets(KEYS, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_any_builtin_value_is_stable_and_comes_back_exactly(value: Any) -> None:
    encoded = encode(value)
    back = decode("pickle", encoded.data, None)

    assert exact(back) == exact(value)
    assert (encode(back).data, encoded.stable) == (encoded.data, True)
