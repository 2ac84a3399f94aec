"""The schema document: its frozen layout, its digest, and the answers to damaged or newer ones."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vault_magic.codecs import canonical_schema, decode, encode, schema_digest
from vault_magic.errors import CodecError, FormatError, NewerFormat, VaultError

# Frozen: identities in people's archives contain the digest of such documents. New versions may add keys.
GOLDEN_FRAME = {
    "schema_version": 1,
    "kind": "frame",
    "fields": [
        {"name": "n", "dtype": "int8"},
        {"name": {"int": 3}, "dtype": "object", "missing": "none"},
        {"name": "s", "dtype": "string", "storage": "python", "missing": "NA"},
        {"name": {"tuple": ["t", {"float": "0.5"}]}, "dtype": "datetime64[ns]", "timezone": "UTC"},
        {
            "name": None,
            "dtype": "category",
            "ordered": True,
            "missing": "nan",
            "categories": {"dtype": "int64", "values": ["2", "1"]},
        },
    ],
    "index": {
        "kind": "levels",
        "levels": [
            {"name": "day", "dtype": "datetime64[ns]", "freq": "D"},
        ],
    },
    "columns": {"name": "measure", "dtype": "object"},
    "attrs": {"source": "lab"},
}
GOLDEN_SERIES = {
    "schema_version": 1,
    "kind": "series",
    "fields": [{"name": {"bool": True}, "dtype": "Int64"}],
    "index": {
        "kind": "levels",
        "levels": [
            {"name": "l", "dtype": "object", "values": ["b", "a"]},
            {"name": None, "dtype": "range", "start": 0, "stop": 2, "step": 1},
        ],
    },
}
GOLDEN_RANGE = {
    "schema_version": 1,
    "kind": "frame",
    "fields": [{"name": {"int": 0}, "dtype": "float64"}, {"name": {"int": 1}, "dtype": "float64"}],
    "index": {"kind": "range", "start": 0, "stop": 1, "step": 1, "name": None},
    "columns": {"name": None, "dtype": "range", "start": 0, "stop": 2, "step": 1},
}


def frame() -> pd.DataFrame:
    table = pd.DataFrame(
        {
            0: np.array([1, 2], "int8"),
            1: pd.Series(["x", None], dtype=object),
            2: pd.array(["x", None], "string[python]"),
            3: pd.DatetimeIndex(np.array([0, 1], "M8[ns]"), tz="UTC"),
            4: pd.Categorical([2, None], [2, 1], ordered=True),
        }
    )
    table.index = pd.DatetimeIndex(np.array(["2024-01-31", "2024-02-01"], "M8[ns]"), freq="D", name="day")
    table.columns = pd.Index(["n", 3, "s", ("t", 0.5), None], dtype=object, tupleize_cols=False, name="measure")
    table.attrs["source"] = "lab"
    return table


def series() -> pd.Series[Any]:
    levels: Any = [pd.Index(["b", "a"], dtype=object), pd.RangeIndex(2)]
    index = pd.MultiIndex(levels=levels, codes=[[0, 1], [0, 1]], names=["l", None])
    return pd.Series([1, None], dtype="Int64", index=index, name=True)


@pytest.mark.parametrize(
    ("table", "golden"),
    [
        pytest.param(frame(), GOLDEN_FRAME, id="frame"),
        pytest.param(series(), GOLDEN_SERIES, id="series"),
        pytest.param(pd.DataFrame(np.zeros((1, 2))), GOLDEN_RANGE, id="ranges"),
    ],
)
def test_layout_is_frozen(table: Any, golden: dict[str, Any]) -> None:
    assert encode(table).schema == golden


def test_document_is_plain_json() -> None:
    document = encode(frame()).schema

    assert json.loads(json.dumps(document)) == document


def test_canonical_bytes_ignore_the_order_of_keys() -> None:
    assert canonical_schema({"b": "ż", "a": [1, {"d": 1, "c": None}]}) == '{"a":[1,{"c":null,"d":1}],"b":"ż"}'.encode()


def test_digest_is_sha256_of_the_canonical_bytes() -> None:
    digest = "4d43e869ad2b7ae81fae4c6ce8ea3f1ca90f3ed7abf575a4ef5633198516fd27"

    assert schema_digest(GOLDEN_RANGE) == digest


def test_value_without_schema_has_no_digest() -> None:
    assert schema_digest(None) is None


@pytest.mark.parametrize(
    "document",
    [{"x": float("nan")}, {"x": object()}, {"x": "\ud800"}],
    ids=["nan", "object", "surrogate"],
)
def test_what_is_not_json_has_no_digest(document: dict[str, object]) -> None:
    with pytest.raises(FormatError, match="not JSON"):
        schema_digest(document)


def test_schema_of_a_newer_version_says_upgrade() -> None:
    with pytest.raises(NewerFormat, match="upgrade"):
        decode("tsv", b"\ta\n", {"schema_version": 2, "layout": "unheard of"})


def test_unknown_fields_are_ignored() -> None:
    encoded = encode(frame())
    document: Any = copy.deepcopy(encoded.schema)
    document["later"] = document["fields"][0]["later"] = document["index"]["later"] = document["columns"]["later"] = 1

    pd.testing.assert_frame_equal(decode("tsv", encoded.data, document), frame())  # type: ignore[arg-type]


REMOVED = object()
DAMAGE: dict[str, tuple[list[Any], object]] = {
    "no-version": (["schema_version"], REMOVED),
    "version-true": (["schema_version"], True),
    "version-zero": (["schema_version"], 0),
    "kind-unknown": (["kind"], "panel"),
    "fields-missing": (["fields"], REMOVED),
    "fields-of-text": (["fields"], ["n"]),
    "field-too-few": (["fields", 4], REMOVED),
    "field-without-name": (["fields", 0, "name"], REMOVED),
    "dtype-unknown": (["fields", 0, "dtype"], "int7"),
    "dtype-other": (["fields", 2, "dtype"], "int64"),
    "dtype-range": (["fields", 0, "dtype"], "range"),
    "label-without-tag": (["fields", 1, "name"], {}),
    "label-of-unknown-tag": (["fields", 1, "name"], {"later": 1}),
    "label-of-wrong-type": (["fields", 1, "name"], {"int": "3"}),
    "missing-unknown": (["fields", 1, "missing"], "null"),
    "zone-unknown": (["fields", 3, "timezone"], "Mars/Olympus"),
    "zone-lost": (["fields", 3, "timezone"], REMOVED),
    "categories-lost": (["fields", 4, "categories"], REMOVED),
    "categories-without-values": (["fields", 4, "categories", "values"], REMOVED),
    "categories-incomplete": (["fields", 4, "categories", "values"], ["1"]),
    "categories-repeated": (["fields", 4, "categories", "values"], ["2", "2"]),
    "categories-not-text": (["fields", 4, "categories", "values"], [2, 1]),
    "index-lost": (["index"], REMOVED),
    "index-without-levels": (["index", "levels"], []),
    "index-of-unknown-kind": (["index", "kind"], "tree"),
    "index-range": (["index"], {"kind": "range", "start": 0, "stop": 2, "step": 1, "name": None}),
    "index-range-step-0": (["index"], {"kind": "range", "start": 0, "stop": 2, "step": 0, "name": None}),
    "freq-that-does-not-fit": (["index", "levels", 0, "freq"], "h"),
    "freq-unknown": (["index", "levels", 0, "freq"], "fortnight"),
    "columns-lost": (["columns"], REMOVED),
    "columns-range-of-other-length": (["columns"], {"name": None, "dtype": "range", "start": 0, "stop": 2, "step": 1}),
    "columns-range-incomplete": (["columns"], {"name": None, "dtype": "range"}),
    "columns-range-of-other-labels": (["columns"], {"name": None, "dtype": "range", "start": 0, "stop": 5, "step": 1}),
    "attrs-not-an-object": (["attrs"], [1]),
}


def test_series_of_several_fields_is_refused() -> None:
    document = GOLDEN_RANGE | {"kind": "series"}

    with pytest.raises(FormatError, match="a Series has one field"):
        decode("tsv", b"\t0\t1\n0\t0.5\t0.5\n", document)


@pytest.mark.parametrize(("path", "content"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_schema_is_one_line_of_error(path: list[Any], content: object) -> None:
    encoded = encode(frame())
    document: Any = copy.deepcopy(encoded.schema)
    target = document
    for step in path[:-1]:
        target = target[step]
    if content is REMOVED:
        del target[path[-1]]
    else:
        target[path[-1]] = content

    with pytest.raises(VaultError) as caught:
        decode("tsv", encoded.data, document)

    assert isinstance(caught.value, CodecError | FormatError)
    assert "\n" not in str(caught.value)
