"""Arrays come back with their dtype, shape and order, and what a file would lose is pickled."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from vault_magic.codecs import decode, encode
from vault_magic.errors import CodecError

RECORD = np.dtype([("x", "<f4"), ("y", ">i2", (2,)), ("z", [("t", "S3")])])

PADDED = np.dtype({"names": ["a", "b"], "formats": ["i1", "i8"], "offsets": [0, 8]})


class Subclass(np.ndarray[Any, Any]):
    """Not a plain array."""


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.arange(6).reshape(2, 3), id="c-order"),
        pytest.param(np.asfortranarray(np.arange(6).reshape(2, 3)), id="fortran-order"),
        pytest.param(np.arange(6).reshape(2, 3)[:, ::2], id="strided"),
        pytest.param(np.array(3.5), id="no-dimensions"),
        pytest.param(np.zeros((0, 3), "int8"), id="empty"),
        pytest.param(np.array([1, 2], ">i4"), id="big-endian"),
        pytest.param(np.array([0.0, -0.0, np.nan, np.inf], "float16"), id="float16"),
        pytest.param(np.array([1j, -0.0]), id="complex"),
        pytest.param(np.array(["ż", "abc"]), id="text"),
        pytest.param(np.array([b"x"], "S3"), id="bytes"),
        pytest.param(np.array(["2020", "NaT"], "M8[D]"), id="dates"),
        pytest.param(np.zeros(2, RECORD), id="records"),
    ],
)
def test_array_comes_back_exactly(array: np.ndarray[Any, Any]) -> None:
    encoded = encode(array)
    back: Any = decode("npy", encoded.data, None)

    assert (encoded.format, encoded.schema, encoded.stable) == ("npy", None, True)
    assert (type(back), back.dtype, back.shape) == (np.ndarray, array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def test_order_in_memory_is_kept() -> None:
    back: Any = decode("npy", encode(np.asfortranarray(np.eye(3))).data, None)

    assert back.flags.f_contiguous


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.array([1, "x"], dtype=object), id="objects"),
        pytest.param(np.ma.masked_array([1, 2], [True, False]), id="masked"),
        pytest.param(np.zeros(2, RECORD).view(np.recarray), id="recarray"),
        pytest.param(np.arange(2).view(Subclass), id="subclass"),
        pytest.param(np.zeros(2, np.dtype("i4", metadata={"unit": "m"})), id="metadata"),
        pytest.param(np.zeros(2, np.dtype([("a", "i8")], align=True)), id="aligned"),
        pytest.param(np.zeros(2, PADDED), id="padded"),
        pytest.param(np.zeros(2, np.dtype([("a", PADDED, 2)])), id="padded-inside"),
        pytest.param(np.float64(0.5), id="scalar"),
    ],
)
def test_array_that_a_file_would_change_is_pickled(array: Any) -> None:
    encoded = encode(array)
    back: Any = decode("pickle", encoded.data, None)

    assert encoded.format == "pickle"
    assert (type(back), repr(back), repr(back.dtype)) == (type(array), repr(array), repr(array.dtype))


def saved(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04", id="zip"),
        pytest.param(saved(np.arange(9))[:-1], id="torn"),
        pytest.param(saved(np.arange(9)) + b"x", id="trailing-bytes"),
        pytest.param(saved(np.array([[]], dtype=object)), id="objects"),
        pytest.param(saved(np.arange(9)).replace(b"(9,)", b"(9e9,)"), id="shape-of-floats"),
        pytest.param(saved(np.arange(9)).replace(b"'descr'", b"'desc!'"), id="header-damaged"),
    ],
)
def test_damaged_file_is_one_line_of_error(data: bytes) -> None:
    with pytest.raises(CodecError) as caught:
        decode("npy", data, None)

    assert "\n" not in str(caught.value)
